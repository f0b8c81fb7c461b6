//! The benchmarks and their last report.
