use tabella_board::checkpoint::{CheckpointFault, SignedCheckpoint};
use tabella_board::cosignature::cosign;
use tabella_board::key::LogKey;
use tabella_board::policy::Policy;
use tabella_board::tree::{ConsistencyProof, TreeHead};
use tabella_board::witness::{
    AddCheckpoint, Answer, AnswerFault, CONFLICT_TYPE, Cosigned, CosignedFault, MAX_STEP_BACK, Refusal, RequestFault,
    WitnessedLog, monitoring_path,
};

use crate::samples::{
    TIME, checkpoint, entries, head, last_line, log_key, nodes, origin, policy_text, replace, truncations, witness_key,
};

/// The request of a log that grew from `old` to `new` entries.
fn request(old: u64, new: u64) -> AddCheckpoint {
    let all = entries(new);
    let proof = ConsistencyProof::prove(&nodes(&all), old, new).unwrap();
    AddCheckpoint { old, proof, checkpoint: checkpoint(head(&all), &[]) }
}

fn empty() -> AddCheckpoint {
    AddCheckpoint { old: 0, proof: Vec::new().into(), checkpoint: checkpoint(TreeHead::empty(), &[]) }
}

fn judge(log: &WitnessedLog, request: &AddCheckpoint, now: u64) -> Result<Cosigned, Refusal> {
    log.judge(&witness_key(0), request, now)
}

/// What the witness remembers after it has cosigned a tree of this size.
fn after(size: u64) -> WitnessedLog {
    let mut log = WitnessedLog::new(log_key().verifier().clone(), None);
    let cosigned = judge(&log, &request(0, size), TIME).unwrap();
    log.remember(cosigned);
    log
}

fn refusal(log: &WitnessedLog, request: &AddCheckpoint) -> Refusal {
    judge(log, request, TIME).unwrap_err()
}

#[test]
fn a_log_that_grows_is_cosigned() {
    let mut log = WitnessedLog::new(log_key().verifier().clone(), None);
    let policy = Policy::parse(&policy_text(1, "quorum w0\n")).unwrap();
    let mut old = 0;
    for (time, new) in (TIME..).zip([1, 2, 3, 7, 8, 20, 20]) {
        let cosigned = judge(&log, &request(old, new), time).unwrap();
        let answered = checkpoint(head(&entries(new)), &[]).with_signature_lines(cosigned.line()).unwrap();
        let [by_policy] = policy.require_quorum(&answered).unwrap().try_into().unwrap();
        assert_eq!((by_policy.witness.as_str(), by_policy.time), ("w0", time));
        assert_eq!((cosigned.time(), cosigned.head()), (time, head(&entries(new))));
        assert_eq!(cosigned.as_bytes(), answered.as_bytes());
        log.remember(cosigned);
        old = new;
    }
}

#[test]
fn the_empty_tree_may_be_cosigned_and_grown() {
    let mut log = WitnessedLog::new(log_key().verifier().clone(), None);
    log.remember(judge(&log, &empty(), TIME).unwrap());
    assert_eq!(judge(&log, &empty(), TIME).unwrap().head(), TreeHead::empty());
    assert_eq!(judge(&log, &request(0, 3), TIME).unwrap().head().size, 3);
    let other_root = TreeHead { size: 0, ..head(&entries(1)) };
    let other_root = AddCheckpoint { checkpoint: checkpoint(other_root, &[]), ..empty() };
    assert_eq!(refusal(&log, &other_root), Refusal::Inconsistent);
}

