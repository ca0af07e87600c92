//! A client that compares every answer with the contract.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;
use ureq::Agent;
use ureq::http::Request;

use crate::contract;

/// Longer than anything takes; a test that waits so long has failed.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// What was answered.
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    headers: Vec<(String, String)>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}: {}", self.status, self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Status and code of a problem.
    pub fn problem(&self) -> (u16, String) {
        let problem = self.json();
        assert_eq!(problem["status"], self.status, "{problem}");
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        (self.status, problem["code"].as_str().unwrap().to_owned())
    }

    /// The JSON of an answer that is no problem.
    #[track_caller]
    pub fn good(&self) -> Value {
        assert!((200..300).contains(&self.status), "{}: {}", self.status, self.text());
        self.json()
    }
}

/// Someone who asks the server.
#[derive(Clone)]
pub struct Web {
    pub address: SocketAddr,
    agent: Agent,
}

impl Web {
    pub fn new(address: SocketAddr) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            // The server ends connections that are idle: none is used again that may be near its end.
            .max_idle_age(Duration::from_secs(1))
            .timeout_global(Some(DEADLINE));
        Self { address, agent: config.build().into() }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], None)
    }

    pub fn post(&self, path: &str, payload: &[u8]) -> Answer {
        self.ask("POST", path, &[("content-type", "application/cbor")], Some(payload))
    }

    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Answer {
        let uri = format!("http://{}{path}", self.address);
        let mut request = Request::builder().method(method).uri(&uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = match body {
            Some(body) => self.agent.run(request.body(body).unwrap()),
            None => self.agent.run(request.body(()).unwrap()),
        };
        let (parts, body) = answer.unwrap().into_parts();
        let body = body.into_with_config().limit(100_000_000).read_to_vec().unwrap();
        let headers = parts.headers.iter();
        let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
        let answer = Answer { status: parts.status.as_u16(), body, headers };
        contract::hold(method, path, &answer);
        answer
    }

    /// A connection without any of a client's care.
    pub fn raw(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream
    }

    /// What is answered to these bytes until the server closes the connection.
    pub fn raw_answer(&self, request: &[u8]) -> String {
        let mut stream = self.raw();
        stream.write_all(request).unwrap();
        read_all(&mut stream)
    }
}

/// Reads until the other side closes, however it does.
pub fn read_all(stream: &mut TcpStream) -> String {
    let (mut answer, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(length) => answer.extend_from_slice(&piece[..length]),
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => break,
            Err(error) => panic!("{error}"),
        }
    }
    String::from_utf8(answer).unwrap()
}
