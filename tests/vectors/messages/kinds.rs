//! Manifests with contests of every kind: one change each.

use serde_json::Value;
use tabella_counting::rule::Method::{DHondt, Highest, Schulze};
use tabella_election::Code;
use tabella_election::message::{Contest, ContestKind, List, Manifest, Style, encode};

use super::manifests::{bad_payload, plan, set_contests, set_one_style};
use super::sign;
use crate::cbor::{Value as Cbor, integer, text};
use crate::manifest::authority_key;
use crate::question::{Question, allocation, choice, lists, positional, quadratic, ranking, score};

/// A number where it does not matter which.
const ONE: Cbor = Cbor::Integer(1);

pub fn vectors() -> Vec<Value> {
    let mut vectors = of_texts();
    vectors.extend(of_contests());
    vectors.extend(of_sizes());
    vectors.extend(malformed());
    vectors
}

fn bad(name: &str, manifest: &Manifest, expected: Option<Code>) -> Value {
    let payload = sign("manifest", &encode(manifest), &authority_key());
    bad_payload(&format!("kinds: {name}"), &plan().origin(), payload, expected)
}

fn with_contest(contest: Contest) -> Manifest {
    let mut manifest = plan().manifest();
    manifest.contests[0] = contest;
    manifest
}

/// Texts and numbers of lists: check 2.
fn of_texts() -> Vec<Value> {
    let wrong = Some(Code::ManifestText);
    let changed = |change: &dyn Fn(&mut Vec<List>)| {
        let mut contest = lists(&[1, 2, 0], 0, 2).contest(0);
        let ContestKind::Lists(parameters) = &mut contest.kind else { panic!("lists") };
        change(&mut parameters.lists);
        with_contest(contest)
    };
    let of = |question: Question| with_contest(question.contest(0));
    let mut both = with_contest(lists(&[1], 0, 1).contest(0));
    both.contests[1] = lists(&[1], 0, 1).contest(1);
    let cases = [
        ("list id empty", changed(&|lists| lists[0].id.clear()), wrong),
        ("list id of 1,001 bytes", changed(&|lists| lists[0].id = "x".repeat(1_001)), wrong),
        ("list id with a line break", changed(&|lists| lists[0].id.push('\n')), wrong),
        ("list id twice", changed(&|lists| lists[2].id = lists[0].id.clone()), wrong),
        ("list id of an option", changed(&|lists| lists[0].id = "o1".to_owned()), None),
        ("list ids alike in two contests", both, None),
        ("list title empty", changed(&|lists| lists[1].title.clear()), wrong),
        ("list title with U+0085", changed(&|lists| lists[1].title.push('\u{85}')), wrong),
        ("list title of 1,000 bytes", changed(&|lists| lists[1].title = "ß".repeat(500)), None),
        ("list title twice", changed(&|lists| lists[1].title = lists[0].title.clone()), None),
        ("no list", of(lists(&[], 0, 1)), wrong),
        ("500 lists", of(lists(&[0; 500], 0, 1)), None),
        ("501 lists", of(lists(&[0; 501], 0, 1)), wrong),
        ("lists without options", of(lists(&[0, 0], 0, 1)), None),
        ("lists of 501 options", of(lists(&[250, 251], 0, 1)), wrong),
        ("no option: score", of(score(0, 1, 0, 1)), wrong),
        ("no option: allocation", of(allocation(0, 1, true)), wrong),
        (
            "list title empty, and maximum 0",
            {
                let mut contest = lists(&[1], 0, 0).contest(0);
                let ContestKind::Lists(parameters) = &mut contest.kind else { panic!("lists") };
                parameters.lists[0].title.clear();
                with_contest(contest)
            },
            wrong,
        ),
    ];
    cases.iter().map(|(name, manifest, expected)| bad(name, manifest, *expected)).collect()
}

/// A rule of each kind, and of counting, in a manifest: check 6. messages.json has every rule by itself.
fn of_contests() -> Vec<Value> {
    let wrong = Some(Code::ManifestContest);
    let unused = {
        let mut manifest = with_contest(quadratic(2, 0).contest(0));
        manifest.styles.clone_from(&plan().manifest().styles[..1].to_vec());
        manifest
    };
    let of = |question: Question| with_contest(question.contest(0));
    let cases = [
        ("score", of(score(2, 5, 0, 9)), None),
        ("score: maximum 0", of(score(2, 5, 0, 0)), wrong),
        ("positional", of(positional(3, 1, &[2, 1])), None),
        ("positional: weights ascend", of(positional(3, 1, &[1, 2])), wrong),
        ("quadratic", of(quadratic(2, 9)), None),
        ("quadratic: no credit", of(quadratic(2, 0)), wrong),
        ("quadratic: no credit, and a contest in no style", unused, wrong),
        ("ranking", of(ranking(2, true)), None),
        ("ranking: one option", of(ranking(1, true)), wrong),
        ("lists", of(lists(&[2, 1], 1, 1)), None),
        ("lists: minimum above the maximum", of(lists(&[2, 1], 1, 0)), wrong),
        ("allocation", of(allocation(2, 9, true)), None),
        ("allocation: 2^32", of(allocation(2, 1 << 32, true)), wrong),
        ("counting: schulze", of(ranking(3, false).counted(Schulze, 1, Some(&[0, 2, 1]))), None),
        ("counting: dhondt", of(lists(&[2, 1], 0, 1).counted(DHondt, 5, Some(&[4, 0, 1, 3, 2]))), None),
        ("counting: more seats than options", of(choice(2, 1, 1, true).counted(Highest, 3, None)), wrong),
        ("counting: method of another kind", of(choice(2, 1, 1, true).counted(Schulze, 1, None)), wrong),
        ("counting: tie-break without lists", of(lists(&[2, 1], 0, 1).counted(DHondt, 5, Some(&[0, 1, 2]))), wrong),
    ];
    cases.iter().map(|(name, manifest, expected)| bad(name, manifest, *expected)).collect()
}

