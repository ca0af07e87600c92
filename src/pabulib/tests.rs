mod points;
mod real;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Bounds, Fault, VoteType, read as read_bytes};
use crate::votes::{AtLine, Limit, Rule, TooManyOptions, Vote, VoteFile};

/// Line 9 is the last project, line 12 the first vote.
const SMALL: &str = "META
key;value
num_projects;2
num_votes;3
vote_type;approval
PROJECTS
project_id;cost;votes;name
a;10.50;2;Trees
b;20;2;Benches
VOTES
voter_id;vote
1;a
2;b,a
3;b
";

fn read(text: &str) -> Result<VoteFile, AtLine<Fault>> {
    read_bytes(text.as_bytes())
}

/// A text with one thing replaced.
#[track_caller]
fn changed(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "nothing to replace: {from}");
    text.replacen(from, to, 1)
}

/// The fault of a text with one thing replaced.
#[track_caller]
fn fault_of(text: &str, from: &str, to: &str) -> AtLine<Fault> {
    read(&changed(text, from, to)).expect_err("the change breaks the file")
}

#[track_caller]
fn fault(from: &str, to: &str) -> AtLine<Fault> {
    fault_of(SMALL, from, to)
}

fn chosen<const N: usize>(options: [usize; N]) -> Arc<Vote> {
    Arc::new(Vote::Options(BTreeSet::from(options)))
}

fn choice(min: u64, max: u64) -> Rule {
    Rule::Choice { min, max }
}

#[test]
fn votes_are_the_chosen_options() {
    let file = read(SMALL).unwrap();
    assert_eq!(file.votes, [chosen([0]), chosen([0, 1]), chosen([1])]);
    assert_eq!(file.rule, choice(1, 2), "defaults: at least one, at most all");
    assert_eq!(file.beyond, []);
    assert_eq!((file.totals().unwrap(), file.voters()), (vec![2, 2], vec![2, 2]));
}

#[test]
fn equal_votes_share_their_memory() {
    let file = read(&changed(SMALL, "3;b", "3;a")).unwrap();
    assert!(Arc::ptr_eq(&file.votes[0], &file.votes[2]));
}

#[test]
fn published_totals_are_the_votes() {
    let published = |text: &str| {
        let option = read(text).unwrap().options[1].clone();
        (option.published, option.published_voters)
    };
    assert_eq!(published(SMALL), (Some(2), Some(2)));
    assert_eq!(published(&changed(SMALL, "20;2;", "20;;")), (None, None));
    assert_eq!(published(&changed(SMALL, ";votes;", ";score;")), (Some(2), None));
    assert_eq!(published(&changed(SMALL, ";votes;", ";total;")), (None, None));
}

#[test]
fn a_mark_crlf_quotes_and_empty_lines_change_nothing() {
    let same = read(SMALL).unwrap();
    assert_eq!(read(&format!("\u{feff}{SMALL}")).unwrap(), same);
    assert_eq!(read(&SMALL.replace('\n', "\r\n")).unwrap(), same);
    assert_eq!(read(&SMALL.replace('\n', "\r")).unwrap(), same);
    assert_eq!(read(&SMALL.replace("VOTES", " \t\nVOTES").replace("2;b,a", "  \n2;b,a")).unwrap(), same);
    assert_eq!(read(&SMALL.replace(';', " ; ")).unwrap(), same);
    assert_eq!(read(&SMALL.replace("2;b,a", "\"2\";\"b,a\"")).unwrap(), same);
    assert_eq!(read(&SMALL.replace("VOTES", "\nVOTES")).unwrap(), same);
    assert_eq!(read(&SMALL.replace("META", "meta")).unwrap(), same);
    assert_eq!(read(SMALL.trim_end()).unwrap(), same);
}

#[test]
fn zeros_after_a_point_change_nothing() {
    let same = read(SMALL).unwrap();
    assert_eq!(read(&SMALL.replace("num_votes;3", "num_votes;3.0").replace("20;2;", "20;2.00;")).unwrap(), same);
}

