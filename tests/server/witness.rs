//! Witnesses over loopback: honest ones, and such as do what a witness must not do.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::key::{LogVerifier, WitnessKey};
use tabella_board::origin::Origin;
use tabella_board::witness::{AddCheckpoint, Answer, Cosigned, Refusal, WitnessedLog, monitoring_path};

/// How a witness behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    Honest,
    /// Closes every connection without an answer.
    Away,
    /// Takes the request and never answers.
    Silent,
    /// Signs with another key than the policy's.
    OtherKey,
    /// Refuses as if the proof were wrong.
    Refusing,
    /// Says that it has seen so many entries.
    Boasting(u64),
    /// Refuses, and shows to monitors what the board has published by then.
    Doubting,
    /// Knows no log.
    Lost,
    /// Answers with something else.
    Babbling,
}

struct State {
    manner: Manner,
    log: WitnessedLog,
    /// The old sizes that it was asked for.
    asked: Vec<u64>,
    /// What it shows to monitors instead of what it has cosigned.
    shown: Option<Vec<u8>>,
    held: Vec<TcpStream>,
    /// The published checkpoint, and the size that it must have before it is shown.
    published: Option<(PathBuf, u64)>,
}

/// A witness that runs until the test ends.
pub struct Witness {
    pub name: String,
    address: SocketAddr,
    number: u8,
    state: Arc<Mutex<State>>,
}

fn key(number: u8) -> WitnessKey {
    WitnessKey::from_seed(&format!("witness.example/{number}"), &[100 + number; 32]).unwrap()
}

impl Witness {
    /// The witness of this number for a log.
    pub fn start(number: u8, log: &LogVerifier) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let log = WitnessedLog::new(log.clone(), None);
        let state = State { manner: Manner::Honest, log, asked: vec![], shown: None, held: vec![], published: None };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                serve(stream.unwrap(), number, &mut shared.lock().unwrap());
            }
        });
        Self { name: format!("w{number}"), address, number, state }
    }

    /// Its line in a policy.
    pub fn line(&self) -> String {
        format!("witness {} {} http://{}\n", self.name, key(self.number).verifier(), self.address)
    }

    pub fn behave(&self, manner: Manner) {
        self.state.lock().unwrap().manner = manner;
    }

    /// Somebody else hands in a checkpoint, just as the witness comes back.
    pub fn feed(&self, request: &AddCheckpoint) {
        let mut state = self.state.lock().unwrap();
        state.manner = Manner::Honest;
        let cosigned = state.log.judge(&key(self.number), request, 1_800_000_000).unwrap();
        state.log.remember(cosigned);
    }

    /// Doubts everything, and shows the published checkpoint once it has this size.
    pub fn doubt_until_published(&self, checkpoint: &Path, size: u64) {
        let mut state = self.state.lock().unwrap();
        state.manner = Manner::Doubting;
        state.published = Some((checkpoint.to_owned(), size));
    }

    pub fn show(&self, note: &[u8]) {
        self.state.lock().unwrap().shown = Some(note.to_vec());
    }

    /// The size that it has cosigned last.
    pub fn size(&self) -> u64 {
        self.state.lock().unwrap().log.last().map_or(0, |last| last.head().size)
    }

    pub fn asked(&self) -> Vec<u64> {
        self.state.lock().unwrap().asked.clone()
    }
}

/// The lines of a policy with `k` of these witnesses.
pub fn policy(k: usize, witnesses: &[Witness]) -> String {
    let lines: String = witnesses.iter().map(Witness::line).collect();
    let names: Vec<&str> = witnesses.iter().map(|witness| witness.name.as_str()).collect();
    format!("{lines}group quorum {k} {}\nquorum quorum\n", names.join(" "))
}

impl State {
    /// The published checkpoint, when it is large enough; or what there is, before whoever asks gives up.
    fn later(&self) -> Vec<u8> {
        let (path, size) = self.published.as_ref().unwrap();
        let end = Instant::now() + Duration::from_millis(800);
        loop {
            let note = std::fs::read(path).unwrap();
            let shown = SignedCheckpoint::parse(&note).unwrap().unverified().head.size;
            if shown >= *size || Instant::now() > end {
                return note;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

fn serve(mut stream: TcpStream, number: u8, state: &mut State) {
    if state.manner == Manner::Away {
        return;
    }
    let Some((place, body)) = read(&mut stream) else { return };
    let (status, media_type, body) = match place.as_str() {
        _ if state.manner == Manner::Lost => (404, "text/plain", vec![]),
        place if state.manner == Manner::Doubting && place.starts_with("GET") => (200, "text/plain", state.later()),
        "POST /add-checkpoint" => match cosign(number, state, &body) {
            Some(answer) => answer,
            None => return state.held.push(stream),
        },
        place => {
            let origin: &Origin = state.log.verifier().origin();
            let shown = state.shown.clone().or_else(|| Some(state.log.last()?.as_bytes().to_vec()));
            match shown.filter(|_| *place == format!("GET /{}", monitoring_path(origin))) {
                Some(note) => (200, "text/plain", note),
                None => (404, "text/plain", vec![]),
            }
        }
    };
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    // Whoever asked may have gone.
    drop(stream.write_all(&[head.as_bytes(), &body].concat()));
}

fn cosign(number: u8, state: &mut State, body: &[u8]) -> Option<(u16, &'static str, Vec<u8>)> {
    let request = AddCheckpoint::parse(body).unwrap();
    state.asked.push(request.old);
    let signer = match state.manner {
        Manner::Silent => return None,
        Manner::Refusing | Manner::Doubting => return Some((422, "text/plain", vec![])),
        Manner::Babbling => return Some((200, "text/plain", b"<html>".to_vec())),
        Manner::Boasting(size) => return Some(conflict(size)),
        Manner::OtherKey => key(number + 50),
        Manner::Honest | Manner::Away | Manner::Lost => key(number),
    };
    Some(match state.log.judge(&signer, &request, 1_800_000_000) {
        Ok(cosigned) => {
            let line = Cosigned::line(&cosigned).as_bytes().to_vec();
            if state.manner == Manner::Honest {
                state.log.remember(cosigned);
            }
            (200, "text/plain", line)
        }
        Err(Refusal::Conflict { size }) => conflict(size),
        Err(refusal) => (refusal.status(), "text/plain", vec![]),
    })
}

fn conflict(size: u64) -> (u16, &'static str, Vec<u8>) {
    (409, tabella_board::witness::CONFLICT_TYPE, Answer::conflict_body(size).into_bytes())
}

/// Method and path, and the body.
fn read(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let head = bytes.windows(4).position(|end| end == b"\r\n\r\n");
        if let Some(end) = head {
            let text = String::from_utf8(bytes[..end].to_vec()).unwrap();
            let length =
                text.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            let body = &bytes[end + 4..];
            if body.len() >= length.unwrap_or(0) {
                let place: Vec<&str> = text.split(' ').take(2).collect();
                return Some((place.join(" "), body.to_vec()));
            }
        }
        match stream.read(&mut piece).ok()? {
            0 => return None,
            length => bytes.extend_from_slice(&piece[..length]),
        }
    }
}