/// How much of a ballot contests take: check 9.
fn of_sizes() -> Vec<Value> {
    let wrong = Some(Code::ManifestSize);
    let apart = |questions: &[Question]| {
        let mut manifest = plan().manifest();
        set_contests(&mut manifest, questions.to_vec());
        manifest
    };
    let together = |questions: &[Question]| {
        let mut manifest = plan().manifest();
        set_one_style(&mut manifest, questions.to_vec());
        manifest
    };
    // Lists of two options: a list, 2 options and 2 bits of slack, of these all but one option free; and empty ones.
    let uneven = |full: usize, empty: usize| lists(&[vec![2; full], vec![0; empty]].concat(), 0, 2);
    // 128 slots, 127 coordinates, all slots ranged: 383. Choices of one of N: 2·N − 1.
    let full = |last: Question| {
        together(&[allocation(128, 9, true), choice(300, 1, 1, false), choice(300, 1, 1, false), last])
    };
    let cases = [
        ("128 ranged slots", apart(&[allocation(128, 65_535, true)]), None),
        ("129 ranged slots", apart(&[allocation(129, 65_535, true)]), wrong),
        ("128 ranged slots of two limbs", apart(&[allocation(64, 65_536, true)]), None),
        ("130 ranged slots of two limbs", apart(&[allocation(65, 65_536, true)]), wrong),
        ("129 ranged slots of two contests", together(&[allocation(64, 9, true), allocation(65, 9, true)]), wrong),
        ("129 ranged slots of two styles", apart(&[allocation(64, 9, true), allocation(65, 9, true)]), None),
        ("1,900 with ranged slots", full(choice(160, 1, 1, false)), None),
        ("1,901 with ranged slots", full(choice(160, 0, 1, false)), wrong),
        ("946 slots and coordinates of a ranking", apart(&[ranking(44, false)]), None),
        ("990 slots and coordinates of a ranking", apart(&[ranking(45, false)]), wrong),
        ("930 slots and coordinates of a ranking with ties", apart(&[ranking(31, true)]), None),
        ("992 slots and coordinates of a ranking with ties", apart(&[ranking(32, true)]), wrong),
        ("a ranking of 500", apart(&[ranking(500, true)]), wrong),
        // 20 bits each, but one: 21·N − 1, and slack.
        ("1,889 of a score", apart(&[score(90, 1_000_000, 90, 90)]), None),
        ("1,901 of a score", apart(&[score(90, 1_000_000, 0, 4_095)]), wrong),
        // 10 bits each, and 20 of slack: 11·N + 20.
        ("1,890 of a quadratic question", apart(&[quadratic(170, 1_000_000)]), None),
        ("1,901 of a quadratic question", apart(&[quadratic(171, 1_000_000)]), wrong),
        // (M + 1)·N, less one for each rank that must be given.
        ("1,900 of a positional question", apart(&[positional(380, 0, &[4, 3, 2, 1])]), None),
        ("1,905 of a positional question", apart(&[positional(381, 0, &[4, 3, 2, 1])]), wrong),
        ("1,901 of a positional question", apart(&[positional(381, 4, &[4, 3, 2, 1])]), wrong),
        // 2 slots and 32 bits each, but one.
        ("1,869 of an allocation", apart(&[allocation(55, 1 << 31, false)]), None),
        ("1,903 of an allocation", apart(&[allocation(56, 1 << 31, false)]), wrong),
        ("1,000,000 of all styles", forty_styles(false), None),
        ("1,000,002 of all styles", forty_styles(true), wrong),
        ("1,000 slots of lists", apart(&[lists(&[1; 500], 1, 1)]), None),
        ("1,001 slots of lists and a choice", apart(&[lists(&[1; 500], 1, 1), choice(1, 1, 1, false)]), wrong),
        ("1,900 of lists", apart(&[uneven(249, 79)]), None),
        ("1,901 of lists", apart(&[uneven(250, 76)]), wrong),
    ];
    cases.iter().map(|(name, manifest, expected)| bad(name, manifest, *expected)).collect()
}

