//! The cage from outside.
