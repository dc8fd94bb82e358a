//! `docs/openapi.json` reads like an API reference: it has summaries, descriptions and examples everywhere.

use super::{Finding, Source};
use serde_json::{Map, Value};

const DOCUMENT: &str = "docs/openapi.json";
const METHODS: [&str; 7] = ["get", "put", "post", "delete", "patch", "head", "options"];
const MAX_SUMMARY: usize = 60;
/// Words that begin a summary without being a verb.
const NO_VERBS: [&str; 8] = ["A", "All", "An", "One", "The", "This", "Whether", "Your"];
/// More nesting than any schema has; stops at schemas that contain themselves.
const MAX_DEPTH: usize = 16;

/// Checks the style of the committed document.
pub(crate) fn check(files: &[Source]) -> Vec<Finding> {
    let Some(file) = files.iter().find(|file| file.path == DOCUMENT) else {
        return vec![Finding::new(DOCUMENT, "is missing; run `cargo xtask openapi`")];
    };
    match serde_json::from_str(&file.text) {
        Ok(document) => check_document(&document),
        Err(error) => vec![Finding::new(DOCUMENT, format!("is not JSON: {error}"))],
    }
}

fn check_document(document: &Value) -> Vec<Finding> {
    let mut lint = Lint {
        document,
        findings: Vec::new(),
    };
    for (path, item) in entries(document.get("paths")) {
        for (method, operation) in entries(Some(item)) {
            if METHODS.contains(&method.as_str()) {
                lint.check_operation(&format!("/paths{path}/{method}"), operation);
            }
        }
    }
    for (name, response) in entries(document.pointer("/components/responses")) {
        lint.check_response(&format!("/components/responses/{name}"), response);
    }
    for (name, schema) in entries(document.pointer("/components/schemas")) {
        let place = format!("/components/schemas/{name}");
        if name.ends_with("Body") || name.ends_with("Word") {
            lint.report(&place, "name the schema as its noun, without `Body` or `Word`");
        }
        lint.check_description(&place, schema);
        lint.check_fields(&place, schema);
    }
    lint.findings
}

struct Lint<'a> {
    document: &'a Value,
    findings: Vec<Finding>,
}

