//! Votes that give points: cumulative, scoring and ordinal.

use super::*;

/// Line 6 is the last of META, line 11 the last project, line 14 the first vote.
const CUMULATIVE: &str = "META
key;value
num_projects;3
num_votes;3
vote_type;cumulative
max_sum_points;6
PROJECTS
project_id;cost;votes;score
a;10;2;5
b;20;2;5
c;30;1;2
VOTES
voter_id;vote;points
1;a,b;4,2
2;b,c;3,2
3;a;1
";

const SCORING: &str = "META
key;value
num_projects;3
num_votes;3
vote_type;scoring
max_points;5
PROJECTS
project_id;cost;votes;score
a;10;2;5
b;20;2;5
c;30;1;2
VOTES
voter_id;vote;points
1;a,b;4,2
2;b,c;3,2
3;a;1
";

const ORDINAL: &str = "META
key;value
num_projects;3
num_votes;3
vote_type;ordinal
max_length;2
PROJECTS
project_id;cost;votes;score
a;10;2;3
b;20;2;3
c;30;1;2
VOTES
voter_id;vote
1;b,a
2;a,b
3;c
";

fn points<const N: usize>(points: [u64; N]) -> Arc<Vote> {
    Arc::new(Vote::Points(points.to_vec()))
}

fn ranks<const N: usize>(options: [usize; N]) -> Arc<Vote> {
    Arc::new(Vote::Ranking(options.into_iter().map(|option| BTreeSet::from([option])).collect()))
}

fn published(file: &VoteFile) -> (Vec<Option<u64>>, Vec<Option<u64>>) {
    file.options.iter().map(|option| (option.published, option.published_voters)).unzip()
}

/// The rule of a text with one thing replaced, and the limits beyond it.
#[track_caller]
fn rule(text: &str, from: &str, to: &str) -> (Rule, Vec<Limit>) {
    let file = read(&changed(text, from, to)).unwrap();
    (file.rule, file.beyond)
}

fn score(most: u64, min: u64, max: u64) -> Rule {
    Rule::Score { most, min, max }
}

#[test]
fn points_of_a_cumulative_vote_are_those_of_its_options() {
    let file = read(CUMULATIVE).unwrap();
    assert_eq!(file.votes, [points([4, 2, 0]), points([0, 3, 2]), points([1, 0, 0])]);
    assert_eq!(file.rule, score(6, 0, 6));
    assert_eq!(file.beyond, []);
    assert_eq!((file.totals().unwrap(), file.voters()), (vec![5, 5, 2], vec![2, 2, 1]));
    assert_eq!(published(&file), (vec![Some(5), Some(5), Some(2)], vec![Some(2), Some(2), Some(1)]));
    assert_eq!(file.pairwise(), None);
}

#[test]
fn votes_are_not_taken_for_a_published_score() {
    let file = read(&CUMULATIVE.replace(";score", ";public_id")).unwrap();
    assert_eq!(published(&file), (vec![None; 3], vec![Some(2), Some(2), Some(1)]));
}

#[test]
fn the_rule_of_a_cumulative_file_is_as_narrow_as_its_limits() {
    let meta = |more: &str| rule(CUMULATIVE, "max_sum_points;6", more);
    assert_eq!(meta("max_sum_points;6\nmin_sum_points;1"), (score(6, 1, 6), vec![]));
    assert_eq!(meta("max_sum_points;6\nmax_points;4"), (score(4, 0, 6), vec![]));
    assert_eq!(meta("max_sum_points;100\nmax_points;4"), (score(4, 0, 12), vec![]));
    assert_eq!(meta("max_sum_points;100\nmax_points;4\nmax_length;2"), (score(4, 0, 8), vec![Limit::Length]));
    assert_eq!(meta("max_sum_points;6\nmin_points;1"), (score(6, 1, 6), vec![]));
    assert_eq!(meta("max_sum_points;6\nmax_length;2"), (score(6, 0, 6), vec![Limit::Length]));
    assert_eq!(meta("max_sum_points;6\nmax_length;9"), (score(6, 0, 6), vec![]));
    let two_points = CUMULATIVE.replace("4,2", "1,1").replace("3,2", "2,0");
    assert_eq!(rule(&two_points, "max_sum_points;6", "max_sum_points;2\nmax_length;2"), (score(2, 0, 2), vec![]));
    let two_each = CUMULATIVE.replace("3;a;1", "3;a;2");
    let (found, beyond) = rule(&two_each, "max_sum_points;6", "max_sum_points;6\nmin_points;2");
    assert_eq!((found, beyond), (score(6, 2, 6), vec![Limit::Points]));
}

