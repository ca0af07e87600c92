//! Manifests of the vectors: contests in short, the rest made up.

use ed25519_dalek::SigningKey;
use sha2::{Digest, Sha256};
use tabella_board::key::{LogKey, WitnessKey};
use tabella_board::origin::Origin;
use tabella_election::message::{Asset, Manifest, Style, Trustee};
use tabella_election::{Hash, SignerKey};

use crate::question::Question;

/// What differs between the elections of the vectors.
#[derive(Clone)]
pub struct Plan {
    pub id: &'static str,
    pub contests: Vec<Question>,
    pub styles: Vec<Vec<u64>>,
    pub trustees: u64,
    pub threshold: u64,
    pub quorum: u64,
    pub minimum: u64,
}

impl Plan {
    pub fn origin(&self) -> String {
        format!("example.org/{}", self.id)
    }

    pub fn manifest(&self) -> Manifest {
        let trustee = |index| Trustee { name: format!("Trustee {index}"), key: public(&trustee_key(index)) };
        let style = |(number, contests): (usize, &Vec<u64>)| Style {
            name: format!("Style {number}"),
            contests: contests.clone(),
        };
        let asset = |path: &str| Asset { path: path.to_owned(), hash: Hash(Sha256::digest(path).into()) };
        Manifest {
            version: 1,
            id: self.id.to_owned(),
            title: "Wahl für die Vektoren".to_owned(),
            simulation: true,
            origin: self.origin(),
            log: SignerKey(log_key(&self.origin()).verifier().public_key()),
            policy: Self::policy(&self.origin()),
            contests: (0..).zip(&self.contests).map(|(number, question)| question.contest(number)).collect(),
            styles: (0..).zip(&self.styles).map(style).collect(),
            authority: public(&authority_key()),
            registrar: public(&registrar_key()),
            trustees: (1..=self.trustees).map(trustee).collect(),
            threshold: self.threshold,
            quorum: self.quorum,
            minimum: self.minimum,
            assets: vec![asset("app.js"), asset("index.html")],
        }
    }

    /// One witness, who must sign.
    pub fn policy(origin: &str) -> String {
        let (log, witness) = (log_key(origin), witness_key());
        format!("log {}\nwitness one {}\nquorum one\n", log.verifier(), witness.verifier())
    }
}

/// A key of a role: any label is a role's own.
pub fn signing_key(label: &str) -> SigningKey {
    SigningKey::from_bytes(&seed(label))
}

pub fn seed(label: &str) -> [u8; 32] {
    Sha256::digest(format!("tabella vectors: key of {label}")).into()
}

pub fn public(key: &SigningKey) -> SignerKey {
    SignerKey(key.verifying_key().to_bytes())
}

pub fn authority_key() -> SigningKey {
    signing_key("authority")
}

pub fn registrar_key() -> SigningKey {
    signing_key("registrar")
}

pub fn trustee_key(index: u64) -> SigningKey {
    signing_key(&format!("trustee {index}"))
}

pub fn log_key(origin: &str) -> LogKey {
    LogKey::from_seed(Origin::parse(origin).unwrap(), &seed("log"))
}

pub fn witness_key() -> WitnessKey {
    WitnessKey::from_seed("witness.example/one", &seed("witness")).unwrap()
}
