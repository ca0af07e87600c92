//! Connections: how many, how long a request may take to arrive, and how they end.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tower::ServiceExt;

use super::tls::Tls;

/// The most bytes of a request's headers.
const HEADERS_LENGTH: usize = 16 * 1024;

/// After a failure to accept, such as too many open files, others get time to end.
const REST: Duration = Duration::from_millis(100);

/// Where a connection comes from. Only rates look at it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Where connections come in, and how they are spoken on.
pub(crate) struct Entrance {
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
}

impl Entrance {
    /// Listens on an address.
    pub(crate) async fn listen(address: SocketAddr, tls: Option<Tls>) -> io::Result<Self> {
        Ok(Self { listener: TcpListener::bind(address).await?, tls: tls.map(Arc::new) })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// What the addresses of its places begin with.
    pub(crate) fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }
}

/// The connections that are open.
pub(crate) struct Connections {
    tasks: JoinSet<()>,
    graceful: GracefulShutdown,
}

impl Connections {
    /// Lets requests that have begun end, and closes what is open after `patience`.
    pub(crate) async fn finish(mut self, patience: Duration) {
        if timeout(patience, self.graceful.shutdown()).await.is_err() {
            tracing::warn!("some requests did not end in time");
        }
        self.tasks.shutdown().await;
    }
}

/// Serves up to `most` connections at a time until `stop` ends; gives those that are open then. The headers of a request
/// must arrive within `header_timeout`, and before them what TLS agrees on.
pub(crate) async fn until(
    entrance: Entrance,
    router: Router,
    most: NonZeroUsize,
    header_timeout: Duration,
    stop: impl Future<Output = ()>,
) -> Connections {
    let room = Arc::new(Semaphore::new(most.get()));
    let mut connections = Connections { tasks: JoinSet::new(), graceful: GracefulShutdown::new() };
    let mut stop = std::pin::pin!(stop);
    let Entrance { listener, tls } = entrance;
    loop {
        let accepted = tokio::select! {
            () = &mut stop => return connections,
            accepted = accept(&listener, &room) => accepted,
        };
        if let Some((stream, peer, permit)) = accepted {
            connections.serve(stream, tls.clone(), peer, permit, router.clone(), header_timeout);
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
        tls: Option<Arc<Tls>>,
        peer: Peer,
        permit: OwnedSemaphorePermit,
        router: Router,
        header_timeout: Duration,
    ) {
        // Answers are small and come at once; there is nothing to gather.
        drop(stream.set_nodelay(true));
        let watcher = self.graceful.watcher();
        self.tasks.spawn(async move {
            match tls {
                None => answer(stream, peer, router, header_timeout, watcher).await,
                Some(tls) => {
                    if let Ok(Ok(stream)) = timeout(header_timeout, tls.accept(stream)).await {
                        answer(stream, peer, router, header_timeout, watcher).await;
                    }
                }
            }
            drop(permit);
        });
    }
}

/// Answers the requests of a connection until one side ends it.
async fn answer(
    stream: impl AsyncRead + AsyncWrite + Unpin + 'static,
    peer: Peer,
    router: Router,
    header_timeout: Duration,
    watcher: Watcher,
) {
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(peer);
        router.clone().oneshot(Request::from(request.map(axum::body::Body::new)))
    });
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(header_timeout).max_buf_size(HEADERS_LENGTH);
    // How a connection ends is its other side's affair.
    drop(watcher.watch(builder.serve_connection(TokioIo::new(stream), service)).await);
}
