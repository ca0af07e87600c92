//! Records that are given by the address of an election.

use crate::board::{Board, ORIGIN};
use crate::fetch::{MOST_FILES, fetch};
use crate::server::{Patience, Server};
use crate::web::{Answer, Web, answer, file, not_found, serve};
use crate::world::{Plan, build};
use crate::{Files, failures, options};
use indicatif::ProgressBar;
use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tabella_verifier::source::Directory;
use tabella_verifier::{Options, verify};

/// The same answer to every request.
type Always = fn() -> Answer;

fn files() -> Files {
    build(Plan::default(), None).board.files()
}

/// More than two full tiles.
fn long_board() -> Board {
    build(Plan { idle_rounds: 500, ..Plan::default() }, None).board
}

fn serve_files(files: Files) -> Web {
    serve(move |name| file(&files, name))
}

/// A checkpoint, signed and cosigned, that claims a size.
fn claim(size: u64) -> Files {
    let board = build(Plan::default(), None).board;
    let note = board.note(&format!("{ORIGIN}\n{size}\n{}=\n", "A".repeat(43)), true);
    let key = board.files().remove("log.vkey").unwrap();
    Files::from([("checkpoint".to_owned(), note.into_bytes()), ("log.vkey".to_owned(), key)])
}

/// Exit status and report of the program.
fn run(arguments: &[&str]) -> (i32, serde_json::Value) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_tabella-verify"));
    let output = program.arg("--json").args(arguments).env("NO_PROXY", "*").output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap())
}

/// The program cannot read the record, and says this.
fn assert_unreadable(arguments: &[&str], says: &str) {
    let (status, report) = run(arguments);
    assert_eq!((status, &report["verdict"]), (2, &"unreadable".into()));
    let message = report["warnings"][0]["message"].as_str().unwrap();
    assert!(message.contains(says), "{message}");
}

/// The files named as missing.
fn missing(report: &serde_json::Value) -> Vec<&str> {
    let failures = report["checks"][0]["failures"].as_array().unwrap();
    assert!(failures.iter().all(|failure| failure["code"] == "file_missing"), "{failures:?}");
    failures.iter().filter_map(|failure| failure["file"].as_str()).collect()
}

/// Impatient, so that tests end soon: a time-out is waited for in one test, a pause in none.
const IMPATIENT: Patience = Patience {
    silence: Duration::from_secs(20),
    file: Duration::from_secs(60),
    pause: Duration::from_millis(1),
    longest_pause: Duration::from_millis(1),
    attempts: 4,
};

const HOUR: Duration = Duration::from_secs(3_600);

fn fetch_into(folder: &Path, web: &Web, patience: Patience, most_files: u64) -> Result<(), String> {
    let server = Server::new(&web.address, patience).map_err(|error| error.to_string())?;
    fetch(&server, folder, most_files, &ProgressBar::hidden()).map_err(|error| format!("{error:#}"))
}

/// All failures of the record in a folder.
fn faults(folder: &Path, unfinished: bool) -> Vec<(String, Option<u64>, Option<String>)> {
    let options = Options { unfinished, ..options() };
    failures(&verify(&Directory::open(folder).unwrap(), &options, &|_, _| ()).unwrap())
}

#[test]
fn a_record_on_a_server_is_verified_with_and_without_slash() {
    let files = files();
    let web = serve_files(files.clone());
    let (status, report) = run(&[&web.address]);
    assert_eq!((status, &report["verdict"], &report["record"]["origin"]), (0, &"valid".into(), &ORIGIN.into()));
    assert_eq!(web.agents()[0], concat!("tabella-verify/", env!("CARGO_PKG_VERSION")));
    assert_eq!(web.asked(), files.keys().cloned().collect::<Vec<_>>());
    assert_eq!(run(&[&format!("{}//", web.address)]).0, 0);
    assert_eq!(web.asked(), files.keys().cloned().collect::<Vec<_>>());
    assert_eq!(run(&["--expect", &"0".repeat(32), &web.address]).0, 1);
}

