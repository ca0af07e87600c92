//! Someone who speaks HTTP by hand, from an address of her own.

use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use tokio::net::TcpSocket;
use tokio::runtime::Builder;

/// Where strangers come from. Voters come from 127.0.0.1.
const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 66));

/// Longer than any answer takes.
const DEADLINE: Duration = Duration::from_secs(60);

/// A connection.
pub struct Stranger {
    stream: TcpStream,
}

impl Stranger {
    /// A connection to the server at this address. It may be closed at once.
    pub fn connect(server: SocketAddr) -> std::io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_io().build()?;
        let stream = runtime.block_on(async {
            let socket = TcpSocket::new_v4()?;
            socket.bind(SocketAddr::new(ADDRESS, 0))?;
            socket.connect(server).await?.into_std()
        })?;
        stream.set_nonblocking(false)?;
        stream.set_read_timeout(Some(DEADLINE))?;
        stream.set_write_timeout(Some(DEADLINE))?;
        Ok(Self { stream })
    }

    pub fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// Writes until the server closes the connection, and never reads.
    pub fn write_until_closed(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.stream.set_write_timeout(Some(Duration::from_millis(200)))?;
        let begin = Instant::now();
        loop {
            match self.stream.write(bytes) {
                Err(error) if !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    return Err(error);
                }
                _ => assert!(begin.elapsed() < DEADLINE, "the connection stays open"),
            }
        }
    }

    /// Waits until the server closes the connection, however it does.
    pub fn wait(&mut self) {
        let mut piece = [0; 4096];
        while self.stream.read(&mut piece).is_ok_and(|length| length > 0) {}
    }

    /// Hands in a payload; gives status and body of the answer, or nothing if the connection was closed.
    pub fn post(&mut self, kind: &str, payload: &[u8]) -> Option<(u16, String)> {
        let length = payload.len();
        let head = format!(
            "POST /orchard/entries/{kind} HTTP/1.1\r\nhost: x\r\ncontent-type: application/cbor\r\ncontent-length: {length}\r\n\r\n"
        );
        self.write(&[head.as_bytes(), payload].concat()).ok()?;
        self.answer()
    }

    /// Reads one answer.
    pub fn answer(&mut self) -> Option<(u16, String)> {
        let (mut answer, mut piece) = (Vec::new(), [0; 4096]);
        loop {
            if let Some(end) = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
                let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok());
                let body = &answer[end + 4..];
                if body.len() >= length.unwrap_or(0) {
                    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
                    return Some((status, String::from_utf8_lossy(body).into_owned()));
                }
            }
            match self.stream.read(&mut piece) {
                Ok(0) | Err(_) => return None,
                Ok(length) => answer.extend_from_slice(&piece[..length]),
            }
        }
    }
}
