//! Payloads that are handed in. Implements specs/server.md#submit.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use tabella_election::Kind;

use super::{Target, json, read_payload};
use crate::server::Application;
use crate::server::problem::Problem;
use crate::server::view::ReceiptView;

/// Numbers a payload, and answers with its receipt when it is durable. Whether it is published depends on the witnesses.
pub(in crate::server) async fn submit(
    State(application): State<Arc<Application>>,
    target: Target,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let kind: Kind = target.place().parse()?;
    let payload = read_payload(&headers, body, application.limits.body_timeout).await?;
    let numbered = target.hosted.hand_in(kind, payload).await?;
    let receipt = target.hosted.receipt_of_numbered(numbered.index).await?;
    let status = if numbered.is_repeated { StatusCode::OK } else { StatusCode::CREATED };
    Ok(json(status, &ReceiptView::new(&receipt, numbered.is_repeated)))
}
