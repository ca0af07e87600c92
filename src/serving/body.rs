//! The bodies of requests: as long as they may be, and in time.

use std::time::Duration;

use axum::body::{Body, Bytes};
use futures_util::StreamExt;

/// A body is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyFault {
    /// It took too long to arrive.
    Late,
    /// It ended too early, or cannot be read.
    Broken,
    /// It has more bytes than it may.
    TooLarge,
}

/// Reads a body of at most `most` bytes, which must have arrived within `timeout`.
pub(crate) async fn read_body(body: Body, most: usize, timeout: Duration) -> Result<Vec<u8>, BodyFault> {
    tokio::time::timeout(timeout, collect(body, most)).await.map_err(|_| BodyFault::Late)?
}

async fn collect(body: Body, most: usize) -> Result<Vec<u8>, BodyFault> {
    let mut collected = Vec::new();
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        let piece: Bytes = piece.map_err(|_| BodyFault::Broken)?;
        if collected.len() + piece.len() > most {
            return Err(BodyFault::TooLarge);
        }
        collected.extend_from_slice(&piece);
    }
    Ok(collected)
}
