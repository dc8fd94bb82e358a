//! Typed query and path parameters; an error names the invalid parameter.
use super::field_error;
use crate::problem::Problem;
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::de::DeserializeOwned;
use std::{
    future::{Ready, ready},
    str::FromStr,
};

/// The query string as a `T`, which should deny unknown fields.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request.query_string()).map(Self))
    }
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        if value.contains('\0') || name.contains('\0') {
            return Err(Problem::parameter(
                &name.replace('\0', ""),
                "must not contain the character U+0000",
            ));
        }
        if matches!(name.as_ref(), "access_token" | "token") {
            return Err(Problem::parameter(
                &name,
                "is not accepted in the URL; send tokens in the header `Authorization`",
            ));
        }
    }
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs)).map_err(|error| {
        let (field, detail) = field_error(&error.path().to_string(), &error.inner().to_string());
        Problem::parameter(&field, detail)
    })
}

/// The only path parameter, parsed as a `T`. An unparsable value gets 404, like an unknown one.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: FromStr> FromRequest for Path<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let value = request
            .match_info()
            .iter()
            .next()
            .and_then(|(_, text)| text.parse().ok());
        ready(value.map(Self).ok_or_else(Problem::not_found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only parsed")]
    struct List {
        limit: Option<i64>,
        tag: Option<String>,
    }

    #[test]
    fn error_names_the_invalid_parameter() {
        let cases = [
            ("limit=many", "`limit`"),
            ("limit=1&limit=2", "`limit`"),
            ("color=red", "`color`"),
            ("tag=a%00b", "`tag`"),
            ("access_token=x", "Authorization"),
        ];
        for (query, part) in cases {
            let problem = parse::<List>(query).unwrap_err();
            assert_eq!(problem.code(), "invalid-parameter", "{query}");
            assert!(problem.to_string().contains(part), "{query}: {problem}");
        }
        assert!(parse::<List>("limit=5&tag=a%20b").is_ok());
    }
}