#[test]
fn a_partial_tile_that_was_filled_since_is_cut_from_the_full_one() {
    let mut board = long_board();
    let grown = board.files();
    board.entries.truncate(300);
    let mut files = board.files();
    let gone: Vec<_> = ["tile/0/001.p/44", "tile/entries/001.p/44"].map(|name| files.remove(name).unwrap()).into();
    files.extend(grown.into_iter().filter(|(name, _)| ["tile/0/001", "tile/entries/001"].contains(&name.as_str())));
    let web = serve_files(files);
    let kept = tempfile::tempdir().unwrap();
    let (status, report) = run(&["--unfinished", "--keep", kept.path().to_str().unwrap(), &web.address]);
    assert_eq!((status, &report["record"]["size"]), (0, &300.into()));
    for (name, bytes) in ["tile/0/001.p/44", "tile/entries/001.p/44"].iter().zip(gone) {
        assert_eq!(std::fs::read(kept.path().join(name)).unwrap(), bytes, "{name}");
    }
}

#[test]
fn what_cannot_be_cut_is_malformed() {
    for (name, full) in [("tile/0/000.p/", "tile/0/000"), ("tile/entries/000.p/", "tile/entries/000")] {
        let mut files = files();
        let name = files.keys().find(|known| known.starts_with(name)).unwrap().clone();
        files.remove(&name);
        files.insert(full.to_owned(), vec![0, 200, 1]);
        let (status, report) = run(&[&serve_files(files).address]);
        assert_eq!(status, 1);
        let failure = &report["checks"][0]["failures"][0];
        assert_eq!((&failure["code"], &failure["file"]), (&"file_malformed".into(), &name.into()));
    }
}

#[test]
fn files_that_the_server_does_not_have_are_missing() {
    for name in ["log.vkey", "tile/1/000.p/2", "tile/0/001", "tile/entries/001"] {
        let mut files = long_board().files();
        files.remove(name).unwrap();
        let (status, report) = run(&[&serve_files(files).address]);
        assert_eq!((status, missing(&report)), (1, vec![name]));
    }
}

#[test]
fn a_size_without_end_ends_the_download_soon() {
    for size in [2_560_000, u64::MAX] {
        let web = serve_files(claim(size));
        let (status, report) = run(&[&web.address]);
        assert_eq!((status, &report["verdict"]), (1, &"invalid".into()));
        assert_eq!(missing(&report).len(), 1_000);
        // Nine series; four workers may each ask for one more file after the last miss that counts.
        let asked = web.asked().len();
        assert!(asked <= 2 + 9 * (16 + 4), "{asked}");
    }
}

#[test]
fn a_server_that_has_every_file_of_a_size_without_end_is_given_up() {
    let claimed = claim(u64::MAX);
    let web =
        serve(move |name| if name.starts_with("tile/") { answer("200 OK", "", &[0]) } else { file(&claimed, name) });
    let folder = tempfile::tempdir().unwrap();
    let found = fetch_into(folder.path(), &web, IMPATIENT, 40).unwrap_err();
    assert!(found.contains("more files than are downloaded; ask who runs the server"), "{found}");
    assert_eq!(web.asked().len(), 2 + 40);
    assert!(!folder.path().join("checkpoint").exists());
}

#[test]
fn what_no_record_is_behind_is_unreadable() {
    let cases: [(&str, Always); 6] = [
        ("there is no record at http://127.0.0.1:", not_found),
        ("its file checkpoint is none", || answer("200 OK", "", b"<html>")),
        ("is longer than the 1000000 bytes that it may have", || answer("200 OK", "", &[b'a'; 1_000_001])),
        ("is not answered as by a web server", || Some(b"SSH-2.0-OpenSSH_9.9\r\n\r\n".to_vec())),
        ("the server answers with status 403 Forbidden", || answer("403 Forbidden", "", b"")),
        ("has moved to https://example.org/e: redirects are not followed", || {
            answer("301 Moved Permanently", "Location: https://example.org/e/checkpoint\r\n", b"")
        }),
    ];
    for (says, answer) in cases {
        let web = serve(move |_| answer());
        assert_unreadable(&[&web.address], says);
        assert_eq!(web.asked(), ["checkpoint"], "{says}");
    }
}

