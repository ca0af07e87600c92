//! The table of places. Implements specs/server.md#addresses; a test compares it with specs/openapi.json.

use std::sync::Arc;

use axum::Router;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use tower_http::catch_panic::CatchPanicLayer;

use super::handlers::{closing, events, files, lookups, pages, status, submit};
use super::problem::{Problem, ProblemCode};
use super::{Application, gate};

/// A place, the method that it takes (`HEAD` goes with `GET`), and what answers.
type Route = (&'static str, &'static str, MethodRouter<Arc<Application>>);

fn table() -> Vec<Route> {
    vec![
        ("GET", "/", get(status::elections)),
        ("GET", "/_live", get(|| async { StatusCode::OK })),
        ("GET", "/_ready", get(status::ready)),
        ("GET", "/{id}", get(pages::slash)),
        ("GET", "/{id}/", get(pages::voter)),
        ("GET", "/{id}/observe", get(pages::observe)),
        ("GET", "/{id}/check", get(pages::check)),
        ("GET", "/{id}/assets/{*path}", get(pages::asset)),
        ("GET", "/{id}/status", get(status::status)),
        ("GET", "/{id}/events", get(events::events)),
        ("GET", "/{id}/manifest", get(status::manifest)),
        ("POST", "/{id}/entries/{entry}", post(submit::submit)),
        ("GET", "/{id}/entries/{entry}", get(lookups::entry)),
        ("GET", "/{id}/opening", get(lookups::opening)),
        ("GET", "/{id}/ballots/{tracker}", get(lookups::ballot)),
        ("GET", "/{id}/voters/{fingerprint}", get(lookups::voter)),
        ("POST", "/{id}/closing", post(closing::closing)),
        ("GET", "/{id}/checkpoint", get(files::checkpoint)),
        ("GET", "/{id}/log.vkey", get(files::log_key)),
        ("GET", "/{id}/tile/{*path}", get(files::tile)),
    ]
}

/// Method and place of everything that the server answers.
pub fn places() -> Vec<(&'static str, &'static str)> {
    table().into_iter().map(|(method, path, _)| (method, path)).collect()
}

/// The server's service: whatever comes gets an answer of the specification.
pub fn router(application: &Arc<Application>) -> Router {
    let routed = table().into_iter().fold(Router::new(), |router, (_, path, handler)| router.route(path, handler));
    wrapped(routed, application)
}

fn wrapped(router: Router<Arc<Application>>, application: &Arc<Application>) -> Router {
    router
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(Arc::clone(application), gate::count))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(Arc::clone(application), gate::log))
        .with_state(Arc::clone(application))
}

async fn not_found(uri: Uri) -> Problem {
    // Nothing of the path is repeated: it may be anything.
    let detail = match uri.path() {
        "" | "/" => "There is nothing here.",
        _ => "There is nothing at this address.",
    };
    Problem::new(ProblemCode::NotFound, detail)
}

async fn method_not_allowed(method: Method) -> Problem {
    let detail = match method {
        Method::POST => "Nothing can be handed in at this address.",
        _ => "This address takes other methods.",
    };
    Problem::new(ProblemCode::MethodNotAllowed, detail)
}

/// What panicked is in the log; whoever asked is told nothing.
fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    Problem::internal().into_response()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tokio::sync::{Semaphore, watch};
    use tower::ServiceExt;

    use super::*;
    use crate::server::answers::Answers;
    use crate::server::limits::{Limits, Rates};
    use crate::server::pages::Pages;

    #[derive(clap::Parser)]
    struct Defaults {
        #[command(flatten)]
        limits: Limits,
    }

    fn application() -> Arc<Application> {
        let limits = <Defaults as clap::Parser>::parse_from(["test"]).limits;
        Arc::new(Application {
            elections: BTreeMap::new(),
            answers: Answers::default(),
            pages: Pages::default(),
            rates: Rates::new(&limits),
            streams: Arc::new(Semaphore::new(1)),
            stopping: watch::channel(false).1,
            limits,
        })
    }

    #[tokio::test]
    async fn a_panic_is_answered_without_its_text() {
        async fn fails() -> Response {
            panic!("a secret")
        }
        let router = wrapped(Router::new().route("/fails", get(fails)), &application());
        let answer = router.oneshot(Request::get("/fails").body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), 500);
        let body = to_bytes(answer.into_body(), 10_000).await.unwrap();
        let problem: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(problem["code"], "internal");
        assert!(!String::from_utf8_lossy(&body).contains("secret"));
    }
}
