//! HTTP tests of auth.
