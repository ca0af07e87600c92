//! The request to close the voting. Implements specs/server.md#closing.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::{Target, json, read_payload};
use crate::server::Application;
use crate::server::problem::Problem;
use crate::server::view::StandstillView;

/// Takes the authority's request, and answers when nothing waits any more.
pub(in crate::server) async fn closing(
    State(application): State<Arc<Application>>,
    target: Target,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let payload = read_payload(&headers, body, application.limits.body_timeout).await?;
    let standstill = target.hosted.take_closing(payload).await?;
    Ok(json(StatusCode::OK, &StandstillView::new(&standstill)))
}
