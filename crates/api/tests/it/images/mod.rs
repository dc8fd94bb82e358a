//! HTTP tests of images.