#[test]
fn projects_that_a_scoring_vote_does_not_name_get_the_default() {
    let file = read(SCORING).unwrap();
    assert_eq!(file.votes, [points([4, 2, 0]), points([0, 3, 2]), points([1, 0, 0])]);
    assert_eq!((file.rule, file.beyond), (score(5, 0, 15), vec![]));

    let file = read(&changed(SCORING, "max_points;5", "max_points;5\ndefault_score;1")).unwrap();
    assert_eq!(file.votes, [points([4, 2, 1]), points([1, 3, 2]), points([1, 1, 1])]);
    assert_eq!(file.rule, score(5, 0, 15));
    assert_eq!(file.totals().unwrap(), [6, 6, 4]);
    let (rule, _) = rule(SCORING, "max_points;5", "max_points;4\ndefault_score;2\nmax_length;2");
    assert_eq!(rule, score(4, 2, 10), "two projects with 0, the third with 2; two with 4, the third with 2");
}

#[test]
fn scoring_without_a_limit_goes_as_far_as_its_votes() {
    assert_eq!(rule(SCORING, "max_points;5\n", ""), (score(4, 0, 12), vec![]));
    let zeros = SCORING.replace("4,2", "0,0").replace("3,2", "0,0").replace("3;a;1", "3;a;0");
    assert_eq!(rule(&zeros, "max_points;5\n", "").0, score(1, 0, 3));
}

#[test]
fn the_order_of_an_ordinal_vote_is_its_ranking() {
    let file = read(ORDINAL).unwrap();
    assert_eq!(file.votes, [ranks([1, 0]), ranks([0, 1]), ranks([2])]);
    assert_eq!(file.rule, Rule::Positional { min: 1, weights: vec![2, 1] });
    assert_eq!((file.totals().unwrap(), file.voters()), (vec![3, 3, 2], vec![2, 2, 1]));
    assert_eq!(published(&file), (vec![Some(3), Some(3), Some(2)], vec![Some(2), Some(2), Some(1)]));
    assert_eq!(file.pairwise().unwrap(), [[0, 1, 2], [1, 0, 2], [1, 1, 0]]);
}

#[test]
fn ranks_are_worth_what_the_longest_vote_allows() {
    let weights = |meta: &str| match rule(ORDINAL, "max_length;2", meta) {
        (Rule::Positional { min, weights }, beyond) if beyond.is_empty() => (min, weights),
        other => panic!("{other:?}"),
    };
    assert_eq!(weights("rule;greedy"), (1, vec![3, 2, 1]), "as many ranks as projects");
    assert_eq!(weights("max_length;2\nscoring_fn;Borda"), (1, vec![2, 1]));
    assert_eq!(weights("max_length;5\nmin_length;0"), (0, vec![5, 4, 3]), "no more ranks than projects");
}

