//! HTTP tests of users.
