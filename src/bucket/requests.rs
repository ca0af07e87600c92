//! The requests of `object_store`, sent by the client for HTTP that the rest of the program has.

use std::time::Duration;

use async_trait::async_trait;
use axum::body::{Body, to_bytes};
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
};
use tokio::task::spawn_blocking;
use ureq::Agent;
use ureq::http::{Request, Response};

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);

/// How long all of a request may take, its body and that of the answer included.
const ANSWER: Duration = Duration::from_secs(60);

/// The longest answer: no file of a record, and no page of a list, is as long.
const LONGEST: u64 = 64 * 1024 * 1024;

/// Makes clients.
#[derive(Debug)]
pub(super) struct Connector;

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_connect(Some(CONNECT))
            .timeout_global(Some(ANSWER))
            .user_agent(concat!("tabella/", env!("CARGO_PKG_VERSION")));
        Ok(HttpClient::new(Requests(config.build().into())))
    }
}

#[derive(Debug)]
struct Requests(Agent);

#[async_trait]
impl HttpService for Requests {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (parts, body) = request.into_parts();
        let limit = body.content_length();
        let body = to_bytes(Body::new(body), limit).await;
        let body = body.map_err(|error| HttpError::new(HttpErrorKind::Unknown, error))?;
        let (agent, request) = (self.0.clone(), Request::from_parts(parts, body));
        let gone = |error| HttpError::new(HttpErrorKind::Interrupted, error);
        spawn_blocking(move || send(&agent, request)).await.map_err(gone)?.map_err(failed)
    }
}

fn send(agent: &Agent, request: Request<axum::body::Bytes>) -> Result<HttpResponse, ureq::Error> {
    // Only what may have a body is sent one.
    let mut response = match request.body().is_empty() {
        true => agent.run(request.map(drop))?,
        false => agent.run(request.map(|body| body.to_vec()))?,
    };
    let body = response.body_mut().with_config().limit(LONGEST).read_to_vec()?;
    let (parts, _) = response.into_parts();
    Ok(Response::from_parts(parts, body.into()))
}

/// What may be tried again at once, and what may not.
fn failed(error: ureq::Error) -> HttpError {
    let kind = match &error {
        ureq::Error::Timeout(_) => HttpErrorKind::Timeout,
        ureq::Error::ConnectionFailed | ureq::Error::HostNotFound | ureq::Error::Io(_) => HttpErrorKind::Connect,
        _ => HttpErrorKind::Unknown,
    };
    HttpError::new(kind, error)
}