#[test]
fn quoted_fields_hold_separators_and_quotes() {
    let file = read(&SMALL.replace("Trees", "\"Trees; \"\"big\"\" ones\"")).unwrap();
    assert_eq!(file.options[0].title, "Trees; \"big\" ones");
    let file = read(&SMALL.replace("Trees", "The \"big\" trees")).unwrap();
    assert_eq!(file.options[0].title, "The \"big\" trees");
}

#[test]
fn a_name_is_the_identifier_where_there_is_none() {
    assert_eq!(read(&SMALL.replace("Trees", "")).unwrap().options[0].title, "a");
}

#[test]
fn free_texts_of_meta_may_hold_separators() {
    let file = read(&SMALL.replace("num_projects;2", "num_projects;2\ndescription;Parks; and more")).unwrap();
    assert_eq!(file.title, "Parks;and more");
}

#[test]
fn an_upper_bound_above_the_number_of_projects_is_that_number() {
    assert_eq!(read(&SMALL.replace("approval", "approval\nmax_length;15")).unwrap().rule, choice(1, 2));
}

#[test]
fn an_empty_vote_needs_a_rule_that_allows_it() {
    let empty = changed(SMALL, "1;a", "1;");
    for (meta, expected) in [
        ("approval", Ok(choice(0, 2))),
        ("approval\nmin_length;0", Ok(choice(0, 2))),
        ("approval\nmin_length;1", Err(Fault::Length { found: 0, min: 1, max: 2 }.at(13))),
        ("choose-1", Err(Fault::Length { found: 0, min: 1, max: 1 }.at(12))),
    ] {
        let read = read(&changed(&empty, "approval", meta));
        assert!(read.iter().all(|file| file.votes[0] == chosen([])));
        assert_eq!(read.map(|file| file.rule), expected, "{meta}");
    }
}

