//! A small election for tests: valid in everything, so that a test changes one thing and sees one code.

use std::convert::Infallible;

use ed25519_dalek::SigningKey;
use tabella_crypto::group::{Point, Scalar, encode_point};

use crate::bytes::{EncodedPoint, SignerKey};
use crate::code::{Code, Rejection};
use crate::log::Log;
use crate::manifest::Election;
use crate::message::{
    Asset, Choice, Contest, ContestKind, ContestOption, Counting, Manifest, Signed, Style, Trustee, Voter,
};

/// The origin of the sample's log.
pub(crate) const ORIGIN: &str = "example.org/board-2026";

/// The one policy that [`SampleLog`] takes.
pub(crate) const POLICY: &str = "a policy of the right log\n";

/// A log that takes every anchor and one policy, and holds nothing.
pub(crate) struct SampleLog;

impl Log for SampleLog {
    type Error = Infallible;

    fn payload(&self, _: u64) -> Result<Vec<u8>, Self::Error> {
        Ok(Vec::new())
    }

    fn judge_anchor(&self, _: &str, _: u64) -> Result<(), Rejection> {
        Ok(())
    }

    fn judge_policy(&self, policy: &str, origin: &str, log_key: &SignerKey) -> Result<(), Rejection> {
        if (policy, origin, *log_key) == (POLICY, ORIGIN, signer_key(&log_key_of_sample())) {
            return Ok(());
        }
        Rejection::refuse(Code::ManifestPolicy, "The policy names another log.")
    }
}

/// The signing key of a role: any seed is a role's own.
pub(crate) fn signing_key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

pub(crate) fn authority() -> SigningKey {
    signing_key(1)
}

pub(crate) fn registrar() -> SigningKey {
    signing_key(2)
}

fn log_key_of_sample() -> SigningKey {
    signing_key(3)
}

/// The key of the trustee of an index from 1.
pub(crate) fn trustee(index: u8) -> SigningKey {
    signing_key(100 + index)
}

pub(crate) fn signer_key(key: &SigningKey) -> SignerKey {
    SignerKey(key.verifying_key().to_bytes())
}

pub(crate) fn contest(id: &str, options: usize, choice: Choice) -> Contest {
    let option = |number: usize| ContestOption { id: format!("{id}{number}"), title: format!("Option {number}") };
    Contest {
        id: id.to_owned(),
        title: format!("Question {id}"),
        options: (1..=options).map(option).collect(),
        kind: ContestKind::Choice(choice),
        counting: Counting(None),
    }
}

/// Three contests, two styles, three trustees of whom two decrypt.
pub(crate) fn manifest() -> Manifest {
    let trustee = |index: u8| Trustee { name: format!("Trustee {index}"), key: signer_key(&trustee(index)) };
    let style = |name: &str, contests: &[u64]| Style { name: name.to_owned(), contests: contests.to_vec() };
    let asset = |path: &str| Asset { path: path.to_owned(), hash: [9; 32].into() };
    Manifest {
        version: 1,
        id: "board-2026".to_owned(),
        title: "Election of the board".to_owned(),
        simulation: true,
        origin: ORIGIN.to_owned(),
        log: signer_key(&log_key_of_sample()),
        policy: POLICY.to_owned(),
        contests: vec![
            contest("chair", 3, Choice { min: 1, max: 1, blank: true }),
            contest("seats", 4, Choice { min: 0, max: 2, blank: false }),
            contest("rules", 2, Choice { min: 1, max: 1, blank: true }),
        ],
        styles: vec![style("Members", &[0, 1, 2]), style("Guests", &[1])],
        authority: signer_key(&authority()),
        registrar: signer_key(&registrar()),
        trustees: (1..=3).map(trustee).collect(),
        threshold: 2,
        quorum: 2,
        minimum: 3,
        assets: vec![asset("app.js"), asset("index.html")],
    }
}

/// The election of [`manifest`].
pub(crate) fn election() -> Election {
    Election::judge(&Signed::sign(manifest(), &authority()), ORIGIN, &SampleLog).unwrap()
}

/// Voters with distinct credentials, of weight 1 and style 0, by credential ascending.
pub(crate) fn voters(count: u64) -> Vec<Voter> {
    let credential = |secret: u64| EncodedPoint(encode_point(&Point::mul_base(&Scalar::from(secret))));
    let mut voters: Vec<Voter> =
        (1..=count).map(|secret| Voter { credential: credential(secret), weight: 1, style: 0 }).collect();
    voters.sort_by_key(|voter| voter.credential);
    voters
}
