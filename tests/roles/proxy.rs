//! Between a program and its server: what is handed in can be held up, and its answer lost.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What becomes of a payload on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It goes on, and so does the answer.
    Passes,
    /// It never arrives.
    Lost,
    /// It arrives, and the answer does not.
    AnswerLost,
    /// It never arrives, and is refused with this code.
    Refused(&'static str),
}

pub struct Proxy {
    pub address: String,
    held: Receiver<()>,
    fates: Sender<Fate>,
}

impl Proxy {
    /// Passes everything on to the server of the election at this address, but holds up what is handed in until its fate is known.
    pub fn before(address: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let own = format!("http://{}/e", listener.local_addr().unwrap());
        let server = address.trim_start_matches("http://").trim_end_matches("/e").to_owned();
        let (hold, held) = channel();
        let (fates, fate) = channel();
        let fate = Arc::new(Mutex::new(fate));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (server, hold, fate) = (server.clone(), hold.clone(), fate.clone());
                thread::spawn(move || pass(stream.unwrap(), &server, &hold, &fate));
            }
        });
        Self { address: own, held, fates }
    }

    /// Waits until something is handed in.
    pub fn wait(&self) {
        self.held.recv_timeout(Duration::from_secs(60)).unwrap();
    }

    /// Decides about what is held up, or will be.
    pub fn decide(&self, fate: Fate) {
        self.fates.send(fate).unwrap();
    }
}

fn pass(mut client: TcpStream, server: &str, hold: &Sender<()>, fates: &Mutex<Receiver<Fate>>) {
    // One request for each connection: the server is asked to close it.
    let Some(request) = read_request(&mut client) else { return };
    let mut fate = Fate::Passes;
    if request.starts_with(b"POST") {
        let _ = hold.send(());
        fate = fates.lock().unwrap().recv().unwrap_or(Fate::Lost);
    }
    if fate == Fate::Lost {
        return;
    }
    if let Fate::Refused(code) = fate {
        let body = format!(r#"{{"status": 409, "code": "{code}", "detail": "No."}}"#);
        let head = format!("HTTP/1.1 409 Conflict\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
        let _ = client.write_all(format!("{head}{body}").as_bytes());
        return;
    }
    let mut upstream = TcpStream::connect(server).unwrap();
    upstream.write_all(&request).unwrap();
    let mut answer = Vec::new();
    let _ = upstream.read_to_end(&mut answer);
    if fate == Fate::Passes {
        let _ = client.write_all(&answer);
    }
}

/// The whole request, with the wish that the connection is closed after it.
fn read_request(client: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let length = head
                .lines()
                .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
            if bytes.len() >= end + 4 + length.unwrap_or(0) {
                let head: String = head
                    .split("\r\n")
                    .filter(|line| !line.to_ascii_lowercase().starts_with("connection:"))
                    .map(|line| format!("{line}\r\n"))
                    .collect();
                return Some([format!("{head}Connection: close\r\n\r\n").as_bytes(), &bytes[end + 4..]].concat());
            }
        }
        match client.read(&mut chunk).ok()? {
            0 => return None,
            read => bytes.extend_from_slice(&chunk[..read]),
        }
    }
}
