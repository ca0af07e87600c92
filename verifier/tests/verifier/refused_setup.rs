//! Entries of the setup, and headers, manifests and authors, that are to be refused.

use crate::bytes::{base, bytes, encode, map, secret, text, uint};
use crate::tampering::{NO_POINT, all_refused, anchor, flip, refused, set, shorten, strip_line};
use crate::world::{Draft, Plan, signing_key};
use ciborium::Value;
use curve25519_dalek::Scalar;

#[test]
fn headers() {
    all_refused(&[
        ("roll 1", "entry_malformed", |draft| {
            draft.header = Some(|fields| drop(fields.pop()));
        }),
        ("roll 1", "entry_format", |draft| {
            draft.header = Some(|fields| fields[0] = text("tabella/2"));
        }),
        ("roll 1", "entry_origin", |draft| {
            draft.header = Some(|fields| fields[1] = text("board.example/other"));
        }),
        ("roll 1", "entry_index", |draft| {
            draft.header = Some(|fields| fields[2] = uint(1));
        }),
        ("roll 1", "entry_prev", |draft| {
            draft.header = Some(|fields| fields[3] = bytes(&[0; 32]));
        }),
        ("manifest", "entry_prev", |draft| {
            draft.header = Some(|fields| fields[3] = bytes(&[0; 32]));
        }),
        ("roll 1", "kind_unknown", |draft| {
            draft.header = Some(|fields| fields[4] = text("rolls"));
        }),
        ("roll 1", "payload_too_large", |draft| {
            draft.header = Some(|fields| fields[5] = bytes(&[0; 65_001]));
        }),
        ("roll 1", "payload_malformed", |draft| {
            draft.header = Some(|fields| fields[5] = bytes(&[0; 65_000]));
        }),
        ("ballot 2", "payload_malformed", |draft| drop(draft.items().pop())),
        ("ballot 2", "payload_malformed", |draft| {
            draft.items()[1] = bytes(&[0; 19]);
        }),
        ("challenge", "payload_malformed", |draft| {
            draft.items()[7] = bytes(&[0; 63]);
        }),
        ("commit 1", "payload_malformed", |draft| *draft.key(4) = bytes(&[0; 31])),
        ("result", "payload_malformed", |draft| {
            *draft.key(3) = Value::Array(vec![Value::Array(vec![text("withheld")])]);
        }),
        ("result", "payload_malformed", |draft| {
            draft.value.as_map_mut().unwrap().push((uint(4), Value::Null));
        }),
    ]);
}

#[test]
fn manifests() {
    all_refused(&[
        ("manifest", "manifest_version", |draft| *draft.key(0) = uint(2)),
        ("manifest", "manifest_text", |draft| *draft.key(1) = text("Council")),
        ("manifest", "manifest_text", |draft| *draft.key(2) = text("")),
        ("manifest", "manifest_text", |draft| {
            *draft.key(2) = text(&"x".repeat(1_001));
        }),
        ("manifest", "manifest_text", |draft| *draft.key(2) = text("a\u{85}b")),
        ("manifest", "manifest_text", |draft| {
            *draft.key(7) = Value::Array(vec![]);
        }),
        ("manifest", "manifest_text", |draft| {
            let style = draft.key(8).as_array_mut().unwrap();
            style[1].as_map_mut().unwrap()[0].1 = text("style 0");
        }),
        ("manifest", "manifest_text", |draft| {
            let assets = draft.key(15).as_array_mut().unwrap();
            assets.push(assets[0].clone());
        }),
        ("manifest", "manifest_origin", |draft| {
            *draft.key(4) = text("other.example/council-2026");
        }),
        ("manifest", "manifest_origin", |draft| *draft.key(1) = text("council")),
        ("manifest", "manifest_keys", |draft| {
            *draft.key(10) = draft.key(9).clone();
        }),
        ("manifest", "manifest_keys", |draft| *draft.key(10) = bytes(&[0; 32])),
        ("manifest", "manifest_policy", |draft| {
            *draft.key(6) = text("quorum none\n");
        }),
        ("manifest", "manifest_policy", |draft| {
            *draft.key(5) = bytes(&signing_key("other").verifying_key().to_bytes());
        }),
        ("manifest", "manifest_contest", |draft| {
            let contest = &mut draft.key(7).as_array_mut().unwrap()[1].as_map_mut().unwrap()[3].1;
            contest.as_array_mut().unwrap()[1].as_map_mut().unwrap()[1].1 = uint(3);
        }),
        ("manifest", "payload_malformed", |draft| {
            let contest = &mut draft.key(7).as_array_mut().unwrap()[1].as_map_mut().unwrap()[3].1;
            contest.as_array_mut().unwrap()[0] = text("approval");
        }),
        ("manifest", "manifest_style", |draft| {
            let styles = draft.key(8).as_array_mut().unwrap();
            styles.remove(0);
        }),
        ("manifest", "manifest_style", |draft| {
            let count = draft.key(7).as_array().unwrap().len() as u64;
            let styles = draft.key(8).as_array_mut().unwrap();
            styles.truncate(1);
            // As many as there are contests; but the last is one that there is not.
            let contests = (0..count - 1).chain([count]).map(uint).collect();
            styles[0].as_map_mut().unwrap()[1].1 = Value::Array(contests);
        }),
        ("manifest", "manifest_threshold", |draft| *draft.key(12) = uint(0)),
        ("manifest", "manifest_threshold", |draft| *draft.key(12) = uint(3)),
        ("manifest", "manifest_threshold", |draft| *draft.key(13) = uint(4)),
        ("manifest", "manifest_threshold", |draft| *draft.key(14) = uint(0)),
        ("manifest", "manifest_size", |draft| {
            let many = |contest: &mut Value, count: u64| {
                let option = |id| map([(0, text(&format!("o{id}"))), (1, text("o"))]);
                contest.as_map_mut().unwrap()[2].1 = Value::Array((0..count).map(option).collect());
            };
            draft.key(7).as_array_mut().unwrap().iter_mut().for_each(|contest| many(contest, 500));
        }),
        ("manifest", "signature_invalid", |draft| {
            draft.signer = Some(signing_key("registrar"));
        }),
        ("manifest", "signature_invalid", |draft| {
            draft.signed_as = "final".to_owned();
        }),
    ]);
}

