//! Generated files of `docs/`: writes them, or compares them with what is committed.

use crate::{
    product::{self, Build},
    workspace::Workspace,
};
use clap::Args;
use std::fs;
use xtask_support::{CommandError, Explain as _, Outcome, console, process};

/// Whether to write or to compare.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Mode {
    /// Change nothing; fail when the committed file differs.
    #[arg(long)]
    pub(crate) check: bool,
}

/// One generated file.
pub(crate) struct Generated {
    /// The subcommand of `infravault` that prints it.
    pub(crate) verb: &'static str,
    /// Where it is committed.
    pub(crate) file: &'static str,
    /// The command that writes it, for messages.
    pub(crate) remedy: &'static str,
}

impl Generated {
    /// Writes what the product prints, or fails when the file differs.
    pub(crate) fn write_or_check(&self, workspace: &Workspace, mode: Mode, build: Build) -> Outcome {
        build.run(workspace)?;
        let wanted = process::capture(product::program(workspace, "infravault").arg(self.verb))?;
        write_or_check(workspace, mode, self.file, &wanted, self.remedy)
    }
}

/// Writes a file of the repository, or fails when it differs; `remedy` is the command that writes it.
pub(crate) fn write_or_check(
    workspace: &Workspace,
    mode: Mode,
    file: &str,
    wanted: &str,
    remedy: &str,
) -> Outcome {
    let path = workspace.path(file);
    let present = fs::read_to_string(&path).unwrap_or_default();
    if present == wanted {
        console::done(&format!("{file} is up to date"));
        return Ok(());
    }
    if mode.check {
        let line = first_difference(&present, wanted);
        let text = format!("{file} is out of date, first in line {line}");
        return Err(CommandError::new(text).hint(format!("{remedy} and commit the result")));
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).explain(|| format!("create {}", folder.display()))?;
    }
    fs::write(&path, wanted).explain(|| format!("write {}", path.display()))?;
    console::done(&format!("wrote {file}"));
    Ok(())
}

/// The number of the first line that differs.
fn first_difference(left: &str, right: &str) -> usize {
    let same = left
        .lines()
        .zip(right.lines())
        .take_while(|(left, right)| left == right)
        .count();
    same + 1
}

#[cfg(test)]
mod tests {
    use super::first_difference;

    #[test]
    fn the_first_different_line_is_named() {
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), 2);
        assert_eq!(first_difference("", "a\n"), 1);
        assert_eq!(first_difference("a\n", "a\nb\n"), 2);
    }
}
