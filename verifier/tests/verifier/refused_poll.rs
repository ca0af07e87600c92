//! Ballots, challenges and entries of the tally that are to be refused.

use crate::bytes::{base, bytes, encode, map, secret, text, uint};
use crate::tampering::{NO_POINT, all_refused, anchor, flip, refused, set, shorten, strip_line};
use crate::world::{Draft, Plan, Tamper, build, signing_key};
use crate::{failures, report};
use ciborium::Value;
use curve25519_dalek::Scalar;

fn first_contest(draft: &mut Draft) -> &mut Value {
    &mut draft.items()[3].as_map_mut().unwrap()[0].1
}

#[test]
fn ballots() {
    all_refused(&[
        ("ballot 2", "credential_unknown", |draft| flip(&mut draft.items()[0], 0)),
        ("ballot 2", "contest_unknown", |draft| {
            draft.items()[3].as_map_mut().unwrap().push((uint(2), bytes(&[])));
        }),
        ("ballot 2", "contest_set", |draft| {
            drop(draft.items()[3].as_map_mut().unwrap().remove(0));
        }),
        ("ballot 2", "ballot_length", |draft| shorten(first_contest(draft))),
        ("ballot 2", "ballot_length", |draft| shorten(&mut draft.items()[5])),
        ("ballot 2", "link_stale", |draft| draft.items()[1] = bytes(&[0; 20])),
        ("ballot 4", "link_stale", |draft| draft.items()[1] = Value::Null),
        ("ballot 2", "point_invalid", |draft| draft.items()[2] = bytes(&NO_POINT)),
        ("ballot 2", "identity_point", |draft| draft.items()[2] = bytes(&[0; 32])),
        ("ballot 2", "point_invalid", |draft| {
            set(first_contest(draft), 32, &NO_POINT);
        }),
        ("ballot 2", "point_invalid", |draft| draft.items()[4] = bytes(&NO_POINT)),
        ("ballot 2", "point_invalid", |draft| {
            set(&mut draft.items()[5], 96, &NO_POINT);
        }),
        ("ballot 2", "scalar_invalid", |draft| {
            set(&mut draft.items()[5], 128, &NO_POINT);
        }),
    ]);
    // Every part of a ballot that is bound by its proof.
    all_refused(&[
        ("ballot 2", "proof_invalid", |draft| {
            draft.items()[2] = bytes(&multiple_of_g(2));
        }),
        ("ballot 2", "proof_invalid", |draft| {
            set(first_contest(draft), 0, &multiple_of_g(2));
        }),
        ("ballot 2", "proof_invalid", |draft| {
            draft.items()[4] = bytes(&multiple_of_g(2));
        }),
        ("ballot 2", "proof_invalid", |draft| {
            set(&mut draft.items()[5], 0, &multiple_of_g(2));
        }),
        ("ballot 2", "proof_invalid", |draft| {
            set(&mut draft.items()[5], 32, &multiple_of_g(2));
        }),
        ("ballot 2", "proof_invalid", |draft| {
            set(&mut draft.items()[5], 64, &multiple_of_g(2));
        }),
        ("ballot 2", "proof_invalid", |draft| {
            set(&mut draft.items()[5], 96, &multiple_of_g(2));
        }),
        ("ballot 2", "proof_invalid", |draft| {
            set(&mut draft.items()[5], 128, Scalar::ONE.as_bytes());
        }),
        ("ballot 2", "proof_invalid", |draft| {
            let end = draft.items()[5].as_bytes().unwrap().len();
            set(&mut draft.items()[5], end - 96, Scalar::ONE.as_bytes());
        }),
        ("ballot 2", "proof_invalid", |draft| {
            let end = draft.items()[5].as_bytes().unwrap().len();
            set(&mut draft.items()[5], end - 64, Scalar::ONE.as_bytes());
        }),
        ("ballot 2", "proof_invalid", |draft| {
            let end = draft.items()[5].as_bytes().unwrap().len();
            set(&mut draft.items()[5], end - 32, Scalar::ONE.as_bytes());
        }),
    ]);
}