#[test]
fn authors_and_phases() {
    all_refused(&[
        ("roll 1", "election_mismatch", |draft| *draft.key(0) = bytes(&[0; 32])),
        ("roll 1", "signature_invalid", |draft| {
            draft.signer = Some(signing_key("authority"));
        }),
        ("roll 1", "signature_invalid", |draft| {
            draft.signed_as = "open".to_owned();
        }),
        ("commit 2", "signature_invalid", |draft| {
            draft.signer = Some(signing_key("trustee 1"));
        }),
        ("commit 2", "trustee_unknown", |draft| *draft.key(3) = uint(4)),
        ("commit 2", "trustee_unknown", |draft| *draft.key(3) = uint(0)),
        ("after final", "after_final", |_| ()),
        ("after final", "after_final", |draft| {
            *draft = Draft { kind: "ballot".to_owned(), value: ballot_of_zeros(), signer: None, ..draft.clone() };
        }),
        ("open", "election_not_open", |draft| {
            *draft = Draft { kind: "ballot".to_owned(), value: ballot_of_zeros(), signer: None, ..draft.clone() };
        }),
        ("result", "election_closed", |draft| {
            *draft = Draft { kind: "ballot".to_owned(), value: ballot_of_zeros(), signer: None, ..draft.clone() };
        }),
        ("roll 1", "out_of_phase", |draft| {
            let values = [draft.key(0).clone(), text(""), bytes(&[0; 32])];
            *draft = Draft { kind: "final".to_owned(), value: map((0..).zip(values)), ..draft.clone() };
        }),
    ]);
}

/// A ballot that decodes and nothing more.
fn ballot_of_zeros() -> Value {
    let zeros = bytes(&[0; 32]);
    Value::Array(vec![zeros.clone(), Value::Null, zeros.clone(), map([]), zeros, bytes(&[])])
}

