//! Upload sessions: by tus, and by a signed request to the store. The client continues at its offset.

use crate::load::{Ledger, Tried};
use infravault_kernel::Sha256;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use std::time::Instant;

/// How an image is sent that does not go in one request, and how far that has come.
#[derive(Debug, Clone)]
pub(crate) enum Way {
    /// By tus; where, once that is known.
    Tus(Option<String>),
    /// By a signed request; what was answered to its announcement.
    Signed(Option<Value>),
}

/// A step that did not work; it is tried again.
struct NotNow;

type Step<T> = Result<T, NotNow>;

fn header(answer: &Response, name: &str) -> Option<String> {
    let value = answer.headers().get(name)?;
    value.to_str().ok().map(str::to_owned)
}

impl Ledger {
    /// Goes one try further.
    pub(crate) async fn try_open(&self, seed: u64, way: Way) -> Tried {
        let went = match way {
            Way::Tus(place) => self.try_tus(seed, place).await,
            Way::Signed(announced) => self.try_signed(seed, announced).await,
        };
        match went.map(|id| id.parse()) {
            Ok(Ok(id)) => {
                self.note(seed, id);
                Tried::Acknowledged(id)
            }
            Ok(Err(error)) => {
                self.odd(format!("the id of an image is none: {error}"));
                Tried::Again
            }
            Err(NotNow) => Tried::Again,
        }
    }

    /// Creation, then two requests, each after asking where it stands; the image's id.
    async fn try_tus(&self, seed: u64, place: Option<String>) -> Step<String> {
        let image = self.image(seed);
        let tus = |method: Method, path: &str| self.request(method, path).header("Tus-Resumable", "1.0.0");
        let place = if let Some(place) = place {
            place
        } else {
            let create = tus(Method::POST, "/api/v1/uploads/tus").header("Upload-Length", image.len());
            let place = header(&self.ask(create, &[201]).await?, "location").ok_or(NotNow)?;
            self.goes(seed, Way::Tus(Some(place.clone())));
            place
        };
        let mut answer = self.ask(tus(Method::HEAD, &place), &[200]).await?;
        for end in [image.len() / 2, image.len()] {
            if let Some(id) = header(&answer, "upload-image-id") {
                return Ok(id);
            }
            let at = header(&answer, "upload-offset").and_then(|at| at.parse::<usize>().ok());
            let at = at.ok_or(NotNow)?;
            let Some(bytes) = image.get(at..end).filter(|bytes| !bytes.is_empty()) else {
                continue;
            };
            let patch = tus(Method::PATCH, &place)
                .header("Upload-Offset", at)
                .header("Content-Type", "application/offset+octet-stream")
                .body(bytes.to_vec());
            answer = self.ask(patch, &[204]).await?;
        }
        header(&answer, "upload-image-id").ok_or(NotNow)
    }

    /// Announcement, the signed request, completion; the image's id.
    async fn try_signed(&self, seed: u64, announced: Option<Value>) -> Step<String> {
        let image = self.image(seed);
        let announced = if let Some(announced) = announced {
            announced
        } else {
            let body = json!({
                "file_name": format!("f{seed}.jpg"),
                "size": image.len(),
                "media_type": "image/jpeg",
                "sha256": Sha256::digest(&image).to_string(),
            });
            let presign = self.request(Method::POST, "/api/v1/uploads/presign").json(&body);
            let announced = self.ask(presign, &[201]).await?.json::<Value>().await;
            let announced = announced.map_err(|_| NotNow)?;
            self.goes(seed, Way::Signed(Some(announced.clone())));
            announced
        };
        let text = |value: &Value| value.as_str().map(str::to_owned).ok_or(NotNow);
        let put = announced.get("put").ok_or(NotNow)?;
        let url = text(put.get("url").ok_or(NotNow)?)?;
        let mut store = self.client.put(url).body(image);
        for (name, value) in put
            .get("headers")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            store = store.header(name, text(value)?);
        }
        // What a store answers that is broken on purpose is its own affair; whether the bytes are there is asked below.
        let stored = store.send().await.map(|answer| answer.status());
        let id = text(announced.get("id").ok_or(NotNow)?)?;
        let complete = self
            .request(Method::POST, &format!("/api/v1/uploads/{id}/complete"))
            .json(&json!({}));
        let answer = self.ask(complete, &[201, 422]).await?;
        let created = answer.status() == StatusCode::CREATED;
        let body: Value = answer.json().await.map_err(|_| NotNow)?;
        if created {
            return text(body.get("id").ok_or(NotNow)?);
        }
        if body.get("code").and_then(Value::as_str) != Some("upload-mismatch") {
            self.odd(format!("an image in the store was refused: {body}"));
        }
        // The signature is too old: the image is announced again, and the earlier announcement expires.
        if stored.is_ok_and(|status| status == StatusCode::FORBIDDEN) {
            self.goes(seed, Way::Signed(None));
        }
        Err(NotNow)
    }

    /// Sends a request; anything but these statuses, and what a client is told to repeat, may never happen.
    async fn ask(&self, request: RequestBuilder, good: &[u16]) -> Step<Response> {
        let began = Instant::now();
        let Ok(answer) = request.send().await else {
            self.failed("no answer", began.elapsed());
            return Err(NotNow);
        };
        let status = answer.status().as_u16();
        if good.contains(&status) {
            return Ok(answer);
        }
        let patient = answer.headers().contains_key("retry-after");
        let path = answer.url().path().to_owned();
        let text = answer.text().await.unwrap_or_default();
        self.failed(&format!("{status} of an open upload"), began.elapsed());
        // An offset that has moved on, or an upload that another request is finishing.
        if !(status == 503 && patient || status == 409 || status == 423) {
            self.odd(format!("{path} was answered with {status}: {text}"));
        }
        Err(NotNow)
    }
}
