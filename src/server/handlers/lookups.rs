//! Finding things on the board. Implements specs/server.md#receipt, #opening, #ballot and #voter.

use axum::http::StatusCode;
use axum::response::Response;

use super::{Target, json};
use crate::server::problem::{Problem, ProblemCode};
use crate::server::view::ReceiptView;

/// The receipt of an entry.
pub(in crate::server) async fn entry(target: Target) -> Result<Response, Problem> {
    let digits = target.place();
    let is_index = digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    if !is_index {
        return Err(Problem::new(ProblemCode::RequestMalformed, "The path holds no index of an entry."));
    }
    // What is too large for an index is larger than every log.
    let index = digits.parse().unwrap_or(u64::MAX);
    Ok(json(StatusCode::OK, &ReceiptView::new(&target.hosted.receipt(index).await?, true)))
}

/// What whoever votes must know of the beginning of the record.
pub(in crate::server) async fn opening(target: Target) -> Result<Response, Problem> {
    Ok(json(StatusCode::OK, target.hosted.opening().await?))
}

/// What became of a ballot.
pub(in crate::server) async fn ballot(target: Target) -> Result<Response, Problem> {
    Ok(json(StatusCode::OK, &target.hosted.ballot(target.read("tracker")?).await?))
}

/// What stands under a credential.
pub(in crate::server) async fn voter(target: Target) -> Result<Response, Problem> {
    Ok(json(StatusCode::OK, &target.hosted.voter(target.read("fingerprint of a credential")?).await?))
}