#[test]
fn each_refusal_comes_of_one_change() {
    let log = after(5);
    assert!(judge(&log, &request(5, 9), TIME).is_ok());
    let size = |size| AddCheckpoint { old: size, ..request(5, 9) };
    let proof = |hashes: Vec<_>| AddCheckpoint { proof: hashes.into(), ..request(5, 9) };
    let hashes = request(5, 9).proof.hashes().to_vec();
    let signed = |checkpoint| AddCheckpoint { checkpoint, ..request(5, 9) };
    let stranger = LogKey::from_seed(origin(), &[2; 32]);
    let wrong_line = last_line(&checkpoint(head(&entries(8)), &[]));
    let with_wrong_line = request(5, 9).checkpoint.with_signature_lines(&wrong_line).unwrap();
    let cases = [
        (size(10), Refusal::OldSize, 400),
        (size(4), Refusal::Conflict { size: 5 }, 409),
        (size(0), Refusal::Conflict { size: 5 }, 409),
        (size(9), Refusal::Conflict { size: 5 }, 409),
        (request(4, 4), Refusal::Conflict { size: 5 }, 409),
        (proof(Vec::new()), Refusal::Inconsistent, 422),
        (proof(hashes[1..].to_vec()), Refusal::Inconsistent, 422),
        (proof([&hashes[..], &hashes[..1]].concat()), Refusal::Inconsistent, 422),
        (signed(checkpoint(TreeHead { size: 9, ..head(&entries(8)) }, &[])), Refusal::Inconsistent, 422),
        (
            AddCheckpoint { checkpoint: checkpoint(TreeHead { size: 5, ..head(&entries(4)) }, &[]), ..request(5, 5) },
            Refusal::Inconsistent,
            422,
        ),
        (AddCheckpoint { proof: hashes.clone().into(), ..request(5, 5) }, Refusal::Inconsistent, 422),
        (
            signed(SignedCheckpoint::sign(&stranger, head(&entries(9)))),
            Refusal::Signature(CheckpointFault::Signature),
            403,
        ),
        (signed(with_wrong_line), Refusal::Signature(CheckpointFault::Signature), 403),
    ];
    for (request, expected, status) in cases {
        assert_eq!(refusal(&log, &request), expected);
        assert_eq!(expected.status(), status);
    }
}

#[test]
fn two_roots_of_one_size_are_a_contradiction() {
    let log = after(5);
    let other_root = TreeHead { size: 5, ..head(&entries(4)) };
    assert!(log.is_contradicted_by(&checkpoint(other_root, &[])));
    let stranger = SignedCheckpoint::sign(&LogKey::from_seed(origin(), &[2; 32]), other_root);
    assert!(!log.is_contradicted_by(&stranger));
    for size in [4, 5, 9] {
        assert!(!log.is_contradicted_by(&checkpoint(head(&entries(size)), &[])), "{size}");
    }
}

#[test]
fn a_first_request_has_no_proof_and_no_old_size() {
    let log = WitnessedLog::new(log_key().verifier().clone(), None);
    let with_proof = AddCheckpoint { proof: request(5, 9).proof, ..request(0, 9) };
    assert_eq!(refusal(&log, &with_proof), Refusal::Inconsistent);
    assert_eq!(refusal(&log, &request(5, 9)), Refusal::Conflict { size: 0 });
}

#[test]
fn the_time_never_goes_back() {
    let log = after(5);
    let time_at = |now| judge(&log, &request(5, 5), now).map(|cosigned| cosigned.time());
    assert_eq!(time_at(TIME + 1), Ok(TIME + 1));
    assert_eq!(time_at(TIME - 1), Ok(TIME));
    assert_eq!(time_at(TIME - MAX_STEP_BACK), Ok(TIME));
    assert_eq!(time_at(TIME - MAX_STEP_BACK - 1), Err(Refusal::Clock));
    assert_eq!(time_at(u64::MAX), Err(Refusal::Clock));
    assert_eq!(Refusal::Clock.status(), 503);
}

