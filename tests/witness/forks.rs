//! What a log signed that does not follow from what it signed before is kept.

use std::path::{Path, PathBuf};
use std::{fs, io};

use tabella_board::witness::AddCheckpoint;

use crate::scene::{Log, Witness};

/// The folders of evidence whose names begin like this.
fn evidence(witness: &Witness, kind: &str) -> Vec<PathBuf> {
    let Ok(found) = fs::read_dir(witness.folder().join("evidence")) else { return Vec::new() };
    let paths = found.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(kind)).collect()
}

/// What the verifier says of it.
fn judged(folder: &Path) -> &'static str {
    let read = |name: &str, _| match fs::read(folder.join(name)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        bytes => bytes.map(Some),
    };
    tabella_verifier::evidence::judge(read).unwrap().code
}

#[test]
fn another_tree_of_the_same_size_is_kept_as_a_fork() {
    let log = Log::new("forks");
    let witness = Witness::serving(&[&log]);
    let answer = witness.ask(&log.request(0, 5));
    let cosigned = log.checkpoint(5).with_signature_lines(&answer.body).unwrap();
    let other = log.forked();
    // It does not help the log to ask from another size: the two checkpoints say all.
    for (old, status) in [(3, 409), (5, 422), (5, 422)] {
        assert_eq!(witness.ask(&AddCheckpoint { old, ..other.request(old, 5) }).status, status);
    }
    let [kept] = evidence(&witness, "fork-").try_into().unwrap();
    assert_eq!(fs::read(kept.join("checkpoint")).unwrap(), other.checkpoint(5).as_bytes());
    assert_eq!(fs::read(kept.join("seen.checkpoint")).unwrap(), cosigned.as_bytes());
    assert_eq!(fs::read(kept.join("request")).unwrap(), other.request(3, 5).to_bytes());
    assert_eq!(judged(&kept), "same_size", "it is proof for others");
    assert!(witness.log().contains("ALARM"));
    assert_eq!(witness.ask(&log.request(5, 6)).status, 200, "the history that was cosigned goes on");
}

#[test]
fn growth_of_another_history_is_kept_and_bounded() {
    let log = Log::new("grows-apart");
    let witness = Witness::serving(&[&log]);
    assert_eq!(witness.ask(&log.request(0, 5)).status, 200);
    let other = log.forked();
    for new in 6..26 {
        assert_eq!(witness.ask(&other.request(5, new)).status, 422);
    }
    let unproved = evidence(&witness, "unproved-");
    assert_eq!(unproved.len(), 16);
    assert_eq!(judged(&unproved[0]), "nothing_proved");
    assert!(evidence(&witness, "fork-").is_empty());
    // Who has used up the room for what may be a fork has used up none for what is one.
    assert_eq!(witness.ask(&other.request(5, 5)).status, 422);
    assert_eq!(evidence(&witness, "fork-").len(), 1);
    let status = witness.run(&["status", "--json"]);
    let status: serde_json::Value = serde_json::from_slice(&status.stdout).unwrap();
    assert_eq!((status["evidence"].as_u64(), status["logs"][0]["last"]["size"].as_u64()), (Some(17), Some(5)));
}

#[test]
fn what_nobody_signed_is_no_evidence() {
    let log = Log::new("innocent");
    let witness = Witness::serving(&[&log]);
    assert_eq!(witness.ask(&log.request(0, 5)).status, 200);
    let mut forged = String::from_utf8(log.request(5, 5).to_bytes()).unwrap();
    forged = forged.replace(
        &log.checkpoint(5).unverified().head.root.to_string(),
        &log.checkpoint(4).unverified().head.root.to_string(),
    );
    assert_eq!(witness.post(forged.as_bytes()).status, 403);
    assert_eq!(witness.ask(&log.request(3, 9)).status, 409);
    assert!(evidence(&witness, "").is_empty());
}