#[test]
fn each_fault_names_its_line() {
    let text = |text: &str| text.to_owned();
    let cases: Vec<(&str, &str, u64, Fault)> = vec![
        ("META", "x;y\nMETA", 1, Fault::Misplaced(text("x"))),
        ("PROJECTS", "VOTES", 6, Fault::Misplaced(text("VOTES"))),
        ("VOTES", "META", 10, Fault::Misplaced(text("META"))),
        ("key;value", "key;other", 2, Fault::MissingColumn { section: "META", column: "value" }),
        ("project_id", "id", 7, Fault::MissingColumn { section: "PROJECTS", column: "project_id" }),
        ("voter_id;vote", "voter_id;votes", 11, Fault::MissingColumn { section: "VOTES", column: "vote" }),
        ("cost;", "name;", 7, Fault::DuplicateColumn { section: "PROJECTS", column: text("name") }),
        ("vote_type;approval\n", "", 1, Fault::MissingMeta("vote_type")),
        ("approval", "Approval", 5, Fault::VoteType(text("Approval"))),
        ("approval", "cumulative", 1, Fault::MissingMeta("max_sum_points")),
        ("approval", "scoring", 11, Fault::MissingColumn { section: "VOTES", column: "points" }),
        ("num_votes", "num_projects", 4, Fault::DuplicateMeta { key: text("num_projects"), first: 3 }),
        ("num_votes;3", "num_votes;4", 4, Fault::Count { key: "num_votes", stated: 4, found: 3 }),
        ("num_projects;2", "num_projects;1", 3, Fault::Count { key: "num_projects", stated: 1, found: 2 }),
        ("num_votes;3", "num_votes;many", 4, Fault::Number { field: "num_votes", value: text("many") }),
        ("num_votes;3", "num_votes", 4, Fault::Fields { expected: 2, found: 1 }),
        ("num_votes;3", "num_votes;-3", 4, Fault::Negative { field: "num_votes", value: text("-3") }),
        ("num_votes;3", "num_votes;+3", 4, Fault::Number { field: "num_votes", value: text("+3") }),
        ("20;2;", "20;two;", 9, Fault::Number { field: "votes", value: text("two") }),
        ("b;20;2;Benches", "b;20;2", 9, Fault::Fields { expected: 4, found: 3 }),
        ("b;20;2;Benches", "b;20;2;Benches; new", 9, Fault::Fields { expected: 4, found: 5 }),
        ("b;20;2;Benches", "a;20;2;Benches", 9, Fault::DuplicateProject { id: text("a"), first: 8 }),
        ("b;20;2;Benches", "b,c;20;2;Benches", 9, Fault::CommaInProject(text("b,c"))),
        ("b;20;2;Benches", "b;20;2; \"Benches\"", 9, Fault::Quotes),
        ("20;2;", "20;2.5;", 9, Fault::Number { field: "votes", value: text("2.5") }),
        ("b;20;2;Benches", ";20;2;Benches", 9, Fault::Empty("project_id")),
        ("Benches", "\"Benches", 9, Fault::Quotes),
        ("Benches", "\"Benches\" new", 9, Fault::Quotes),
        ("2;b,a", "1;b,a", 13, Fault::DuplicateVoter { voter: text("1"), first: 12 }),
        ("2;b,a", ";b,a", 13, Fault::Empty("voter_id")),
        ("2;b,a", "2;b,a;50", 13, Fault::Fields { expected: 2, found: 3 }),
        ("2;b,a", "2;b,c", 13, Fault::UnknownProject(text("c"))),
        ("2;b,a", "2;b,", 13, Fault::UnknownProject(text(""))),
        ("2;b,a", "2;b,b", 13, Fault::RepeatedProject(text("b"))),
        ("approval", "approval\nmax_length;1", 14, Fault::Length { found: 2, min: 1, max: 1 }),
        ("approval", "approval\nmin_length;2", 13, Fault::Length { found: 1, min: 2, max: 2 }),
        ("approval", "choose-1", 13, Fault::Length { found: 2, min: 1, max: 1 }),
        ("approval", "approval\nmax_points;0", 6, Fault::NoVote("max_points")),
        (
            "approval",
            "approval\nmin_points;2",
            13,
            Fault::Points { project: text("a"), found: 1, allowed: Bounds { least: 2, most: None } },
        ),
        (
            "approval",
            "approval\nmax_sum_points;1",
            14,
            Fault::Sum { found: 2, allowed: Bounds { least: 0, most: Some(1) } },
        ),
        (
            "approval",
            "approval\ndefault_score;1",
            6,
            Fault::NotOfType { key: "default_score", vote_type: VoteType::Approval },
        ),
        (
            "approval",
            "approval\nscoring_fn;Borda",
            6,
            Fault::NotOfType { key: "scoring_fn", vote_type: VoteType::Approval },
        ),
        ("approval", "approval\nmax_sum_cost;cheap", 6, Fault::Amount { field: "max_sum_cost", value: text("cheap") }),
        ("approval", "approval\nmax_sum_cost;30", 14, Fault::Cost("much")),
        ("approval", "approval\nmin_sum_cost;10.6", 13, Fault::Cost("little")),
    ];
    for (from, to, line, expected) in cases {
        assert_eq!(fault(from, to), AtLine { line, fault: expected }, "{from} → {to}");
    }
}

#[test]
fn a_missing_section_is_named() {
    let end = SMALL.find("VOTES").unwrap();
    assert_eq!(read(&SMALL[..end]).unwrap_err().fault, Fault::MissingSection("VOTES"));
    assert_eq!(read("").unwrap_err().fault, Fault::MissingSection("META"));
}

#[test]
fn a_file_without_projects_is_refused() {
    let text = "META\nkey;value\nvote_type;approval\nPROJECTS\nproject_id;cost\nVOTES\nvoter_id;vote\n";
    assert_eq!(read(text).unwrap_err(), Fault::NoProjects.at(4));
}

#[test]
fn rules_that_contradict_each_other_are_refused() {
    for (rules, line, expected) in [
        ("approval\nmin_length;2\nmax_length;1", 7, Fault::Range { least: "min_length", most: "max_length" }),
        ("approval\nmin_length;3", 6, Fault::TooFewProjects { min: 3, options: 2 }),
        ("approval\nmin_length;3\nmax_length;4", 6, Fault::TooFewProjects { min: 3, options: 2 }),
        ("approval\nmax_length;0", 6, Fault::NoVote("max_length")),
        ("choose-1\nmax_length;2", 6, Fault::NotOne { min: 1, max: 2 }),
        ("choose-1\nmin_length;0", 6, Fault::NotOne { min: 0, max: 1 }),
        ("approval\nmin_sum_cost;2\nmax_sum_cost;1", 7, Fault::Range { least: "min_sum_cost", most: "max_sum_cost" }),
        ("approval\nmin_points;2\nmax_points;1", 7, Fault::Range { least: "min_points", most: "max_points" }),
    ] {
        assert_eq!(fault("approval", rules), AtLine { line, fault: expected }, "{rules}");
    }
}

