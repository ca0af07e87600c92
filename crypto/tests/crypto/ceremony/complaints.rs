//! Bad shares, complaints and their judgement.

use tabella_crypto::dealing::{AtFault, ComplaintFault, Dealing, OpenFault};
use tabella_crypto::envelope::{EnvelopeContext, EnvelopeKey, seal};
use tabella_crypto::group::{EncodingFault, Scalar, encode_point};
use tabella_crypto::trustee::DealSecret;
use zeroize::Zeroizing;

use super::{Dealt, index, rng};

const SLOTS: usize = 2;
const ENVELOPE: usize = 32 + 32 * SLOTS + 16;

/// Trustee 1's dealing, in which the envelope for trustee 2 holds `content` instead of its share.
fn dealing_with(dealt: &Dealt, content: &[u8]) -> Dealing {
    let (dealer, recipient) = (index(1), index(2));
    let context = EnvelopeContext {
        election: [1; 32],
        attempt: 1,
        history: [2; 32],
        dealer,
        recipient,
        commitment: dealt.committed.commitment(dealer),
    };
    let key = dealt.committed.envelope_key(recipient, dealer);
    let envelope = seal(&context, &key, Zeroizing::new(content.to_vec()), &mut rng(7));
    let mut bytes = dealt.bytes[&dealer].clone();
    let start = bytes.len() - 2 * ENVELOPE;
    bytes[start..start + 32].copy_from_slice(&encode_point(&envelope.ephemeral));
    bytes[start + 32..start + ENVELOPE].copy_from_slice(&envelope.ciphertext);
    Dealing::verify(&bytes, dealt.round(), dealer, &dealt.committed.commitment(dealer)).unwrap()
}

/// The contents that are no good share, each of the length of one.
fn bad_contents() -> Vec<Vec<u8>> {
    let wrong_value = [Scalar::ONE.to_bytes(), Scalar::ONE.to_bytes()].concat();
    let not_canonical = vec![0xff; 32 * SLOTS];
    vec![wrong_value, not_canonical]
}

/// Trustee 2's complaint of trustee 1: the key that it reveals.
fn complaint(secret: DealSecret, dealing: &Dealing) -> [u8; 32] {
    let (_, confirmation) = secret.confirm(&[dealing]).unwrap();
    assert!(confirmation.confirmed.is_empty(), "a bad share is not confirmed");
    confirmation.complaints[&dealing.dealer()]
}

#[test]
fn a_bad_share_leads_to_a_complaint_that_is_upheld() {
    for content in bad_contents() {
        let mut dealt = Dealt::new(3, 2, SLOTS);
        let dealing = dealing_with(&dealt, &content);
        let secret = dealt.secrets.remove(&index(2)).unwrap();
        let published = dealt.committed.envelope_key(index(2), index(1));
        let revealed = complaint(secret, &dealing);
        assert_eq!(dealing.judge(index(2), &published, &revealed), Ok(AtFault::Dealer));
    }
}

#[test]
fn a_bad_share_harms_only_its_recipient() {
    let mut dealt = Dealt::new(3, 2, SLOTS);
    let dealing = dealing_with(&dealt, &bad_contents()[0]);
    let (_, confirmation) = dealt.secrets.remove(&index(3)).unwrap().confirm(&[&dealing]).unwrap();
    assert_eq!(confirmation.confirmed[&index(1)], dealing.hash());
    assert!(confirmation.complaints.is_empty());
}

#[test]
fn a_complaint_of_a_good_share_is_the_complainers_fault() {
    let mut dealt = Dealt::new(3, 2, SLOTS);
    let bad = dealing_with(&dealt, &bad_contents()[0]);
    let published = dealt.committed.envelope_key(index(2), index(1));
    let revealed = complaint(dealt.secrets.remove(&index(2)).unwrap(), &bad);
    assert_eq!(dealt.dealing(index(1)).judge(index(2), &published, &revealed), Ok(AtFault::Complainer));
}

#[test]
fn a_complaint_reveals_the_key_that_was_published() {
    let dealt = Dealt::new(3, 2, SLOTS);
    let dealing = dealt.dealing(index(1));
    let published = dealt.committed.envelope_key(index(2), index(1));
    for (revealed, expected) in [
        (Scalar::ONE.to_bytes(), ComplaintFault::KeyMismatch),
        ([0; 32], ComplaintFault::KeyMismatch),
        ([0xff; 32], ComplaintFault::Encoding(EncodingFault::Scalar)),
    ] {
        assert_eq!(dealing.judge(index(2), &published, &revealed), Err(expected));
    }
}

#[test]
fn who_has_no_envelope_cannot_complain() {
    let dealt = Dealt::new(3, 2, SLOTS);
    let dealing = dealt.dealing(index(1));
    let key = EnvelopeKey::decode(&Scalar::ONE.to_bytes()).unwrap();
    for stranger in [index(1), index(4)] {
        assert_eq!(dealing.open(stranger, &key).err(), Some(OpenFault::NoEnvelope));
        let judged = dealing.judge(stranger, &key.public(), &Scalar::ONE.to_bytes());
        assert_eq!(judged, Err(ComplaintFault::NoEnvelope));
    }
}