#[test]
fn ceremonies() {
    all_refused(&[
        ("commit 2", "ceremony_history", |draft| *draft.key(1) = uint(2)),
        ("commit 2", "ceremony_history", |draft| *draft.key(2) = bytes(&[0; 32])),
        ("round 1", "ceremony_history", |draft| *draft.key(2) = bytes(&[0; 32])),
        ("deal 1", "out_of_phase", |draft| {
            let mut values: Vec<Value> = (0..4).map(|key| draft.key(key).clone()).collect();
            values.push(bytes(&[0; 32]));
            *draft = Draft {
                kind: "keys".to_owned(),
                signed_as: "keys".to_owned(),
                value: map((0..).zip(values)),
                ..draft.clone()
            };
        }),
        ("commit 3", "duplicate", |draft| {
            *draft.key(3) = uint(1);
            draft.signer = Some(signing_key("trustee 1"));
        }),
        ("commit 1", "envelope_keys", |draft| {
            drop(draft.key(5).as_map_mut().unwrap().pop());
        }),
        ("commit 1", "point_invalid", |draft| {
            draft.key(5).as_map_mut().unwrap()[1].1 = bytes(&NO_POINT);
        }),
        ("commit 1", "identity_point", |draft| {
            draft.key(5).as_map_mut().unwrap()[1].1 = bytes(&[0; 32]);
        }),
        ("commit 1", "envelope_key_reused", |draft| {
            let keys = draft.key(5).as_map_mut().unwrap();
            keys[1].1 = keys[0].1.clone();
        }),
        ("round 1", "round_left_out", |draft| {
            *draft.key(3) = Value::Array(vec![uint(1)]);
        }),
        ("deal 1", "deal_chunk", |draft| *draft.key(4) = uint(2)),
        ("deal 1", "deal_chunk", |draft| *draft.key(5) = uint(2)),
        ("deal 1", "deal_chunk", |draft| shorten(draft.key(6))),
        ("deal 1", "point_invalid", |draft| set(draft.key(6), 0, &NO_POINT)),
        ("deal 1", "identity_point", |draft| set(draft.key(6), 0, &[0; 32])),
        ("deal 1", "scalar_invalid", |draft| {
            set(draft.key(6), 12 * 32 + 32, &NO_POINT);
        }),
        ("deal 1", "point_invalid", |draft| {
            set(draft.key(6), 12 * 32 + 64, &NO_POINT);
        }),
        ("deal 1", "identity_point", |draft| {
            set(draft.key(6), 12 * 32 + 64, &[0; 32]);
        }),
        ("deal 1", "deal_commitment", |draft| {
            let point = draft.key(6).as_bytes().unwrap()[..32].to_vec();
            set(draft.key(6), 32, &point);
        }),
        ("deal 1", "deal_proof", |draft| {
            set(draft.key(6), 12 * 32 + 32, Scalar::ONE.as_bytes());
        }),
        ("confirm 1", "confirm_dealers", |draft| {
            drop(draft.key(4).as_map_mut().unwrap().pop());
        }),
        ("confirm 1", "confirm_hash", |draft| {
            flip(&mut draft.key(4).as_map_mut().unwrap()[0].1, 0);
        }),
        ("confirm 1", "complaint_key", |draft| {
            let (dealer, _) = draft.key(4).as_map_mut().unwrap().pop().unwrap();
            draft.key(5).as_map_mut().unwrap().push((dealer, bytes(Scalar::ONE.as_bytes())));
        }),
        ("confirm 1", "scalar_invalid", |draft| {
            let (dealer, _) = draft.key(4).as_map_mut().unwrap().pop().unwrap();
            draft.key(5).as_map_mut().unwrap().push((dealer, bytes(&NO_POINT)));
        }),
        ("keys 1", "keys_mismatch", |draft| flip(draft.key(4), 0)),
        ("keys 1", "out_of_phase", |draft| {
            let values: Vec<Value> = (0..3).map(|key| draft.key(key).clone()).chain([Value::Array(vec![])]).collect();
            let (value, signer) = (map((0..).zip(values)), Some(signing_key("authority")));
            *draft = Draft { kind: "round".to_owned(), signed_as: "round".to_owned(), value, signer, header: None };
        }),
        ("rehearse", "keys_mismatch", |draft| flip(draft.key(1), 0)),
        ("rehearse", "rehearsal_round", |draft| *draft.key(2) = uint(2)),
        ("rehearsal 1", "keys_mismatch", |draft| flip(draft.key(1), 0)),
        ("rehearsal 1", "rehearsal_round", |draft| *draft.key(2) = uint(2)),
        ("rehearsal 2", "duplicate", |draft| {
            *draft.key(3) = uint(1);
            draft.signer = Some(signing_key("trustee 1"));
        }),
        ("rehearsal 1", "share_length", |draft| shorten(draft.key(4))),
        ("rehearsal 1", "point_invalid", |draft| set(draft.key(4), 32, &NO_POINT)),
        ("rehearsal 1", "scalar_invalid", |draft| {
            set(draft.key(5), 64, &NO_POINT);
        }),
        ("rehearsal 1", "share_invalid", |draft| set(draft.key(4), 0, &[0; 32])),
        ("rehearsal 1", "share_invalid", |draft| set(draft.key(5), 64, &[0; 32])),
    ]);
    let absent = Plan { absent: Some(2), ..Plan::default() };
    refused(&absent, "round 1", "round_left_out", |draft| {
        *draft.key(3) = Value::Array(vec![]);
    });
    refused(&absent, "deal 1", "trustee_left_out", |draft| {
        *draft.key(3) = uint(2);
        draft.signer = Some(signing_key("trustee 2"));
    });
    let judged = Plan { bad_dealing: true, ..Plan::default() };
    refused(&judged, "keys 1", "trustee_left_out", |draft| {
        *draft.key(3) = uint(3);
        draft.signer = Some(signing_key("trustee 3"));
    });
    let restarted = Plan { restarted: true, ..Plan::default() };
    refused(&restarted, "restart", "ceremony_history", |draft| {
        *draft.key(1) = uint(3);
    });
    refused(&restarted, "restart", "ceremony_failed", |draft| {
        let values = [draft.key(0).clone(), uint(1), draft.key(2).clone(), Value::Array(vec![])];
        let value = map((0..).zip(values));
        let (kind, signed_as) = ("round".to_owned(), "round".to_owned());
        *draft = Draft { kind, signed_as, value, ..draft.clone() };
    });
    refused(&restarted, "commit 2", "ceremony_history", |draft| {
        *draft.key(1) = uint(1);
    });
    // The envelope key that trustee 1 made for trustee 2 in the first attempt.
    refused(&restarted, "commit 1", "envelope_key_reused", |draft| {
        let used = base(&secret("envelope 1 1 2"));
        draft.key(5).as_map_mut().unwrap()[0].1 = bytes(&encode(&[used]));
    });
}

