//! Where elections stand. Implements specs/server.md#status and #manifest.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::{Target, json};
use crate::server::Application;
use crate::server::hosted::Hosted;
use crate::server::problem::Problem;
use crate::server::view::{
    ElectionInList, ElectionsView, ManifestView, ReadyElection, ReadyView, StatusView, phase_name,
};

/// The elections of this server.
pub(in crate::server) async fn elections(State(application): State<Arc<Application>>) -> Response {
    let elections = application.elections.values().flatten().map(|hosted| {
        let last = hosted.last();
        let state = last.state.as_ref();
        ElectionInList {
            id: hosted.id().to_owned(),
            title: state.map(|state| state.election.manifest().title.clone()),
            phase: phase_name(state.map(|state| state.phase)),
        }
    });
    json(StatusCode::OK, &ElectionsView { elections: elections.collect() })
}

/// Whether every election takes entries, and what this process does for it. Implements specs/server.md#ready.
pub(in crate::server) async fn ready(State(application): State<Arc<Application>>) -> Result<Response, Problem> {
    let ready = |hosted: &Option<Arc<Hosted>>| {
        let hosted = hosted.as_ref().ok_or_else(Problem::unavailable)?;
        hosted.current()?;
        Ok::<_, Problem>(ReadyElection { id: hosted.id().to_owned(), role: hosted.role()?.as_str() })
    };
    let elections = application.elections.values().map(ready).collect::<Result<_, _>>()?;
    Ok(json(StatusCode::OK, &ReadyView { elections }))
}

/// Where an election stands.
pub(in crate::server) async fn status(target: Target) -> Result<Response, Problem> {
    let snapshot = target.hosted.current()?;
    Ok(json(StatusCode::OK, &StatusView::new(&target.hosted, &snapshot)))
}

/// The manifest.
pub(in crate::server) async fn manifest(target: Target) -> Result<Response, Problem> {
    Ok(json(StatusCode::OK, &ManifestView::new(&*target.hosted.election()?)))
}
