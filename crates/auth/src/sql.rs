//! The only file that names the generated queries.
pub(crate) use infravault_auth_queries::{
    client::Params,
    queries::{api_tokens::*, audit::*, identities::*, refresh_tokens::*, sessions::*, sign_ins::*},
};
