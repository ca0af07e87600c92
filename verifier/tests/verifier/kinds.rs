//! Valid records of every kind of contest, and what is said of their results.

use crate::bytes::{text, uint};
use crate::papers::{self, Paper};
use crate::questions::{Kind, Question, counted_by};
use crate::tampering::{NO_POINT, flip, set, shorten};
use crate::world::{Dishonesty, Draft, Plan, Tamper, build};
use crate::{failures, report};
use ciborium::Value;
use curve25519_dalek::Scalar;
use tabella_verifier::render;
use tabella_verifier::report::{ContestReport, OutcomeReport, Report, Verdict};

fn plan(paper: Paper) -> Plan {
    Plan { paper, ..Plan::default() }
}

#[track_caller]
fn valid(paper: Paper) -> Report {
    let found = report(build(plan(paper), None).board.files());
    assert_eq!(failures(&found), []);
    assert_eq!(found.verdict, Verdict::Valid);
    found
}

fn first(report: &Report) -> &ContestReport {
    &report.result.as_ref().unwrap().contests[0]
}

fn totals(contest: &ContestReport) -> Vec<u64> {
    contest.options.iter().map(|option| option.total.unwrap()).collect()
}

fn outcome(contest: &ContestReport) -> &OutcomeReport {
    contest.outcome.as_ref().unwrap().as_ref().unwrap()
}

/// The weights of the counted ballots "again", "second" and "third".
fn weights() -> [u64; 3] {
    let voters = build(Plan::default(), None).voters;
    [voters[0].weight, voters[1].weight, voters[2].weight]
}

/// Totals of the votes of the counted ballots.
fn sums(votes: [&[u64]; 3]) -> Vec<u64> {
    let weights = weights();
    (0..votes[0].len())
        .map(|place| votes.iter().zip(weights).map(|(vote, weight)| vote[place] * weight).sum())
        .collect()
}

#[test]
fn points() {
    let report = valid(papers::score());
    let contest = first(&report);
    assert_eq!(totals(contest), sums([&[0, 1, 5], &[4, 4, 0], &[0, 5, 1]]));
    assert_eq!((contest.kind.as_str(), contest.ballots, contest.weight), ("score", 3, weights().iter().sum()));
    assert_eq!(outcome(contest).elected.len(), 2);
    let report = valid(papers::positional());
    assert_eq!(totals(first(&report)), sums([&[3, 5, 0, 0], &[0, 3, 5, 0], &[0, 0, 5, 0]]));
    let report = valid(papers::quadratic());
    assert_eq!(totals(first(&report)), sums([&[1, 1, 1], &[3, 3, 1], &[0, 0, 4]]));
}

#[test]
fn rankings() {
    for (ties, method) in
        [(false, "condorcet"), (true, "copeland"), (true, "schulze"), (false, "ranked-pairs"), (false, "schulze")]
    {
        let report = valid(papers::ranking(ties, method));
        let contest = first(&report);
        let third: [u64; 4] = if ties { [1, 1, 0, 0] } else { [3, 1, 2, 0] };
        let ballots = [([2, 0, 1, 3], weights()[0]), ([1, 0, 2, 3], weights()[1]), (third, weights()[2])];
        let above = |a: usize, b: usize| {
            ballots.iter().filter(|(places, _)| places[a] < places[b]).map(|(_, weight)| weight).sum()
        };
        let pairs: Vec<Vec<u64>> = (0..4).map(|a| (0..4).map(|b| above(a, b)).collect()).collect();
        assert_eq!(contest.pairs, Some(pairs), "{method}");
        assert!(contest.options.iter().all(|option| option.total.is_none()));
        assert_eq!((outcome(contest).method.as_str(), outcome(contest).seats), (method, 1));
        let text = render::text(&report);
        assert!(text.contains("     A  Option 1") && text.contains("that of the column:\n"), "{text}");
    }
}

#[test]
fn lists() {
    for method in ["highest", "dhondt", "sainte-lague", "largest-remainder"] {
        let report = valid(papers::lists(method));
        let contest = first(&report);
        let sums = sums([&[0, 0, 0, 1, 0, 0, 0, 1], &[0, 0, 1, 0, 1, 0, 0, 1], &[1, 1, 0, 0, 0, 1, 0, 0]]);
        assert_eq!(totals(contest), sums[..5]);
        let lists: Vec<u64> = contest.lists.iter().flatten().map(|list| list.total.unwrap()).collect();
        assert_eq!(lists, sums[5..]);
        let seats = outcome(contest).lists.as_ref().map(|lists| lists.iter().map(|list| list.seats).sum::<u64>());
        assert_eq!(seats, (method != "highest").then_some(3), "{method}");
    }
}

