//! Who works for the thread of a board where processes share a store: one tells it when there is something to look at, one tells the
//! other processes what it did. Nothing depends on either: everybody looks by itself from time to time.

use std::sync::Arc;
use std::time::Duration;

use tabella_board::checkpoint::SignedCheckpoint;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until};

use super::worker::Order;
use super::{Role, Snapshot};
use crate::storage::{Listener, LogId, News, Store};

/// The time between two regular looks: a front tries to become the sequencer as often.
const REGULAR: Duration = Duration::from_secs(1);

/// Has the thread look at the store when another process has told something, and regularly, until it ends.
pub(super) async fn look_out(mut listener: Listener, mut role: watch::Receiver<Role>, orders: mpsc::WeakSender<Order>) {
    let mut due = Instant::now() + REGULAR;
    loop {
        let is_regular = tokio::select! {
            news = listener.next() => {
                let is_for_sequencer = news == News::Waiting;
                if is_for_sequencer != (*role.borrow() == Role::Sequencer) {
                    continue;
                }
                false
            }
            () = sleep_until(due) => true,
            changed = role.changed() => match changed {
                Ok(()) => continue,
                Err(_) => return,
            },
        };
        let Some(orders) = orders.upgrade() else { return };
        let (done, looked) = oneshot::channel();
        if orders.send(Order::Look { is_regular, done }).await.is_err() {
            return;
        }
        drop(orders);
        // What is told in the meantime makes one look. If it failed, the next one may not.
        drop(looked.await);
        if is_regular {
            due = Instant::now() + REGULAR;
        }
    }
}

/// Tells the other processes when the sequencer has written or published something, until the thread ends.
pub(super) async fn tell_others(
    store: Arc<impl Store>,
    log: LogId,
    role: watch::Receiver<Role>,
    mut snapshots: watch::Receiver<Arc<Snapshot>>,
    mut signed: watch::Receiver<Option<Arc<SignedCheckpoint>>>,
) {
    loop {
        let changed = tokio::select! {
            changed = snapshots.changed() => changed,
            changed = signed.changed() => changed,
        };
        if changed.is_err() {
            return;
        }
        if *role.borrow() == Role::Sequencer
            && let Err(error) = store.tell(log, News::Grown).await
        {
            tracing::debug!(error = &error as &dyn std::error::Error, "the other processes are told later");
        }
    }
}