#[test]
fn tiles_that_are_too_long_or_not_given_out_are_unreadable() {
    let with = |start: &'static str, answer: Always| {
        let files = files();
        serve(move |name| if name.starts_with(start) { answer() } else { file(&files, name) })
    };
    let too_long = with("tile/0/", || answer("200 OK", "", &[0; 256 * 32 + 1]));
    assert_unreadable(&[&too_long.address], "bytes that it may have");
    let too_long = with("tile/entries/", || answer("200 OK", "", &[0; 256 * 65_537 + 1]));
    assert_unreadable(&[&too_long.address], "bytes that it may have");
    let broken = with("tile/0/", || answer("500 Internal Server Error", "", b""));
    assert_unreadable(&[&broken.address], "status 500");
}

#[test]
fn addresses_that_cannot_be_asked_say_what_to_do() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_unreadable(&[&format!("http://{closed}/city-2026")], "Check the address and your connection");
    for address in
        ["ftp://example.org/e", "https://", "https://user@example.org/e", "https://example.org/e?a", "http://a b/#c"]
    {
        assert_unreadable(&[address], "give one like https://vote.example.org/city-2026");
    }
    assert_unreadable(&["--keep", "kept", "/no/such/place"], "--keep is for records that are given by their address");
}

#[test]
fn a_server_that_says_nothing_is_given_up() {
    let files = files();
    let with = |silent: &'static str| {
        let files = files.clone();
        serve(move |name| if name.starts_with(silent) { None } else { file(&files, name) })
    };
    let short = Duration::from_millis(200);
    // Each would wait for an hour if its one short time were not heeded.
    let silence = Patience { silence: short, file: HOUR, ..IMPATIENT };
    let file = Patience { silence: HOUR, file: short, ..IMPATIENT };
    for (silent, patience) in [("checkpoint", silence), ("checkpoint", file), ("tile/0/", silence)] {
        let folder = tempfile::tempdir().unwrap();
        let found = fetch_into(folder.path(), &with(silent), patience, MOST_FILES).unwrap_err();
        assert!(found.contains(silent) && found.contains("did not come in time"), "{found}");
    }
}

#[test]
fn a_busy_server_and_a_broken_connection_are_tried_again() {
    let faults_once: [fn(&Files) -> Answer; 3] = [
        |_| answer("503 Service Unavailable", "", b""),
        |_| Some(Vec::new()),
        |files| file(files, "log.vkey").map(|bytes| bytes[..bytes.len() - 1].to_vec()),
    ];
    for fault in faults_once {
        let (files, first) = (files(), AtomicBool::new(true));
        let web = serve(move |name| {
            if name == "log.vkey" && first.swap(false, Ordering::Relaxed) { fault(&files) } else { file(&files, name) }
        });
        let folder = tempfile::tempdir().unwrap();
        fetch_into(folder.path(), &web, IMPATIENT, MOST_FILES).unwrap();
        assert_eq!(web.asked().iter().filter(|name| *name == "log.vkey").count(), 2);
        assert_eq!(faults(folder.path(), false), []);
    }
    let web = serve(|_| answer("503 Service Unavailable", "", b""));
    let folder = tempfile::tempdir().unwrap();
    let found = fetch_into(folder.path(), &web, IMPATIENT, MOST_FILES).unwrap_err();
    assert!(found.contains("because the server is busy"), "{found}");
    assert_eq!(web.asked(), ["checkpoint"; 4]);
}

#[test]
fn a_busy_server_may_say_how_long_to_wait_within_reason() {
    // Each of these would wait for an hour if one of its other times were taken.
    let soon = ("Retry-After: 0\r\n", Patience { pause: HOUR, longest_pause: HOUR, ..IMPATIENT });
    let capped = ("Retry-After: 3600\r\n", Patience { pause: HOUR, ..IMPATIENT });
    for (header, patience) in [soon, capped] {
        let web = serve(move |_| answer("429 Too Many Requests", header, b""));
        let folder = tempfile::tempdir().unwrap();
        let found = fetch_into(folder.path(), &web, patience, MOST_FILES).unwrap_err();
        assert!(found.contains("because the server is busy"), "{found}");
        assert_eq!(web.asked(), ["checkpoint"; 4]);
    }
}

