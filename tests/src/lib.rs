//! End-to-end tests, fault tests and contract tests of the whole house.
