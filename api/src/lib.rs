//! HTTP and web pages over the ledger.
