use tabella_board::anchor::{AnchorFault, judge};
use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::key::LogKey;
use tabella_board::origin::Origin;
use tabella_board::policy::{Policy, QuorumFault};
use tabella_board::tree::TreeHead;

use crate::samples::{bit_flips, checkpoint, entries, head, last_line, origin, policy_text, truncations};

fn policy() -> Policy {
    Policy::parse(&policy_text(3, "group g 2 w0 w1 w2\nquorum g\n")).unwrap()
}

fn before() -> TreeHead {
    head(&entries(4))
}

#[test]
fn an_anchor_is_the_cosigned_checkpoint_of_what_was_before() {
    let anchor = checkpoint(before(), &[0, 2]);
    let cosignatures = judge(anchor.as_bytes(), before(), &policy()).unwrap();
    let names: Vec<&str> = cosignatures.iter().map(|cosignature| cosignature.witness.as_str()).collect();
    assert_eq!(names, ["w0", "w2"]);
}

#[test]
fn each_fault_of_an_anchor_has_its_code() {
    let of_other_log = {
        let key = LogKey::from_seed(Origin::parse("example.org/f").unwrap(), &[1; 32]);
        SignedCheckpoint::sign(&key, before())
    };
    let by_other_key = SignedCheckpoint::sign(&LogKey::from_seed(origin(), &[2; 32]), before());
    let other_root = TreeHead { root: head(&entries(3)).root, ..before() };
    let other_size = TreeHead { size: 5, ..before() };
    let not_met = AnchorFault::Quorum(QuorumFault);
    let cases = [
        (of_other_log, AnchorFault::Malformed, "anchor_malformed"),
        (by_other_key, AnchorFault::Signature, "anchor_signature"),
        (checkpoint(other_root, &[0, 1]), AnchorFault::Mismatch, "anchor_mismatch"),
        (checkpoint(other_size, &[0, 1]), AnchorFault::Mismatch, "anchor_mismatch"),
        (checkpoint(other_size, &[]), AnchorFault::Mismatch, "anchor_mismatch"),
        (checkpoint(before(), &[1]), not_met, "anchor_quorum"),
    ];
    for (anchor, fault, code) in cases {
        assert_eq!(judge(anchor.as_bytes(), before(), &policy()), Err(fault.clone()));
        assert_eq!(fault.code(), code);
    }
}

#[test]
fn what_is_no_checkpoint_is_no_anchor() {
    for note in ["", "no note", "example.org/e\n4\n"] {
        assert_eq!(judge(note.as_bytes(), before(), &policy()), Err(AnchorFault::Malformed));
    }
}

#[test]
fn a_wrong_cosignature_does_not_count() {
    let wrong = last_line(&checkpoint(head(&entries(3)), &[1]));
    let with_two_right = checkpoint(before(), &[0, 2]).with_signature_lines(&wrong).unwrap();
    assert_eq!(judge(with_two_right.as_bytes(), before(), &policy()).map(|cosignatures| cosignatures.len()), Ok(2));
    let with_one_right = checkpoint(before(), &[0]).with_signature_lines(&wrong).unwrap();
    assert_eq!(judge(with_one_right.as_bytes(), before(), &policy()), Err(AnchorFault::Quorum(QuorumFault)));
}

#[test]
fn a_damaged_anchor_is_refused() {
    let (before, policy) = (before(), policy());
    let anchor = checkpoint(before, &[0, 2]);
    assert!(bit_flips(anchor.as_bytes()).all(|flipped| judge(&flipped, before, &policy).is_err()));
    assert!(truncations(anchor.as_bytes()).all(|truncated| judge(truncated, before, &policy).is_err()));
}