impl Lint<'_> {
    fn report(&mut self, place: &str, rule: &str) {
        self.findings
            .push(Finding::new(format!("{DOCUMENT}#{place}"), rule));
    }

    fn check_operation(&mut self, place: &str, operation: &Value) {
        self.check_summary(place, text(operation, "summary"));
        self.check_description(place, operation);
        if text(operation, "operationId").is_empty() {
            self.report(place, "set `operationId` to the name of the handler");
        }
        for tag in items(operation.get("tags")) {
            self.check_tag(place, tag.as_str().unwrap_or_default());
        }
        for parameter in items(operation.get("parameters")) {
            let place = format!("{place}/parameters/{}", text(parameter, "name"));
            self.check_description(&place, parameter);
        }
        if let Some(body) = operation.get("requestBody") {
            let place = format!("{place}/requestBody");
            self.check_description(&place, body);
            self.check_examples(&place, body);
        }
        for (status, response) in entries(operation.get("responses")) {
            self.check_response(&format!("{place}/responses/{status}"), response);
        }
    }

    fn check_response(&mut self, place: &str, response: &Value) {
        self.check_description(place, response);
        self.check_examples(place, response);
        for (name, header) in entries(response.get("headers")) {
            self.check_description(&format!("{place}/headers/{name}"), header);
        }
    }

    fn check_summary(&mut self, place: &str, summary: &str) {
        if summary.is_empty() {
            self.report(place, "add a summary");
        } else if summary.chars().count() > MAX_SUMMARY {
            self.report(
                place,
                &format!("shorten the summary to at most {MAX_SUMMARY} characters"),
            );
        }
        if summary.ends_with('.') {
            self.report(place, "remove the period at the end of the summary");
        }
        if !summary.is_empty() && !is_imperative(summary) {
            self.report(place, "start the summary with an imperative verb, such as `List`");
        }
    }

    fn check_tag(&mut self, place: &str, name: &str) {
        let mut tags = items(self.document.get("tags"));
        let described = tags.any(|tag| text(tag, "name") == name && !text(tag, "description").is_empty());
        if !described {
            self.report(place, &format!("describe the tag `{name}` in `tags`"));
        }
    }

    fn check_description(&mut self, place: &str, value: &Value) {
        let is_reference = value.get("$ref").is_some();
        if !is_reference && text(value, "description").trim().is_empty() {
            self.report(place, "add a description");
        }
    }

    /// Checks the descriptions of all fields, also of schemas inside the schema.
    fn check_fields(&mut self, place: &str, schema: &Value) {
        for (name, field) in entries(schema.get("properties")) {
            let place = format!("{place}/properties/{name}");
            let parts = items(field.get("oneOf")).chain(items(field.get("allOf")));
            let mut texts = std::iter::once(field)
                .chain(parts)
                .map(|part| text(part, "description"));
            if texts.all(|text| text.trim().is_empty()) {
                self.report(&place, "add a description");
            }
            self.check_fields(&place, field);
        }
        if let Some(item) = schema.get("items") {
            self.check_fields(&format!("{place}/items"), item);
        }
        for kind in ["allOf", "oneOf", "anyOf"] {
            for part in items(schema.get(kind)) {
                self.check_fields(&format!("{place}/{kind}"), part);
            }
        }
    }

    /// Checks that every JSON body has an example, or fields with examples that compose to one.
    fn check_examples(&mut self, place: &str, body: &Value) {
        for (media_type, content) in entries(body.get("content")) {
            let is_json = media_type == "application/json" || media_type.ends_with("+json");
            let schema = content.get("schema").unwrap_or(&Value::Null);
            if is_json && !has_example(content) {
                for field in self.without_example("", schema, MAX_DEPTH) {
                    let place = format!("{place}/content/{media_type}{field}");
                    self.report(&place, "add an example");
                }
            }
        }
    }

    /// Returns the fields of a schema from which no example can be derived.
    fn without_example(&self, field: &str, schema: &Value, depth: usize) -> Vec<String> {
        let Some(depth) = depth.checked_sub(1) else {
            return Vec::new();
        };
        if has_example(schema) {
            return Vec::new();
        }
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let target = self.document.pointer(reference.trim_start_matches('#'));
            return self.without_example(field, target.unwrap_or(&Value::Null), depth);
        }
        let kinds = types(schema);
        let parts: Vec<&Value> = items(schema.get("allOf")).collect();
        let mut choices = items(schema.get("oneOf")).filter(|choice| types(choice) != ["null"]);
        if !parts.is_empty() {
            let parts = parts
                .into_iter()
                .flat_map(|part| self.without_example(field, part, depth));
            parts.collect()
        } else if let Some(choice) = choices.next() {
            self.without_example(field, choice, depth)
        } else if kinds.contains(&"array") {
            let item = schema.get("items").unwrap_or(&Value::Null);
            self.without_example(&format!("{field}/items"), item, depth)
        } else if let Some(fields) = schema.get("properties") {
            let missing = entries(Some(fields))
                .flat_map(|(name, value)| self.without_example(&format!("{field}/{name}"), value, depth));
            missing.collect()
        } else if kinds.contains(&"object") {
            // Free-form objects can be empty.
            Vec::new()
        } else {
            vec![field.to_owned()]
        }
    }
}

/// Returns whether the first word is capitalized and can be an imperative verb.
fn is_imperative(summary: &str) -> bool {
    let word = summary.split(' ').next().unwrap_or_default();
    let rest = word.chars().skip(1);
    word.starts_with(|first: char| first.is_ascii_uppercase())
        && rest.clone().count() > 0
        && rest.into_iter().all(|letter| letter.is_ascii_lowercase())
        && (!word.ends_with('s') || word.ends_with("ss"))
        && !word.ends_with("ing")
        && !NO_VERBS.contains(&word)
}

