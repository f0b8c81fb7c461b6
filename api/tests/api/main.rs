//! The service as its users meet it: over HTTP, on a ledger and a bus of its own.

#![cfg(test)]

mod access;
mod app;
mod articles;
mod claims;
mod connections;
mod events;
mod news;
mod openapi;
mod pages;
mod posting;
mod problems;
mod rates;
mod sources;
