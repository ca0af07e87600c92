use std::collections::BTreeSet;
use std::sync::Arc;

use super::{DataType, Fault, read};
use crate::votes::tests::assert_consistent;
use crate::votes::{AtLine, Rule, TooManyOptions, TooManyVoters, Vote, VoteFile};

const DEBIAN: &[u8] = include_bytes!("../../tests/data/preflib/00002-00000007.toc");

/// Line 8 is the last of the header.
const SMALL: &str = "# FILE NAME: small.toi
# TITLE: A small election
# DATA TYPE: toi
# NUMBER ALTERNATIVES: 3
# NUMBER VOTERS: 9
# NUMBER UNIQUE ORDERS: 4
# ALTERNATIVE NAME 1: Trees
# ALTERNATIVE NAME 2: Benches: new ones
# ALTERNATIVE NAME 3: Lamps
4: 2,1,3
3: {1,3},2
1: 3
1: 2,1
";

fn read_as(data_type: DataType, text: &str) -> Result<VoteFile, AtLine<Fault>> {
    read(data_type, text.as_bytes())
}

/// `SMALL` with one thing replaced.
#[track_caller]
fn changed(from: &str, to: &str) -> Result<VoteFile, AtLine<Fault>> {
    assert!(SMALL.contains(from), "nothing to replace: {from}");
    read_as(DataType::Toi, &SMALL.replacen(from, to, 1))
}

/// A file of three options with these orders, each of one voter.
fn orders(data_type: DataType, orders: &[&str]) -> Result<VoteFile, AtLine<Fault>> {
    let mut text = format!(
        "# DATA TYPE: {data_type}\n# NUMBER ALTERNATIVES: 3\n# NUMBER VOTERS: {0}\n# NUMBER UNIQUE ORDERS: {0}\n\
         # ALTERNATIVE NAME 1: a\n# ALTERNATIVE NAME 2: b\n# ALTERNATIVE NAME 3: c\n",
        orders.len()
    );
    for order in orders {
        text.push_str(&format!("1: {order}\n"));
    }
    read_as(data_type, &text)
}

fn ranking(ranks: &[&[usize]]) -> Vote {
    Vote::Ranking(ranks.iter().map(|rank| rank.iter().copied().collect::<BTreeSet<_>>()).collect())
}

#[test]
fn each_order_is_the_vote_of_as_many_voters_as_it_says() {
    let file = read_as(DataType::Toi, SMALL).unwrap();
    assert_eq!(file.title, "A small election");
    let options: Vec<_> = file.options.iter().map(|option| (option.id.as_str(), option.title.as_str())).collect();
    assert_eq!(options, [("1", "Trees"), ("2", "Benches: new ones"), ("3", "Lamps")]);
    let expected = [(4, ranking(&[&[1], &[0], &[2]])), (3, ranking(&[&[0, 2], &[1]])), (1, ranking(&[&[2]]))];
    let expected = expected.into_iter().chain([(1, ranking(&[&[1], &[0]]))]);
    let expected: Vec<Vote> = expected.flat_map(|(count, vote)| vec![vote; count]).collect();
    assert_eq!(file.votes.iter().map(|vote| vote.as_ref().clone()).collect::<Vec<_>>(), expected);
    assert!(Arc::ptr_eq(&file.votes[0], &file.votes[3]));
    assert_eq!((&file.rule, &file.beyond[..]), (&Rule::Ranking { ties: true }, &[][..]));
    assert_consistent(&file);
    assert_eq!((file.totals(), file.voters()), (None, vec![8, 8, 8]));
    // 4 × b a c, 3 × ac b, 1 × c ab, 1 × b a c.
    assert_eq!(file.pairwise().unwrap(), [[0, 3, 5], [5, 0, 5], [1, 4, 0]]);
}

/// Counts the orders of a file again, straight from its text and by another way than the reader's: for each order, the place of
/// each option.
fn counted_again(text: &str, options: usize) -> (u64, Vec<Vec<u64>>) {
    let mut voters = 0;
    let mut better = vec![vec![0; options]; options];
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (count, order) = line.split_once(": ").unwrap();
        let count: u64 = count.parse().unwrap();
        voters += count;
        let (mut place, mut in_braces, mut places) = (0, false, vec![usize::MAX; options]);
        for letter in order.chars() {
            match letter {
                '{' => in_braces = true,
                '}' => in_braces = false,
                ',' if !in_braces => place += 1,
                ',' => (),
                digit => places[digit.to_digit(10).unwrap() as usize - 1] = place,
            }
        }
        for first in 0..options {
            for second in 0..options {
                better[first][second] += if places[first] < places[second] { count } else { 0 };
            }
        }
    }
    (voters, better)
}

