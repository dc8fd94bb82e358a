//! Files of `docs/` that the product writes about itself: written anew, or compared with what is committed.

use crate::{
    failure::{Explain as _, Failure, Outcome},
    process,
    product::{self, Build},
    say,
    workspace::Workspace,
};
use clap::Args;
use std::fs;

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
    /// Writes the file, or fails when it differs from what the product prints.
    pub(crate) fn settle(&self, workspace: &Workspace, mode: Mode, build: Build) -> Outcome {
        build.run(workspace)?;
        let wanted = process::capture(product::program(workspace, "infravault").arg(self.verb))?;
        let path = workspace.path(self.file);
        let present = fs::read_to_string(&path).unwrap_or_default();
        if present == wanted {
            say::done(&format!("{} is up to date", self.file));
            return Ok(());
        }
        if mode.check {
            let place = first_difference(&present, &wanted);
            return Err(
                Failure::new(format!("{} is out of date, first in line {place}", self.file))
                    .hint(format!("{} and commit the result", self.remedy)),
            );
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).explain(|| format!("create {}", folder.display()))?;
        }
        fs::write(&path, wanted).explain(|| format!("write {}", path.display()))?;
        say::done(&format!("wrote {}", self.file));
        Ok(())
    }
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
