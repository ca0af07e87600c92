//! Elections at the edges of what is allowed: all valid, with the right totals in both implementations.

use tabella_election::message::{ContestResult, Manifest};
use tabella_election::{Kind, rules};
use tabella_verifier::report::{ContestReport, Report};

use crate::scene::record::{assert_valid, assert_warnings};
use crate::scene::samples::{
    GUESTS, MEMBERS, contest, guest_vote, log_line, manifest, member_vote, options, style, trustees, witness_key,
};
use crate::scene::{Scene, totals};

/// Closes the voting, lets these trustees decrypt, and ends the election. The rules give this result, and the verifier
/// the same; its report.
#[track_caller]
fn counts(mut scene: Scene, decrypting: &[u64], expected: &[ContestResult]) -> Report {
    scene.provide(Kind::Close);
    scene.steps(decrypting, Kind::Share);
    scene.provide(Kind::Result);
    scene.provide(Kind::Final);
    assert_eq!(scene.result(), expected);
    let report = scene.record().verify();
    assert_valid(&report);
    assert_warnings(&report, scene.board());
    let contests = &report.result.as_ref().unwrap().contests;
    assert_eq!(contests.iter().map(said).collect::<Vec<_>>(), expected);
    let ballots = report.ballots.as_ref().unwrap();
    let found = rules::Counts {
        roll: ballots.roll,
        accepted: ballots.accepted,
        superseded: ballots.superseded,
        challenged: ballots.challenged,
        counted: ballots.counted,
    };
    assert_eq!(found, scene.board().counts());
    let decrypted = (1..).zip(&report.trustees).filter(|(_, trustee)| trustee.decrypted);
    assert_eq!(decrypted.map(|(index, _)| index).collect::<Vec<u64>>(), decrypting);
    report
}

/// A contest of the report as the rules write it.
fn said(contest: &ContestReport) -> ContestResult {
    if contest.withheld {
        assert!(contest.options.iter().all(|option| option.total.is_none()) && contest.blank.is_none());
        return ContestResult::Withheld;
    }
    let options: Vec<u64> = contest.options.iter().map(|option| option.total.unwrap()).collect();
    totals(&options, contest.blank)
}

fn warns(report: &Report, code: &str) -> bool {
    report.warnings.iter().any(|warning| warning.code == code)
}

#[test]
fn nobody_votes_or_may_vote() {
    for voters in [&[][..], &[(1, MEMBERS), (1, GUESTS)]] {
        let scene = Scene::open(manifest(), voters);
        counts(scene, &[], &[totals(&[0; 3], Some(0)), totals(&[0; 4], None)]);
    }
}

#[test]
fn only_challenges_and_no_ballot() {
    let mut scene = Scene::open(manifest(), &[(1, MEMBERS), (1, GUESTS)]);
    scene.challenge(0, &member_vote(Some(1), &[1]));
    scene.challenge(0, &member_vote(Some(1), &[1]));
    counts(scene, &[], &[totals(&[0; 3], Some(0)), totals(&[0; 4], None)]);
}

#[test]
fn one_ballot_is_decrypted_if_the_minimum_allows() {
    let mut scene = Scene::open(Manifest { minimum: 1, ..manifest() }, &[(1, MEMBERS), (1, GUESTS)]);
    scene.vote(0, &member_vote(Some(2), &[0, 3]));
    let report = counts(scene, &[1, 3], &[totals(&[0, 0, 1], Some(0)), totals(&[1, 0, 0, 1], None)]);
    assert!(warns(&report, "unanimous"));
}

#[test]
fn one_ballot_is_withheld_if_the_minimum_says_so() {
    let mut scene = Scene::open(manifest(), &[(1, MEMBERS), (1, GUESTS)]);
    scene.vote(1, &guest_vote(&[0, 3]));
    // Nobody voted for the chair: a group of no ballots is never withheld.
    let report = counts(scene, &[], &[totals(&[0; 3], Some(0)), ContestResult::Withheld]);
    assert!(warns(&report, "result_withheld"));
}

