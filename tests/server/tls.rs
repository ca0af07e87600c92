//! A server that speaks TLS itself.

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use tabella::server::StartError;
use tabella::serving::TlsFault;
use tempfile::TempDir;
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::host::{Host, Running};
use crate::web::{DEADLINE, read_all};

/// The files of a certificate, as the operator renews them.
struct Files(TempDir);

impl Files {
    fn new(certificate: &str, key: &str) -> Self {
        let files = Self(tempfile::tempdir().unwrap());
        files.renew(certificate, key);
        files
    }

    fn renew(&self, certificate: &str, key: &str) {
        std::fs::copy(data(&format!("{certificate}.pem")), self.path("certificate")).unwrap();
        std::fs::copy(data(&format!("{key}.key")), self.path("key")).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn options(&self) -> String {
        format!("--tls-certificate {} --tls-key {}", self.path("certificate").display(), self.path("key").display())
    }

    /// A server of an election without entries, with this certificate.
    fn serve(&self) -> (Host, Running) {
        let host = Host::new(&["e"]).with(&format!("{} --header-timeout 1", self.options()));
        let server = host.start();
        (host, server)
    }

    fn refused(&self) -> TlsFault {
        match Host::new(&["e"]).with(&self.options()).try_start() {
            Err(StartError::Tls(fault)) => fault,
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("it starts"),
        }
    }
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tls").join(name)
}

/// Whether the server answers to somebody who believes this certificate alone.
fn answers(address: SocketAddr, believed: &str) -> bool {
    let certificate = Certificate::from_pem(&std::fs::read(data(&format!("{believed}.pem"))).unwrap()).unwrap();
    let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&[certificate])).build();
    let agent: Agent = Agent::config_builder().tls_config(tls).proxy(None).build().into();
    let answer = agent.get(format!("https://{address}/_live")).call();
    answer.is_ok_and(|answer| answer.status() == 200)
}

/// Tells this process, in which the server runs, to read its certificate again.
fn hang_up() {
    let status = Command::new("kill").args(["-HUP", &std::process::id().to_string()]).status().unwrap();
    assert!(status.success());
}

#[test]
fn only_who_speaks_tls_is_answered() {
    let (_host, server) = Files::new("old", "old").serve();
    assert!(answers(server.web.address, "old"));
    assert!(!answers(server.web.address, "new"));
    assert!(!server.web.raw_answer(b"GET /_live HTTP/1.1\r\nhost: e\r\n\r\n").starts_with("HTTP/"));
    server.stop().unwrap();
}

#[test]
fn who_says_nothing_is_not_waited_for() {
    let (_host, server) = Files::new("old", "old").serve();
    let mut silent = server.web.raw();
    // The first bytes of a handshake, and no more.
    silent.write_all(&[22, 3, 1]).unwrap();
    assert_eq!(read_all(&mut silent), "");
    assert!(answers(server.web.address, "old"));
    server.stop().unwrap();
}

#[test]
fn a_renewed_certificate_is_shown_and_a_broken_one_is_not() {
    let files = Files::new("old", "old");
    let (_host, server) = files.serve();
    files.renew("new", "old");
    hang_up();
    assert!(answers(server.web.address, "old"));

    files.renew("new", "new");
    hang_up();
    let begun = Instant::now();
    while !answers(server.web.address, "new") {
        assert!(begun.elapsed() < DEADLINE, "the new certificate is never shown");
    }
    assert!(!answers(server.web.address, "old"));
    server.stop().unwrap();
}

#[test]
fn a_server_without_a_certificate_that_works_does_not_start() {
    assert!(matches!(Files::new("old", "new").refused(), TlsFault::Pair { .. }));

    let files = Files::new("old", "old");
    std::fs::copy(files.path("key"), files.path("certificate")).unwrap();
    assert!(matches!(files.refused(), TlsFault::File { what: "certificate", .. }));

    let files = Files::new("old", "old");
    std::fs::remove_file(files.path("key")).unwrap();
    assert!(matches!(files.refused(), TlsFault::File { what: "private key", .. }));
}
