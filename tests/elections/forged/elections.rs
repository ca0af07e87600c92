//! Other elections in the place of the one whose fingerprint the reader was given: each keeps all rules.

use ed25519_dalek::SigningKey;
use tabella_election::message::{Choice, ContestKind, Manifest};
use tabella_election::{Code, Kind, authority};

use super::case::Case;
use crate::scene::Scene;
use crate::scene::record::Failure;
use crate::scene::samples::{self, manifest, policy, signer_key, signing_key};

/// What is another in the manifest.
type Change = (&'static str, fn(&mut Manifest));

const CHANGES: [Change; 12] = [
    ("title", |manifest| manifest.title.push('!')),
    ("simulation", |manifest| manifest.simulation = false),
    ("policy", |manifest| manifest.policy = policy().replace("quorum w", "quorum none")),
    ("title of an option", |manifest| manifest.contests[0].options[1].title.push('!')),
    ("order of the options", |manifest| manifest.contests[0].options.swap(0, 1)),
    ("rule of a contest", |manifest| {
        manifest.contests[1].kind = ContestKind::Choice(Choice { min: 0, max: 3, blank: false });
    }),
    ("name of a style", |manifest| manifest.styles[1].name.push('!')),
    ("registrar", |manifest| manifest.registrar = signer_key(&signing_key(55))),
    ("trustee", |manifest| manifest.trustees[2].key = signer_key(&signing_key(56))),
    ("threshold", |manifest| (manifest.threshold, manifest.quorum) = (1, 1)),
    ("minimum", |manifest| manifest.minimum = 1),
    ("asset", |manifest| manifest.assets[0].hash.0[0] ^= 1),
];

pub fn cases() -> Vec<Case> {
    let fingerprint = Some(Scene::new(manifest()).board().election().fingerprint().to_string());
    let expected = vec![Failure { code: Code::FingerprintDiffers.to_string(), entry: None, file: None }];
    let case = |name: &str, scene: &Scene| Case {
        fingerprint: fingerprint.clone(),
        expected: expected.clone(),
        ..Case::new(name, &scene.log.entries)
    };
    let changed = CHANGES.map(|(name, change)| {
        let mut other = manifest();
        change(&mut other);
        case(&format!("manifest: another {name}"), &founded(other, &samples::authority()))
    });
    // The authority is another, and everything else is the same.
    let key = signing_key(57);
    let other = Manifest { authority: signer_key(&key), ..manifest() };
    let authority = case("manifest: another authority", &founded(other, &key));
    let mut scene = Scene::new(Manifest { simulation: false, ..manifest() });
    scene.play_on();
    let whole = Case { unfinished: false, ..case("another election, from its beginning to its end", &scene) };
    changed.into_iter().chain([authority, whole]).collect()
}

fn founded(manifest: Manifest, key: &SigningKey) -> Scene {
    let mut scene = Scene::empty();
    scene.accept(Kind::Manifest, &authority::manifest(manifest, key));
    scene
}
