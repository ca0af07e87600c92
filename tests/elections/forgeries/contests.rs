//! Entry 0 whose contests break the rules of their kinds, of their counting, or of sizes; and manifests that just keep
//! them.

use std::sync::Arc;

use ciborium::Value;
use tabella_counting::rule::Method::{self, Condorcet, DHondt, Highest, LargestRemainder, RankedPairs, SainteLague};
use tabella_election::message::{
    Allocation, Choice, Contest, ContestKind, List, Lists, Manifest, Positional, Quadratic, Ranking, Score,
};
use tabella_election::{Code, Kind, authority};

use super::encodings::{body_of, sign_bytes};
use super::{Subject, Table};
use crate::scene::Scene;
use crate::scene::record::{asked, assert_valid};
use crate::scene::samples::{self, contest, counted, lists, manifest, question, style};

const MAX: u64 = u64::MAX;

pub(super) fn forge(table: &mut Table) {
    let empty = Arc::new(Scene::empty());
    let payload = authority::manifest(manifest(), &samples::authority());
    let mut subject = table.signed::<Manifest>(&empty, &payload, samples::authority());
    rules_of_kinds(&mut subject);
    rules_of_counting(&mut subject);
    texts(&mut subject);
    sizes(&mut subject);
    encodings(table, &empty);
}

fn choice(min: u64, max: u64) -> ContestKind {
    ContestKind::Choice(Choice { min, max, blank: false })
}

fn score(most: u64, min: u64, max: u64) -> ContestKind {
    ContestKind::Score(Score { most, min, max })
}

fn positional(min: u64, weights: &[u64]) -> ContestKind {
    ContestKind::Positional(Positional { min, weights: weights.to_vec() })
}

fn quadratic(credits: u64) -> ContestKind {
    ContestKind::Quadratic(Quadratic { credits })
}

fn ranking(ties: bool) -> ContestKind {
    ContestKind::Ranking(Ranking { ties })
}

fn allocation(amount: u64, range: bool) -> ContestKind {
    ContestKind::Allocation(Allocation { amount, range })
}

/// The kind in the place of the first contest's, with so many options.
fn rules_of_kinds(subject: &mut Subject<'_, Manifest>) {
    let illegal = [
        ("no points for an option", 3, score(0, 0, 0)),
        ("1,000,001 points for an option", 3, score(1_000_001, 0, 5)),
        ("points of 64 bits for an option", 3, score(MAX, 0, MAX)),
        ("no points in all", 3, score(5, 0, 0)),
        ("more points than all options can get", 3, score(5, 0, 16)),
        ("points of 64 bits in all", 3, score(5, 0, MAX)),
        ("more points at least than at most", 3, score(5, 9, 8)),
        ("no ranks", 3, positional(0, &[])),
        ("more ranks than options", 3, positional(0, &[4, 3, 2, 1])),
        ("more ranks at least than there are", 3, positional(3, &[2, 1])),
        ("ranks of 64 bits at least", 3, positional(MAX, &[2, 1])),
        ("a second rank worth more than the first", 3, positional(0, &[2, 3])),
        ("a last rank worth more than the one before", 3, positional(0, &[2, 0, 1])),
        ("a first rank worth nothing", 3, positional(0, &[0, 0])),
        ("a first rank worth 1,000,001", 3, positional(0, &[1_000_001, 1])),
        ("a first rank worth 64 bits", 3, positional(0, &[MAX, 1])),
        ("no credits", 3, quadratic(0)),
        ("1,000,001 credits", 3, quadratic(1_000_001)),
        ("credits of 64 bits", 3, quadratic(MAX)),
        ("a ranking of one", 1, ranking(false)),
        ("a ranking of one, with ties", 1, ranking(true)),
        ("lists of fewer options than the contest", 3, lists(&[1, 1], 0, 1)),
        ("lists of more options than the contest", 3, lists(&[2, 2], 0, 1)),
        ("lists of more options than 64 bits count", 3, lists(&[MAX, 4], 0, 1)),
        ("a list of 64 bits", 3, lists(&[MAX, 0], 0, 1)),
        ("more options of a list at least than at most", 3, lists(&[3], 2, 1)),
        ("no options of a list at most", 3, lists(&[2, 1], 0, 0)),
        ("a list of fewer options than are asked for", 3, lists(&[2, 1], 2, 2)),
        ("an empty list where an option is asked for", 3, lists(&[3, 0], 1, 1)),
        ("options of 64 bits at least", 3, lists(&[2, 1], MAX, MAX)),
        ("nothing to split", 3, allocation(0, false)),
        ("nothing to split, with range", 3, allocation(0, true)),
        ("an amount of 2^32", 3, allocation(1 << 32, false)),
        ("an amount of 2^32, with range", 3, allocation(1 << 32, true)),
        ("an amount of 64 bits", 3, allocation(MAX, true)),
    ];
    for (name, options, kind) in illegal {
        subject.with(name, Code::ManifestContest, |manifest| {
            manifest.contests[0] = question("chair", options, kind);
        });
    }
    subject.with("a kind and a style that break rules", Code::ManifestContest, |manifest| {
        manifest.contests[1] = question("seats", 2, quadratic(0));
        manifest.styles[0].contests.clear();
    });
}