fn has_example(value: &Value) -> bool {
    ["example", "examples", "default", "const", "enum"]
        .iter()
        .any(|key| value.get(key).is_some())
}

fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        other => items(other).filter_map(Value::as_str).collect(),
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn entries(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flat_map(Map::iter)
}

fn items(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::check_document;
    use serde_json::{Value, json};

    fn good() -> Value {
        json!({
            "tags": [{ "name": "images", "description": "Images." }],
            "paths": { "/images": { "get": {
                "tags": ["images"],
                "summary": "List your images",
                "description": "Returns your images.",
                "operationId": "list_images",
                "parameters": [{ "name": "limit", "description": "Maximum number of items." }],
                "responses": { "200": {
                    "description": "The images.",
                    "headers": { "ETag": { "description": "Version." } },
                    "content": { "application/json": { "schema": { "$ref": "#/components/schemas/ImagePage" } } }
                } }
            } } },
            "components": { "schemas": {
                "ImagePage": { "type": "object", "description": "A page.", "properties": {
                    "items": { "type": "array", "description": "Items.", "items": { "$ref": "#/components/schemas/Image" } },
                    "next": { "description": "Next.", "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Image" }] }
                } },
                "Image": { "type": "object", "description": "An image.", "properties": {
                    "title": { "type": "string", "description": "Title.", "example": "Harbor" },
                    "state": { "type": "string", "description": "State.", "enum": ["ready"] }
                } }
            } }
        })
    }

    #[test]
    fn described_document_has_no_findings() {
        assert_eq!(check_document(&good()), []);
    }

    #[test]
    fn each_rule_fails_on_a_bad_sample() {
        let operation = "/paths/~1images/get";
        let long = json!("List ".repeat(13));
        for (pointer, key, value, rule) in [
            (operation, "summary", json!(null), "add a summary"),
            (operation, "summary", long, "shorten the summary"),
            (operation, "summary", json!("List images."), "remove the period"),
            (operation, "summary", json!("Lists images"), "imperative verb"),
            (operation, "summary", json!("The images"), "imperative verb"),
            (operation, "summary", json!("list images"), "imperative verb"),
            (operation, "description", json!(""), "add a description"),
            (operation, "operationId", json!(null), "operationId"),
            (operation, "tags", json!(["other"]), "describe the tag `other`"),
            (
                "/paths/~1images/get/parameters/0",
                "description",
                json!(null),
                "add a description",
            ),
            (
                "/paths/~1images/get/responses/200",
                "description",
                json!(null),
                "add a description",
            ),
            (
                "/paths/~1images/get/responses/200/headers/ETag",
                "description",
                json!(null),
                "add a description",
            ),
            (
                "/components/schemas/Image",
                "description",
                json!(null),
                "add a description",
            ),
            (
                "/components/schemas/Image/properties/title",
                "description",
                json!(null),
                "add a description",
            ),
            (
                "/components/schemas",
                "ImageBody",
                json!({ "description": "An image." }),
                "without `Body` or `Word`",
            ),
        ] {
            let mut document = good();
            document.pointer_mut(pointer).unwrap()[key] = value;
            let findings = check_document(&document);
            assert!(
                findings.len() == 1 && findings[0].text.contains(rule),
                "{pointer} {key}: {findings:?}"
            );
        }
    }

    #[test]
    fn field_without_example_is_found() {
        let mut document = good();
        let title = document
            .pointer_mut("/components/schemas/Image/properties/title")
            .unwrap();
        title.as_object_mut().unwrap().remove("example");
        let findings = check_document(&document);
        assert_eq!(findings.len(), 2, "{findings:?}");
        assert!(
            findings[0]
                .place
                .ends_with("/content/application/json/items/items/title")
        );
    }
}
