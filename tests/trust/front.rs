//! A person's own way to the board: through it the board answers her as the test wants, and others otherwise.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{Method, Response};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::task::spawn_blocking;
use ureq::Agent;

/// No request or answer here is longer.
const LONGEST: usize = 1 << 24;

/// What a person's program asks.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: Method,
    /// From the root of the server, with its query.
    pub path: String,
    media_type: Option<String>,
    pub body: Vec<u8>,
}

/// What the board answers.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub media_type: String,
    pub body: Vec<u8>,
}

/// How the board behaves towards a person.
pub type Conduct = Arc<dyn Fn(&Request) -> Answer + Send + Sync>;

/// A person's way.
pub struct Front {
    address: SocketAddr,
    conduct: Arc<Mutex<Conduct>>,
    _runtime: Runtime,
}

impl Front {
    /// A way to the server at this address, which behaves.
    pub fn before(base: &str) -> Self {
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let conduct = Arc::new(Mutex::new(honest(base)));
        let router = Router::new().fallback(answer).with_state(Arc::clone(&conduct));
        runtime.spawn(async { axum::serve(listener, router).await });
        Self { address, conduct, _runtime: runtime }
    }

    /// From now on the board behaves so.
    pub fn behave(&self, conduct: Conduct) {
        *self.conduct.lock().unwrap() = conduct;
    }

    /// Where it begins.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn answer(State(conduct): State<Arc<Mutex<Conduct>>>, request: axum::extract::Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let media_type = head.headers.get("content-type").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let body = to_bytes(body, LONGEST).await.unwrap().to_vec();
    let request = Request { method: head.method, path: head.uri.to_string(), media_type, body };
    let conduct = Arc::clone(&conduct.lock().unwrap());
    let answer = spawn_blocking(move || conduct(&request)).await.unwrap();
    let response = Response::builder().status(answer.status).header("content-type", answer.media_type);
    response.body(answer.body.into()).unwrap()
}

/// Passes everything on to the server at this address.
pub fn honest(base: &str) -> Conduct {
    let base = base.to_owned();
    Arc::new(move |request| request.ask(&base))
}

/// What somebody answers to this body.
pub fn post(url: &str, body: &[u8]) -> Answer {
    answered(agent().post(url).send(body))
}

fn agent() -> Agent {
    Agent::new_with_config(Agent::config_builder().http_status_as_error(false).build())
}

fn answered(answer: Result<Response<ureq::Body>, ureq::Error>) -> Answer {
    let Ok(mut answer) = answer else { return Answer::problem(502, "bad_gateway") };
    let media_type = answer.headers().get("content-type").map(|value| value.to_str().unwrap().to_owned());
    let body = answer.body_mut().with_config().limit(LONGEST as u64).read_to_vec().unwrap();
    Answer { status: answer.status().as_u16(), media_type: media_type.unwrap_or_default(), body }
}

impl Request {
    /// What the server at this address answers.
    pub fn ask(&self, base: &str) -> Answer {
        let url = format!("{base}{}", self.path);
        if !self.is_post() {
            return answered(agent().get(url).call());
        }
        let request = self.media_type.iter().fold(agent().post(url), |request, value| request.content_type(value));
        answered(request.send(&self.body))
    }

    /// Whether something is handed in.
    pub fn is_post(&self) -> bool {
        self.method == Method::POST
    }
}

impl Answer {
    /// A refusal, as specs/server.md#problems has it.
    pub fn problem(status: u16, code: &str) -> Self {
        let body = serde_json::json!({ "status": status, "code": code, "title": "No", "detail": "No." });
        Self { status, media_type: "application/problem+json".to_owned(), body: body.to_string().into_bytes() }
    }

    /// A file of the record.
    pub fn file(bytes: &[u8]) -> Self {
        Self { status: 200, media_type: "application/octet-stream".to_owned(), body: bytes.to_vec() }
    }
}
