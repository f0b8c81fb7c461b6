//! The one binary: the command line, and all four services in one process.
