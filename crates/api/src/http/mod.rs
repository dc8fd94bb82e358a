//! HTTP grammar: conditional requests, ranges, content negotiation.
mod accept;
mod conditional;
mod range;

pub(crate) use accept::accepted_formats;
pub(crate) use conditional::{Conditions, EtagCondition, SelectedBody, strong_etag};