#[test]
fn the_debian_election_of_2012_is_counted_as_it_was() {
    let file = read(DataType::Toc, DEBIAN).unwrap();
    assert_consistent(&file);
    assert_eq!(file.title, "Debian 2012 Leader");
    let names: Vec<&str> = file.options.iter().map(|option| option.title.as_str()).collect();
    assert_eq!(names, ["Wouter Verhelst", "Gergely Nagy", "Stefano Zacchiroli", "None Of The Above"]);
    assert_eq!((file.votes.len(), file.rule.clone()), (403, Rule::Ranking { ties: true }));
    let better = file.pairwise().unwrap();
    // Zacchiroli, who won, is the third.
    assert_eq!(better, [[0, 268, 51, 316], [97, 0, 47, 287], [347, 354, 0, 387], [60, 78, 12, 0]]);
    assert_eq!((403, better), counted_again(std::str::from_utf8(DEBIAN).unwrap(), 4));
}

#[test]
fn orders_are_strict_where_nothing_is_tied() {
    let ties = |data_type, lines: &[&str]| match orders(data_type, lines).unwrap().rule {
        Rule::Ranking { ties } => ties,
        other => panic!("{other:?}"),
    };
    assert!(!ties(DataType::Soc, &["1,2,3", "3,2,1"]));
    assert!(!ties(DataType::Soi, &["1,2,3", "3,2"]), "one option left out is the last");
    assert!(ties(DataType::Soi, &["1,2,3", "3"]), "two options left out are tied");
    assert!(!ties(DataType::Toc, &["1,2,3"]));
    assert!(!ties(DataType::Toc, &["1,{2},3"]), "one option in braces is not tied");
    assert!(ties(DataType::Toc, &["1,2,3", "1,{2,3}"]));
    assert!(ties(DataType::Toi, &["{1,2}"]));
}

#[test]
fn a_mark_crlf_spaces_and_empty_lines_change_nothing() {
    let same = read_as(DataType::Toi, SMALL).unwrap();
    for text in [
        format!("\u{feff}{SMALL}"),
        SMALL.replace('\n', "\r\n"),
        SMALL.replace('\n', "\r"),
        SMALL.replace("4: ", "4.0: ").replace("VOTERS: 9", "VOTERS: 9.00"),
        SMALL.replace("# DATA", "# DESCRIPTION\n# RELATES TO\n#\n# DATA"),
        SMALL.replace("4: 2,1,3", "3: 2,1,3\n1: 2,1,3"),
        SMALL.replace("4: 2,1,3", "3: 2,1,3\n1: 2,1,3").replace("ORDERS: 4", "ORDERS: 5"),
        SMALL.replace("# NUMBER UNIQUE ORDERS: 4\n", ""),
        SMALL.replace("4: 2,1,3", "\n 4 :  2 , 1 ,3 "),
        SMALL.replace("{1,3},2", " { 3, 1 } , 2"),
        SMALL.replace("# DATA TYPE: toi", "#data type:TOI"),
        format!("{SMALL}\n\n"),
        SMALL.trim_end().to_owned(),
    ] {
        assert_eq!(read_as(DataType::Toi, &text).unwrap(), same, "{text}");
    }
}

#[test]
fn a_title_may_be_missing() {
    assert_eq!(changed("# TITLE: A small election\n", "").unwrap().title, "Election without a title");
    assert_eq!(changed("A small election", "").unwrap().title, "Election without a title");
}