#[test]
fn one_group_is_withheld_and_the_other_shown() {
    let mut scene = Scene::open(manifest(), &[(1, MEMBERS), (1, GUESTS), (1, GUESTS)]);
    scene.vote(0, &member_vote(Some(1), &[0]));
    scene.vote(1, &guest_vote(&[0, 1]));
    scene.vote(2, &guest_vote(&[1, 2]));
    let report = counts(scene, &[2, 3], &[ContestResult::Withheld, totals(&[2, 2, 1, 0], None)]);
    assert!(warns(&report, "result_withheld"));
}

#[test]
fn an_option_that_nobody_chose_has_none() {
    let mut scene = Scene::open(manifest(), &[(1, MEMBERS), (1, MEMBERS)]);
    scene.vote(0, &member_vote(Some(0), &[1, 2]));
    scene.vote(1, &member_vote(Some(2), &[1]));
    counts(scene, &[1, 2], &[totals(&[1, 0, 1], Some(0)), totals(&[0, 2, 1, 0], None)]);
}

#[test]
fn everybody_votes_blank() {
    let mut scene = Scene::open(manifest(), &[(1, MEMBERS), (2, MEMBERS), (1, GUESTS)]);
    scene.vote(0, &member_vote(None, &[]));
    scene.vote(1, &member_vote(None, &[]));
    scene.vote(2, &guest_vote(&[]));
    let report = counts(scene, &[1, 2], &[totals(&[0; 3], Some(3)), totals(&[0; 4], None)]);
    assert_eq!(report.ballots.unwrap().blank, 3);
}

#[test]
fn any_two_of_three_decrypt_and_all_three() {
    for decrypting in [&[1, 2][..], &[1, 3], &[2, 3], &[1, 2, 3]] {
        let mut scene = Scene::open(manifest(), &[(1, MEMBERS), (1, MEMBERS)]);
        scene.vote(0, &member_vote(Some(0), &[1]));
        scene.vote(1, &member_vote(None, &[1, 3]));
        counts(scene, decrypting, &[totals(&[1, 0, 0], Some(1)), totals(&[0, 2, 0, 1], None)]);
    }
}

#[test]
fn shares_may_come_in_any_order() {
    let mut scene = Scene::open(manifest(), &[(1, MEMBERS), (1, MEMBERS)]);
    scene.everybody_votes();
    scene.provide(Kind::Close);
    scene.steps(&[3, 1], Kind::Share);
    scene.play_on();
    assert_eq!(scene.result(), [totals(&[2, 0, 0], Some(0)), totals(&[2, 0, 0, 0], None)]);
    assert_valid(&scene.record().verify());
}

#[test]
fn one_trustee_alone() {
    let alone = Manifest { trustees: trustees(1), threshold: 1, quorum: 1, ..manifest() };
    let mut scene = Scene::open(alone, &[(1, MEMBERS), (1, MEMBERS)]);
    scene.vote(0, &member_vote(Some(0), &[1]));
    scene.vote(1, &member_vote(Some(1), &[2]));
    let report = counts(scene, &[1], &[totals(&[1, 1, 0], Some(0)), totals(&[0, 1, 1, 0], None)]);
    assert!(warns(&report, "single_trustee"));
}

#[test]
fn all_trustees_are_needed() {
    let mut scene = Scene::open(Manifest { threshold: 3, quorum: 3, ..manifest() }, &[(1, MEMBERS), (1, MEMBERS)]);
    scene.vote(0, &member_vote(Some(0), &[1]));
    scene.vote(1, &member_vote(Some(1), &[2]));
    counts(scene, &[1, 2, 3], &[totals(&[1, 1, 0], Some(0)), totals(&[0, 1, 1, 0], None)]);
}

