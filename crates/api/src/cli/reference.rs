//! The reference pages that are made from code: `docs/configuration.md` and `docs/problems.md`.
use crate::{config::Config, problem::CATALOGUE};
use std::fmt::Write;

/// Every environment variable.
pub(super) fn configuration() -> String {
    let mut text = String::from(
        "# Configuration\n\n\
         <!-- Made by `cargo xtask docs` from the code that reads the variables; do not edit. -->\n\n\
         InfraVault reads environment variables once, at start. A value that will not do stops the start with a\n\
         message that names the variable, the fault and an example. Empty means not set. Secrets may also be given\n\
         as `<NAME>_FILE`, the path of a file that holds the value. Spans are written `500ms`, `30s`, `10m`, `1h`,\n\
         `7d`; sizes `512`, `64KiB`, `40MiB`, `5GiB`.\n\n\
         | variable | default | meaning |\n| --- | --- | --- |\n",
    );
    for variable in Config::variables() {
        let default = if variable.default.is_empty() {
            String::new()
        } else {
            format!("`{}`", variable.default)
        };
        let secret = if variable.secret { " (secret)" } else { "" };
        let _ = writeln!(
            text,
            "| `{}`{secret} | {default} | {} |",
            variable.name, variable.about
        );
    }
    text
}

/// Every kind of problem.
pub(super) fn problems() -> String {
    let mut text = String::from(
        "# Problems\n\n\
         <!-- Made by `cargo xtask docs` from the catalog in `crates/api/src/problem.rs`; do not edit. -->\n\n\
         Every failure is answered as `application/problem+json` (RFC 9457) with `type`, `title`, `status`, `code`,\n\
         `detail`, `instance` and `request_id`, and with `field` and `errors` where fields were wrong. Clients may\n\
         rely on `code`; `detail` is for people. The `type` is the address of a page of the server itself.\n\n\
         | code | status | meaning |\n| --- | --- | --- |\n",
    );
    for entry in CATALOGUE {
        let _ = writeln!(text, "| `{}` | {} | {} |", entry.code, entry.status, entry.about);
    }
    text
}
