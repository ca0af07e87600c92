//! One connection to a server, which is kept as long as the server keeps it.

use std::time::Duration;

use anyhow::{Context, Result};
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, header};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::stage::Target;

/// The most bytes of an answer.
const LONGEST_ANSWER: usize = 1 << 20;

/// How a ballot was answered.
pub(super) struct Answer {
    pub(super) status: u16,
    /// What the header says, if it says a number of seconds.
    pub(super) retry_after: Option<Duration>,
    pub(super) body: Bytes,
}

/// A connection that is made when it is needed.
pub(super) struct Connection {
    target: Target,
    sender: Option<SendRequest<Body>>,
}

impl Connection {
    /// A connection to this server.
    pub(super) fn to(target: Target) -> Self {
        Self { target, sender: None }
    }

    /// Hands in a ballot. After a failure nobody knows what became of it, and the next ballot gets a new connection.
    pub(super) async fn hand_in(&mut self, ballot: Bytes) -> Result<Answer> {
        let sender = self.sender.take().filter(|sender| !sender.is_closed());
        let mut sender = match sender {
            Some(sender) => sender,
            None => connect(&self.target).await?,
        };
        let request = Request::post(&self.target.path)
            .header(header::HOST, self.target.server.to_string())
            .header(header::CONTENT_TYPE, "application/cbor")
            .body(Body::from(ballot))?;
        sender.ready().await?;
        let response = sender.send_request(request).await?;
        let status = response.status().as_u16();
        let retry_after =
            response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let body = to_bytes(Body::new(response.into_body()), LONGEST_ANSWER).await.context("the answer broke off")?;
        self.sender = Some(sender);
        Ok(Answer { status, retry_after: retry_after.map(Duration::from_secs), body })
    }
}

async fn connect(target: &Target) -> Result<SendRequest<Body>> {
    let stream = TcpStream::connect(target.server).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    // Whoever sends is told when it ends.
    tokio::spawn(async { drop(connection.await) });
    Ok(sender)
}
