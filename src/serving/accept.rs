//! Connections: how many, how long a request may take to arrive, and how they end.

use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tower::ServiceExt;

/// The most bytes of a request's headers.
const HEADERS_LENGTH: usize = 16 * 1024;

/// After a failure to accept, such as too many open files, others get time to end.
const REST: Duration = Duration::from_millis(100);

/// Where a connection comes from. Only rates look at it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// The connections that are open.
pub(crate) struct Connections {
    tasks: JoinSet<()>,
    graceful: GracefulShutdown,
}

impl Connections {
    /// Lets requests that have begun end, and closes what is open after `patience`.
    pub(crate) async fn finish(mut self, patience: Duration) {
        if tokio::time::timeout(patience, self.graceful.shutdown()).await.is_err() {
            tracing::warn!("some requests did not end in time");
        }
        self.tasks.shutdown().await;
    }
}

/// Serves up to `most` connections at a time until `stop` ends; gives those that are open then. The headers of a request
/// must arrive within `header_timeout`.
pub(crate) async fn until(
    listener: TcpListener,
    router: Router,
    most: NonZeroUsize,
    header_timeout: Duration,
    stop: impl Future<Output = ()>,
) -> Connections {
    let room = Arc::new(Semaphore::new(most.get()));
    let mut connections = Connections { tasks: JoinSet::new(), graceful: GracefulShutdown::new() };
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => return connections,
            accepted = accept(&listener, &room) => accepted,
        };
        if let Some((stream, peer, permit)) = accepted {
            connections.serve(stream, peer, permit, router.clone(), header_timeout);
        }
        // Those that have ended are forgotten.
        while connections.tasks.try_join_next().is_some() {}
    }
}

/// The next connection, when there is room for it. Until then the operating system lets it wait.
async fn accept(listener: &TcpListener, room: &Arc<Semaphore>) -> Option<(TcpStream, Peer, OwnedSemaphorePermit)> {
    let permit = Arc::clone(room).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, Peer(peer.ip()), permit)),
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "cannot accept a connection");
            tokio::time::sleep(REST).await;
            None
        }
    }
}

impl Connections {
    fn serve(
        &mut self,
        stream: TcpStream,
        peer: Peer,
        permit: OwnedSemaphorePermit,
        router: Router,
        header_timeout: Duration,
    ) {
        // Answers are small and come at once; there is nothing to gather.
        drop(stream.set_nodelay(true));
        let service = service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(peer);
            router.clone().oneshot(Request::from(request.map(axum::body::Body::new)))
        });
        let mut builder = hyper::server::conn::http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(header_timeout).max_buf_size(HEADERS_LENGTH);
        let connection = self.graceful.watch(builder.serve_connection(TokioIo::new(stream), service));
        self.tasks.spawn(async move {
            // How a connection ends is its other side's affair.
            drop(connection.await);
            drop(permit);
        });
    }
}