fn rules_of_counting(subject: &mut Subject<'_, Manifest>) {
    let mut refused = |name: &str, asked: Contest, method: Method, seats: u64, tie_break: Option<&[u64]>| {
        subject.with(&format!("{method}: {name}"), Code::ManifestContest, |manifest| {
            manifest.contests[0] = counted(asked, method, seats, tie_break);
        });
    };
    let of_options = || question("chair", 3, choice(0, 2));
    let of_pairs = || question("chair", 3, ranking(true));
    let of_lists = || question("chair", 3, lists(&[2, 1], 0, 1));
    for (name, tie_break) in [
        ("nobody in the tie-break", &[][..]),
        ("one too few in the tie-break", &[0, 1]),
        ("one too many in the tie-break", &[0, 1, 2, 3]),
        ("one twice in the tie-break", &[0, 1, 1]),
        ("a stranger in the tie-break", &[1, 2, 3]),
        ("64 bits in the tie-break", &[0, 1, MAX]),
    ] {
        refused(name, of_options(), Highest, 1, Some(tie_break));
        refused(name, of_pairs(), RankedPairs, 1, Some(tie_break));
    }
    refused("no lists in the tie-break", of_lists(), DHondt, 1, Some(&[0, 1, 2]));
    refused("no options in the tie-break", of_lists(), SainteLague, 1, Some(&[0, 1]));
    refused("no lists in the tie-break", of_lists(), Highest, 1, Some(&[2, 1, 0]));
    refused("a list too many in the tie-break", of_lists(), LargestRemainder, 1, Some(&[0, 1, 2, 3, 4, 5]));
    refused("a tie-break", of_pairs(), Condorcet, 1, Some(&[0, 1, 2]));

    for method in Method::ALL {
        refused("no seats", fitting(*method), *method, 0, None);
        refused("seats of 64 bits", fitting(*method), *method, MAX, None);
    }
    refused("more seats than options", of_options(), Highest, 4, None);
    refused("more seats than options of all lists", of_lists(), Highest, 4, None);
    for method in [DHondt, SainteLague, LargestRemainder] {
        refused("1,001 seats", of_lists(), method, 1_001, None);
    }
    let without_options = || question("chair", 0, lists(&[0, 0], 0, 1));
    refused("a seat for lists without options", without_options(), Highest, 1, None);

    // Each kind has some methods and no other.
    for kind in [
        choice(1, 1),
        score(1, 0, 1),
        positional(0, &[1]),
        quadratic(1),
        allocation(1, false),
        allocation(70_000, true),
    ] {
        for method in Method::ALL.iter().filter(|method| **method != Highest) {
            refused(kind.name(), question("chair", 2, kind.clone()), *method, 1, None);
        }
    }
    for method in Method::ALL {
        if matches!(fitting(*method).kind, ContestKind::Ranking(_)) {
            refused("2 seats", of_pairs(), *method, 2, None);
            refused("of lists", of_lists(), *method, 1, None);
        } else {
            refused("of pairs", of_pairs(), *method, 1, None);
            refused("of pairs without ties", question("chair", 3, ranking(false)), *method, 1, None);
        }
    }
    subject.with("a kind and a counting rule that break rules", Code::ManifestContest, |manifest| {
        manifest.contests[0] = counted(question("chair", 3, choice(2, 1)), Highest, 0, None);
    });
}

/// A contest that has this method.
fn fitting(method: Method) -> Contest {
    match method {
        Highest => question("chair", 3, choice(0, 2)),
        Condorcet | Method::Copeland | Method::Schulze | RankedPairs => question("chair", 3, ranking(true)),
        DHondt | SainteLague | LargestRemainder => question("chair", 3, lists(&[2, 1], 0, 1)),
    }
}

