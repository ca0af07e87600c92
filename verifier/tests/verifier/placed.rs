//! Evidence of entries: what is proof by the place in which they stand (specs/evidence.md#placed).

use crate::Files;
use crate::board::{Board, ORIGIN, root, verifier_key};
use crate::making::{board, siblings};
use crate::tampering::Change;
use crate::world::{Plan, Tamper, build, signing_key};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use std::collections::BTreeSet;
use std::convert::Infallible;
use tabella_verifier::evidence::{Judgement, judge};

/// An entry of a board with its tlog-proof, which gives its number so.
fn numbered(name: &str, board: &Board, index: usize, number: &str) -> Files {
    let lines: String = siblings(&board.leaves(), index).iter().map(|hash| BASE64.encode(hash) + "\n").collect();
    let proof = format!("c2sp.org/tlog-proof@v1\nindex {number}\n{lines}\n{}", board.checkpoint());
    let entry = board.entries[index].clone();
    Files::from([(format!("{name}.entry"), entry), (format!("{name}.tlog-proof"), proof.into_bytes())])
}

fn placed(name: &str, board: &Board, index: usize) -> Files {
    numbered(name, board, index, &index.to_string())
}

fn judged<const N: usize>(parts: [Files; N]) -> Judgement {
    let key = format!("{}\n", verifier_key(ORIGIN, 1, &signing_key("log"))).into_bytes();
    let mut files = Files::from([("log.vkey".to_owned(), key)]);
    files.extend(parts.into_iter().flatten());
    judge(|name, _| Ok::<_, Infallible>(files.get(name).cloned())).unwrap()
}

#[test]
fn two_entries_in_one_place_are_proof() {
    // Of different sizes, and nothing shows that one begins with the other: the roots alone prove nothing.
    let (large, small) = (board(6, 6), board(2, 5));
    for [one, two] in [["receipt", "numbered"], ["receipt", "manifest"], ["numbered", "manifest"]] {
        for index in 0..5 {
            let code = if index < 2 { "nothing_proved" } else { "other_entry" };
            for [of_one, of_two] in [[&large, &small], [&small, &large]] {
                let judgement = judged([placed(one, of_one, index), placed(two, of_two, index)]);
                assert_eq!(judgement.code, code, "{one} {two} {index}");
                assert_eq!(judgement.heads[0].size, of_one.entries.len() as u64);
            }
            // Others in other places.
            let beside = judged([placed(one, &large, index), placed(two, &small, (index + 1) % 5)]);
            assert_eq!(beside.code, "nothing_proved", "{one} {two} {index}");
        }
    }
    for (number, code) in
        [("2", "other_entry"), ("02", "nothing_proved"), ("+2", "nothing_proved"), ("3", "nothing_proved")]
    {
        let judgement = judged([placed("receipt", &large, 2), numbered("numbered", &small, 2, number)]);
        assert_eq!(judgement.code, code, "{number}");
    }
}

#[test]
fn an_entry_that_breaks_a_rule_by_itself_is_proof() {
    let of =
        |board: &Board, index: usize| judged([placed("numbered", board, index), placed("manifest", board, 0)]).code;
    let honest = build(Plan::default(), None).board;
    for index in 0..honest.entries.len() {
        assert_eq!(of(&honest, index), "nothing_proved", "{index}");
    }
    let tampered = |label: &'static str, change: Change| {
        let world = build(Plan::default(), Some(Tamper { label, change }));
        (world.board, world.tampered.unwrap() as usize)
    };
    let (mut board, index) = tampered("open", |draft| draft.signer = Some(signing_key("another")));
    assert_eq!(of(&board, index), "rule_broken");
    assert_eq!(judged([placed("numbered", &board, index)]).code, "nothing_proved");
    // Only under the head of the same log, and only after entry 0.
    let manifest = placed("manifest", &board, 0);
    assert_eq!(judged([placed("numbered", &board, index), placed("manifest", &board, 1)]).code, "nothing_proved");
    board.entries.truncate(index + 1);
    assert_eq!(judged([placed("numbered", &board, index), manifest]).code, "nothing_proved");

    // Which entry is before shows where that one is the other half of a pair.
    let mut parities = BTreeSet::new();
    for label in ["ballot 1", "challenge", "ballot 2"] {
        let (board, index) =
            tampered(label, |draft| draft.header = Some(|fields| fields[3] = ciborium::Value::Bytes(vec![5; 32])));
        assert_eq!(of(&board, index), ["nothing_proved", "rule_broken"][index % 2], "{label}");
        parities.insert(index % 2);
    }
    assert_eq!(parities.len(), 2);
}

#[test]
fn two_proofs_of_one_entry_need_not_be_under_one_head() {
    let (large, small) = (board(6, 6), board(6, 4));
    assert_ne!(root(&large.leaves()), root(&small.leaves()));
    let judgement = judged([placed("receipt", &large, 3), placed("numbered", &small, 3)]);
    assert_eq!((judgement.code, judgement.heads.len()), ("nothing_proved", 2));
}
