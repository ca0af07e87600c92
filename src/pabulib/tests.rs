use super::{Fault, PabulibError, Poll};

const AMSTERDAM: &[u8] = include_bytes!("../../tests/data/pabulib/Netherlands_Amsterdam_643.pb");
const GDYNIA: &[u8] = include_bytes!("../../tests/data/pabulib/Poland_Gdynia_2022_Srodmiescie__small.pb");

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

fn read(text: &str) -> Result<Poll, PabulibError> {
    Poll::read(text.as_bytes())
}

/// The fault of `SMALL` with one thing replaced.
fn fault(from: &str, to: &str) -> PabulibError {
    assert!(SMALL.contains(from), "nothing to replace: {from}");
    read(&SMALL.replacen(from, to, 1)).expect_err("the change breaks the file")
}

#[test]
fn real_files_have_their_published_totals() {
    for (file, options, voters, rule) in [(AMSTERDAM, 3, 66, (1, 1)), (GDYNIA, 8, 868, (1, 3))] {
        let poll = Poll::read(file).unwrap();
        let published: Vec<u64> = poll.projects.iter().map(|project| project.published.unwrap()).collect();
        assert_eq!((poll.projects.len(), poll.votes.len()), (options, voters));
        assert_eq!((poll.rule.min, poll.rule.max), rule);
        assert_eq!(poll.totals(), published);
    }
    assert_eq!(Poll::read(AMSTERDAM).unwrap().title, "Buurtbudget Sloterdijk");
}

#[test]
fn votes_are_sorted_indexes() {
    let poll = read(SMALL).unwrap();
    assert_eq!(poll.votes, [vec![0], vec![0, 1], vec![1]]);
    assert_eq!((poll.rule.min, poll.rule.max), (1, 2), "defaults: at least one, at most all");
}

#[test]
fn a_mark_crlf_quotes_and_empty_lines_change_nothing() {
    let same = read(SMALL).unwrap();
    assert_eq!(read(&format!("\u{feff}{SMALL}")).unwrap(), same);
    assert_eq!(read(&SMALL.replace('\n', "\r\n")).unwrap(), same);
    assert_eq!(read(&SMALL.replace("2;b,a", "\"2\";\"b,a\"")).unwrap(), same);
    assert_eq!(read(&SMALL.replace("VOTES", "\nVOTES")).unwrap(), same);
    assert_eq!(read(&SMALL.replace("META", "meta")).unwrap(), same);
    assert_eq!(read(SMALL.trim_end()).unwrap(), same);
}

#[test]
fn quoted_fields_hold_separators_and_quotes() {
    let poll = read(&SMALL.replace("Trees", "\"Trees; \"\"big\"\" ones\"")).unwrap();
    assert_eq!(poll.projects[0].name, "Trees; \"big\" ones");
    let poll = read(&SMALL.replace("Trees", "The \"big\" trees")).unwrap();
    assert_eq!(poll.projects[0].name, "The \"big\" trees");
}

#[test]
fn a_name_is_the_identifier_where_there_is_none() {
    assert_eq!(read(&SMALL.replace("Trees", "")).unwrap().projects[0].name, "a");
}

#[test]
fn free_texts_of_meta_may_hold_separators() {
    let poll = read(&SMALL.replace("num_projects;2", "num_projects;2\ndescription;Parks; and more")).unwrap();
    assert_eq!(poll.title, "Parks;and more");
}

#[test]
fn an_upper_bound_above_the_number_of_projects_is_that_number() {
    assert_eq!(read(&SMALL.replace("approval", "approval\nmax_length;15")).unwrap().rule.max, 2);
}

#[test]
fn an_empty_vote_needs_a_rule_that_allows_it() {
    assert_eq!(fault("1;a", "1;").fault, Fault::Length { found: 0, min: 1, max: 2 });
    let poll = read(&SMALL.replace("approval", "approval\nmin_length;0").replace("1;a\n", "1;\n")).unwrap();
    assert_eq!(poll.votes[0], [0; 0]);
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
        ("approval", "cumulative", 5, Fault::VoteType(text("cumulative"))),
        ("num_votes", "num_projects", 4, Fault::DuplicateMeta { key: text("num_projects"), first: 3 }),
        ("num_votes;3", "num_votes;4", 4, Fault::Count { key: "num_votes", stated: 4, found: 3 }),
        ("num_projects;2", "num_projects;1", 3, Fault::Count { key: "num_projects", stated: 1, found: 2 }),
        ("num_votes;3", "num_votes;many", 4, Fault::Number { field: "num_votes", value: text("many") }),
        ("num_votes;3", "num_votes", 4, Fault::Fields { expected: 2, found: 1 }),
        ("20;2;", "20;two;", 9, Fault::Number { field: "votes", value: text("two") }),
        ("b;20;2;Benches", "b;20;2", 9, Fault::Fields { expected: 4, found: 3 }),
        ("b;20;2;Benches", "b;20;2;Benches; new", 9, Fault::Fields { expected: 4, found: 5 }),
        ("b;20;2;Benches", "a;20;2;Benches", 9, Fault::DuplicateProject { id: text("a"), first: 8 }),
        ("b;20;2;Benches", "b,c;20;2;Benches", 9, Fault::CommaInProject(text("b,c"))),
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
        ("approval", "approval\nmax_sum_cost;30", 14, Fault::Cost("much")),
        ("approval", "approval\nmin_sum_cost;10.6", 13, Fault::Cost("little")),
    ];
    for (from, to, line, expected) in cases {
        assert_eq!(fault(from, to), PabulibError { line, fault: expected }, "{from} → {to}");
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
    for (rules, line) in [
        ("approval\nmin_length;2\nmax_length;1", 7),
        ("approval\nmin_length;3", 6),
        ("approval\nmax_length;0", 6),
        ("choose-1\nmax_length;2", 6),
        ("choose-1\nmin_length;0", 6),
        ("approval\nmin_sum_cost;2\nmax_sum_cost;1", 7),
    ] {
        let error = fault("approval", rules);
        assert!(matches!(error.fault, Fault::Contradiction(_)), "{rules}: {error}");
        assert_eq!(error.line, line, "{rules}");
    }
}

#[test]
fn sums_of_costs_are_exact() {
    assert!(read(&SMALL.replace("approval", "approval\nmax_sum_cost;30.50")).is_ok());
    assert_eq!(fault("approval", "approval\nmax_sum_cost;30.499999").fault, Fault::Cost("much"));
}

#[test]
fn text_that_is_not_utf8_is_named_by_its_line() {
    let mut bytes = SMALL.as_bytes().to_vec();
    let position = SMALL.find("Trees").unwrap();
    bytes[position] = 0xff;
    assert_eq!(Poll::read(&bytes).unwrap_err(), Fault::Encoding.at(8));
}

#[test]
fn damaged_files_never_panic() {
    for position in 0..SMALL.len() {
        let mut bytes = SMALL.as_bytes().to_vec();
        bytes.remove(position);
        let shorter = Poll::read(&bytes);
        bytes.insert(position, b'"');
        let quoted = Poll::read(&bytes);
        assert!(shorter.is_ok() || shorter.is_err_and(|error| error.line <= 16));
        assert!(quoted.is_ok() || quoted.is_err_and(|error| error.line <= 16));
    }
}
