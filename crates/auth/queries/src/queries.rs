// This file was generated with `cornucopia`. Do not modify.

pub mod api_tokens;
pub mod audit;
pub mod identities;
pub mod refresh_tokens;
pub mod sessions;
pub mod sign_ins;