#[test]
fn rolls_and_openings() {
    fn line(draft: &mut Draft, voter: usize) -> &mut Vec<Value> {
        draft.key(4).as_array_mut().unwrap()[voter].as_array_mut().unwrap()
    }
    all_refused(&[
        ("roll 1", "roll_chunk", |draft| *draft.key(1) = uint(2)),
        ("roll 2", "roll_chunk", |draft| *draft.key(3) = uint(3)),
        ("roll 1", "roll_chunk", |draft| *draft.key(3) = uint(100_001)),
        ("roll 1", "roll_chunk", |draft| flip(draft.key(5), 31)),
        ("roll 2", "roll_chunk", |draft| flip(draft.key(5), 0)),
        ("roll 2", "roll_chunk", |draft| *draft.key(5) = bytes(&[0; 32])),
        ("roll 2", "payload_malformed", |draft| shorten(draft.key(5))),
        // A new revision begins with zeros.
        ("roll 2", "roll_chunk", |draft| {
            *draft.key(1) = uint(2);
            *draft.key(2) = uint(1);
        }),
        ("roll 1", "roll_order", |draft| {
            draft.key(4).as_array_mut().unwrap().reverse();
        }),
        ("roll 1", "point_invalid", |draft| line(draft, 1)[0] = bytes(&NO_POINT)),
        ("roll 1", "identity_point", |draft| line(draft, 0)[0] = bytes(&[0; 32])),
        ("roll 1", "roll_weight", |draft| line(draft, 0)[1] = uint(0)),
        ("roll 1", "roll_style", |draft| line(draft, 0)[2] = uint(2)),
        ("roll 1", "roll_total", |draft| line(draft, 0)[1] = uint(1 << 40)),
        ("roll 1", "roll_total", |draft| line(draft, 0)[1] = uint(u64::MAX)),
        ("open", "keys_mismatch", |draft| flip(draft.key(2), 0)),
        ("open", "roll_mismatch", |draft| flip(draft.key(3), 0)),
        ("open", "anchor_malformed", |draft| *draft.key(1) = text("no note")),
        ("open", "anchor_signature", |draft| strip_line(draft.key(1), "— board")),
        ("close", "anchor_quorum", |draft| strip_line(draft.key(1), "— witness")),
        ("result", "anchor_malformed", |draft| *draft.key(1) = text("")),
        ("final", "anchor_malformed", |draft| *draft.key(1) = text("")),
        ("final", "final_result", |draft| flip(draft.key(2), 0)),
        ("close", "anchor_mismatch", |draft| {
            *draft.key(1) = text(&anchor(1, &"A".repeat(43)));
        }),
        ("close", "anchor_malformed", |draft| {
            *draft.key(1) = text(&anchor(1, &"A".repeat(40)));
        }),
        ("keys 2", "ceremony_incomplete", opening_of_zeros),
        ("rehearse", "rehearsal_incomplete", opening_of_zeros),
        ("rehearsal 2", "rehearsal_incomplete", opening_of_zeros),
        ("roll 2", "roll_incomplete", opening_of_zeros),
    ]);
}

/// An `open` with nothing right in it but its author.
fn opening_of_zeros(draft: &mut Draft) {
    let values = [draft.key(0).clone(), text(""), bytes(&[0; 32]), bytes(&[0; 32])];
    let (value, signer) = (map((0..).zip(values)), Some(signing_key("authority")));
    *draft = Draft { kind: "open".to_owned(), signed_as: "open".to_owned(), value, signer, header: None };
}
