use ed25519_dalek::Signer;

use super::*;
use crate::samples::{authority, registrar, signer_key};

fn code<T: Body>(signed: &Signed<T>) -> Option<Code> {
    signed.judge_signature(&signer_key(&authority())).err().map(|rejection| rejection.code)
}

/// The payload with other bytes of the body and the signature.
fn payload(body: &[u8], signature: &[u8]) -> Vec<u8> {
    encode(&(ByteVec::from(body.to_vec()), ByteVec::from(signature.to_vec())))
}

fn signature_of<T: Body>(signed: &Signed<T>) -> Vec<u8> {
    let payload = signed.payload();
    payload[payload.len() - 64..].to_vec()
}

#[test]
fn a_signature_is_its_authors() {
    assert_eq!(code(&Signed::sign(rehearse(), &authority())), None);
    assert_eq!(code(&Signed::sign(rehearse(), &registrar())), Some(Code::SignatureInvalid));
}

#[test]
fn a_signed_payload_reads_back() {
    let signed = Signed::sign(result(), &authority());
    assert_eq!(Signed::decode(&signed.payload()), Ok(signed));
}

#[test]
fn another_body_has_another_signature() {
    let signed = Signed::sign(rehearse(), &authority());
    let body = encode(&Rehearse { round: 6, ..rehearse() });
    let forged = Signed::<Rehearse>::decode(&payload(&body, &signature_of(&signed))).unwrap();
    assert_eq!(code(&forged), Some(Code::SignatureInvalid));
}

#[test]
fn version_and_kind_are_signed() {
    let body = encode(&rehearse());
    let signed_with = |domain: &[u8]| {
        let signature = authority().sign(&[domain, &body].concat()).to_bytes();
        code(&Signed::<Rehearse>::decode(&payload(&body, &signature)).unwrap())
    };
    assert_eq!(signed_with(b"tabella/1/rehearse\0"), None);
    assert_eq!(signed_with(b"tabella/1/rehearsal\0"), Some(Code::SignatureInvalid));
    assert_eq!(signed_with(b"tabella/2/rehearse\0"), Some(Code::SignatureInvalid));
    assert_eq!(signed_with(b""), Some(Code::SignatureInvalid));
}

#[test]
fn one_flipped_bit_is_found() {
    let signed = Signed::sign(rehearse(), &authority());
    for bit in 0..512 {
        let mut signature = signature_of(&signed);
        signature[bit / 8] ^= 1 << (bit % 8);
        let forged = Signed::<Rehearse>::decode(&payload(signed.body_bytes(), &signature)).unwrap();
        assert_eq!(code(&forged), Some(Code::SignatureInvalid), "bit {bit}");
    }
}

#[test]
fn a_signature_by_a_key_of_small_order_is_refused() {
    // With A and R the identity and S = 0 the equation holds for every message.
    let mut identity = [0; 32];
    identity[0] = 1;
    let signature = [identity, [0; 32]].concat();
    let forged = Signed::<Rehearse>::decode(&payload(&encode(&rehearse()), &signature)).unwrap();
    let refused = forged.judge_signature(&identity.into()).map_err(|rejection| rejection.code);
    assert_eq!(refused, Err(Code::SignatureInvalid));
}

#[test]
fn a_signature_has_64_bytes_and_a_body_its_encoding() {
    let signed = Signed::sign(rehearse(), &authority());
    let code = |payload: &[u8]| Signed::<Rehearse>::decode(payload).map_err(|rejection| rejection.code);
    let signature = signature_of(&signed);
    assert_eq!(code(&payload(signed.body_bytes(), &signature[..63])), Err(Code::PayloadMalformed));
    let behind = [signed.body_bytes(), &[0]].concat();
    assert_eq!(code(&payload(&behind, &signature)), Err(Code::PayloadMalformed));
    assert_eq!(code(&[signed.payload().as_slice(), &[0]].concat()), Err(Code::PayloadMalformed));
    assert_eq!(code(signed.body_bytes()), Err(Code::PayloadMalformed));
}

#[test]
fn a_request_to_close_is_of_its_election_and_of_no_trustee() {
    let closing = Closing { election: ELECTION, number: 1, is_closing: true };
    assert_eq!((closing.election(), closing.trustee()), (Some(ELECTION), None));
}
