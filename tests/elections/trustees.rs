//! Trustees who do wrong or nothing: both implementations name them, and any t of the others finish the election.

use tabella_crypto::dealing::AtFault;
use tabella_election::ceremony::{Stage, Step};
use tabella_election::message::{Confirm, Deal, Share};
use tabella_election::rules::Awaited;
use tabella_election::{Code, Kind};
use tabella_verifier::report::Report;

use crate::scene::record::{asked, assert_valid, assert_warnings, failures};
use crate::scene::samples::{MEMBERS, manifest, member_vote, trustee_key};
use crate::scene::{Scene, resigned, totals};

/// At the step of dealing, with the dealings of all three trustees, which are not sent.
fn dealings() -> (Scene, Vec<Vec<u8>>) {
    let mut scene = Scene::new(manifest());
    scene.steps(&[1, 2, 3], Kind::Commit);
    scene.provide(Kind::Round);
    let dealings = (1..=3).map(|index| scene.one_step(index, Kind::Deal)).collect();
    (scene, dealings)
}

/// The dealing of trustee 1 with another byte in its envelope for trustee 2, which stands before that for trustee 3.
fn with_bad_share(dealing: &[u8]) -> Vec<u8> {
    resigned::<Deal>(dealing, &trustee_key(1), |deal| {
        let envelope = 32 + 8 * 32 + 16;
        let last_of_first = deal.bytes.len() - envelope - 1;
        deal.bytes[last_of_first] ^= 1;
    })
}

/// At the step of confirming, after these dealings.
fn dealt(mut scene: Scene, dealings: &[Vec<u8>]) -> Scene {
    for dealing in dealings {
        scene.accept(Kind::Deal, dealing);
    }
    scene.provide(Kind::Round);
    scene
}

/// At the step of confirming, where all dealings are good, and a complaint all the same: its key is the right one.
pub fn complaint_of(complainer: u64, dealer: u64) -> (Scene, Vec<u8>) {
    assert_eq!((complainer, dealer), (2, 1), "only this dealing is spoilt");
    let (scene, mut dealings) = dealings();
    let good = dealt(scene.clone(), &dealings);
    dealings[0] = with_bad_share(&dealings[0]);
    let honest = dealt(scene, &dealings).one_step(complainer, Kind::Confirm);
    let history = good.board().ceremony().history();
    let complaint = resigned::<Confirm>(&honest, &trustee_key(complainer), |confirm| confirm.history = history);
    (good, complaint)
}

/// The election goes on after its keys are there, and these trustees decrypt; the verifier's report.
fn finish(scene: &mut Scene, decrypting: &[u64]) -> Report {
    scene.rehearse(decrypting);
    scene.enrol(&[(1, MEMBERS), (1, MEMBERS)]);
    scene.provide(Kind::Open);
    scene.vote(0, &member_vote(Some(0), &[1]));
    scene.vote(1, &member_vote(Some(0), &[2]));
    scene.provide(Kind::Close);
    scene.steps(decrypting, Kind::Share);
    publish(scene)
}

fn publish(scene: &mut Scene) -> Report {
    scene.provide(Kind::Result);
    scene.provide(Kind::Final);
    assert_eq!(scene.result(), [totals(&[2, 0, 0], Some(0)), totals(&[0, 1, 1, 0], None)]);
    let report = scene.record().verify();
    assert_valid(&report);
    assert_warnings(&report, scene.board());
    let options = &report.result.as_ref().unwrap().contests[1].options;
    let said: Vec<Option<u64>> = options.iter().map(|option| option.total).collect();
    assert_eq!(said, [Some(0), Some(1), Some(1), Some(0)]);
    report
}

/// For each trustee whether it is qualified, and whether it has decrypted.
fn standing(report: &Report) -> [(bool, bool); 3] {
    let standings = report.trustees.iter().map(|trustee| (trustee.qualified, trustee.decrypted));
    standings.collect::<Vec<_>>().try_into().unwrap()
}

fn warns(report: &Report, code: &str) -> bool {
    report.warnings.iter().any(|warning| warning.code == code)
}

/// Whether the rules warn of this trustee with this code.
fn rules_warn(scene: &Scene, code: &str, trustee: &str) -> bool {
    let warnings = scene.board().warnings();
    warnings.iter().any(|warning| warning.code() == code && format!("{warning:?}").contains(trustee))
}

const OUT: (bool, bool) = (false, false);
const IDLE: (bool, bool) = (true, false);
const DONE: (bool, bool) = (true, true);

#[test]
fn who_deals_a_bad_share_is_named_and_left_out() {
    let (scene, mut dealings) = dealings();
    dealings[0] = with_bad_share(&dealings[0]);
    let mut scene = dealt(scene, &dealings);
    scene.steps(&[1, 2, 3], Kind::Confirm);
    let judged = scene.board().ceremony().complaints()[0];
    assert_eq!((judged.culprit().get(), judged.at_fault), (1, AtFault::Dealer));
    scene.provide(Kind::Round);
    scene.steps(&[2, 3], Kind::Keys);
    let report = finish(&mut scene, &[2, 3]);
    assert!(rules_warn(&scene, "complaint_upheld", "Trustee 1"));
    assert!(warns(&report, "complaint_upheld"));
    assert_eq!(standing(&report), [OUT, DONE, DONE]);
}