/// Lists have texts as options have them; only contests of lists may be without options.
fn texts(subject: &mut Subject<'_, Manifest>) {
    let mut of_lists = |name: &str, change: fn(&mut Vec<List>)| {
        subject.with(name, Code::ManifestText, |manifest| {
            let mut kind = Lists { lists: Vec::new(), min: 0, max: 1 };
            if let ContestKind::Lists(sample) = lists(&[2, 1], 0, 1) {
                kind.lists = sample.lists;
            }
            change(&mut kind.lists);
            manifest.contests[0] = question("chair", 3, ContestKind::Lists(kind));
        });
    };
    of_lists("a list without id", |lists| lists[1].id.clear());
    of_lists("a list without title", |lists| lists[1].title.clear());
    of_lists("a list's id twice", |lists| lists[1].id = lists[0].id.clone());
    of_lists("a newline in a list's title", |lists| lists[0].title.push('\n'));
    of_lists("a list's title of 1,001 bytes", |lists| lists[0].title = "a".repeat(1_001));
    of_lists("a list's id of 1,001 bytes", |lists| lists[0].id = "a".repeat(1_001));
    of_lists("no lists", Vec::clear);
    subject.with("501 lists", Code::ManifestText, |manifest| {
        manifest.contests[0] = question("chair", 3, lists(&[&[3][..], &[0; 500]].concat(), 0, 1));
    });
    subject.with("501 options of lists", Code::ManifestText, |manifest| {
        manifest.contests[0] = question("chair", 501, lists(&[500, 1], 0, 1));
    });
    for kind in [score(1, 0, 1), positional(0, &[1]), quadratic(1), ranking(false), ranking(true), allocation(1, true)]
    {
        subject.with(&format!("{} without options", kind.name()), Code::ManifestText, |manifest| {
            manifest.contests[0] = question("chair", 0, kind);
        });
    }
}

/// Contests of one style.
fn of_one_style(contests: Vec<Contest>) -> Manifest {
    let all: Vec<u64> = (0..contests.len() as u64).collect();
    Manifest { contests, styles: vec![style("All", &all)], ..manifest() }
}

/// Ballots that are as large as may be, and ones that are too large by the least that one option more makes.
fn largest() -> Vec<(&'static str, Vec<Contest>, Vec<Contest>)> {
    let one = |options, kind| vec![question("one", options, kind)];
    // n options from 0 to 3: n slots, n − 1 coordinates and 2 of slack.
    let many = |kind: ContestKind, options, rest| {
        vec![question("one", options, kind), question("two", 500, choice(0, 3)), question("three", rest, choice(0, 3))]
    };
    vec![
        // 10 coordinates and a slot for each option, and 20 of slack.
        ("quadratic", one(170, quadratic(1_000_000)), one(171, quadratic(1_000_000))),
        // 43 ranks of each option, and its slot; a coordinate less for each rank that must be given.
        ("positional", one(43, positional(0, &[1; 43])), one(44, positional(7, &[1; 43]))),
        // 930 and 992 coordinates, and as many slots.
        ("ranking with ties", one(31, ranking(true)), one(32, ranking(true))),
        ("ranking", one(44, ranking(false)), one(45, ranking(false))),
        // 32 bits and 2 slots for each option, less one bit.
        ("allocation by bits", one(55, allocation((1 << 32) - 1, false)), one(56, allocation((1 << 32) - 1, false))),
        ("128 ranged slots", one(128, allocation(9, true)), one(129, allocation(9, true))),
        ("128 ranged limbs", one(64, allocation(70_000, true)), one(65, allocation(70_000, true))),
        (
            "128 ranged slots of two contests",
            vec![question("one", 100, allocation(9, true)), question("two", 14, allocation(70_000, true))],
            vec![question("one", 101, allocation(9, true)), question("two", 14, allocation(70_000, true))],
        ),
        // 299 of 100 ranged slots, 1,001 of 500 options, 599 of 299 and 601 of 300 options.
        ("a ballot with ranged slots", many(allocation(9, true), 100, 299), many(allocation(9, true), 100, 300)),
        // 20 coordinates and a slot for each option.
        ("score", one(90, score(1_000_000, 0, 1)), one(91, score(1_000_000, 0, 1))),
    ]
}

fn sizes(subject: &mut Subject<'_, Manifest>) {
    for (name, _, too_large) in largest() {
        subject.with(&format!("more than {name}"), Code::ManifestSize, |manifest| *manifest = of_one_style(too_large));
    }
    subject.with("styles whose shapes are too large together", Code::ManifestSize, |manifest| {
        *manifest = of_large_shapes(34);
    });
}

/// So many styles of a ranking, with ties, of 31 options and of another contest: 930 coordinates, 930 slots and 28,365
/// constraints are in each shape of them.
fn of_large_shapes(styles: u64) -> Manifest {
    let others = (1..=styles).map(|number| contest(&format!("c{number}"), 1, 1, 1, false));
    let contests = std::iter::once(question("ranking", 31, ranking(true))).chain(others).collect();
    let styles = (1..=styles).map(|number| style(&format!("Style {number}"), &[0, number])).collect();
    Manifest { contests, styles, ..manifest() }
}