/// 40 styles with 25,000 coordinates, slots and constraints each: 24,766 of a ranking, 230 of a choice, and 2 of each of
/// two small choices. The last style may have a third.
fn forty_styles(third: bool) -> Manifest {
    let mut questions = vec![ranking(29, true), choice(77, 1, 1, false)];
    questions.extend(vec![choice(1, 1, 1, false); 10]);
    let mut manifest = plan().manifest();
    set_contests(&mut manifest, questions);
    let pairs = (2..12).flat_map(|one| (one + 1..12).map(move |two| vec![0, 1, one, two]));
    let style = |(number, contests)| Style { name: format!("S{number}"), contests };
    manifest.styles = (1..=40).zip(pairs).map(style).collect();
    if third {
        manifest.styles[39].contests.push(11);
    }
    manifest
}

/// Kinds and counting rules that do not decode.
fn malformed() -> Vec<Value> {
    let value = Cbor::decode(&encode(&plan().manifest()));
    let Cbor::Map(pairs) = &value else { panic!("a map") };
    let Cbor::Array(contests) = &pairs[7].1 else { panic!("contests") };
    let with = |contest: Cbor| value.set(7, Cbor::Array(vec![contest, contests[1].clone()]));
    let array = |items: &[Cbor]| Cbor::Array(items.to_vec());
    let map =
        |values: &[Cbor]| Cbor::Map((0..).zip(values).map(|(key, value)| (integer(key), value.clone())).collect());
    let kind = |name: &str, parameters: &[Cbor]| with(contests[0].set(3, array(&[text(name), map(parameters)])));
    let counting = |rule: Cbor| with(contests[0].set(4, rule));
    let list = |options: Cbor| map(&[text("l"), text("List"), options]);
    let rule = |method: &str, seats: Cbor, tie_break: Cbor| array(&[text(method), seats, tie_break]);
    let cases = [
        ("another name", kind("Score", &[ONE, ONE, ONE])),
        ("score without a maximum", kind("score", &[ONE, ONE])),
        ("score with more", kind("score", &[ONE, ONE, ONE, ONE])),
        ("score, negative", kind("score", &[ONE, integer(-1), ONE])),
        ("positional, weights as a number", kind("positional", &[ONE, ONE])),
        ("positional, weights as texts", kind("positional", &[ONE, array(&[text("1")])])),
        ("positional, weight null", kind("positional", &[ONE, array(&[Cbor::Null])])),
        ("quadratic without credits", kind("quadratic", &[])),
        ("quadratic with a bool", kind("quadratic", &[Cbor::Bool(true)])),
        ("ranking, ties as a number", kind("ranking", &[ONE])),
        ("ranking, ties null", kind("ranking", &[Cbor::Null])),
        ("lists as numbers", kind("lists", &[array(&[ONE]), ONE, ONE])),
        ("list without a number", kind("lists", &[array(&[map(&[text("l"), text("List")])]), ONE, ONE])),
        ("list with its options", kind("lists", &[array(&[list(array(&[ONE]))]), ONE, ONE])),
        ("list, negative", kind("lists", &[array(&[list(integer(-1))]), ONE, ONE])),
        ("allocation, range as a number", kind("allocation", &[ONE, ONE])),
        ("allocation without range", kind("allocation", &[ONE])),
        ("kind with three elements", with(contests[0].set(3, array(&[text("quadratic"), map(&[ONE]), ONE])))),
        ("kind as a text", with(contests[0].set(3, text("ranking")))),
        ("counting missing", with(contests[0].without(4))),
        ("counting as a text", counting(text("highest"))),
        ("counting as a number", counting(ONE)),
        ("counting empty", counting(array(&[]))),
        ("counting without a tie-break", counting(array(&[text("highest"), ONE]))),
        ("counting with four elements", counting(array(&[text("highest"), ONE, Cbor::Null, Cbor::Null]))),
        ("counting, no method of the name", counting(rule("borda", ONE, Cbor::Null))),
        ("counting, method in upper case", counting(rule("Highest", ONE, Cbor::Null))),
        ("counting, seats null", counting(rule("highest", Cbor::Null, Cbor::Null))),
        ("counting, seats negative", counting(rule("highest", integer(-1), Cbor::Null))),
        ("counting, tie-break as a number", counting(rule("highest", ONE, integer(0)))),
        ("counting, tie-break of texts", counting(rule("highest", ONE, array(&[text("o1"), text("o2")])))),
        ("counting, tie-break negative", counting(rule("highest", ONE, array(&[integer(0), integer(-1)])))),
    ];
    let case = |(name, body): &(&str, Cbor)| {
        let payload = sign("manifest", &body.encode(), &authority_key());
        bad_payload(&format!("kinds: {name}"), &plan().origin(), payload, Some(Code::PayloadMalformed))
    };
    cases.iter().map(case).collect()
}
