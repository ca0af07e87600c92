//! The status, each time it changes. Implements specs/server.md#status.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::header;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::Target;
use crate::sequencer::Snapshot;
use crate::server::hosted::Hosted;
use crate::server::problem::{Problem, ProblemCode};
use crate::server::view::StatusView;
use crate::server::{Application, BUSY_FOR};

/// The shortest time between two events: what changes faster is told once.
const PAUSE: Duration = Duration::from_millis(250);

/// How often a comment shows that the connection is alive.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Someone who listens.
struct Listener {
    hosted: Arc<Hosted>,
    snapshots: watch::Receiver<Arc<Snapshot>>,
    stopping: watch::Receiver<bool>,
    is_first: bool,
    _permit: OwnedSemaphorePermit,
}

/// The status now, and each time it changes.
pub(in crate::server) async fn events(
    State(application): State<Arc<Application>>,
    target: Target,
) -> Result<Response, Problem> {
    target.hosted.current()?;
    let permit = Arc::clone(&application.streams).try_acquire_owned().map_err(|_| {
        let text = "As many listen already as the server can serve. Ask for the status now and then instead.";
        Problem::new(ProblemCode::Busy, text).retry_after(BUSY_FOR)
    })?;
    let listener = Listener {
        snapshots: target.hosted.watch(),
        hosted: target.hosted,
        stopping: application.stopping.clone(),
        is_first: true,
        _permit: permit,
    };
    let events = stream::unfold(listener, |mut listener| async {
        let event = listener.next().await?;
        Some((Ok::<_, Infallible>(event), listener))
    });
    let events = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    Ok(([(header::CACHE_CONTROL, "no-cache")], events).into_response())
}

impl Listener {
    /// The next event; `None` when the board or the server stops.
    async fn next(&mut self) -> Option<Event> {
        if !std::mem::take(&mut self.is_first) {
            tokio::select! {
                _ = self.stopping.wait_for(|stopping| *stopping) => return None,
                changed = changed(&mut self.snapshots) => changed?,
            }
        }
        let snapshot = Arc::clone(&self.snapshots.borrow_and_update());
        let status = serde_json::to_string(&StatusView::new(&self.hosted, &snapshot)).ok()?;
        Some(Event::default().event("status").id(snapshot.head.size.to_string()).data(status))
    }
}

async fn changed(snapshots: &mut watch::Receiver<Arc<Snapshot>>) -> Option<()> {
    tokio::time::sleep(PAUSE).await;
    snapshots.changed().await.ok()
}
