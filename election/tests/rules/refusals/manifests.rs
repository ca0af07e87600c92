//! Entry 0.

use tabella_election::message::{ContestKind, Manifest, Signed};
use tabella_election::{Code, Kind, SignerKey, authority};

use super::Seen;
use crate::samples::{self, contest, manifest, stranger};
use crate::world::{World, found};

#[track_caller]
fn refuses(seen: &mut Seen, code: Code, change: impl FnOnce(&mut Manifest)) {
    let mut changed = manifest();
    change(&mut changed);
    let payload = authority::manifest(changed, &samples::authority());
    assert_eq!(found(Kind::Manifest, &payload).unwrap_err(), code);
    seen.insert(code);
}

pub(super) fn refusals(seen: &mut Seen) {
    refuses(seen, Code::ManifestVersion, |manifest| manifest.version = 2);
    refuses(seen, Code::ManifestText, |manifest| manifest.title.clear());
    refuses(seen, Code::ManifestOrigin, |manifest| {
        manifest.origin = "other.org/board-2026".to_owned();
    });
    refuses(seen, Code::ManifestKeys, |manifest| {
        manifest.registrar = manifest.authority;
    });
    refuses(seen, Code::ManifestKeys, |manifest| manifest.log = SignerKey([0; 32]));
    refuses(seen, Code::ManifestPolicy, |manifest| manifest.policy.push('\n'));
    refuses(seen, Code::ManifestContest, |manifest| {
        let ContestKind::Choice(choice) = &mut manifest.contests[0].kind else { panic!("no choice") };
        choice.max = 4;
    });
    refuses(seen, Code::ManifestStyle, |manifest| {
        manifest.styles[0].contests = vec![1, 0];
    });
    refuses(seen, Code::ManifestThreshold, |manifest| manifest.threshold = 3);
    refuses(seen, Code::ManifestSize, |manifest| {
        manifest.contests = vec![contest("one", 500, 1, 1, true), contest("two", 500, 1, 1, false)];
    });

    let valid = authority::manifest(manifest(), &samples::authority());
    let forged = Signed::sign(manifest(), &stranger()).payload();
    assert_eq!(found(Kind::Manifest, &forged).unwrap_err(), Code::SignatureInvalid);
    assert_eq!(found(Kind::Manifest, &valid[1..]).unwrap_err(), Code::PayloadMalformed);
    // Only entry 0 is a manifest, and entry 0 is nothing else.
    assert_eq!(World::new(manifest()).send(Kind::Manifest, &valid), Err(Code::OutOfPhase));
    let restart = authority::restart(&World::new(manifest()).board, &samples::authority());
    assert_eq!(found(Kind::Restart, &restart).unwrap_err(), Code::OutOfPhase);
    seen.extend([Code::SignatureInvalid, Code::PayloadMalformed, Code::OutOfPhase]);
}
