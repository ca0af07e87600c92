//! Range proofs by themselves.

use tabella_crypto::group::{Scalar, encode_point};
use tabella_crypto::nonce::Nonces;
use tabella_crypto::range::{self, LARGEST_COUNT, RangeFault};
use tabella_crypto::transcript::Transcript;

use crate::prover::blinding_base;
use crate::samples::rng;

#[test]
fn range_proofs_are_made_for_numbers_of_16_bits() {
    let nonces = || Nonces::fork(&Transcript::new("tabella/1/test"), &mut rng(1));
    let prove = |values: &[u64], blindings: usize| {
        range::prove(Transcript::new("tabella/1/test"), values, &vec![Scalar::ONE; blindings], nonces())
    };
    let commit = |values: &[u64]| -> Vec<[u8; 32]> {
        values.iter().map(|&value| encode_point(&range::commit(value, &Scalar::ONE))).collect()
    };
    for values in [&[0][..], &[65_535], &[1, 2, 3], &[7, 0, 65_535, 1, 1]] {
        let proof = prove(values, values.len()).unwrap();
        assert_eq!(proof.len(), range::proof_length(values.len()));
        let verify =
            |label, commitments: &[[u8; 32]], proof: &[u8]| range::verify(Transcript::new(label), commitments, proof);
        let commitments = commit(values);
        assert!(verify("tabella/1/test", &commitments, &proof));
        assert!(!verify("tabella/1/other", &commitments, &proof));
        assert!(!verify("tabella/1/test", &[&commitments[..], &commit(&[0])].concat(), &proof));
        assert!(!verify("tabella/1/test", &commitments[1..], &proof));
        assert!(!verify("tabella/1/test", &[[0xff; 32]].repeat(values.len()), &proof));
        for length in 0..proof.len() {
            assert!(!verify("tabella/1/test", &commitments, &proof[..length]));
        }
        assert!(!verify("tabella/1/test", &commitments, &[&proof[..], &[0]].concat()));
        assert!(!verify("tabella/1/test", &commitments, &vec![0; proof.len()]));
        assert!(!verify("tabella/1/test", &commitments, &vec![0xff; proof.len()]));
    }
    assert_eq!(prove(&[65_536], 1), Err(RangeFault));
    assert_eq!(prove(&[1, u64::MAX], 2), Err(RangeFault));
    assert_eq!(prove(&[], 0), Err(RangeFault));
    assert_eq!(prove(&[1, 2, 3], 2), Err(RangeFault));
    assert_eq!(prove(&[1, 2], 3), Err(RangeFault));
    assert_eq!(prove(&vec![0; LARGEST_COUNT + 1], LARGEST_COUNT + 1), Err(RangeFault));
    assert!(!range::verify(Transcript::new("tabella/1/test"), &[], &[]));
    assert_eq!(blinding_base(), range::blinding_base());
}