#[test]
fn allocations() {
    for (amount, range) in
        [(9, false), (9, true), (65_535, true), (70_000, false), (1_000_000, true), (4_294_967_295, true)]
    {
        let report = valid(papers::allocation(amount, range));
        let contest = first(&report);
        let (third, half) = (amount / 3, amount / 2);
        let votes = sums([&[0, 0, amount], &[third, half, amount - third - half], &[amount - 2, 1, 1]]);
        assert_eq!(totals(contest), votes, "{amount}");
    }
}

#[test]
fn all_kinds_on_one_ballot() {
    let report = valid(papers::all_kinds());
    let contests = &report.result.as_ref().unwrap().contests;
    for contest in contests {
        assert_eq!(contest.pairs.is_some(), contest.kind == "ranking", "{}", contest.kind);
    }
    let kinds: Vec<&str> = contests.iter().map(|contest| contest.kind.as_str()).collect();
    let wanted = [
        "choice",
        "ranking",
        "allocation",
        "quadratic",
        "lists",
        "allocation",
        "positional",
        "ranking",
        "score",
        "allocation",
    ];
    assert_eq!(kinds, wanted);
    let ballots: Vec<u64> = contests.iter().map(|contest| contest.ballots).collect();
    assert!(
        ballots.iter().step_by(2).all(|count| *count == 3) && ballots.iter().skip(1).step_by(2).all(|count| *count < 3)
    );
    let withheld = Plan { minimum: 3, ..plan(papers::all_kinds()) };
    let report = crate::report(build(withheld, None).board.files());
    assert_eq!(failures(&report), []);
    let ranking = &report.result.as_ref().unwrap().contests[1];
    assert_eq!(
        (ranking.withheld, &ranking.pairs, ranking.outcome.as_ref().unwrap().is_none()),
        (true, &Some(vec![]), true)
    );
    let nobody = Plan { no_ballots: true, ..plan(papers::all_kinds()) };
    let report = crate::report(build(nobody, None).board.files());
    assert_eq!(failures(&report), []);
    let contests = &report.result.as_ref().unwrap().contests;
    assert!(contests[1].outcome.as_ref().unwrap().is_none() && contests[0].outcome.is_none());
    assert_eq!(contests[1].pairs, Some(vec![vec![0; 4]; 4]));
}

/// What is not a vote, proved as if it were one, in each kind.
#[test]
fn dishonest_ballots() {
    let cases: [(Paper, Dishonesty); 15] = [
        (papers::two_choices(), |device| device.coordinates[0] = 2),
        (papers::score(), |device| device.coordinates[0] ^= 1),
        (papers::score(), |device| device.coordinates[1] = 3),
        (papers::positional(), |device| device.coordinates[0] ^= 1),
        // Rank 3 is given twice.
        (papers::positional(), |device| device.coordinates[7..9].fill(1)),
        // Rank 3 without rank 2, as rank 1 must be given.
        (papers::positional(), |device| device.coordinates[3..].copy_from_slice(&[0, 0, 0, 0, 1, 0, 0, 0])),
        (papers::quadratic(), |device| device.coordinates[0] ^= 1),
        (papers::ranking(false, "schulze"), |device| device.coordinates.copy_from_slice(&[1, 0, 1, 1, 1, 1])),
        (papers::ranking(true, "schulze"), |device| device.coordinates[0..4].fill(1)),
        (papers::lists("dhondt"), |device| device.coordinates[0] ^= 1),
        (papers::lists("dhondt"), |device| device.coordinates[2] ^= 1),
        (papers::allocation(9, false), |device| device.coordinates[3] = 2),
        // More than there is, so that the last option has less than nothing.
        (papers::allocation(9, true), |device| device.coordinates[0] = 10),
        (papers::allocation(70_000, true), |device| device.coordinates[0] = 65_536),
        (papers::allocation(70_000, false), |device| device.coordinates[16] = 1),
    ];
    cases.into_iter().for_each(|(paper, change)| is_caught(paper, change));
}

