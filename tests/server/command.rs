//! `tabella board new` and `tabella serve` as an operator runs them.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use data_encoding::HEXLOWER;
use serde_json::Value;
use tempfile::TempDir;

use crate::host::authority;
use crate::web::Web;

fn tabella() -> Command {
    Command::new(env!("CARGO_BIN_EXE_tabella"))
}

fn passphrase(folder: &TempDir) -> File {
    std::fs::write(folder.path().join("passphrase"), "correct horse battery\n").unwrap();
    File::open(folder.path().join("passphrase")).unwrap()
}

fn new_board(folder: &TempDir, id: &str, address: &str, authority: &str) -> Output {
    drop(passphrase(folder));
    let mut command = tabella();
    command.args(["board", "new", id, "--address", address, "--authority", authority]);
    command.arg("--data").arg(folder.path().join("data"));
    command.arg("--passphrase-file").arg(folder.path().join("passphrase"));
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn key() -> String {
    HEXLOWER.encode(authority().verifying_key().as_bytes())
}

fn is_private(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o077 == 0
}

#[test]
fn a_board_is_made_once_and_served() {
    let folder = tempfile::tempdir().unwrap();
    let made = new_board(&folder, "city-2026", "https://vote.example.org:8443/", &key());
    assert!(made.status.success(), "{}", text(&made.stderr));
    assert!(text(&made.stdout).contains("address = \"https://vote.example.org:8443/city-2026\""));
    assert!(text(&made.stdout).contains("log = \"vote.example.org:8443/city-2026+"));
    let board = folder.path().join("data/city-2026");
    assert!(is_private(&board) && is_private(&board.join("log.key.age")));
    let again = new_board(&folder, "city-2026", "https://vote.example.org", &key());
    assert!(!again.status.success() && text(&again.stderr).contains("is there already"));

    let mut serve = tabella();
    serve.args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json"]);
    serve.arg("--data").arg(folder.path().join("data"));
    serve.arg("--passphrase-file").arg(folder.path().join("passphrase"));
    let mut running = serve.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(running.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("listening on http://").unwrap().parse().unwrap();

    let web = Web::new(address);
    let status = web.get("/city-2026/status").good();
    assert_eq!(status["origin"], "vote.example.org:8443/city-2026");
    let secret = "4K7Q-4K7Q-4K7Q-4K7Q-4K7Q-4K7Q-4K7Q-4K7Q";
    assert_eq!(web.get(&format!("/city-2026/ballots/{secret}")).status, 404);
    assert_eq!(web.get(&format!("/city-2026/{secret}")).status, 404);
    let kill = Command::new("kill").args(["-TERM", &running.id().to_string()]).status().unwrap();
    assert!(kill.success());
    assert!(running.wait().unwrap().success());

    let mut log = String::new();
    running.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let requests: Vec<&Value> =
        lines.iter().map(|line| &line["fields"]).filter(|fields| fields["message"] == "answered").collect();
    assert_eq!(requests.len(), 3);
    assert_eq!(
        (&requests[1]["route"], &requests[1]["code"]),
        (&"/{id}/ballots/{tracker}".into(), &"tracker_unknown".into())
    );
    assert!(requests.iter().all(|fields| fields["milliseconds"].is_u64() && fields["request"].is_u64()));
    // Neither what was looked up, nor where requests came from.
    assert!(!log.contains("4K7Q"), "{log}");
    assert_eq!(log.matches("127.0.0.1").count(), 1, "only where the server listens: {log}");
}

#[test]
fn what_names_no_board_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (address, key) = ("https://vote.example.org", key());
    let long = "x".repeat(65);
    for (id, address, key, why) in [
        ("City", address, key.as_str(), "cannot name an election"),
        ("_live", address, &key, "cannot name an election"),
        ("../e", address, &key, "cannot name an election"),
        (&long, address, &key, "cannot name an election"),
        ("e", "vote.example.org", &key, "no address"),
        ("e", "https://vote.example.org/elections", &key, "no address"),
        ("e", address, &key[2..], "not the public key"),
    ] {
        let refused = new_board(&folder, id, address, key);
        assert!(!refused.status.success());
        assert!(text(&refused.stderr).contains(why), "{id} {address}: {}", text(&refused.stderr));
        assert!(!folder.path().join("data").exists());
    }
}

#[test]
fn another_passphrase_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert!(new_board(&folder, "e", "https://vote.example.org", &key()).status.success());
    let other = folder.path().join("other");
    std::fs::write(&other, "wrong horse battery\n").unwrap();
    let mut serve = tabella();
    serve.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(folder.path().join("data"));
    let refused = serve.arg("--passphrase-file").arg(&other).output().unwrap();
    assert!(!refused.status.success());
    assert!(text(&refused.stderr).contains("the passphrase does not open"), "{}", text(&refused.stderr));
}