#[test]
fn each_fault_of_points_names_its_line() {
    let text = |text: &str| text.to_owned();
    let at_most = |most| Bounds { least: 0, most: Some(most) };
    let number = |value: &str| Fault::Number { field: "points", value: text(value) };
    let unlimited = SCORING.replace("max_points;5", "edition;1");
    let cases: Vec<(&str, &str, &str, u64, Fault)> = vec![
        (CUMULATIVE, "max_sum_points;6\n", "", 1, Fault::MissingMeta("max_sum_points")),
        (CUMULATIVE, "max_sum_points;6", "max_sum_points;0", 6, Fault::NoVote("max_sum_points")),
        (CUMULATIVE, "max_sum_points;6", "max_sum_points;5", 14, Fault::Sum { found: 6, allowed: at_most(5) }),
        (
            CUMULATIVE,
            "max_sum_points;6",
            "max_sum_points;6\nmin_sum_points;2",
            17,
            Fault::Sum { found: 1, allowed: Bounds { least: 2, most: Some(6) } },
        ),
        (
            CUMULATIVE,
            "max_sum_points;6",
            "max_sum_points;6\nmax_points;3",
            15,
            Fault::Points { project: text("a"), found: 4, allowed: at_most(3) },
        ),
        (
            CUMULATIVE,
            "max_sum_points;6",
            "max_sum_points;6\nmin_points;2",
            17,
            Fault::Points { project: text("a"), found: 1, allowed: Bounds { least: 2, most: None } },
        ),
        (
            CUMULATIVE,
            "max_sum_points;6",
            "max_sum_points;6\nmin_sum_points;5\nmax_points;1",
            7,
            Fault::Unreachable { min: 5, max: 3 },
        ),
        (
            CUMULATIVE,
            "max_sum_points;6",
            "max_sum_points;6\nmin_length;2\nmin_points;4",
            6,
            Fault::Unreachable { min: 8, max: 6 },
        ),
        (
            CUMULATIVE,
            "max_sum_points;6",
            "max_sum_points;1000001",
            6,
            Fault::TooLarge { field: "max_sum_points", most: 1_000_000 },
        ),
        (
            CUMULATIVE,
            "max_sum_points;6",
            "max_sum_points;6\nmin_sum_points;7",
            6,
            Fault::Range { least: "min_sum_points", most: "max_sum_points" },
        ),
        (
            CUMULATIVE,
            "max_sum_points;6",
            "max_sum_points;6\nmax_length;1",
            15,
            Fault::Length { found: 2, min: 1, max: 1 },
        ),
        (CUMULATIVE, "max_sum_points;6", "max_sum_points;6\nmax_sum_cost;30", 16, Fault::Cost("much")),
        (CUMULATIVE, "vote;points", "vote;point", 13, Fault::MissingColumn { section: "VOTES", column: "points" }),
        (CUMULATIVE, "b,c;3,2", "b,c;3", 15, Fault::PointsMissing { projects: 2, points: 1 }),
        (CUMULATIVE, "b,c;3,2", "b,c;3,1,1", 15, Fault::PointsMissing { projects: 2, points: 3 }),
        (CUMULATIVE, "b,c;3,2", "b,c;", 15, Fault::PointsMissing { projects: 2, points: 0 }),
        (CUMULATIVE, "b,c;3,2", ";3,2", 15, Fault::PointsMissing { projects: 0, points: 2 }),
        (CUMULATIVE, "b,c;3,2", ";1", 15, Fault::PointsMissing { projects: 0, points: 1 }),
        (CUMULATIVE, "b,c;3,2", "b,c;3,", 15, number("")),
        (CUMULATIVE, "b,c;3,2", "b,c;3,1.5", 15, number("1.5")),
        (CUMULATIVE, "b,c;3,2", "b,c;3,99999999999999999999", 15, number("99999999999999999999")),
        (CUMULATIVE, "b,c;3,2", "b,c;3,-2", 15, Fault::Negative { field: "points", value: text("-2") }),
        (CUMULATIVE, "b,c;3,2", "b,b;3,2", 15, Fault::RepeatedProject(text("b"))),
        (CUMULATIVE, "b,c;3,2", "b,d;3,2", 15, Fault::UnknownProject(text("d"))),
        (CUMULATIVE, "20;2;5", "20;2;many", 10, Fault::Number { field: "score", value: text("many") }),
        (
            SCORING,
            "max_points;5",
            "max_points;3",
            14,
            Fault::Points { project: text("a"), found: 4, allowed: at_most(3) },
        ),
        (SCORING, "max_points;5", "min_points;-1", 6, Fault::Negative { field: "min_points", value: text("-1") }),
        (SCORING, "max_points;5", "default_score;-1", 6, Fault::Negative { field: "default_score", value: text("-1") }),
        (SCORING, "max_points;5", "max_points;1000001", 6, Fault::TooLarge { field: "max_points", most: 1_000_000 }),
        (
            SCORING,
            "max_points;5",
            "default_score;1000001",
            6,
            Fault::TooLarge { field: "default_score", most: 1_000_000 },
        ),
        (SCORING, "max_points;5", "max_sum_points;5", 14, Fault::Sum { found: 6, allowed: at_most(5) }),
        (&unlimited, "b,c;3,2", "b,c;3,1000001", 15, Fault::TooLarge { field: "points", most: 1_000_000 }),
        (ORDINAL, "max_length;2", "max_length;1", 14, Fault::Length { found: 2, min: 1, max: 1 }),
        (ORDINAL, "max_length;2", "max_length;2\nmin_length;2", 17, Fault::Length { found: 1, min: 2, max: 2 }),
        (ORDINAL, "max_length;2", "scoring_fn;Plurality", 6, Fault::ScoringFunction(text("Plurality"))),
        (ORDINAL, "max_length;2", "max_length;1000001", 6, Fault::TooLarge { field: "max_length", most: 1_000_000 }),
        (ORDINAL, "max_length;2", "max_length;2\nmax_sum_points;2", 15, Fault::Sum { found: 3, allowed: at_most(2) }),
        (
            ORDINAL,
            "max_length;2",
            "max_length;2\ndefault_score;1",
            7,
            Fault::NotOfType { key: "default_score", vote_type: VoteType::Ordinal },
        ),
        (ORDINAL, "2;a,b", "2;a,a", 15, Fault::RepeatedProject(text("a"))),
    ];
    for (file, from, to, line, expected) in cases {
        assert_eq!(fault_of(file, from, to), AtLine { line, fault: expected }, "{from} → {to}");
    }
}

#[test]
fn damaged_files_never_panic() {
    for text in [SMALL, CUMULATIVE, SCORING, ORDINAL] {
        let lines = text.lines().count() as u64;
        for position in 0..text.len() {
            let mut bytes = text.as_bytes().to_vec();
            let removed = bytes.remove(position);
            check(&bytes, lines);
            for other in [b'"', b';', b',', b'\n', b'-', b'0', b'9', b' ', 0xff] {
                bytes.insert(position, other);
                check(&bytes, lines + 1);
                bytes.insert(position, removed);
                check(&bytes, lines + 1);
                bytes.remove(position);
                bytes.remove(position);
            }
        }
    }
}

/// A damaged file is a file still, whose votes keep its rule, or has a fault on one of its lines.
fn check(bytes: &[u8], lines: u64) {
    match read_bytes(bytes) {
        Err(error) => assert!(error.line >= 1 && error.line <= lines, "{error}"),
        Ok(file) => crate::votes::tests::assert_consistent(&file),
    }
}
