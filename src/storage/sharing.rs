//! What processes that share a store know of each other. A store of one process alone has none of it.

use std::convert::Infallible;

use tokio::sync::{mpsc, oneshot};

/// The right to be the sequencer of a log, which at most one process has. It ends when it is given back or dropped, or when the store
/// cannot vouch for it any more, as when it has heard nothing from the process for too long.
#[derive(Debug)]
pub struct Lease(Option<Held>);

#[derive(Debug)]
struct Held {
    /// Dropped when the lease is given back.
    back: oneshot::Sender<Infallible>,
    /// Closed when it has ended.
    kept: mpsc::Sender<Infallible>,
}

/// The other end of a lease: whoever keeps it up in the store. When this is dropped the lease has ended.
#[derive(Debug)]
pub struct LeaseKeeper {
    back: oneshot::Receiver<Infallible>,
    _kept: mpsc::Receiver<Infallible>,
}

impl Lease {
    /// The lease of a store that no other process has.
    pub fn of_sole_process() -> Self {
        Self(None)
    }

    /// A lease, and who keeps it up.
    pub fn kept() -> (Self, LeaseKeeper) {
        let (back, given_back) = oneshot::channel();
        let (kept, keeping) = mpsc::channel(1);
        (Self(Some(Held { back, kept })), LeaseKeeper { back: given_back, _kept: keeping })
    }

    /// Whether another process may have the right by now.
    pub fn is_lost(&self) -> bool {
        self.0.as_ref().is_some_and(|held| held.kept.is_closed())
    }

    /// Gives it back, and returns when another process can have it.
    pub async fn give_back(self) {
        if let Some(Held { back, kept }) = self.0 {
            drop(back);
            kept.closed().await;
        }
    }
}

impl LeaseKeeper {
    /// Waits until the lease is given back.
    pub async fn given_back(&mut self) {
        // Nothing is ever sent: the end of the channel is the message.
        drop((&mut self.back).await);
    }
}

/// What a process tells the others of a log. It may get lost; whoever must not miss anything looks by itself from time to time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// Something waits to be numbered.
    Waiting,
    /// Entries were numbered, or published.
    Grown,
}

/// Where news of other processes arrive; those of this one may arrive too.
#[derive(Debug)]
pub struct Listener(mpsc::Receiver<News>);

impl Listener {
    /// A listener to what is sent into the channel.
    pub fn new(news: mpsc::Receiver<News>) -> Self {
        Self(news)
    }

    /// Waits for news.
    pub async fn next(&mut self) -> News {
        match self.0.recv().await {
            Some(news) => news,
            None => std::future::pending().await,
        }
    }
}
