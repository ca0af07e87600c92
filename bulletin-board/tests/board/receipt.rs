use tabella_board::checkpoint::{CheckpointFault, SignedCheckpoint};
use tabella_board::entry::{Entry, EntryFault, Place};
use tabella_board::hash::Hash;
use tabella_board::key::LogKey;
use tabella_board::origin::Origin;
use tabella_board::policy::Policy;
use tabella_board::receipt::{Receipt, ReceiptFault, Standing};
use tabella_board::tree::InclusionProof;

use crate::samples::{
    bit_flips, checkpoint, entries, head, last_line, nodes, origin, policy_text, replace, truncations,
};

const SIZE: u64 = 11;
const INDEX: u64 = 6;

fn policy() -> Policy {
    Policy::parse(&policy_text(3, "group g 2 w0 w1 w2\nquorum g\n")).unwrap()
}

fn entry(index: u64) -> Vec<u8> {
    entries(SIZE).swap_remove(index as usize)
}

fn receipt(witnesses: &[u8]) -> Receipt {
    let entries = entries(SIZE);
    let proof = InclusionProof::prove(&nodes(&entries), SIZE, INDEX).unwrap();
    Receipt { index: INDEX, proof, checkpoint: checkpoint(head(&entries), witnesses) }
}

fn verify(bytes: &[u8]) -> Result<Standing, ReceiptFault> {
    Receipt::parse(bytes)?.verify(&entry(INDEX), &policy())
}

#[test]
fn a_receipt_is_a_proof_and_a_checkpoint() {
    let text = String::from_utf8(receipt(&[0]).to_bytes()).unwrap();
    let (proof, note) = text.split_once("\n\n").unwrap();
    let hashes: Vec<String> = receipt(&[0]).proof.hashes().iter().map(Hash::to_string).collect();
    assert_eq!(proof, format!("c2sp.org/tlog-proof@v1\nindex 6\n{}", hashes.join("\n")));
    assert_eq!(note.as_bytes(), receipt(&[0]).checkpoint.as_bytes());
    assert_eq!(Receipt::parse(text.as_bytes()).unwrap().to_bytes(), text.as_bytes());
}

#[test]
fn a_receipt_of_a_log_of_one_entry_has_no_hashes() {
    let entries = entries(1);
    let proof = InclusionProof::prove(&nodes(&entries), 1, 0).unwrap();
    let receipt = Receipt { index: 0, proof, checkpoint: checkpoint(head(&entries), &[]) };
    let bytes = receipt.to_bytes();
    assert!(bytes.starts_with(b"c2sp.org/tlog-proof@v1\nindex 0\n\nexample.org/e\n1\n"));
    assert_eq!(Receipt::parse(&bytes).unwrap().verify(&entries[0], &policy()), Ok(Standing::Received));
}

#[test]
fn what_the_log_signed_is_received_and_what_the_quorum_signed_is_recorded() {
    assert_eq!(verify(&receipt(&[]).to_bytes()), Ok(Standing::Received));
    assert_eq!(verify(&receipt(&[1]).to_bytes()), Ok(Standing::Received));
    let Ok(Standing::Recorded(cosignatures)) = verify(&receipt(&[0, 1]).to_bytes()) else { panic!("not recorded") };
    assert_eq!(cosignatures.len(), 2);
}

#[test]
fn a_receipt_is_for_one_entry_of_one_log() {
    let receipt = receipt(&[0, 1]);
    let other_payload = {
        let mut entry = entry(INDEX);
        *entry.last_mut().unwrap() ^= 1;
        entry
    };
    let of_other_log = {
        let place =
            Place { origin: Origin::parse("example.org/f").unwrap(), ..Entry::parse(&entry(INDEX)).unwrap().place };
        Entry { place, ..Entry::parse(&entry(INDEX)).unwrap() }.encode().unwrap()
    };
    let cases = [
        (other_payload, ReceiptFault::Inclusion, "receipt_mismatch"),
        (of_other_log, ReceiptFault::Entry(EntryFault::Origin), "entry_origin"),
        (entry(5), ReceiptFault::Entry(EntryFault::Index), "entry_index"),
        (b"ballot".to_vec(), ReceiptFault::Entry(EntryFault::Malformed), "entry_malformed"),
    ];
    for (entry, fault, code) in cases {
        assert_eq!(receipt.verify(&entry, &policy()), Err(fault.clone()));
        assert_eq!(fault.code(), code);
    }
}