#[test]
fn each_fault_names_its_line() {
    let text = |text: &str| text.to_owned();
    let number = |field, value: &str| Fault::Number { field, value: value.to_owned() };
    let unknown = |number| Fault::UnknownOption { number, options: 3 };
    let cases: Vec<(&str, &str, u64, Fault)> = vec![
        ("# TITLE: A", "# TITLE A", 2, Fault::Header(text("TITLE A small election"))),
        ("4: 2,1,3", "4: 2,1,3\n# TITLE: B", 11, Fault::Misplaced),
        ("# TITLE: ", "# DATA TYPE: ", 3, Fault::DuplicateKey { key: text("DATA TYPE"), first: 2 }),
        ("NAME 2:", "NAME 1:", 8, Fault::DuplicateKey { key: text("ALTERNATIVE NAME 1"), first: 7 }),
        ("# DATA TYPE: toi\n", "", 8, Fault::MissingKey("DATA TYPE")),
        ("# NUMBER ALTERNATIVES: 3\n", "", 8, Fault::MissingKey("NUMBER ALTERNATIVES")),
        ("# NUMBER VOTERS: 9\n", "", 8, Fault::MissingKey("NUMBER VOTERS")),
        ("TYPE: toi", "TYPE: toc", 3, Fault::DataType { stated: text("toc"), ending: DataType::Toi }),
        ("TYPE: toi", "TYPE: cat", 3, Fault::DataType { stated: text("cat"), ending: DataType::Toi }),
        ("TYPE: toi", "TYPE:", 3, Fault::DataType { stated: text(""), ending: DataType::Toi }),
        ("VOTERS: 9", "VOTERS: 10", 5, Fault::Count { key: "NUMBER VOTERS", stated: 10, found: 9 }),
        ("VOTERS: 9", "VOTERS 9", 5, Fault::Header(text("NUMBER VOTERS 9"))),
        ("VOTERS: 9", "VOTERS: nine", 5, number("NUMBER VOTERS", "nine")),
        ("VOTERS: 9", "VOTERS: -9", 5, number("NUMBER VOTERS", "-9")),
        ("ORDERS: 4", "ORDERS: 5", 6, Fault::Count { key: "NUMBER UNIQUE ORDERS", stated: 5, found: 4 }),
        ("1: 2,1\n", "", 6, Fault::Count { key: "NUMBER UNIQUE ORDERS", stated: 4, found: 3 }),
        ("ALTERNATIVES: 3", "ALTERNATIVES: 0", 4, Fault::NoOptions),
        ("ALTERNATIVES: 3", "ALTERNATIVES: 4", 4, Fault::MissingName(4)),
        ("ALTERNATIVES: 3", "ALTERNATIVES: 500", 4, Fault::MissingName(4)),
        ("ALTERNATIVES: 3", "ALTERNATIVES: 501", 4, Fault::TooManyOptions(TooManyOptions)),
        ("ALTERNATIVES: 3", "ALTERNATIVES: 9999999999999999999", 4, Fault::TooManyOptions(TooManyOptions)),
        ("ALTERNATIVES: 3", "ALTERNATIVES: 2", 9, Fault::UnknownOption { number: 3, options: 2 }),
        ("NAME 1:", "NAME 0:", 7, unknown(0)),
        ("NAME 1:", "NAME one:", 7, number("ALTERNATIVE NAME", "one")),
        ("# ALTERNATIVE NAME 2: Benches: new ones\n", "", 4, Fault::MissingName(2)),
        ("Lamps", "", 9, Fault::EmptyName(3)),
        ("Lamps", "Trees", 9, Fault::DuplicateName { name: text("Trees"), first: 7 }),
        ("4: 2,1,3", "4 2,1,3", 10, Fault::NoOrder(text("4 2,1,3"))),
        ("4: 2,1,3", "4; 2,1,3", 10, Fault::NoOrder(text("4; 2,1,3"))),
        ("4: 2,1,3", "0: 2,1,3", 10, Fault::NoVoters),
        ("4: 2,1,3", "-4: 2,1,3", 10, number("the count of an order", "-4")),
        ("4: 2,1,3", "4.5: 2,1,3", 10, number("the count of an order", "4.5")),
        ("4: 2,1,3", "4.: 2,1,3", 10, number("the count of an order", "4.")),
        ("4: 2,1,3", ": 2,1,3", 10, number("the count of an order", "")),
        ("4: 2,1,3", "1000001: 2,1,3", 10, Fault::TooManyVoters(TooManyVoters)),
        ("4: 2,1,3", "99999999999999999999999: 2,1,3", 10, Fault::TooManyVoters(TooManyVoters)),
        ("3: {", "999998: {", 11, Fault::TooManyVoters(TooManyVoters)),
        ("4: 2,1,3", "4: 2,1,4", 10, unknown(4)),
        ("4: 2,1,3", "4: 2,1,0", 10, unknown(0)),
        ("4: 2,1,3", "4: 2,1,3,1", 10, Fault::RepeatedOption(1)),
        ("{1,3},2", "{1,3,1},2", 11, Fault::RepeatedOption(1)),
        ("4: 2,1,3", "4: 2,1,c", 10, number("an alternative", "c")),
        ("4: 2,1,3", "4: 2,1,", 10, Fault::NoOption),
        ("4: 2,1,3", "4: ,2,1", 10, Fault::NoOption),
        ("4: 2,1,3", "4: 2 1,3", 10, number("an alternative", "2 1")),
        ("{1,3},2", "{},2", 11, Fault::NoOption),
        ("{1,3},2", "{1,3,2", 11, Fault::Braces),
        ("{1,3},2", "1,3},2", 11, Fault::Braces),
        ("{1,3},2", "{{1,3},2}", 11, Fault::Braces),
        ("{1,3},2", "{1,3}2", 11, Fault::Braces),
        ("{1,3},2", "2{1,3}", 11, Fault::Braces),
        ("1: 2,1\n", "1: 2,1\n1: 2,1,3\n", 5, Fault::Count { key: "NUMBER VOTERS", stated: 9, found: 10 }),
    ];
    for (from, to, line, expected) in cases {
        assert_eq!(changed(from, to), Err(AtLine { line, fault: expected }), "{from} → {to}");
    }
}

