//! Feeds: what is in them, when to ask them again, and their new entries as articles.

mod entry;
mod hosts;
mod opml;
mod poll;
mod schedule;

pub use entry::{Entry, FeedError, ParsedFeed, parse};
pub(crate) use hosts::Hosts;
pub use opml::{OpmlError, feed_urls};
pub(crate) use poll::Poller;

#[cfg(test)]
mod tests;