#[test]
fn limits_that_the_rule_does_not_say_are_told() {
    let beyond = |rules: &str| read(&changed(SMALL, "approval", rules)).unwrap().beyond;
    assert_eq!(beyond("approval\nmax_sum_cost;30.50"), [Limit::Cost]);
    assert_eq!(beyond("approval\nmin_points;1\nmax_points;1\nmin_sum_points;1\nmax_sum_points;2"), []);
    assert_eq!(beyond("approval\nmin_length;0\nmin_sum_points;1"), [Limit::Points]);
    assert_eq!(
        beyond("approval\nmin_length_per_category;1\nmax_sum_cost;31\nmax_length_unit;\nmax_length_district;3"),
        [
            Limit::Cost,
            Limit::Unknown("min_length_per_category".to_owned()),
            Limit::Unknown("max_length_district".to_owned())
        ]
    );
}

#[test]
fn points_of_votes_without_points_may_only_repeat_what_they_are() {
    let with_points = SMALL.replace("voter_id;vote", "voter_id;vote;points").replace("3;b", "3;b;");
    let with_points = |first: &str, second: &str| {
        with_points.replace("1;a", &format!("1;a;{first}")).replace("2;b,a", &format!("2;b,a;{second}"))
    };
    assert_eq!(read(&with_points("1", "1,1")).unwrap(), read(SMALL).unwrap());
    assert_eq!(read(&with_points("1", "1,2")).unwrap_err(), Fault::PointsDiffer(VoteType::Approval).at(13));
    assert_eq!(read(&with_points("1", "1")).unwrap_err(), Fault::PointsMissing { projects: 2, points: 1 }.at(13));
}

#[test]
fn sums_of_costs_are_exact() {
    assert!(read(&SMALL.replace("approval", "approval\nmax_sum_cost;30.50")).is_ok());
    assert_eq!(fault("approval", "approval\nmax_sum_cost;30.499999").fault, Fault::Cost("much"));
    let limit = "approval\nmax_sum_cost;30.83333333333333";
    assert!(read(&changed(&changed(SMALL, ";20;", ";20.33333333333333;"), "approval", limit)).is_ok());
    let costs = changed(&changed(SMALL, ";20;", ";20.33333333333334;"), "approval", limit);
    assert_eq!(read(&costs).unwrap_err(), Fault::Cost("much").at(14));
}

#[test]
fn no_more_options_are_taken_than_a_contest_may_have() {
    let of = |options: usize| {
        let projects: String = (0..options).map(|number| format!("p{number}\n")).collect();
        read(&format!("META\nkey;value\nvote_type;approval\nPROJECTS\nproject_id\n{projects}VOTES\nvoter_id;vote\n"))
    };
    assert_eq!(of(500).unwrap().options.len(), 500);
    assert_eq!(of(1_000).unwrap_err(), Fault::TooManyOptions(TooManyOptions).at(506));
}

#[test]
fn a_header_of_many_columns_takes_no_quadratic_time() {
    let columns: String = (0..200_000).map(|number| format!(";c{number}")).collect();
    let text = changed(SMALL, "voter_id;vote", &format!("voter_id;vote{columns}"));
    assert_eq!(read(&text).unwrap_err(), Fault::Fields { expected: 200_002, found: 2 }.at(12));
}

#[test]
fn messages_repeat_little_of_the_file() {
    let message = fault("b,a", &format!("\u{1b}[2J{}", "x".repeat(5_000_000))).to_string();
    assert!(message.len() < 200 && message.starts_with("line 13: the vote names `�[2Jxxx"), "{message}");
}

#[test]
fn text_that_is_not_utf8_is_named_by_its_line() {
    let mut bytes = SMALL.as_bytes().to_vec();
    let position = SMALL.find("Trees").unwrap();
    bytes[position] = 0xff;
    assert_eq!(read_bytes(&bytes).unwrap_err(), Fault::Encoding.at(8));
}
