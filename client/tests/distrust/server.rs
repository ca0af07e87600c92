//! A server that shows whatever a test wants.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use tabella_client::remote::{Address, Remote};

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Below the election's address.
    pub path: String,
    pub body: Vec<u8>,
}

#[derive(Debug, Clone)]
pub enum Answer {
    /// Status and body; a redirection points to its body.
    Plain(u16, Vec<u8>),
    /// Says that it sends more than it does.
    CutOff(Vec<u8>),
    /// Nothing is ever answered.
    Silence,
}

pub struct Server {
    address: Address,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    files: BTreeMap<String, Vec<u8>>,
    /// Each is given once, before the files.
    answers: Vec<(String, Answer)>,
    requests: Vec<Request>,
    /// Streams on which nothing is ever said.
    silent: Vec<TcpStream>,
}

impl Server {
    /// Serves an election at `/e`.
    pub fn start(files: &BTreeMap<String, Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/e", listener.local_addr().unwrap()).parse().unwrap();
        let shared = Arc::new(Mutex::new(Shared { files: files.clone(), ..Shared::default() }));
        let server = Self { address, shared: shared.clone() };
        thread::spawn(move || {
            for stream in listener.incoming() {
                let shared = shared.clone();
                thread::spawn(move || serve(stream.unwrap(), &shared));
            }
        });
        server
    }

    /// A way to it without any patience.
    pub fn remote(&self) -> Remote {
        self.patient_remote(0)
    }

    pub fn patient_remote(&self, seconds: u64) -> Remote {
        let patience = Duration::from_secs(seconds);
        Remote::with_longest_request(self.address.clone(), patience, Duration::from_millis(700))
    }

    /// Shows other files from now on.
    pub fn show(&self, files: &BTreeMap<String, Vec<u8>>) {
        self.shared.lock().unwrap().files = files.clone();
    }

    /// Answers the next request for a path so.
    pub fn answer(&self, path: &str, answer: Answer) {
        self.shared.lock().unwrap().answers.push((path.to_owned(), answer));
    }

    /// What was asked for since the last time.
    pub fn requests(&self) -> Vec<Request> {
        std::mem::take(&mut self.shared.lock().unwrap().requests)
    }
}

fn serve(stream: TcpStream, shared: &Mutex<Shared>) {
    let Some(request) = read(&stream) else { return };
    let mut shared = shared.lock().unwrap();
    let scripted = shared.answers.iter().position(|(path, _)| *path == request.path);
    let answer = match scripted {
        Some(position) => shared.answers.remove(position).1,
        None => match shared.files.get(&request.path) {
            Some(file) => Answer::Plain(200, file.clone()),
            None => Answer::Plain(404, br#"{"status": 404, "code": "not_found"}"#.to_vec()),
        },
    };
    shared.requests.push(request);
    let (status, body, length) = match answer {
        Answer::Plain(status, body) => (status, body.clone(), body.len()),
        Answer::CutOff(body) => (200, body.clone(), body.len() + 1),
        Answer::Silence => return shared.silent.push(stream),
    };
    let place = if (300..400).contains(&status) {
        format!("Location: {}\r\n", String::from_utf8_lossy(&body))
    } else {
        String::new()
    };
    let head = format!("HTTP/1.1 {status} Any\r\n{place}Content-Length: {length}\r\nConnection: close\r\n\r\n");
    // Who asked may have gone.
    let _ = (&stream).write_all(&[head.as_bytes(), &body].concat());
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.strip_prefix("/e/")?.to_owned();
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        match header.to_ascii_lowercase().split_once(':') {
            Some(("content-length", value)) => length = value.trim().parse().ok()?,
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request { path, body })
}
