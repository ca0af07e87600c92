//! What answers at each place: parse, call, render.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tabella_board::entry::MAX_PAYLOAD_LENGTH;
use tabella_election::{Code, Rejection};

use super::Application;
use super::hosted::Hosted;
use super::problem::{Problem, ProblemCode};
use crate::serving::{BodyFault, read_body};

pub(super) mod closing;
pub(super) mod events;
pub(super) mod files;
pub(super) mod lookups;
pub(super) mod pages;
pub(super) mod status;
pub(super) mod submit;

/// The media type of payloads.
const PAYLOAD_TYPE: &str = "application/cbor";

/// The election that a path names, and what the path names in it.
pub(super) struct Target {
    pub(super) hosted: Arc<Hosted>,
    place: String,
}

impl FromRequestParts<Arc<Application>> for Target {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, application: &Arc<Application>) -> Result<Self, Problem> {
        let malformed = |_| Problem::new(ProblemCode::RequestMalformed, "The path is not UTF-8 text.");
        let parameters = RawPathParams::from_request_parts(parts, application).await.map_err(malformed)?;
        let (mut hosted, mut place) = (None, String::new());
        for (name, value) in &parameters {
            match name {
                "id" => hosted = application.elections.get(value),
                _ => place = value.to_owned(),
            }
        }
        let unknown = || Problem::new(ProblemCode::ElectionUnknown, "This server has no election of this id.");
        let hosted = hosted.ok_or_else(unknown)?.as_ref().ok_or_else(Problem::unavailable)?;
        Ok(Self { hosted: Arc::clone(hosted), place })
    }
}

impl Target {
    /// What the path names in the election.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// What the path names, read; `what` is it called if it cannot be.
    fn read<T: FromStr>(&self, what: &str) -> Result<T, Problem> {
        let malformed = |_| Problem::new(ProblemCode::RequestMalformed, format!("The path holds no {what}."));
        self.place.parse().map_err(malformed)
    }
}

/// A JSON answer that may change at any time.
fn json(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_string(value) {
        Ok(text) => {
            let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")];
            (status, headers, text).into_response()
        }
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "an answer cannot be written");
            Problem::internal().into_response()
        }
    }
}

/// Whether whoever asks has what bears this tag already.
fn not_modified(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    known.split(',').any(|known| known.trim().trim_start_matches("W/") == tag)
}

/// A payload, verbatim.
async fn read_payload(headers: &HeaderMap, body: Body, timeout: Duration) -> Result<Vec<u8>, Problem> {
    let media_type = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let media_type = media_type.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    if !media_type.eq_ignore_ascii_case(PAYLOAD_TYPE.as_bytes()) {
        return Err(Problem::new(ProblemCode::MediaType, format!("A payload comes as {PAYLOAD_TYPE}.")));
    }
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > MAX_PAYLOAD_LENGTH) {
        return Err(too_large());
    }
    read_body(body, MAX_PAYLOAD_LENGTH, timeout).await.map_err(|fault| match fault {
        BodyFault::Late => {
            Problem::new(ProblemCode::RequestTimeout, "The body took too long to arrive. Send it again.")
        }
        BodyFault::Broken => {
            Problem::new(ProblemCode::RequestMalformed, "The body ended too early, or cannot be read.")
        }
        BodyFault::TooLarge => too_large(),
    })
}

fn too_large() -> Problem {
    Rejection::new(Code::PayloadTooLarge, format!("A payload has at most {MAX_PAYLOAD_LENGTH} bytes.")).into()
}