/// The encoding of number·G.
fn multiple_of_g(number: u64) -> [u8; 32] {
    base(&Scalar::from(number)).compress().to_bytes()
}

#[test]
fn challenges() {
    all_refused(&[
        ("challenge", "credential_unknown", |draft| {
            flip(&mut draft.items()[0], 0);
        }),
        ("challenge", "ballot_length", |draft| {
            drop(draft.items()[5].as_array_mut().unwrap().pop());
        }),
        ("challenge", "point_invalid", |draft| {
            draft.items()[4] = bytes(&NO_POINT);
        }),
        ("challenge", "scalar_invalid", |draft| {
            draft.items()[6] = bytes(&NO_POINT);
        }),
        ("challenge", "identity_point", |draft| {
            draft.items()[2] = bytes(&[0; 32]);
        }),
        ("challenge", "opening_invalid", |draft| {
            draft.items()[6] = bytes(Scalar::ONE.as_bytes());
        }),
        ("challenge", "opening_invalid", |draft| {
            draft.items()[5].as_array_mut().unwrap()[2] = uint(0);
        }),
        ("challenge", "opening_invalid", |draft| {
            draft.items()[5].as_array_mut().unwrap()[2] = uint(2);
        }),
        ("challenge", "challenge_signature", |draft| {
            draft.items()[4] = bytes(&multiple_of_g(2));
        }),
        ("challenge", "challenge_signature", |draft| {
            draft.items()[1] = bytes(&[0; 20]);
        }),
        ("challenge", "challenge_signature", |draft| {
            set(&mut draft.items()[7], 32, Scalar::ONE.as_bytes());
        }),
        ("challenge", "challenge_signature", |draft| {
            set(&mut draft.items()[7], 0, &multiple_of_g(2));
        }),
    ]);
}

#[test]
fn copies_of_randomness() {
    // The changed copy is accepted, so that the right one that follows is refused for its R.
    all_refused(&[("ballot 2", "r_reused", |draft| {
        draft.items()[2] = bytes(&encode(&[base(&secret("check r"))]));
    })]);
    for label in ["challenge", "ballot 1"] {
        let world = build(Plan::default(), Some(Tamper { label, change: |_| () }));
        let found = failures(&report(world.board.files()));
        let code = if label == "challenge" { "r_reused" } else { "link_stale" };
        let refused = (code.to_owned(), world.tampered.map(|entry| entry + 1), None);
        assert_eq!(found, [refused], "{label}");
    }
}

