//! A trustee's decryption. Follows specs/tally.md#decryption.

use std::iter::zip;

use serde_json::{Value, json};
use tabella_crypto::group::{Point, Scalar, encode_point};

use super::transcript::Transcript;
use crate::file::{hex, point, points, scalar, scalars};

/// What is decrypted, and for what.
pub struct Statement {
    pub label: &'static str,
    pub election: [u8; 32],
    pub keys_hash: [u8; 32],
    /// The counted hash, or the round of a rehearsal.
    pub counted: Vec<u8>,
    pub groups: Vec<Group>,
}

pub struct Group {
    pub slots: Vec<usize>,
    pub aggregate: Point,
    /// C_j; none in a rehearsal.
    pub ciphertexts: Vec<Point>,
}

/// A decryption as it is published, and as the files show it.
pub struct Decryption {
    pub trustee: u64,
    pub points: Vec<u8>,
    pub proof: Vec<u8>,
    pub json: Value,
}

/// `secrets` are the x_ij of the groups' slots in order, `nonces` the w_g.
#[expect(non_snake_case, reason = "the names are those of the formulas")]
pub fn decrypt(statement: &Statement, trustee: u64, secrets: &[Scalar], nonces: &[Scalar]) -> Decryption {
    let Statement { label, election, keys_hash, counted, groups } = statement;
    let by_group = |values: &[Scalar]| -> Vec<Vec<Scalar>> {
        let mut rest = values.iter().copied();
        groups.iter().map(|group| rest.by_ref().take(group.slots.len()).collect()).collect()
    };
    let D: Vec<Point> = zip(groups, by_group(secrets))
        .flat_map(|(group, secrets)| secrets.into_iter().map(|x| x * group.aggregate))
        .collect();

    let mut transcript = Transcript::new(label);
    transcript.absorb("election", election);
    transcript.absorb("keys", keys_hash);
    transcript.absorb("counted", counted);
    transcript.absorb_u64("trustee", trustee);
    for group in groups {
        let slots: Vec<u8> = group.slots.iter().flat_map(|slot| (*slot as u64).to_be_bytes()).collect();
        transcript.absorb("slots", &slots);
        transcript.absorb_points("R", &[group.aggregate]);
    }
    let ciphertexts: Vec<Point> = groups.iter().flat_map(|group| &group.ciphertexts).copied().collect();
    transcript.absorb_points("ciphertexts", &ciphertexts);
    transcript.absorb_points("decryption", &D);
    let rho: Vec<Scalar> = D.iter().map(|_| transcript.weight("rho")).collect();

    let sums: Vec<Scalar> =
        zip(by_group(&rho), by_group(secrets)).map(|(rho, x)| zip(rho, x).map(|(rho, x)| rho * x).sum()).collect();
    let W: Vec<Point> = nonces.iter().map(Point::mul_base).collect();
    let V: Point = zip(groups, nonces).map(|(group, w)| w * group.aggregate).sum();
    transcript.absorb_points("W", &W);
    transcript.absorb_points("V", &[V]);
    let c = transcript.scalar("c");
    let z: Vec<Scalar> = zip(nonces, &sums).map(|(w, s)| w + c * s).collect();

    let proof =
        [encoded(&W).concat(), encode_point(&V).to_vec(), z.iter().flat_map(Scalar::to_bytes).collect()].concat();
    let publics: Vec<Point> = secrets.iter().map(Point::mul_base).collect();
    let json = json!({
        "trustee": trustee, "secrets": scalars(secrets), "publics": points(&publics), "nonces": scalars(nonces),
        "decryption": points(&D), "rho": scalars(&rho), "sums": scalars(&sums), "W": points(&W), "V": point(&V),
        "c": scalar(&c), "z": scalars(&z), "proof": hex(&proof),
    });
    Decryption { trustee, points: encoded(&D).concat(), proof, json }
}

fn encoded(points: &[Point]) -> Vec<[u8; 32]> {
    points.iter().map(encode_point).collect()
}
