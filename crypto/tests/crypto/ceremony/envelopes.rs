//! Envelopes: nothing of what they are bound to can be changed.

use chacha20poly1305::aead::Aead;
use chacha20poly1305::{ChaCha20Poly1305, KeyInit, Nonce};
use hkdf::Hkdf;
use sha2::Sha256;
use tabella_crypto::envelope::{Envelope, EnvelopeContext, EnvelopeKey, TAG, open, seal};
use tabella_crypto::group::{EncodingFault, Point, Scalar, encode_point};
use tabella_crypto::transcript::Transcript;
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
    assert_eq!(open(&context(), &key, &envelope).as_deref().map(Vec::as_slice), Some(CONTENT));
}

#[test]
fn an_envelope_is_what_the_specification_says() {
    let recipient = Scalar::from(7_u64);
    let key = EnvelopeKey::decode(&recipient.to_bytes()).unwrap();
    let envelope = seal(&context(), &key.public(), Zeroizing::new(CONTENT.to_vec()), &mut rng(2));

    let mut transcript = Transcript::new("tabella/1/envelope");
    transcript.absorb("election", &[1; 32]);
    transcript.absorb("attempt", &1_u64.to_le_bytes());
    transcript.absorb("history", &[2; 32]);
    transcript.absorb("dealer", &1_u64.to_le_bytes());
    transcript.absorb("recipient", &2_u64.to_le_bytes());
    transcript.absorb("E", &encode_point(&envelope.ephemeral));
    transcript.absorb("P", &encode_point(&key.public()));
    transcript.absorb("commitment", &[3; 32]);
    let shared = encode_point(&(envelope.ephemeral * recipient));
    let mut output = [0; 44];
    Hkdf::<Sha256>::new(Some(b"tabella/1/envelope"), &shared).expand(&transcript.hash(), &mut output).unwrap();
    let cipher = ChaCha20Poly1305::new_from_slice(&output[..32]).unwrap();
    let nonce = Nonce::try_from(&output[32..]).unwrap();
    assert_eq!(cipher.decrypt(&nonce, envelope.ciphertext.as_slice()).as_deref(), Ok(CONTENT));
}

#[test]
fn an_envelope_is_bound_to_its_context() {
    let (key, envelope) = sealed();
    let others = [
        EnvelopeContext { election: [9; 32], ..context() },
        EnvelopeContext { attempt: 2, ..context() },
        EnvelopeContext { history: [9; 32], ..context() },
        EnvelopeContext { dealer: index(3), ..context() },
        EnvelopeContext { recipient: index(3), ..context() },
        EnvelopeContext { commitment: [9; 32], ..context() },
    ];
    for other in others {
        assert_eq!(open(&other, &key, &envelope), None, "{other:?}");
    }
}

#[test]
fn an_envelope_is_bound_to_its_keys() {
    let (key, envelope) = sealed();
    let other_ephemeral =
        Envelope { ephemeral: envelope.ephemeral + Point::mul_base(&Scalar::ONE), ..envelope.clone() };
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
        let shorter = Envelope { ciphertext: envelope.ciphertext[..length].to_vec(), ..envelope.clone() };
        assert_eq!(open(&context(), &key, &shorter), None, "{length} bytes");
    }
}

#[test]
fn a_key_is_a_canonical_scalar() {
    assert_eq!(EnvelopeKey::decode(&[0xff; 32]).err(), Some(EncodingFault::Scalar));
}
