//! The outside world to articles: files, pages, feeds.