#[test]
fn the_checkpoint_of_a_receipt_must_be_the_logs() {
    let by_other_key = SignedCheckpoint::sign(&LogKey::from_seed(origin(), &[2; 32]), head(&entries(SIZE)));
    let forged = Receipt { checkpoint: by_other_key, ..receipt(&[]) };
    let fault = ReceiptFault::Checkpoint(CheckpointFault::Signature);
    assert_eq!(verify(&forged.to_bytes()), Err(fault.clone()));
    assert_eq!(fault.code(), "checkpoint_signature");

    let of_other_tree = Receipt { checkpoint: checkpoint(head(&entries(SIZE - 1)), &[0, 1]), ..receipt(&[]) };
    assert_eq!(verify(&of_other_tree.to_bytes()), Err(ReceiptFault::Inclusion));
}

#[test]
fn a_wrong_cosignature_does_not_count() {
    let wrong = last_line(&checkpoint(head(&entries(3)), &[2]));
    let mut receipt = receipt(&[0]);
    receipt.checkpoint = receipt.checkpoint.with_signature_lines(&wrong).unwrap();
    assert_eq!(verify(&receipt.to_bytes()), Ok(Standing::Received));
}

#[test]
fn what_is_not_a_receipt_is_malformed() {
    let valid = receipt(&[]).to_bytes();
    let first_hash = receipt(&[]).proof.hashes()[0].to_string();
    let cases = [
        ("tlog-proof@v1", "tlog-proof@v2"),
        ("c2sp.org", " c2sp.org"),
        ("index 6", "extra AAAA\nindex 6"),
        ("index 6", "index 06"),
        ("index 6", "index  6"),
        ("index 6", "index +6"),
        ("index 6", "index"),
        ("index 6\n", ""),
        ("index 6", "index 18446744073709551616"),
        (&first_hash, "AAAA"),
        (&first_hash, first_hash.trim_end_matches('=')),
        (&first_hash, &format!("{first_hash} ")),
    ];
    for (from, to) in cases {
        let fault = verify(&replace(&valid, from, to)).unwrap_err();
        assert_eq!(fault, ReceiptFault::Malformed, "{from:?} -> {to:?}");
    }
    assert_eq!(ReceiptFault::Malformed.code(), "receipt_malformed");
    let no_note = replace(&valid, "\n\nexample.org/e\n11", "\n\nexample.org/e\n011");
    assert_eq!(verify(&no_note), Err(ReceiptFault::Checkpoint(CheckpointFault::Malformed)));
}

#[test]
fn a_damaged_receipt_is_refused() {
    let (entry, policy) = (entry(INDEX), policy());
    let verify = |bytes: &[u8]| Receipt::parse(bytes)?.verify(&entry, &policy);
    let by_log_alone = receipt(&[]).to_bytes();
    assert!(bit_flips(&by_log_alone).all(|flipped| verify(&flipped).is_err()));
    assert!(truncations(&by_log_alone).all(|truncated| verify(truncated).is_err()));

    // What is damaged in a cosignature can only take it away: what is left is "received".
    let recorded = receipt(&[0, 1]).to_bytes();
    assert!(bit_flips(&recorded).all(|flipped| !matches!(verify(&flipped), Ok(Standing::Recorded(_)))));
    assert!(truncations(&recorded).all(|truncated| !matches!(verify(truncated), Ok(Standing::Recorded(_)))));
}

#[test]
fn a_receipt_with_very_many_hashes_is_refused() {
    let mut receipt = receipt(&[]);
    receipt.proof = InclusionProof::from(vec![Hash::from([0; 32]); 20_000]);
    assert_eq!(verify(&receipt.to_bytes()), Err(ReceiptFault::Inclusion));
}