#[test]
fn who_complains_without_a_reason_is_named_and_left_out() {
    let (mut scene, lie) = complaint_of(2, 1);
    scene.accept(Kind::Confirm, &lie);
    scene.steps(&[1, 3], Kind::Confirm);
    let judged = scene.board().ceremony().complaints()[0];
    assert_eq!((judged.culprit().get(), judged.at_fault), (2, AtFault::Complainer));
    scene.provide(Kind::Round);
    scene.steps(&[1, 3], Kind::Keys);
    let report = finish(&mut scene, &[1, 3]);
    assert!(rules_warn(&scene, "complaint_upheld", "Trustee 2"));
    assert!(warns(&report, "complaint_upheld"));
    assert_eq!(standing(&report), [DONE, OUT, DONE]);
}

#[test]
fn who_is_silent_in_the_ceremony_is_named_and_left_out() {
    for silent_from in [Step::Commit, Step::Deal, Step::Confirm] {
        let mut scene = Scene::new(manifest());
        for step in [Step::Commit, Step::Deal, Step::Confirm] {
            scene.steps(&[1, 3], step.kind());
            if step < silent_from {
                scene.steps(&[2], step.kind());
            }
            if step == silent_from {
                let awaited = Awaited { kind: step.kind(), trustees: vec!["Trustee 2".to_owned()] };
                assert!(scene.board().awaited().contains(&awaited), "`{step}`");
            }
            scene.provide(Kind::Round);
        }
        scene.steps(&[1, 3], Kind::Keys);
        let report = finish(&mut scene, &[1, 3]);
        assert!(rules_warn(&scene, "trustee_absent", "Trustee 2"));
        assert!(warns(&report, "trustee_absent"), "`{silent_from}`");
        assert_eq!(standing(&report), [DONE, OUT, DONE]);
    }
}

#[test]
fn who_is_silent_at_the_keys_costs_an_attempt() {
    let mut scene = Scene::new(manifest());
    for kind in [Kind::Commit, Kind::Deal, Kind::Confirm] {
        scene.steps(&[1, 2, 3], kind);
        scene.provide(Kind::Round);
    }
    scene.steps(&[1, 3], Kind::Keys);
    let awaited = Awaited { kind: Kind::Keys, trustees: vec!["Trustee 2".to_owned()] };
    assert!(scene.board().awaited().contains(&awaited));
    scene.provide(Kind::Restart);
    scene.make_keys(&[1, 3]);
    let report = finish(&mut scene, &[1, 3]);
    assert_eq!(standing(&report), [DONE, OUT, DONE]);
}

#[test]
fn an_attempt_without_enough_trustees_fails_and_another_succeeds() {
    let mut scene = Scene::new(manifest());
    scene.steps(&[1, 2, 3], Kind::Commit);
    scene.provide(Kind::Round);
    scene.steps(&[1], Kind::Deal);
    scene.provide(Kind::Round);
    scene.steps(&[1], Kind::Confirm);
    scene.provide(Kind::Round);
    assert!(matches!(scene.board().ceremony().stage(), Stage::Failed(_)));
    assert_eq!(scene.board().awaited()[0].kind, Kind::Restart);
    scene.provide(Kind::Restart);
    scene.make_keys(&[1, 2, 3]);
    let report = finish(&mut scene, &[2, 3]);
    assert_eq!(standing(&report), [IDLE, DONE, DONE]);
}

#[test]
fn a_bad_share_is_refused_and_the_others_decrypt() {
    let mut scene = Scene::open(manifest(), &[(1, MEMBERS), (1, MEMBERS)]);
    scene.vote(0, &member_vote(Some(0), &[1]));
    scene.vote(1, &member_vote(Some(0), &[2]));
    scene.provide(Kind::Close);
    let share = scene.clone().one_step(1, Kind::Share);
    let bad = resigned::<Share>(&share, &trustee_key(1), |share| share.decryption.copy_within(0..32, 32));
    assert_eq!(scene.send(Kind::Share, &bad), Err(Code::ShareInvalid));
    let mut forced = scene.clone();
    let index = forced.log.next.index;
    forced.force(&forced.entry(Kind::Share, &bad));
    forced.steps(&[2, 3], Kind::Share);
    forced.play_on();
    let report = forced.record().verify();
    let found: Vec<_> = failures(&report).into_iter().map(|failure| (failure.code, failure.entry)).collect();
    assert_eq!(found, [("share_invalid".to_owned(), Some(index))]);
    assert_eq!(standing(&report), [IDLE, DONE, DONE]);

    scene.steps(&[2, 3], Kind::Share);
    assert_eq!(standing(&publish(&mut scene)), [IDLE, DONE, DONE]);
}

#[test]
fn with_fewer_than_the_threshold_the_tally_waits_and_says_for_whom() {
    let mut scene = Scene::open(manifest(), &[(1, MEMBERS), (1, MEMBERS)]);
    scene.vote(0, &member_vote(Some(0), &[1]));
    scene.vote(1, &member_vote(Some(0), &[2]));
    scene.provide(Kind::Close);
    scene.steps(&[2], Kind::Share);
    let awaited = Awaited { kind: Kind::Share, trustees: vec!["Trustee 1".to_owned(), "Trustee 3".to_owned()] };
    assert_eq!(scene.board().awaited(), [awaited]);
    assert!(!scene.board().tally().unwrap().is_decryptable());
    let report = scene.record().verify_as(&asked(None, true));
    assert_valid(&report);
    assert_warnings(&report, scene.board());
    assert!(report.result.is_none());
    assert!(warns(&report, "unfinished"));
    assert_eq!(standing(&report), [IDLE, DONE, IDLE]);

    scene.steps(&[3], Kind::Share);
    assert_eq!(standing(&publish(&mut scene)), [IDLE, DONE, DONE]);
}
