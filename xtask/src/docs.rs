//! `cargo xtask docs`: the reference pages of `docs/` that come from the code.

use crate::{
    failure::Outcome,
    generated::{Generated, Mode},
    product::Build,
    workspace::Workspace,
};

const CONFIGURATION: Generated = Generated {
    verb: "config-reference",
    file: "docs/configuration.md",
    remedy: "cargo xtask docs",
};
const PROBLEMS: Generated = Generated {
    verb: "problems",
    file: "docs/problems.md",
    remedy: "cargo xtask docs",
};

/// Writes or checks the configuration reference and the problems catalog.
pub(crate) fn run(workspace: &Workspace, mode: Mode, build: Build) -> Outcome {
    CONFIGURATION.settle(workspace, mode, build)?;
    PROBLEMS.settle(workspace, mode, Build::Done)
}