#[test]
fn weights_count_in_shared_contests() {
    let mut scene = Scene::open(manifest(), &[(5, MEMBERS), (7, MEMBERS), (100, GUESTS), (1, GUESTS)]);
    scene.vote(0, &member_vote(Some(0), &[0, 1]));
    scene.vote(1, &member_vote(None, &[1]));
    scene.vote(2, &guest_vote(&[1, 3]));
    counts(scene, &[1, 2], &[totals(&[5, 0, 0], Some(7)), totals(&[5, 112, 0, 100], None)]);
}

#[test]
fn the_last_ballot_replaces_one_of_the_same_weight() {
    let mut scene = Scene::open(manifest(), &[(40, MEMBERS), (2, MEMBERS), (3, GUESTS)]);
    scene.vote(0, &member_vote(Some(0), &[0]));
    scene.vote(1, &member_vote(Some(1), &[1]));
    scene.challenge(0, &member_vote(Some(2), &[2]));
    scene.vote(0, &member_vote(Some(2), &[2, 3]));
    scene.vote(2, &guest_vote(&[0]));
    scene.vote(0, &member_vote(None, &[1]));
    scene.vote(2, &guest_vote(&[3]));
    counts(scene, &[2, 3], &[totals(&[0, 2, 0], Some(40)), totals(&[0, 42, 0, 3], None)]);
}

#[test]
fn the_largest_roll_counts() {
    // 2^40 votes in all, which is the most. Totals that large are searched for, so they stay small here.
    let mut scene = Scene::open(manifest(), &[((1 << 40) - 3, MEMBERS), (1, MEMBERS), (2, MEMBERS)]);
    scene.vote(1, &member_vote(Some(0), &[3]));
    scene.vote(2, &member_vote(Some(1), &[3]));
    counts(scene, &[1, 2], &[totals(&[1, 2, 0], Some(0)), totals(&[0, 0, 0, 3], None)]);
}

#[test]
fn contests_of_every_form_count() {
    // All of them, none or all, exactly so many, slack that is no power of two, blank only, one option.
    let contests = vec![
        contest("approval", 3, 0, 3, false),
        contest("exactly", 4, 2, 2, true),
        contest("slack", 7, 1, 7, true),
        contest("single", 1, 1, 1, false),
        contest("optional", 1, 0, 1, true),
    ];
    let every = Manifest { contests, styles: vec![style("All", &[0, 1, 2, 3, 4])], ..manifest() };
    let mut scene = Scene::open(every, &[(1, MEMBERS), (2, MEMBERS), (4, MEMBERS)]);
    let blank = || tabella_election::contest::Selection::Blank;
    let votes = [
        [options(&[]), options(&[0, 3]), options(&[0, 1, 2, 3, 4, 5, 6]), options(&[0]), options(&[0])],
        [options(&[0, 1, 2]), blank(), options(&[6]), options(&[0]), options(&[])],
        [options(&[1]), options(&[1, 2]), blank(), options(&[0]), blank()],
    ];
    for (voter, vote) in votes.into_iter().enumerate() {
        scene.vote(voter, &(0..).zip(vote).collect());
    }
    let expected = [
        totals(&[2, 6, 2], None),
        totals(&[1, 4, 4, 1], Some(2)),
        totals(&[1, 1, 1, 1, 1, 1, 3], Some(4)),
        totals(&[7], None),
        totals(&[1], Some(4)),
    ];
    counts(scene, &[1, 3], &expected);
}

#[test]
fn policies_of_every_form_are_kept_to() {
    let witness = witness_key().verifier().to_string();
    let log = log_line();
    let policies = [
        format!("# a comment\n\n{log}witness w {witness} https://w.example\nquorum w"),
        format!("{log}witness w {witness}\ngroup g all w\ngroup h 1 g\nquorum h\n# the end\n"),
        format!(
            "{}\n \t# more\n\t witness   w\t{witness}\nquorum w\n\n",
            log.trim_end().to_owned() + " https://example.org"
        ),
        format!("{log}witness w {witness}\ngroup g any w\nquorum none\n"),
    ];
    for policy in policies {
        let mut scene = Scene::new(Manifest { policy, ..manifest() });
        scene.play_on();
        assert_valid(&scene.record().verify());
    }
}
