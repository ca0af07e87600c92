//! Envelopes: nothing of what they are bound to can be changed.

use tabella_crypto::envelope::{Envelope, EnvelopeContext, EnvelopeKey, TAG, open, seal};
use tabella_crypto::group::{EncodingFault, Point, Scalar};
use zeroize::Zeroizing;

use super::{index, rng};

const CONTENT: &[u8] = b"a share for each slot";

fn context() -> EnvelopeContext {
    EnvelopeContext {
        election: [1; 32],
        attempt: 1,
        history: [2; 32],
        dealer: index(1),
        recipient: index(2),
        commitment: [3; 32],
    }
}

fn sealed() -> (EnvelopeKey, Envelope) {
    let key = EnvelopeKey::random(&mut rng(1));
    let envelope = seal(&context(), &key.public(), Zeroizing::new(CONTENT.to_vec()), &mut rng(2));
    (key, envelope)
}

#[test]
fn what_is_sealed_is_opened() {
    let (key, envelope) = sealed();
    assert_eq!(envelope.ciphertext.len(), CONTENT.len() + TAG);
    assert_eq!(
        open(&context(), &key, &envelope).as_deref().map(Vec::as_slice),
        Some(CONTENT)
    );
}

#[test]
fn an_envelope_is_bound_to_its_context() {
    let (key, envelope) = sealed();
    let others = [
        EnvelopeContext {
            election: [9; 32],
            ..context()
        },
        EnvelopeContext {
            attempt: 2,
            ..context()
        },
        EnvelopeContext {
            history: [9; 32],
            ..context()
        },
        EnvelopeContext {
            dealer: index(3),
            ..context()
        },
        EnvelopeContext {
            recipient: index(3),
            ..context()
        },
        EnvelopeContext {
            commitment: [9; 32],
            ..context()
        },
    ];
    for other in others {
        assert_eq!(open(&other, &key, &envelope), None, "{other:?}");
    }
}

#[test]
fn an_envelope_is_bound_to_its_keys() {
    let (key, envelope) = sealed();
    let other_ephemeral = Envelope {
        ephemeral: envelope.ephemeral + Point::mul_base(&Scalar::ONE),
        ..envelope.clone()
    };
    assert_eq!(open(&context(), &EnvelopeKey::random(&mut rng(3)), &envelope), None);
    assert_eq!(open(&context(), &key, &other_ephemeral), None);
}

#[test]
fn an_altered_envelope_does_not_open() {
    let (key, envelope) = sealed();
    for position in 0..envelope.ciphertext.len() {
        let mut altered = envelope.clone();
        altered.ciphertext[position] ^= 1;
        assert_eq!(open(&context(), &key, &altered), None, "byte {position}");
    }
    for length in 0..envelope.ciphertext.len() {
        let shorter = Envelope {
            ciphertext: envelope.ciphertext[..length].to_vec(),
            ..envelope.clone()
        };
        assert_eq!(open(&context(), &key, &shorter), None, "{length} bytes");
    }
}

#[test]
fn a_key_is_a_canonical_scalar() {
    assert_eq!(EnvelopeKey::decode(&[0xff; 32]).err(), Some(EncodingFault::Scalar));
}