#[test]
fn a_kept_download_goes_on_where_it_stopped() {
    let files = long_board().files();
    let (served, broken) = (files.clone(), AtomicBool::new(true));
    let web = serve(move |name| {
        let breaks = name == "tile/0/001" && broken.swap(false, Ordering::Relaxed);
        if breaks { answer("500 Internal Server Error", "", b"") } else { file(&served, name) }
    });
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("kept");
    let arguments = ["--keep", kept.to_str().unwrap(), &web.address];
    assert_unreadable(&arguments, "status 500");
    assert!(kept.join("log.vkey").exists() && !kept.join("checkpoint").exists());
    let before = web.asked();

    // What a download leaves behind that was cut off in the middle of a file.
    std::fs::create_dir_all(kept.join(".download")).unwrap();
    std::fs::write(kept.join(".download/tile-0-001"), b"half").unwrap();
    assert_eq!(run(&arguments).0, 0);
    let after = web.asked();
    assert!(before.iter().any(|name| name.starts_with("tile/entries/")));
    assert!(!after.iter().any(|name| name.starts_with("tile/entries/")), "{after:?}");
    assert!(after.contains(&"tile/0/001".to_owned()) && !kept.join(".download").exists());

    // All is there: only the notes are asked for. A file of the wrong length is asked for again.
    assert_eq!((run(&arguments).0, web.asked()), (0, vec!["checkpoint".to_owned(), "log.vkey".to_owned()]));
    std::fs::OpenOptions::new().append(true).open(kept.join("tile/0/000")).unwrap().write_all(b"?").unwrap();
    assert_eq!((run(&arguments).0, web.asked()[2].as_str()), (0, "tile/0/000"));
    assert_eq!(run(&[kept.to_str().unwrap()]).0, 0);
}

#[test]
fn a_kept_record_grows_with_its_log_and_never_shrinks() {
    let mut board = long_board();
    let finished = serve_files(board.files());
    board.entries.truncate(300);
    let earlier = serve_files(board.files());
    let folder = tempfile::tempdir().unwrap();
    let fetched = |web| fetch_into(folder.path(), web, IMPATIENT, MOST_FILES);
    assert_eq!(fetched(&earlier), Ok(()));
    assert_eq!(faults(folder.path(), true), []);
    assert_eq!(fetched(&finished), Ok(()));
    // The partial tiles of the first size would be surplus.
    assert_eq!(faults(folder.path(), false), []);
    let shrunk = fetched(&earlier).unwrap_err();
    assert!(shrunk.contains("has 300 entries") && shrunk.contains("no log may shrink"), "{shrunk}");
    assert_eq!(faults(folder.path(), false), []);
}

#[test]
fn a_kept_record_is_not_mixed_with_other_files() {
    let folder = tempfile::tempdir().unwrap();
    let web = serve_files(files());
    let fetched = |web| fetch_into(folder.path(), web, IMPATIENT, MOST_FILES);
    std::fs::write(folder.path().join("diary"), b"mine").unwrap();
    let found = fetched(&web).unwrap_err();
    assert!(found.contains("holds other files than a record: name a new or empty folder"), "{found}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    std::fs::remove_file(folder.path().join("diary")).unwrap();

    assert_eq!(fetched(&web), Ok(()));
    let mut other = files();
    let key = crate::board::verifier_key("other.example/e", 1, &crate::world::signing_key("other"));
    other.insert("log.vkey".to_owned(), (key + "\n").into_bytes());
    let found = fetched(&serve_files(other)).unwrap_err();
    assert!(found.contains("holds the record of another log"), "{found}");
    assert_eq!(faults(folder.path(), false), []);
}

#[test]
fn the_help_shows_an_address() {
    let output = Command::new(env!("CARGO_BIN_EXE_tabella-verify")).arg("--help").output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    assert!(help.contains("\n  tabella-verify https://vote.example.org/city-2026\n"), "{help}");
    assert!(help.contains("--keep <DIR>"), "{help}");
}