#[test]
fn manifests_of_the_largest_sizes_are_accepted() {
    let largest = largest().into_iter().map(|(name, contests, _)| (name, of_one_style(contests)));
    for (name, manifest) in largest.chain([("the largest shapes", of_large_shapes(33))]) {
        let mut scene = Scene::empty();
        let payload = authority::manifest(manifest, &samples::authority());
        assert_eq!(scene.send(Kind::Manifest, &payload), Ok(()), "{name}");
        assert_valid(&scene.record().verify_as(&asked(None, true)));
    }
}

/// The map of a contest, as bytes: names that nobody knows, and other types, are no manifest at all.
fn encodings(table: &mut Table, empty: &Arc<Scene>) {
    let ranked = counted(question("chair", 3, ranking(true)), RankedPairs, 1, Some(&[0, 1, 2]));
    let body = body_of(&authority::manifest(
        Manifest { contests: vec![ranked], styles: vec![style("All", &[0])], ..manifest() },
        &samples::authority(),
    ));
    let text = |text: &str| Value::Text(text.to_owned());
    let map = |pairs: &[(u64, Value)]| {
        Value::Map(pairs.iter().map(|(key, value)| (Value::from(*key), value.clone())).collect())
    };
    let kind = |name: &str, parameters: Value| Value::Array(vec![text(name), parameters]);
    let ties = || map(&[(0, true.into())]);
    let rule = |parts: &[Value]| Value::Array(parts.to_vec());
    let order = || Value::Array([0, 1, 2].map(Value::from).to_vec());
    let changes: Vec<(&str, u64, Value)> = vec![
        ("another name", 3, kind("order", ties())),
        ("a name in capitals", 3, kind("Ranking", ties())),
        ("no name", 3, kind("", ties())),
        ("a name alone", 3, text("ranking")),
        ("no parameters", 3, Value::Array(vec![text("ranking")])),
        ("parameters that are null", 3, kind("ranking", Value::Null)),
        ("a parameter too few", 3, kind("ranking", map(&[]))),
        ("a parameter too many", 3, kind("ranking", map(&[(0, true.into()), (1, true.into())]))),
        ("a parameter of another type", 3, kind("ranking", map(&[(0, 1.into())]))),
        ("the parameters of another kind", 3, kind("quadratic", ties())),
        ("negative credits", 3, kind("quadratic", map(&[(0, (-1).into())]))),
        ("a third part", 3, Value::Array(vec![text("ranking"), ties(), Value::Null])),
        ("a kind that is null", 3, Value::Null),
        ("another method", 4, rule(&[text("borda"), 1.into(), order()])),
        ("a method in capitals", 4, rule(&[text("Schulze"), 1.into(), order()])),
        ("a method that is null", 4, rule(&[Value::Null, 1.into(), order()])),
        ("a method alone", 4, text("schulze")),
        ("no tie-break", 4, rule(&[text("schulze"), 1.into()])),
        ("a fourth part of a rule", 4, rule(&[text("schulze"), 1.into(), order(), Value::Null])),
        ("seats that are null", 4, rule(&[text("schulze"), Value::Null, order()])),
        ("seats below nothing", 4, rule(&[text("schulze"), (-1).into(), order()])),
        ("a tie-break that is a number", 4, rule(&[text("schulze"), 1.into(), 0.into()])),
        ("a tie-break of texts", 4, rule(&[text("schulze"), 1.into(), Value::Array(vec![text("0")])])),
        ("a counting rule that is false", 4, false.into()),
        ("an empty counting rule", 4, rule(&[])),
        ("an option that is a text", 2, Value::Array(vec![text("one"), text("two")])),
    ];
    for (name, key, value) in changes {
        let mut changed: Value = ciborium::from_reader(body.as_slice()).unwrap();
        *field(field(&mut changed, 7).as_array_mut().unwrap().first_mut().unwrap(), key) = value;
        let mut bytes = Vec::new();
        ciborium::into_writer(&changed, &mut bytes).unwrap();
        let payload = sign_bytes(Kind::Manifest, &bytes, &samples::authority());
        table.payload(format!("contest's encoding: {name}"), Code::PayloadMalformed, empty, Kind::Manifest, &payload);
    }
}

/// The value under a key of a map.
fn field(map: &mut Value, key: u64) -> &mut Value {
    let pairs = map.as_map_mut().unwrap();
    &mut pairs.iter_mut().find(|(name, _)| *name == Value::from(key)).unwrap().1
}
