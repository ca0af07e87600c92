//! What every request passes: the log's line about it, the count for the metrics, the headers of every answer, and the rates. Implements
//! specs/server.md#limits.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Application;
use super::limits::Client;
use super::problem::Reported;
use crate::serving::Peer;

/// Names a request in the log and in its answer.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Requests since the start.
static REQUESTS: AtomicU64 = AtomicU64::new(1);

/// Writes a line about the request. Never where it came from, nor what was looked up or handed in: only the place's pattern.
pub(super) async fn log(State(application): State<Arc<Application>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = REQUESTS.fetch_add(1, Ordering::Relaxed);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let mut response = next.run(request).await;

    let code = response.extensions().get::<Reported>().map_or("", |reported| reported.0);
    let status = response.status().as_u16();
    let (method_shown, route, time) = (shown(&method), route.as_deref().unwrap_or("-"), begun.elapsed());
    let milliseconds = time.as_millis() as u64;
    tracing::info!(request = id, method = method_shown, route, status, code, milliseconds, "answered");
    application.answers.count(method_shown, route, status, time);

    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, HeaderValue::from(id));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if matches!(method, Method::GET | Method::HEAD) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    }
    response
}

/// The method, unless a stranger invented it.
fn shown(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "other",
    }
}

/// Refuses requests that come too often from one address.
pub(super) async fn count(State(application): State<Arc<Application>>, request: Request, next: Next) -> Response {
    let trusts = application.limits.trust_forwarded_for;
    let peer = request.extensions().get::<Peer>();
    let client = peer.map_or_else(Client::local, |peer| Client::new(peer.0, request.headers(), trusts));
    match application.rates.count(client, request.method()) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}
