//! What is derived from a voter's code: the credential, and nonces that a bad random generator does not repeat.

use tabella_crypto::credential::VotingKey;
use tabella_crypto::group::{Point, encode_point};
use tabella_crypto::nonce::Nonces;
use tabella_crypto::transcript::Transcript;

use crate::samples::{ELECTION, Election, STYLE, choice, rng, voter};

#[test]
fn nonces_differ_even_if_the_generator_repeats() {
    let election = Election::new(choice(0, 2, 2, false));
    let prefix = |number: u8, bits: [u64; 3], attempt| {
        let context = &election.context;
        context.encrypt(&voter(number), None, &bits, attempt, &mut rng(1)).unwrap().prefix().clone()
    };
    let original = prefix(1, [1, 0, 0], 0);
    assert_eq!(prefix(1, [1, 0, 0], 0), original);
    for other in [prefix(2, [1, 0, 0], 0), prefix(1, [0, 1, 0], 0), prefix(1, [1, 0, 0], 1)] {
        assert_ne!(other.r, original.r);
    }

    // The proof of one draft, with the generator repeated and with another.
    let prove = |seed| {
        let draft = election.context.encrypt(&election.voter, None, &[1, 0, 0], 0, &mut rng(1)).unwrap();
        draft.cast(&mut rng(seed)).unwrap()
    };
    assert_eq!(prove(1), prove(1));
    assert_ne!(prove(1)[..128], prove(2)[..128]);
}

#[test]
fn the_randomness_of_a_draft_is_hedged_with_the_nonce_key() {
    let election = Election::new(choice(1, 1, 2, false));
    let draft = election.context.encrypt(&election.voter, None, &[1], 4, &mut rng(1)).unwrap();

    let mut nonce_key = Transcript::new("tabella/1/nonce-key");
    nonce_key.absorb("election", &ELECTION);
    nonce_key.absorb("code", &[1; 16]);
    let mut transcript = Transcript::new("tabella/1/ballot");
    transcript.absorb("election", &ELECTION);
    transcript.absorb("shape", &election.shape.digest(STYLE));
    transcript.absorb("keys", &election.keys.iter().map(encode_point).collect::<Vec<_>>().concat());
    transcript.absorb("credential", &election.voter.public());
    transcript.absorb("link", &[]);
    let r = Nonces::fork(&transcript, &mut rng(1))
        .with("nonce-key", &nonce_key.hash())
        .with("coordinates", &1_u64.to_be_bytes())
        .with("attempt", &4_u64.to_be_bytes())
        .scalar("r");
    assert_eq!(draft.prefix().r, encode_point(&Point::mul_base(&r)));
}

#[test]
fn a_voting_key_is_bound_to_code_and_election() {
    let mut transcript = Transcript::new("tabella/1/credential");
    transcript.absorb("election", &ELECTION);
    transcript.absorb("code", &[1; 16]);
    let kappa = transcript.scalar("kappa");
    assert_eq!(voter(1).public(), encode_point(&Point::mul_base(&kappa)));

    let elsewhere = VotingKey::derive(&[8; 32], &[1; 16]).unwrap();
    assert_ne!(elsewhere.public(), voter(1).public());
    assert_ne!(voter(2).public(), voter(1).public());
    assert_eq!(format!("{:?}", voter(1)), "VotingKey(<redacted>)");
}
