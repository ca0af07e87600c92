//! The files of the record, as they lie in its folder. Implements specs/server.md#files.

use std::io;
use std::path::PathBuf;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use futures_util::stream;
use sha2::{Digest, Sha256};
use tabella_board::tile::Tile;
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use super::{Target, not_modified};
use crate::server::headers::{BYTES, IMMUTABLE, NO_CACHE, TEXT};
use crate::server::problem::{Problem, ProblemCode};

/// Bytes of a file that are in memory for each reader.
const PIECE: usize = 64 * 1024;

/// The latest checkpoint; 304 for whoever has it.
pub(in crate::server) async fn checkpoint(target: Target, headers: HeaderMap) -> Result<Response, Problem> {
    let note = read(target.hosted.record().root().join("checkpoint")).await?;
    let tag = format!("\"{}\"", HEXLOWER.encode(&Sha256::digest(&note)));
    let is_known = not_modified(&headers, &tag);
    let tag = HeaderValue::from_str(&tag).map_err(|_| Problem::internal())?;
    let cached = [(header::ETAG, tag), (header::CACHE_CONTROL, HeaderValue::from_static(NO_CACHE))];
    Ok(match is_known {
        true => (StatusCode::NOT_MODIFIED, cached).into_response(),
        false => (cached, [(header::CONTENT_TYPE, TEXT)], note).into_response(),
    })
}

/// The log's key.
pub(in crate::server) async fn log_key(target: Target) -> Result<Response, Problem> {
    let key = read(target.hosted.record().root().join("log.vkey")).await?;
    Ok(([(header::CONTENT_TYPE, TEXT), (header::CACHE_CONTROL, NO_CACHE)], key).into_response())
}

/// A tile. The file is read piece by piece: a slow reader holds none of it in memory.
pub(in crate::server) async fn tile(target: Target) -> Result<Response, Problem> {
    // Nothing but the exact path of a tile reaches the file system.
    let tile = Tile::parse(&format!("tile/{}", target.place())).ok_or_else(no_such_file)?;
    let file = File::open(target.hosted.record().root().join(tile.path())).await.map_err(refused)?;
    let length = file.metadata().await.map_err(refused)?.len();
    let pieces = stream::try_unfold(file, |mut file| async {
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok::<_, io::Error>((read > 0).then(|| (Bytes::from(piece), file)))
    });
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(BYTES)),
        (header::CACHE_CONTROL, HeaderValue::from_static(IMMUTABLE)),
        (header::CONTENT_LENGTH, HeaderValue::from(length)),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

async fn read(path: PathBuf) -> Result<Vec<u8>, Problem> {
    tokio::fs::read(path).await.map_err(refused)
}

fn refused(error: io::Error) -> Problem {
    match error.kind() {
        // A bundle's folder stands where a longer path has a file.
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => no_such_file(),
        _ => {
            tracing::error!(error = &error as &dyn std::error::Error, "a file of a record cannot be read");
            Problem::internal()
        }
    }
}

fn no_such_file() -> Problem {
    let text = "The record has no such file. A partial tile is gone when there is a full one.";
    Problem::new(ProblemCode::NotFound, text)
}
