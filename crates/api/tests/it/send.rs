//! Sends a request and checks its response.
use crate::harness::{expect, problem};
use reqwest::RequestBuilder;
use serde_json::Value;

pub(crate) trait SendExpecting {
    /// Returns the JSON body of a response with this status.
    async fn expect(self, status: u16) -> Value;
    /// Returns the problem of a response with this status and code.
    async fn expect_problem(self, status: u16, code: &str) -> Value;
}

impl SendExpecting for RequestBuilder {
    async fn expect(self, status: u16) -> Value {
        expect(self.send().await.unwrap(), status).await
    }

    async fn expect_problem(self, status: u16, code: &str) -> Value {
        problem(self.send().await.unwrap(), status, code).await
    }
}
