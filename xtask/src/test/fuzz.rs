//! Schemathesis against a running server: no answer outside the OpenAPI document, no 5xx.

use crate::{pg::Cluster, report::Verdict, tools, workspace::Workspace};
use std::{fs, path::PathBuf};
use xtask_support::{Explain as _, Outcome, interrupt::Interrupt, process};

/// The seed is fixed, so that a failure can be repeated; the time is the budget of the whole run.
///
/// Three checks do not fit: what an image, a cursor or an `If-Match` of ours is cannot be written as a schema, so
/// "valid" data of the generator is rightly refused; with a fixed bearer token a forged cookie is rightly
/// ignored; and a missing `If-Match` is rightly answered with 428, which the check does not know. The access matrix tests permissions.
const OPTIONS: [&str; 8] = [
    "--exclude-checks=positive_data_acceptance,ignored_auth,missing_required_header",
    "--seed=20260901",
    "--max-time=120",
    "--phases=examples,coverage,fuzzing,stateful",
    "--max-examples=25",
    // One: two threads run into a fault of Python 3.11 (recursion depth mismatch while building a syntax tree).
    "--workers=1",
    "--generation-database=none",
    "--report=junit",
];

/// 410, 412 (another version of tus) and 413 are refusals, too.
const SETTINGS: &str = r#"[checks]
negative_data_rejection.expected-statuses = [400, 401, 403, 404, 405, 406, 409, 410, 412, 413, 415, 422, 428, 429, "5xx"]
"#;

/// The pieces of tus are bytes like others.
const HOOKS: &str = r#"import schemathesis

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
"#;

/// Starts the issuer and the server on the product database of the test cluster and lets
/// schemathesis try every operation.
pub(crate) fn run(workspace: &Workspace, cluster: &Cluster, interrupt: &Interrupt) -> Outcome<Verdict> {
    let tool = match tools::fetch(workspace, &tools::SCHEMATHESIS) {
        Ok(tool) => tool,
        Err(failure) => return Ok(Verdict::Skipped(failure.to_string())),
    };
    let home: PathBuf = workspace.target().join("test/schemathesis");
    let local = super::local(
        cluster,
        &home,
        &[
            ("RATE_LIMIT_ANONYMOUS", "0"),
            ("RATE_LIMIT_ACCOUNT", "0"),
            ("RATE_LIMIT_UPLOAD", "0"),
            ("RATE_LIMIT_SIGN_IN", "0"),
            ("LOG_FORMAT", "json"),
        ],
    )?;
    let document = home.join("openapi.json");
    let text = process::capture(local.infravault(workspace).arg("openapi"))?;
    fs::write(&document, text).explain(|| format!("write {}", document.display()))?;
    for (name, text) in [("schemathesis.toml", SETTINGS), ("hooks.py", HOOKS)] {
        let file = home.join(name);
        fs::write(&file, text).explain(|| format!("write {}", file.display()))?;
    }
    let _issuer = local.start_issuer(workspace, interrupt)?;
    local.prepare(workspace)?;
    let mut server = local.start_server(workspace, interrupt)?;
    let mut create = local.infravault(workspace);
    let token = process::capture(create.args([
        "admin",
        "create-token",
        "schemathesis@example.com",
        "--create-account",
    ]))?;
    let arguments = [
        format!("--url={}", local.origin()),
        format!("--header=Authorization: Bearer {}", token.trim()),
        format!("--report-junit-path={}", home.join("report.xml").display()),
    ];
    let mut command = tools::python(&tool);
    command
        .current_dir(&home)
        .env("NO_COLOR", "1")
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .arg("run")
        .arg(&document)
        .args(arguments)
        .args(OPTIONS);
    let ran = process::run(&mut command);
    server.check()?;
    let log = local.log("infravault");
    ran.map_err(|failure| failure.hint(format!("the server's log is {}", log.display())))?;
    Ok(Verdict::Passed)
}