#[test]
fn what_a_type_forbids_is_refused() {
    let incomplete = |data_type, left_out| Fault::Incomplete { data_type, left_out };
    for (data_type, order, expected) in [
        (DataType::Soc, "1,{2,3}", Fault::Tie(DataType::Soc)),
        (DataType::Soc, "1,2", incomplete(DataType::Soc, 1)),
        (DataType::Soi, "{1,2}", Fault::Tie(DataType::Soi)),
        (DataType::Toc, "{1,2}", incomplete(DataType::Toc, 1)),
        (DataType::Toc, "1", incomplete(DataType::Toc, 2)),
        (DataType::Soc, "", incomplete(DataType::Soc, 3)),
    ] {
        assert_eq!(orders(data_type, &["1,2,3", order]), Err(expected.at(9)), "{data_type}: {order}");
    }
}

#[test]
fn a_file_without_a_header_is_told_so() {
    assert_eq!(read_as(DataType::Soc, "").unwrap_err(), Fault::NoHeader.at(1));
    let of_2013 = "\n2\n1,Trees\n2,Lamps\n5,5,2\n3,1,2\n2,2,1\n";
    assert_eq!(read_as(DataType::Soc, of_2013).unwrap_err(), Fault::NoHeader.at(2));
}

#[test]
fn an_order_that_names_nothing_ranks_all_the_same() {
    for data_type in [DataType::Soi, DataType::Toi] {
        let file = orders(data_type, &["1,2,3", ""]).unwrap();
        assert_consistent(&file);
        assert_eq!((&file.rule, file.votes[1].as_ref()), (&Rule::Ranking { ties: true }, &ranking(&[])));
        assert_eq!((file.voters(), file.pairwise().unwrap()[0][1]), (vec![1, 1, 1], 1));
    }
}

#[test]
fn a_line_of_many_commas_is_refused_at_once() {
    let long = SMALL.replace("4: 2,1,3", &format!("4: {}", "1,".repeat(5_000_000)));
    assert_eq!(read_as(DataType::Toi, &long), Err(Fault::RepeatedOption(1).at(10)));
}

#[test]
fn messages_repeat_little_of_the_file() {
    let long = SMALL.replace("4: 2", &format!("\u{1b}[31m{}", "x".repeat(5_000_000)));
    let message = read_as(DataType::Toi, &long).unwrap_err().to_string();
    assert!(message.len() < 200 && !message.chars().any(char::is_control), "{message}");
    assert!(message.starts_with("line 10: `�[31mxxx") && message.contains("x…` is not of the form"), "{message}");
}

#[test]
fn text_that_is_not_utf8_is_named_by_its_line() {
    let mut bytes = SMALL.as_bytes().to_vec();
    bytes[SMALL.find("Trees").unwrap()] = 0xff;
    assert_eq!(read(DataType::Toi, &bytes).unwrap_err(), Fault::Encoding.at(7));
}

#[test]
fn a_million_voters_take_no_more_memory_than_their_orders() {
    let large = SMALL.replace("4: 2,1,3", "999995: 2,1,3").replace("VOTERS: 9", "VOTERS: 1000000");
    let file = read_as(DataType::Toi, &large).unwrap();
    assert_eq!(file.votes.len(), 1_000_000);
    assert!(file.votes.windows(2).filter(|pair| !Arc::ptr_eq(&pair[0], &pair[1])).count() == 3);
    assert_eq!(file.pairwise().unwrap()[1][0], 999_996);
}

#[test]
fn damaged_files_never_panic() {
    let lines = SMALL.lines().count() as u64;
    let check = |bytes: &[u8]| match read(DataType::Toi, bytes) {
        Err(error) => assert!(error.line >= 1 && error.line <= lines + 1, "{error}"),
        Ok(file) => assert_consistent(&file),
    };
    for position in 0..SMALL.len() {
        let mut bytes = SMALL.as_bytes().to_vec();
        let removed = bytes.remove(position);
        check(&bytes);
        for other in [b'#', b':', b',', b'{', b'}', b'\n', b'-', b'0', b'9', b' ', 0xff] {
            bytes.insert(position, other);
            check(&bytes);
            bytes.insert(position, removed);
            check(&bytes);
            bytes.remove(position);
            bytes.remove(position);
        }
    }
}
