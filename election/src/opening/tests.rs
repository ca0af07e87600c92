use tabella_crypto::group::{Point, Scalar, encode_point};
use tabella_crypto::qualified::KeysClaim;

use super::*;
use crate::bytes::ElectionId;
use crate::samples;

/// Keys that trustees 1 and 3 have confirmed, and a roll of two chunks; valid until one thing of it is changed.
struct Scene {
    election: Election,
    opening: Opening,
    open: Open,
    confirmations: Vec<Keys>,
    /// Who signs: the authority, and the trustees.
    signers: (u8, [u8; 2]),
    chunk: Roll,
}

impl Scene {
    fn new() -> Self {
        let election = samples::election();
        let point = |number: usize| encode_point(&Point::mul_base(&Scalar::from(number as u64)));
        let slots = election.slots();
        let keys = KeysClaim {
            election: election.id().0,
            attempt: 2,
            history: [5; 32],
            qualified: vec![1, 3],
            slot_keys: (1..=slots).map(point).collect(),
            shares: (100..100 + 2 * slots).map(point).collect(),
        };
        let chunks = crate::roll::chunks(&election.id(), 4, samples::voters(1_001));
        let hash = |chunk: &Roll| Signed::sign(chunk.clone(), &samples::registrar()).body_hash();
        let roll = RollClaim { revision: 4, voters: 1_001, chunks: chunks.iter().map(hash).collect() };
        let mut scene = Self {
            open: Open { election: election.id(), anchor: String::new(), keys: Hash([0; 32]), roll: Hash([0; 32]) },
            confirmations: Vec::new(),
            signers: (1, [101, 103]),
            chunk: chunks[1].clone(),
            opening: Opening { keys, roll },
            election,
        };
        scene.confirm();
        scene
    }

    /// Authority and trustees sign what is claimed now.
    fn confirm(&mut self) {
        let keys = Hash(self.opening.keys.hash());
        (self.open.keys, self.open.roll) = (keys, self.opening.roll.hash(&self.election.id()));
        let KeysClaim { attempt, history, .. } = self.opening.keys;
        let confirmation =
            |trustee| Keys { election: self.election.id(), attempt, history: Hash(history), trustee, keys };
        self.confirmations = [1, 3].map(confirmation).into();
    }

    fn judge(&self) -> Result<Vec<Point>, Code> {
        let open = Signed::sign(self.open.clone(), &samples::signing_key(self.signers.0));
        let signers = self.confirmations.iter().zip(self.signers.1);
        let confirmations: Vec<_> =
            signers.map(|(keys, signer)| Signed::sign(keys.clone(), &samples::signing_key(signer))).collect();
        self.opening.judge(&self.election, &open, &confirmations).map_err(|rejection| rejection.code)
    }

    fn voter(&self, signer: u8, credential: &EncodedPoint) -> Result<Option<Voter>, Code> {
        let chunk = Signed::sign(self.chunk.clone(), &samples::signing_key(signer));
        self.opening.voter(&self.election, &chunk, credential).map_err(|rejection| rejection.code)
    }
}

#[test]
fn keys_that_all_have_signed_are_taken() {
    let scene = Scene::new();
    let keys: Vec<[u8; 32]> = scene.judge().unwrap().iter().map(encode_point).collect();
    assert_eq!(keys, scene.opening.keys.slot_keys);
}