#[track_caller]
fn is_caught(paper: Paper, change: Dishonesty) {
    let kind = paper.questions[0].kind.clone();
    let world = build(Plan { dishonest: Some(change), ..plan(paper) }, None);
    let found = failures(&report(world.board.files()));
    assert_eq!(found, [("proof_invalid".to_owned(), world.tampered, None)], "{kind:?}");
}

/// Each equation alone is wrong, and all else is made to fit.
#[test]
fn ballots_that_lie_in_one_thing() {
    // E2: what is encrypted is not what is proved.
    is_caught(papers::score(), |device| device.lies.encrypted = Some(vec![1_000, 0, 0]));
    // E3: by another voter's secret.
    is_caught(papers::score(), |device| device.lies.kappa = Some(Scalar::ONE));
    // E4: what is in range is not what is encrypted.
    is_caught(papers::allocation(9, true), |device| device.lies.in_range = Some(vec![0, 0, 9]));
}

/// Changes one thing of one entry of a record with ranged slots.
#[track_caller]
fn refused(paper: fn() -> Paper, label: &'static str, code: &str, change: fn(&mut Draft)) {
    let world = build(plan(paper()), Some(Tamper { label, change }));
    assert_eq!(failures(&report(world.board.files())), [(code.to_owned(), world.tampered, None)], "{label}");
}

/// Three ranged slots: a proof of 4 values of 16 bits has 32·(2·6 + 9) bytes; then 5 points, 2 coordinates, 4 scalars.
#[test]
fn parts_of_ranged_ballots() {
    fn paper() -> Paper {
        papers::allocation(9, true)
    }
    fn proof(draft: &mut Draft) -> &mut Value {
        &mut draft.items()[5]
    }
    const RANGE: usize = 3 * 32;
    const COMMITMENTS: usize = RANGE + 32 * 21;
    const RESPONSES: usize = COMMITMENTS + 5 * 32;
    refused(paper, "ballot 2", "ballot_length", |draft| shorten(proof(draft)));
    refused(paper, "ballot 2", "ballot_length", |draft| {
        assert_eq!(proof(draft).as_bytes().unwrap().len(), RESPONSES + 6 * 32);
        // As if no slot were ranged.
        let whole = proof(draft).as_bytes().unwrap().clone();
        *proof(draft) =
            Value::Bytes([&whole[COMMITMENTS..COMMITMENTS + 128], &whole[RESPONSES..RESPONSES + 160]].concat());
    });
    refused(paper, "ballot 2", "point_invalid", |draft| set(proof(draft), 32, &NO_POINT));
    refused(paper, "ballot 2", "point_invalid", |draft| set(proof(draft), COMMITMENTS + 128, &NO_POINT));
    refused(paper, "ballot 2", "scalar_invalid", |draft| set(proof(draft), RESPONSES + 160, &NO_POINT));
    // Points of the range proof itself are judged with it.
    refused(paper, "ballot 2", "proof_invalid", |draft| set(proof(draft), RANGE, &NO_POINT));
    refused(paper, "ballot 2", "proof_invalid", |draft| flip(proof(draft), RANGE + 4 * 32));
    refused(paper, "ballot 2", "proof_invalid", |draft| flip(proof(draft), RANGE + 20 * 32));
    refused(paper, "ballot 2", "proof_invalid", |draft| flip(proof(draft), RESPONSES + 160));
    // A commitment to 0 that hides nothing, and no S'.
    refused(paper, "ballot 2", "proof_invalid", |draft| set(proof(draft), 0, &[0; 32]));
    refused(paper, "ballot 2", "proof_invalid", |draft| set(proof(draft), COMMITMENTS + 128, &[0; 32]));
}

#[test]
fn openings_of_ranged_slots() {
    fn paper() -> Paper {
        papers::allocation(9, true)
    }
    fn coordinate(draft: &mut Draft, value: u64) {
        draft.items()[5].as_array_mut().unwrap()[0] = uint(value);
    }
    // Above all slots, below all, and beyond what an opening may say.
    refused(paper, "challenge", "opening_invalid", |draft| coordinate(draft, 1));
    refused(paper, "challenge", "opening_invalid", |draft| coordinate(draft, 10));
    refused(paper, "challenge", "opening_invalid", |draft| coordinate(draft, 65_536));
    refused(paper, "challenge", "opening_invalid", |draft| coordinate(draft, u64::MAX));
    refused(paper, "challenge", "ballot_length", |draft| {
        draft.items()[5].as_array_mut().unwrap().push(uint(0));
    });
}

