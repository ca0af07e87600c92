//! A witness over HTTP. Implements specs/witness.md#add-checkpoint and specs/witness.md#monitoring.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tabella_board::witness::{Answer, CONFLICT_TYPE, MAX_REQUEST_LENGTH, Refusal, SUBMISSION_PATH};
use tokio::task::spawn_blocking;

use super::cosigner::{Cosigner, Declined};
use crate::serving::{self, BodyFault, Entrance, read_body};

/// Requests that have begun may take this long to end when the witness stops.
const PATIENCE: Duration = Duration::from_secs(10);

/// Signature lines and notes.
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// How much a witness takes.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Limits")]
pub struct Limits {
    /// Connections at a time; further ones wait until one ends
    #[arg(long, default_value = "256", value_name = "N")]
    pub connections: NonZeroUsize,
    /// Seconds in which the headers of a request must arrive; an idle connection ends after as many
    #[arg(long, default_value = "60", value_name = "SECONDS", value_parser = serving::seconds)]
    pub header_timeout: Duration,
    /// Seconds in which the body of a request must arrive
    #[arg(long, default_value = "10", value_name = "SECONDS", value_parser = serving::seconds)]
    pub body_timeout: Duration,
}

/// What all requests share.
struct Shared {
    cosigner: Cosigner,
    body_timeout: Duration,
}

/// A witness that listens.
pub struct Service {
    entrance: Entrance,
    shared: Arc<Shared>,
    limits: Limits,
}

impl Service {
    /// Cosigns for those who come in there.
    pub(crate) fn new(cosigner: Cosigner, entrance: Entrance, limits: Limits) -> Self {
        Self { entrance, shared: Arc::new(Shared { cosigner, body_timeout: limits.body_timeout }), limits }
    }

    /// Answers requests until `stop` ends, and then those that have begun.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let Limits { connections, header_timeout, .. } = self.limits;
        let router = router(self.shared);
        let open = serving::until(self.entrance, router, connections, header_timeout, stop).await;
        open.finish(PATIENCE).await;
    }
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route(&format!("/{SUBMISSION_PATH}"), post(add_checkpoint))
        .route("/{origin}/checkpoint", get(checkpoint))
        .fallback(|| async { refused(StatusCode::NOT_FOUND, "not_found", "there is nothing here") })
        .method_not_allowed_fallback(|| async {
            refused(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "this address takes other methods")
        })
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(log))
        .with_state(shared)
}

/// Cosigns, or says why not.
async fn add_checkpoint(State(shared): State<Arc<Shared>>, body: Body) -> Result<Response, Response> {
    let body = read_body(body, MAX_REQUEST_LENGTH, shared.body_timeout).await.map_err(not_taken)?;
    let cosigned = spawn_blocking(move || shared.cosigner.cosign(&body, now)).await;
    match cosigned.unwrap_or(Err(Declined::Poisoned)) {
        Ok(line) => Ok(([(header::CONTENT_TYPE, TEXT)], line).into_response()),
        Err(declined) => Err(answer(&declined)),
    }
}

/// The latest checkpoint that was cosigned.
async fn checkpoint(State(shared): State<Arc<Shared>>, Path(origin): Path<String>) -> Result<Response, Response> {
    let shown = shared.cosigner.shown(&origin).map_err(|declined| answer(&declined))?;
    let note =
        shown.ok_or_else(|| refused(StatusCode::NOT_FOUND, "origin_unknown", "nothing of this log was cosigned"))?;
    let never_kept = HeaderValue::from_static("no-store");
    let for_all = HeaderValue::from_static("*");
    let headers = [
        (header::CONTENT_TYPE, TEXT),
        (header::CACHE_CONTROL, never_kept),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, for_all),
    ];
    Ok((headers, note).into_response())
}

/// The answer to a body that is not taken.
fn not_taken(fault: BodyFault) -> Response {
    match fault {
        BodyFault::Late => {
            refused(StatusCode::REQUEST_TIMEOUT, "request_timeout", "the body took too long to arrive; send it again")
        }
        BodyFault::Broken => refused(StatusCode::BAD_REQUEST, "request_malformed", "the body ended too early"),
        BodyFault::TooLarge => refused(StatusCode::PAYLOAD_TOO_LARGE, "request_too_large", "the body is too large"),
    }
}

/// The answer to whoever gets no cosignature.
fn answer(declined: &Declined) -> Response {
    let Declined::Refused(refusal) = declined else {
        tracing::error!(error = declined as &dyn std::error::Error, "nothing was cosigned");
        return refused(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the witness failed; its operator knows why");
    };
    if let Refusal::Conflict { size } = refusal {
        let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(CONFLICT_TYPE))];
        return (StatusCode::CONFLICT, headers, Answer::conflict_body(*size)).into_response();
    }
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    refused(status, refusal.code(), &refusal.to_string())
}

fn refused(status: StatusCode, code: &'static str, text: &str) -> Response {
    (status, [(header::CONTENT_TYPE, TEXT)], format!("{code}: {text}\n")).into_response()
}

/// Writes a line about a request that was handed in.
async fn log(request: Request, next: Next) -> Response {
    let is_post = request.method() == axum::http::Method::POST;
    let response = next.run(request).await;
    if is_post {
        tracing::info!(status = response.status().as_u16(), "answered");
    }
    response
}

/// Seconds since 1970. Before that no clock of a witness is right, and it signs nothing.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(u64::MAX, |since| since.as_secs())
}
