//! The pages. Implements specs/server.md#pages.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::{Target, not_modified};
use crate::server::Application;
use crate::server::pages::PageFile;
use crate::server::problem::{Problem, ProblemCode};

/// What a page may do: run what this server gives, ask this server, and nothing else.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types tabella",
);

/// The voter's page.
pub(in crate::server) async fn voter(
    application: State<Arc<Application>>,
    target: Target,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    answer(&application, &target, "index.html", &headers)
}

/// The observer's page.
pub(in crate::server) async fn observe(
    application: State<Arc<Application>>,
    target: Target,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    answer(&application, &target, "observe.html", &headers)
}

/// The page that checks an opened ballot.
pub(in crate::server) async fn check(
    application: State<Arc<Application>>,
    target: Target,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    answer(&application, &target, "check.html", &headers)
}

/// A file that pages load.
pub(in crate::server) async fn asset(
    application: State<Arc<Application>>,
    target: Target,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    answer(&application, &target, &format!("assets/{}", target.place()), &headers)
}

/// Letters may have lost the slash, without which a page does not find its files. The browser carries the code across.
pub(in crate::server) async fn slash(target: Target) -> Response {
    let address = HeaderValue::from_str(&format!("{}/", target.hosted.id()));
    let Ok(address) = address else { return Problem::internal().into_response() };
    (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, address)]).into_response()
}

fn answer(application: &Application, target: &Target, path: &str, headers: &HeaderMap) -> Result<Response, Problem> {
    let last = target.hosted.last();
    let manifest = last.state.as_ref().map(|state| state.election.manifest());
    let edition = application.pages.edition(manifest)?;
    let file = edition.get(path).ok_or_else(|| Problem::new(ProblemCode::NotFound, "The pages have no such file."))?;
    let tag = HeaderValue::from_str(&file.tag()).map_err(|_| Problem::internal())?;
    let cached = [
        (header::ETAG, tag),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::VARY, HeaderValue::from_static("Accept-Encoding")),
    ];
    let mut answer = match not_modified(headers, &file.tag()) {
        true => (StatusCode::NOT_MODIFIED, cached).into_response(),
        false => (cached, body(file, headers)).into_response(),
    };
    if file.has_policy {
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY);
        answer.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        answer.headers_mut().insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    }
    Ok(answer)
}

fn body(file: &PageFile, headers: &HeaderMap) -> Response {
    let media_type = [(header::CONTENT_TYPE, file.media_type)];
    match file.brotli.as_ref().filter(|_| takes_brotli(headers)) {
        Some(packed) => (media_type, [(header::CONTENT_ENCODING, "br")], packed.clone()).into_response(),
        None => (media_type, file.plain.clone()).into_response(),
    }
}

fn takes_brotli(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|coding| {
        let (coding, weight) = coding.split_once(';').unwrap_or((coding, ""));
        coding.trim().eq_ignore_ascii_case("br") && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}