#[test]
fn totals_of_other_kinds() {
    fn lists() -> Paper {
        papers::lists("dhondt")
    }
    fn contest(draft: &mut Draft) -> &mut Vec<Value> {
        draft.key(3).as_array_mut().unwrap()[0].as_array_mut().unwrap()
    }
    refused(lists, "result", "result_shape", |draft| drop(contest(draft).pop()));
    refused(lists, "result", "result_total", |draft| contest(draft)[7] = uint(0));
    refused(|| papers::allocation(70_000, false), "result", "result_total", |draft| contest(draft).swap(0, 1));
    refused(lists, "result", "payload_malformed", |draft| contest(draft)[0] = text("1"));
}

/// Two voters who voted alike, by the totals.
#[test]
fn unanimous_results_are_told() {
    let told = |paper: Paper| {
        let report = valid(paper);
        report.warnings.iter().any(|warning| warning.code == "unanimous")
    };
    let all = |question: Question, vote: &[u64]| Paper::single(question, [vote; 5]);
    let score = || Question::new("s", 2, Kind::Score { most: 5, min: 0, max: 8 });
    assert!(told(all(score(), &[5, 0])));
    // By the totals, others could have voted so.
    assert!(!told(all(score(), &[5, 1])));
    let positional = || Question::new("p", 4, Kind::Positional { min: 0, weights: vec![5, 3, 1] });
    assert!(told(all(positional(), &[0, 1, 0, 2])));
    assert!(told(all(positional(), &[3, 1, 0, 2])));
    assert!(told(all(positional(), &[0, 0, 0, 0])));
    assert!(!told(Paper::single(
        positional(),
        [&[1, 0, 0, 0], &[1, 0, 0, 0], &[1, 0, 0, 0], &[0, 1, 0, 0], &[1, 0, 0, 0]]
    )));
    let ranking = |ties| Question::new("r", 3, Kind::Ranking { ties });
    assert!(told(all(ranking(false), &[2, 0, 1])));
    assert!(told(all(ranking(true), &[0, 0, 1])));
    for amount in [9, 70_000] {
        let allocation = || Question::new("m", 2, Kind::Allocation { amount, range: false });
        assert!(told(all(allocation(), &[0, amount])));
        assert!(!told(all(allocation(), &[1, amount - 1])));
    }
    assert!(!told(papers::quadratic()));
}

#[test]
fn ties_are_said_plainly() {
    let question = || Question::new("s", 3, Kind::Score { most: 5, min: 2, max: 8 });
    let vote: &[u64] = &[3, 3, 1];
    let open = valid(Paper::single(question().counted(counted_by("highest", 1, None)), [vote; 5]));
    let text = render::text(&open);
    assert!(
        text.contains("A tie between Option 1 and Option 2 for 1 seat: the manifest has no tie-break.\n"),
        "{text}"
    );
    assert!(text.contains("NOT DECIDED: 1 seat") && text.contains("Option 2 – ties for a seat"), "{text}");
    let order: &[u64] = &[2, 1, 0];
    let decided = valid(Paper::single(question().counted(counted_by("highest", 1, Some(order))), [vote; 5]));
    let text = render::text(&decided);
    assert!(text.contains("for 1 seat: decided by the manifest's tie-break for Option 2.\n"), "{text}");
    assert!(text.contains("Option 2 – elected") && !text.contains("NOT DECIDED"), "{text}");
}

#[test]
fn vacant_seats_and_seats_of_lists_are_said_plainly() {
    let kind = Kind::Lists { sizes: vec![2, 0, 3], min: 0, max: 2 };
    let question = Question::new("l", 5, kind).counted(counted_by("sainte-lague", 40, None));
    let paper = Paper { questions: vec![question], ..papers::lists("dhondt") };
    let report = valid(paper);
    let outcome = outcome(first(&report));
    assert_eq!((outcome.elected.len(), outcome.undecided.len()), (5, 0));
    let seats: Vec<u64> = outcome.lists.iter().flatten().map(|list| list.seats).collect();
    assert_eq!((seats.iter().sum::<u64>(), outcome.vacant), (40, seats[0] + seats[2] - 5));
    let text = render::text(&report);
    assert!(text.contains(&format!("List 0 – {} seats\n", seats[0])), "{text}");
    assert!(text.contains(&format!("VACANT: {} seats\n", outcome.vacant)), "{text}");
    assert!(text.contains("40 seats by greatest quotients (Sainte-Laguë); elected: Option 1, Option 2"), "{text}");
}
