//! Problem responses of every operation: those that follow from its shape, and those that it names in `x-problems`.
use crate::problem::{CATALOG, MEDIA_TYPE, ProblemType};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fmt::Write};
use utoipa::{
    Modify,
    openapi::{
        Content, OpenApi, Ref, RefOr, Response, ResponseBuilder,
        example::{Example, ExampleBuilder},
        path::{Operation, ParameterIn},
        security::SecurityRequirement,
    },
};

/// Lists the problem codes of an operation that do not follow from its shape, separated by spaces.
const EXTENSION: &str = "x-problems";

/// Problem codes that several operations share, by the name that stands for them in the extension.
const GROUPS: [(&str, &str); 2] = [
    (
        "ingest",
        "image-too-complex image-too-large image-undecodable overloaded storage-quota-exceeded storage-unavailable \
         too-many-uploads unsupported-image-type",
    ),
    ("if-match", "precondition-failed precondition-required"),
];

/// Adds the problem responses to every operation, and an example of every problem to the components.
pub(super) struct ProblemResponses;

impl Modify for ProblemResponses {
    fn modify(&self, document: &mut OpenApi) {
        let examples = &mut document.components.get_or_insert_default().examples;
        for entry in CATALOG {
            examples.insert(entry.code.to_owned(), RefOr::T(example(entry)));
        }
        let mut shared = BTreeMap::new();
        for (path, item) in &mut document.paths.paths {
            let operations = [
                (&mut item.get, true),
                (&mut item.head, true),
                (&mut item.options, true),
                (&mut item.put, false),
                (&mut item.post, false),
                (&mut item.delete, false),
                (&mut item.patch, false),
            ];
            for (operation, safe) in operations {
                if let Some(operation) = operation {
                    add_responses(path, safe, operation, &mut shared);
                }
            }
        }
        document
            .components
            .get_or_insert_default()
            .responses
            .extend(shared);
    }
}

/// Adds the problem responses. Operations share a response through its name, which joins its codes.
fn add_responses(
    path: &str,
    safe: bool,
    operation: &mut Operation,
    shared: &mut BTreeMap<String, RefOr<Response>>,
) {
    let mut codes = general_codes(path, safe, operation);
    codes.extend(take_extension(operation));
    let mut by_status: BTreeMap<u16, Vec<&ProblemType>> = BTreeMap::new();
    for entry in CATALOG {
        if codes.iter().any(|code| code == entry.code) {
            by_status.entry(entry.status).or_default().push(entry);
        }
    }
    let responses = &mut operation.responses.responses;
    for (status, entries) in by_status {
        let name = join_codes(&entries);
        let reference = Ref::new(format!("#/components/responses/{name}"));
        responses.insert(status.to_string(), RefOr::Ref(reference));
        shared.entry(name).or_insert_with(|| RefOr::T(response(&entries)));
    }
    let other = ResponseBuilder::new()
        .description("Any other problem.")
        .content(MEDIA_TYPE, Content::new(Some(Ref::from_schema_name("Problem"))))
        .build();
    responses.insert("default".to_owned(), RefOr::T(other));
}

/// The codes that follow from the credentials, the parameters and the body of an operation.
fn general_codes(path: &str, safe: bool, operation: &Operation) -> Vec<String> {
    let mut codes = Vec::new();
    let mut add = |when: bool, some: &[&str]| {
        if when {
            codes.extend(some.iter().map(|&code| code.to_owned()));
        }
    };
    let security = operation.security.as_deref().unwrap_or_default();
    let anonymous = security.contains(&SecurityRequirement::default());
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    let has = |place: ParameterIn| {
        parameters
            .iter()
            .any(|parameter| matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == place))
    };
    let body = match &operation.request_body {
        Some(RefOr::T(body)) => body.content.keys().map(String::as_str).collect(),
        _ => Vec::new(),
    };
    let json = body.contains(&"application/json");
    add(!path.starts_with("/health/"), &["rate-limited"]);
    add(
        !security.is_empty(),
        &[
            "invalid-token",
            "session-expired",
            "insufficient-scope",
            "account-suspended",
            "dependency-unavailable",
        ],
    );
    add(!security.is_empty() && !anonymous, &["authentication-required"]);
    add(!security.is_empty() && !safe, &["csrf-rejected"]);
    add(has(ParameterIn::Path), &["not-found"]);
    add(
        has(ParameterIn::Query) || has(ParameterIn::Header),
        &["invalid-parameter"],
    );
    add(
        !body.is_empty(),
        &[
            "payload-too-large",
            "request-timeout",
            "unsupported-content-encoding",
            "unsupported-media-type",
        ],
    );
    add(json, &["malformed-json", "validation-failed"]);
    codes
}

/// Removes the known codes from the extension of the operation, because its responses describe them.
fn take_extension(operation: &mut Operation) -> Vec<String> {
    let Some(extensions) = &mut operation.extensions else {
        return Vec::new();
    };
    let Some(Value::String(mut codes)) = extensions.remove(EXTENSION) else {
        return Vec::new();
    };
    for (name, group) in GROUPS {
        codes = codes.replace(name, group);
    }
    let codes = codes.split_ascii_whitespace().map(str::to_owned);
    let (known, unknown): (Vec<_>, Vec<_>) =
        codes.partition(|code| CATALOG.iter().any(|entry| entry.code == code));
    if !unknown.is_empty() {
        extensions.insert(EXTENSION.to_owned(), unknown.into());
    } else if extensions.is_empty() {
        operation.extensions = None;
    }
    known
}

fn join_codes(entries: &[&ProblemType]) -> String {
    let codes: Vec<&str> = entries.iter().map(|entry| entry.code).collect();
    codes.join(".")
}

fn response(entries: &[&ProblemType]) -> Response {
    let mut content = Content::new(Some(Ref::from_schema_name("Problem")));
    for entry in entries {
        let reference = Ref::new(format!("#/components/examples/{}", entry.code));
        content
            .examples
            .insert(entry.code.to_owned(), RefOr::Ref(reference));
    }
    let description = match entries {
        [entry] => format!("{} Code: `{}`.", entry.description, entry.code),
        entries => entries
            .iter()
            .fold("One of these problems:\n".to_owned(), |mut text, entry| {
                let _ = write!(text, "\n- `{}`: {}", entry.code, entry.title);
                text
            }),
    };
    ResponseBuilder::new()
        .description(description)
        .content(MEDIA_TYPE, content)
        .build()
}

fn example(entry: &ProblemType) -> Example {
    let value = json!({
        "type": format!("https://images.example/problems/{}", entry.code),
        "title": entry.title,
        "status": entry.status,
        "code": entry.code,
        "detail": entry.description,
        "instance": "/api/v1/images",
        "request_id": "01a1fda7-e810-7b56-8d4f-90c3e2a1f7d8",
    });
    ExampleBuilder::new()
        .summary(entry.title)
        .description(entry.description)
        .value(Some(value))
        .build()
}

#[cfg(test)]
mod tests {
    use crate::openapi;

    #[test]
    fn operations_name_only_known_problem_codes() {
        assert!(!openapi::text().contains(super::EXTENSION));
    }
}