#[test]
fn a_witness_that_sees_a_cosignature_it_does_not_remember_is_retired() {
    let by = |size, time| {
        let by_log = checkpoint(head(&entries(size)), &[]);
        by_log.with_signature_lines(&cosign(&witness_key(0), &by_log, time).unwrap()).unwrap()
    };
    let with = |checkpoint| AddCheckpoint { checkpoint, ..request(5, 9) };
    let fresh = WitnessedLog::new(log_key().verifier().clone(), None);
    assert_eq!(refusal(&fresh, &AddCheckpoint { checkpoint: by(9, TIME), ..request(0, 9) }), Refusal::Forgotten);
    let log = after(5);
    assert_eq!(refusal(&log, &with(by(9, TIME))), Refusal::Forgotten);
    assert_eq!(refusal(&log, &with(by(5, TIME + 1))), Refusal::Forgotten);
    assert_eq!(refusal(&log, &with(by(4, TIME + 1))), Refusal::Forgotten);
    assert_eq!(Refusal::Forgotten.status(), 503);
    // What it remembers, what is older, and what others or nobody signed, is no sign of anything.
    assert!(judge(&log, &AddCheckpoint { checkpoint: by(5, TIME), ..request(5, 5) }, TIME).is_ok());
    assert_eq!(refusal(&log, &AddCheckpoint { old: 4, ..with(by(4, TIME)) }), Refusal::Conflict { size: 5 });
    assert!(judge(&log, &with(checkpoint(head(&entries(9)), &[1])), TIME).is_ok());
    let of_another_tree = last_line(&by(8, TIME));
    let not_valid = request(5, 9).checkpoint.with_signature_lines(&of_another_tree).unwrap();
    assert!(judge(&log, &with(not_valid), TIME).is_ok());
}

#[test]
fn foreign_lines_are_not_remembered() {
    let request = AddCheckpoint { checkpoint: checkpoint(head(&entries(5)), &[1, 2]), ..request(0, 5) };
    let log = WitnessedLog::new(log_key().verifier().clone(), None);
    let cosigned = judge(&log, &request, TIME).unwrap();
    assert_eq!(cosigned.as_bytes(), checkpoint(head(&entries(5)), &[0]).as_bytes());
}

#[test]
fn what_is_remembered_is_signed_by_log_and_witness() {
    let (log, witness) = (log_key().verifier().clone(), witness_key(0).verifier().clone());
    let parse =
        |bytes: &[u8]| Cosigned::parse(bytes, &log, &witness).map(|cosigned| (cosigned.head(), cosigned.time()));
    let remembered = after(5).last().unwrap().as_bytes().to_vec();
    assert_eq!(parse(&remembered), Ok((head(&entries(5)), TIME)));
    let by_log_alone = checkpoint(head(&entries(5)), &[]);
    assert_eq!(parse(by_log_alone.as_bytes()), Err(CosignedFault::Cosignature));
    let by_other = checkpoint(head(&entries(5)), &[1]);
    assert_eq!(parse(by_other.as_bytes()), Err(CosignedFault::Cosignature));
    let of_other_size = replace(&remembered, "\n5\n", "\n6\n");
    assert_eq!(parse(&of_other_size), Err(CosignedFault::Checkpoint(CheckpointFault::Signature)));
    assert_eq!(parse(b""), Err(CosignedFault::Checkpoint(CheckpointFault::Malformed)));
}

#[test]
fn a_request_is_read_as_it_is_written() {
    for (old, new) in [(0, 1), (1, 1), (5, 9), (8, 20)] {
        let bytes = request(old, new).to_bytes();
        let read = AddCheckpoint::parse(&bytes).unwrap();
        assert_eq!((read.old, &read.proof), (old, &request(old, new).proof));
        assert_eq!(read.to_bytes(), bytes);
    }
    let first = request(0, 1);
    assert_eq!(first.to_bytes(), [b"old 0\n\n", first.checkpoint.as_bytes()].concat());
}

