//! `cargo xtask docs`: the reference pages of `docs/` that come from the code.

use crate::{
    generated::{self, Generated, Mode},
    product::Build,
    tidy::DIAGRAM,
    workspace::Workspace,
};
use std::fs;
use xtask_support::{CommandError, Explain as _, Outcome};

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

/// Writes or checks the configuration reference, the problems catalog and the diagram of the architecture.
pub(crate) fn run(workspace: &Workspace, mode: Mode, build: Build) -> Outcome {
    CONFIGURATION.write_or_check(workspace, mode, build)?;
    PROBLEMS.write_or_check(workspace, mode, Build::Done)?;
    let present =
        fs::read_to_string(workspace.path(DIAGRAM.file)).explain(|| format!("read {}", DIAGRAM.file))?;
    let wanted = DIAGRAM.update(&present);
    let wanted =
        wanted.ok_or_else(|| CommandError::new(format!("{} has no place for the diagram", DIAGRAM.file)))?;
    generated::write_or_check(workspace, mode, DIAGRAM.file, &wanted, "cargo xtask docs")
}