#[test]
fn what_the_authority_or_a_trustee_did_not_sign_is_refused() {
    type Change = fn(&mut Scene);
    let cases: [(Code, Change); 15] = [
        (Code::ElectionMismatch, |scene| scene.open.election = ElectionId([7; 32])),
        (Code::SignatureInvalid, |scene| scene.signers.0 = 2),
        (Code::KeysMismatch, |scene| scene.opening.keys.slot_keys.swap(0, 1)),
        (Code::KeysMismatch, |scene| scene.opening.keys.shares.swap(0, 1)),
        (Code::KeysMismatch, |scene| scene.opening.keys.qualified[1] = 2),
        (Code::KeysMismatch, |scene| scene.opening.keys.attempt += 1),
        (Code::KeysMismatch, |scene| scene.opening.keys.history[0] ^= 1),
        (Code::RollMismatch, |scene| scene.opening.roll.voters += 1),
        (Code::RollMismatch, |scene| scene.opening.roll.revision += 1),
        (Code::RollMismatch, |scene| scene.opening.roll.chunks.swap(0, 1)),
        (Code::CeremonyIncomplete, |scene| scene.confirmations.truncate(1)),
        (Code::ElectionMismatch, |scene| scene.confirmations[1].election = ElectionId([7; 32])),
        (Code::SignatureInvalid, |scene| scene.signers.1 = [101, 102]),
        (Code::CeremonyHistory, |scene| scene.confirmations[0].history = Hash([6; 32])),
        (Code::KeysMismatch, |scene| scene.confirmations[0].keys = Hash([6; 32])),
    ];
    for (number, (code, change)) in cases.into_iter().enumerate() {
        let mut scene = Scene::new();
        change(&mut scene);
        assert_eq!(scene.judge().unwrap_err(), code, "case {number}");
    }
}

#[test]
fn keys_that_may_not_be_are_refused_though_all_have_signed_them() {
    type Change = fn(&mut KeysClaim);
    let cases: [(Code, Change); 9] = [
        (Code::KeysMismatch, |keys| keys.election = [7; 32]),
        (Code::CeremonyIncomplete, |keys| keys.qualified = vec![1]),
        (Code::CeremonyIncomplete, |keys| keys.qualified = vec![3, 1]),
        (Code::CeremonyIncomplete, |keys| keys.qualified = vec![1, 1]),
        (Code::CeremonyIncomplete, |keys| keys.qualified = vec![1, 3, 4]),
        (Code::KeysMismatch, |keys| keys.slot_keys[2] = [0; 32]),
        (Code::KeysMismatch, |keys| keys.slot_keys[2] = [0xff; 32]),
        (Code::KeysMismatch, |keys| keys.slot_keys[2] = keys.slot_keys[3]),
        (Code::KeysMismatch, |keys| keys.slot_keys.truncate(1)),
    ];
    for (number, (code, change)) in cases.into_iter().enumerate() {
        let mut scene = Scene::new();
        change(&mut scene.opening.keys);
        scene.confirm();
        assert_eq!(scene.judge().unwrap_err(), code, "case {number}");
    }
}

#[test]
fn a_voter_is_who_stands_in_a_chunk_of_this_roll() {
    let scene = Scene::new();
    let voter = scene.chunk.voters[0];
    assert_eq!(scene.voter(2, &voter.credential), Ok(Some(voter)));
    assert_eq!(scene.voter(2, &EncodedPoint([1; 32])), Ok(None));
    assert_eq!(scene.voter(1, &voter.credential), Err(Code::SignatureInvalid));
    type Change = fn(&mut Roll);
    let cases: [(Code, Change); 7] = [
        (Code::ElectionMismatch, |chunk| chunk.election = ElectionId([7; 32])),
        (Code::RollMismatch, |chunk| chunk.revision = 3),
        (Code::RollMismatch, |chunk| chunk.chunk = 1),
        (Code::RollMismatch, |chunk| chunk.chunk = 0),
        (Code::RollMismatch, |chunk| chunk.chunks = 3),
        (Code::RollMismatch, |chunk| chunk.voters[0].style = 1),
        (Code::RollMismatch, |chunk| chunk.voters[0].weight = 2),
    ];
    for (number, (code, change)) in cases.into_iter().enumerate() {
        let mut scene = Scene::new();
        change(&mut scene.chunk);
        assert_eq!(scene.voter(2, &voter.credential), Err(code), "case {number}");
    }
}
