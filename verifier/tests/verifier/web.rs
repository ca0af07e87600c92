//! A small web server on this computer, which answers as a test says and writes down what it was asked for.

use crate::Files;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

pub struct Web {
    pub address: String,
    asked: Arc<Mutex<Vec<(String, String)>>>,
}

/// The bytes of a whole answer; none to say nothing until the client goes away.
pub type Answer = Option<Vec<u8>>;

pub fn answer(status: &str, headers: &str, body: &[u8]) -> Answer {
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n", body.len());
    Some([head.as_bytes(), body].concat())
}

pub fn not_found() -> Answer {
    answer("404 Not Found", "", b"no such page")
}

/// The file of this name, if it is one of these.
pub fn file(files: &Files, name: &str) -> Answer {
    files.get(name).map_or_else(not_found, |bytes| answer("200 OK", "", bytes))
}

/// An election at `/city-2026`; the handler is given the name of the file below that.
pub fn serve(handler: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Web {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/city-2026", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (handler, seen) = (Arc::new(handler), Arc::clone(&asked));
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (handler, seen) = (Arc::clone(&handler), Arc::clone(&seen));
            thread::spawn(move || reply(stream.unwrap(), handler.as_ref(), &seen));
        }
    });
    Web { address, asked }
}

fn reply(mut stream: TcpStream, handler: &dyn Fn(&str) -> Answer, seen: &Mutex<Vec<(String, String)>>) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    let Some(request) = lines.next() else {
        return;
    };
    let headers: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let agent = headers.iter().find_map(|line| line.strip_prefix("user-agent: ")).unwrap_or_default();
    let path = request.strip_prefix("GET /city-2026/").and_then(|rest| rest.strip_suffix(" HTTP/1.1"));
    let path = path.unwrap_or(&request);
    seen.lock().unwrap().push((path.to_owned(), agent.to_owned()));
    // A client that has seen enough goes away before the end.
    match handler(path) {
        Some(bytes) => drop(stream.write_all(&bytes)),
        None => drop(stream.read(&mut [0])),
    }
}

impl Web {
    /// The files that were asked for since the last time, in alphabetical order.
    pub fn asked(&self) -> Vec<String> {
        let mut paths: Vec<String> = self.asked.lock().unwrap().drain(..).map(|(path, _)| path).collect();
        paths.sort();
        paths
    }

    /// How many files were asked for since [`Web::asked`] was.
    pub fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    /// What the clients called themselves.
    pub fn agents(&self) -> Vec<String> {
        self.asked.lock().unwrap().iter().map(|(_, agent)| agent.clone()).collect()
    }
}
