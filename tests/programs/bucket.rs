//! A bucket beside the board: what stands in it is a record as good as the server's. Tests specs/server.md#bucket.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use tabella_town::plan::Plan;
use tabella_town::programs::{Ended, Programs};

use crate::object_storage::{BUCKET, KEY, ObjectStorage};
use crate::plans::open;

/// As long as a copy may take.
const LONGEST: Duration = Duration::from_secs(120);

#[test]
fn a_verifier_accepts_the_bucket_though_it_was_away_and_the_server_never_waited() {
    let folder = tempfile::tempdir().unwrap();
    let (mut election, codes) = open(folder.path(), Plan::orchard(2, 1, 1));
    election.voter(0, &codes[0]).unwrap().vote("plum").unwrap();

    // The store of the bucket does not run yet.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let endpoint = format!("http://{address}");
    election.server.stop().unwrap();
    let bucket = format!("s3://{BUCKET}/2026");
    election.server = election.server.with(&["--bucket", &bucket, "--bucket-endpoint", &endpoint]).with_environment(&[
        ("AWS_ACCESS_KEY_ID", KEY),
        ("AWS_SECRET_ACCESS_KEY", "a secret that is in no log"),
        ("AWS_REGION", "eu-north-1"),
    ]);
    election.server.start().unwrap();
    let told = election.voter(1, &codes[1]).unwrap().vote("pear").unwrap();
    assert!(told.contains("1 of 1"), "{told}");
    let log = || std::fs::read_to_string(election.server.log()).unwrap();
    eventually(|| log().contains("the bucket does not show what is published"));

    let storage = ObjectStorage::start(address);
    let copied = format!("{endpoint}/{BUCKET}/2026/orchard");
    let board = election.server.get("/orchard/checkpoint").unwrap().1;
    eventually(|| fetch(&format!("{copied}/checkpoint")).is_some_and(|(_, found)| found == board));
    assert!(log().contains("the bucket shows what is published again"));
    assert!(!log().contains("a secret that is in no log"));

    election.close().unwrap();
    election.decrypt(&[0]).unwrap();
    election.publish().unwrap();
    // Whoever stops a server leaves nothing behind that is not in the bucket.
    election.server.stop().unwrap();
    let mut verify = Programs::beside_this_one().unwrap().command("tabella-verify");
    verify.args(["--expect", election.fingerprint().unwrap(), &copied]);
    Ended::run(&mut verify).unwrap().done().unwrap();

    // It is the record, and nothing besides.
    let record = election.server.folder().join("orchard/record");
    let names = storage.names("2026/orchard");
    for name in &names {
        let name = name.strip_prefix("2026/orchard/").unwrap();
        let (cache_control, bytes) = fetch(&format!("{copied}/{name}")).unwrap();
        assert_eq!(bytes, std::fs::read(record.join(name)).unwrap(), "{name}");
        let is_tile = name.starts_with("tile/");
        assert_eq!(cache_control, if is_tile { "public, max-age=31536000, immutable" } else { "no-cache" }, "{name}");
    }
    assert_eq!(names.len(), count(&record));
}

/// What a static server gives everybody: how long it may be kept, and the bytes.
fn fetch(url: &str) -> Option<(String, Vec<u8>)> {
    let mut answer = ureq::get(url).call().ok()?;
    let cache_control = answer.headers().get("cache-control")?.to_str().unwrap().to_owned();
    Some((cache_control, answer.body_mut().read_to_vec().unwrap()))
}

fn count(folder: &std::path::Path) -> usize {
    let paths = std::fs::read_dir(folder).unwrap().map(|found| found.unwrap().path());
    paths.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
}

fn eventually(is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < LONGEST, "it never became so");
        std::thread::sleep(Duration::from_millis(50));
    }
}