#[test]
fn tallies() {
    all_refused(&[
        ("close", "close_count", |draft| *draft.key(2) = uint(3)),
        ("close", "close_last", |draft| flip(draft.key(3), 0)),
        ("share 3", "keys_mismatch", |draft| flip(draft.key(1), 0)),
        ("share 3", "counted_mismatch", |draft| flip(draft.key(2), 0)),
        ("share 2", "duplicate", |draft| {
            *draft.key(3) = uint(3);
            draft.signer = Some(signing_key("trustee 3"));
        }),
        ("share 3", "share_length", |draft| shorten(draft.key(5))),
        ("share 3", "point_invalid", |draft| set(draft.key(5), 0, &NO_POINT)),
        ("share 3", "scalar_invalid", |draft| set(draft.key(5), 96, &NO_POINT)),
        ("share 3", "share_invalid", |draft| {
            set(draft.key(4), 0, &multiple_of_g(2));
        }),
        ("share 3", "share_invalid", |draft| {
            set(draft.key(4), 160, &multiple_of_g(2));
        }),
        ("share 3", "share_invalid", |draft| {
            set(draft.key(5), 0, &multiple_of_g(2));
        }),
        ("share 3", "share_invalid", |draft| {
            set(draft.key(5), 64, &multiple_of_g(2));
        }),
        ("share 3", "share_invalid", |draft| {
            set(draft.key(5), 128, Scalar::ONE.as_bytes());
        }),
        ("share 3", "anchor_malformed", |draft| *draft.key(6) = text("no note")),
        ("share 3", "payload_malformed", |draft| {
            drop(draft.value.as_map_mut().unwrap().pop());
        }),
        ("share 3", "anchor_signature", |draft| {
            strip_line(draft.key(6), "— board");
        }),
        ("share 3", "anchor_quorum", |draft| {
            strip_line(draft.key(6), "— witness");
        }),
        ("share 3", "anchor_mismatch", |draft| {
            *draft.key(6) = text(&anchor(size_of(draft.key(6)), &"A".repeat(43)));
        }),
        // What is right is the log up to close, without share 3, share 2, result and final.
        ("share 2", "anchor_mismatch", |draft| {
            *draft.key(6) = text(&checkpoint_without(3));
        }),
        ("share 2", "anchor_mismatch", |draft| {
            *draft.key(6) = text(&checkpoint_without(5));
        }),
        // The anchor is judged after the proof.
        ("share 3", "share_invalid", |draft| {
            *draft.key(6) = text("no note");
            set(draft.key(5), 0, &multiple_of_g(2));
        }),
        ("result", "counted_mismatch", |draft| flip(draft.key(2), 0)),
        ("share 2", "shares_missing", |draft| {
            let contests = Value::Array(vec![]);
            let values = [draft.key(0).clone(), text(""), draft.key(2).clone(), contests];
            let (value, signer) = (map((0..).zip(values)), Some(signing_key("authority")));
            *draft = Draft { kind: "result".to_owned(), signed_as: "result".to_owned(), value, signer, header: None };
        }),
        ("result", "result_shape", |draft| {
            drop(draft.key(3).as_array_mut().unwrap().pop());
        }),
        ("result", "result_shape", |draft| {
            draft.key(3).as_array_mut().unwrap()[0] = Value::Null;
        }),
        ("result", "result_shape", |draft| contest(draft, 1).push(uint(0))),
        ("result", "result_shape", |draft| drop(contest(draft, 0).pop())),
        ("result", "result_total", |draft| contest(draft, 0)[0] = uint(0)),
        ("result", "result_total", |draft| contest(draft, 1)[1] = uint(1 << 50)),
    ]);
    let empty = Plan { no_ballots: true, ..Plan::default() };
    refused(&empty, "result", "result_total", |draft| {
        contest(draft, 0)[0] = uint(1);
    });
    refused(&empty, "result", "result_shape", |draft| {
        draft.key(3).as_array_mut().unwrap()[0] = Value::Null;
    });
    let judged = Plan { bad_dealing: true, ..Plan::default() };
    refused(&judged, "share 1", "trustee_left_out", |draft| {
        *draft.key(3) = uint(3);
        draft.signer = Some(signing_key("trustee 3"));
    });
    let withheld = Plan { minimum: 3, ..Plan::default() };
    refused(&withheld, "result", "result_shape", |draft| {
        draft.key(3).as_array_mut().unwrap()[1] = Value::Array(vec![uint(0), uint(0)]);
    });
}

fn contest(draft: &mut Draft, index: usize) -> &mut Vec<Value> {
    draft.key(3).as_array_mut().unwrap()[index].as_array_mut().unwrap()
}

/// The size that a checkpoint shows.
fn size_of(note: &Value) -> u64 {
    note.as_text().unwrap().lines().nth(1).unwrap().parse().unwrap()
}

/// The checkpoint of the default election without its last entries.
fn checkpoint_without(entries: usize) -> String {
    let mut board = build(Plan::default(), None).board;
    board.entries.truncate(board.entries.len() - entries);
    board.checkpoint()
}

#[test]
fn a_share_of_nothing() {
    let plan = Plan { no_ballots: true, needless_share: true, ..Plan::default() };
    let world = build(plan, None);
    // Before result and final.
    let entry = world.board.entries.len() as u64 - 3;
    let found = failures(&report(world.board.files()));
    assert_eq!(found, [("share_not_needed".to_owned(), Some(entry), None)]);
}
