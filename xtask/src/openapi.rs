//! `cargo xtask openapi`: `docs/openapi.json` from the code.

use crate::{
    generated::{Generated, Mode},
    product::Build,
    workspace::Workspace,
};
use xtask_support::Outcome;

const DOCUMENT: Generated = Generated {
    verb: "openapi",
    file: "docs/openapi.json",
    remedy: "cargo xtask openapi",
};

/// Writes or checks the OpenAPI document.
pub(crate) fn run(workspace: &Workspace, mode: Mode, build: Build) -> Outcome {
    DOCUMENT.write_or_check(workspace, mode, build)
}