#[test]
fn what_is_no_request_is_malformed() {
    let bytes = request(5, 9).to_bytes();
    let hash = request(5, 9).proof.hashes()[0].to_string();
    let cases = [
        ("old 5\n", ""),
        ("old 5\n", "old 05\n"),
        ("old 5\n", "old  5\n"),
        ("old 5\n", "old -1\n"),
        ("old 5\n", "Old 5\n"),
        ("old 5\n", "old 5 \n"),
        ("old 5\n", "old 5\r\n"),
        ("old 5\n", "old 18446744073709551616\n"),
        (&format!("{hash}\n"), "AAAA\n"),
        (&format!("{hash}\n"), &format!("{}\n", hash.trim_end_matches('='))),
        (&format!("{hash}\n"), &format!("{hash} \n")),
    ];
    for (from, to) in cases {
        let fault = AddCheckpoint::parse(&replace(&bytes, from, to)).unwrap_err();
        assert_eq!(fault, RequestFault::Malformed, "{from:?} -> {to:?}");
    }
    assert_eq!(RequestFault::Malformed.code(), "request_malformed");
    let not_a_checkpoint = replace(&bytes, "\n9\n", "\n09\n");
    let malformed = RequestFault::Checkpoint(CheckpointFault::Malformed);
    assert_eq!(AddCheckpoint::parse(&not_a_checkpoint).unwrap_err(), malformed);
    assert_eq!(Refusal::from(malformed).code(), "checkpoint_malformed");
    for truncated in truncations(&bytes) {
        assert!(AddCheckpoint::parse(truncated).is_err());
    }
}

#[test]
fn a_proof_has_at_most_63_lines() {
    let hash = request(5, 9).proof.hashes()[0];
    let with = |count| AddCheckpoint { proof: vec![hash; count].into(), ..request(5, 9) }.to_bytes();
    assert_eq!(AddCheckpoint::parse(&with(63)).unwrap().proof.hashes().len(), 63);
    assert_eq!(AddCheckpoint::parse(&with(64)).unwrap_err(), RequestFault::Malformed);
}

#[test]
fn answers_are_told_apart() {
    assert_eq!(Answer::parse(200, None, b"line\n"), Ok(Answer::Lines("line\n".into())));
    assert_eq!(Answer::parse(200, None, b"\xff"), Err(AnswerFault::Lines));
    let conflict = |media_type, body: &str| Answer::parse(409, media_type, body.as_bytes());
    assert_eq!(conflict(Some(CONFLICT_TYPE), &Answer::conflict_body(5)), Ok(Answer::Conflict(5)));
    for body in ["5", "05\n", "5\n\n", "", "-5\n"] {
        assert_eq!(conflict(Some(CONFLICT_TYPE), body), Err(AnswerFault::Conflict), "{body:?}");
    }
    // The answer of older witnesses to another tree of the same size.
    assert_eq!(conflict(Some("text/plain"), "5\n"), Ok(Answer::Refused { status: 409 }));
    assert_eq!(Answer::parse(422, None, b""), Ok(Answer::Refused { status: 422 }));
}

#[test]
fn of_an_answer_only_the_witnesss_own_valid_line_is_taken() {
    let (log, witness) = (log_key().verifier().clone(), witness_key(0).verifier().clone());
    let by_log = checkpoint(head(&entries(5)), &[]);
    let line = |number| last_line(&checkpoint(head(&entries(5)), &[number]));
    let take = |lines: &str| {
        let taken = Cosigned::from_answer(&by_log, lines, &log, &witness);
        taken.map(|cosigned| String::from_utf8(cosigned.as_bytes().to_vec()).unwrap())
    };
    let expected = String::from_utf8(checkpoint(head(&entries(5)), &[0]).as_bytes().to_vec()).unwrap();
    assert_eq!(take(&line(0)), Ok(expected.clone()));
    assert_eq!(take(&(line(1) + &line(0) + &line(2))), Ok(expected));
    assert_eq!(take(&line(1)), Err(CosignedFault::Cosignature));
    assert_eq!(take(&last_line(&checkpoint(head(&entries(4)), &[0]))), Err(CosignedFault::Cosignature));
    assert_eq!(take(""), Err(CosignedFault::Cosignature));
    assert_eq!(take("no line\n"), Err(CosignedFault::Checkpoint(CheckpointFault::Malformed)));
}

#[test]
fn monitors_find_a_log_by_the_hash_of_its_origin() {
    // printf 'example.org/e' | sha256sum
    let hash = "fb52333800b3f0d47766a1929bae05b0bef3f4c4e83ceea7cbcf83d13833f2f7";
    assert_eq!(monitoring_path(&origin()), format!("{hash}/checkpoint"));
}
