use serde_json::json;
use tabella_election::message::{
    Allocation, Choice, ContestOption, Counting, List, Lists, Positional, Quadratic, Score,
};
use tabella_election::voter::opened;

use super::*;

fn contest(kind: ContestKind, ids: &[&str]) -> Contest {
    let option = |id: &&str| ContestOption { id: (*id).to_owned(), title: id.to_uppercase() };
    Contest {
        id: "c".to_owned(),
        title: "C".to_owned(),
        options: ids.iter().map(option).collect(),
        kind,
        counting: Counting(None),
    }
}

const THREE: &[&str] = &["ada", "noether", "turing"];

fn choice(ids: &[&str]) -> Contest {
    contest(ContestKind::Choice(Choice { min: 0, max: 2, blank: true }), ids)
}

fn score(ids: &[&str]) -> Contest {
    contest(ContestKind::Score(Score { most: 5, min: 0, max: 9 }), ids)
}

fn positional(weights: &[u64]) -> Contest {
    contest(ContestKind::Positional(Positional { min: 1, weights: weights.to_vec() }), THREE)
}

fn ranking(ties: bool, ids: &[&str]) -> Contest {
    contest(ContestKind::Ranking(Ranking { ties }), ids)
}

fn lists(sizes: &[(&str, u64)], ids: &[&str]) -> Contest {
    let list = |(id, options): &(&str, u64)| List { id: (*id).to_owned(), title: id.to_uppercase(), options: *options };
    let lists = sizes.iter().map(list).collect();
    contest(ContestKind::Lists(Lists { lists, min: 0, max: 2 }), ids)
}

/// What is said back of an answer, or why it is none.
fn said(contest: &Contest, words: &str) -> String {
    match ask::answer(contest, words) {
        Ok(selection) => show::chosen(contest, &selection),
        Err(error) => error.to_string(),
    }
}

#[test]
fn every_kind_is_answered_in_its_way() {
    let allocation = contest(ContestKind::Allocation(Allocation { amount: 10, range: false }), THREE);
    let quadratic = contest(ContestKind::Quadratic(Quadratic { credits: 10 }), THREE);
    let council = lists(&[("green", 2), ("blue", 1), ("free", 0)], THREE);
    for (contest, words, wanted) in [
        (&choice(THREE), "ada,noether", "ADA, NOETHER"),
        (&choice(THREE), " 3 , ada ,", "ADA, TURING"),
        (&choice(THREE), "", "(none of the options)"),
        (&choice(THREE), "blank", "(blank)"),
        (&score(THREE), "noether:5,3:1", "NOETHER 5, TURING 1"),
        (&score(THREE), "ada : 2 , turing : 3", "ADA 2, TURING 3"),
        (&score(THREE), "ada:0", "(nothing to any option)"),
        (&score(THREE), "", "(nothing to any option)"),
        (&quadratic, "ada:3,turing:1", "ADA 3, TURING 1 (10 of 10 credits)"),
        (&allocation, "1:4,2:6", "ADA 4, NOETHER 6"),
        (&positional(&[2, 1]), "noether>ada", "NOETHER > ADA"),
        (&positional(&[2, 1]), "3", "TURING"),
        (&ranking(false, THREE), "turing > 1 > noether", "TURING > ADA > NOETHER"),
        // The only one that is left out comes last.
        (&ranking(false, THREE), "turing>noether", "TURING > NOETHER > ADA"),
        (&ranking(true, THREE), "noether=turing>ada", "NOETHER = TURING > ADA"),
        (&ranking(true, THREE), "noether", "NOETHER > ADA = TURING"),
        (&ranking(true, THREE), "", "ADA = NOETHER = TURING"),
        (&council, "green:ada,noether", "GREEN: ADA, NOETHER"),
        (&council, "green", "GREEN"),
        (&council, "green:", "GREEN"),
        (&council, "2:3", "BLUE: TURING"),
        (&council, "free", "FREE"),
    ] {
        assert_eq!(said(contest, words), wanted, "{}: {words}", contest.kind.name());
    }
}

#[test]
fn ids_may_hold_what_stands_between_words() {
    let nasty = &["a", "a,b", "b", "a:3", "a>b", "a=b", "3", " "];
    let council = lists(&[("l", 1), ("l:a", 1), ("l:a,b", 0)], &["a", "b"]);
    let numbers = ContestKind::Score(Score { most: 5, min: 0, max: 9 });
    for (contest, words, wanted) in [
        (&choice(nasty), "a,b", "A,B"),
        (&choice(nasty), "b,a", "A, B"),
        (&choice(nasty), "a,b,b", "A,B, B"),
        (&choice(nasty), "1,b", "A, B"),
        // Ids come before numbers: the third option is "b", and "3" another.
        (&choice(nasty), "3", "3"),
        (&choice(nasty), "7", "3"),
        (&choice(nasty), "a:3", "A:3"),
        (&choice(nasty), " ,a", "A,  "),
        (&score(nasty), "a:3", "A 3"),
        (&score(nasty), "a:3:2,a:1", "A 1, A:3 2"),
        (&score(nasty), "a,b:2,b:1", "A,B 2, B 1"),
        (&contest(numbers, &["1:1", "1"]), "1:1:2,1:3", "1:1 2, 1 3"),
        (&ranking(true, nasty), "a>b>a=b=b", "A>B > B = A=B > A = A,B = A:3 = 3 =  "),
        (&council, "l:a", "L:A"),
        (&council, "l:1", "L: A"),
        (&council, "l:a:b", "L:A: B"),
        (&council, "l:a,b", "L:A,B"),
    ] {
        assert_eq!(said(contest, words), wanted, "{}: {words}", contest.kind.name());
    }
}

#[test]
fn who_gives_no_vote_is_told_what_to_do() {
    let allocation = contest(ContestKind::Allocation(Allocation { amount: 10, range: false }), THREE);
    let quadratic = contest(ContestKind::Quadratic(Quadratic { credits: 10 }), THREE);
    let council = lists(&[("green", 2), ("blue", 1)], THREE);
    for (contest, words, wanted) in [
        (&choice(THREE), "1,2,3", "this is no vote in “C”: choose at most 2"),
        (&choice(THREE), "ada,1", "“ada” is named twice"),
        (
            &choice(THREE),
            "eve,ada",
            "there is no option “eve” in\nC (c): choose up to 2, or vote blank\n  1  ADA (ada)\n",
        ),
        (&choice(THREE), "4", "there is no option “4” in\n"),
        (&choice(THREE), "0", "there is no option “0” in\n"),
        (&score(THREE), "ada", "“ada” has no number; write OPTION:POINTS with commas between them"),
        (&score(THREE), "ada,noether:3", "“ada” has no number"),
        (&score(THREE), "ada:", "“” is no whole number; write OPTION:POINTS"),
        (&score(THREE), "ada:+1", "“+1” is no whole number"),
        (&score(THREE), "ada:1.5", "“1.5” is no whole number"),
        (&score(THREE), "ada:1,1:2", "“ada” is named twice"),
        (&score(THREE), "ada:6", "this is no vote in “C”: give at most 5 to one option"),
        (&score(THREE), "1:5,2:5", "give at most 9 in all"),
        (&score(THREE), "eve:1", "there is no option “eve” in\n"),
        (&quadratic, "1:3,2:2", "these votes cost 13 credits, and there are 10"),
        (&quadratic, "1:18446744073709551615", "credits, and there are 10"),
        (&allocation, "1:9", "this is no vote in “C”: split exactly 10"),
        (&positional(&[2, 1]), "", "choose at least 1"),
        (&positional(&[2, 1]), "1>2>3", "choose at most 2"),
        (&positional(&[2, 1]), "1=2", "“ADA” and “NOETHER” need a place each, with > between them"),
        (&ranking(false, THREE), "ada", "“NOETHER” and “TURING” need a place each, with > between them"),
        (&ranking(true, THREE), "ada>ada", "“ada” is named twice"),
        (&ranking(true, THREE), "ada>>turing", "an option is missing; write options with > between them"),
        (&ranking(true, THREE), "ada>", "an option is missing"),
        (&ranking(true, THREE), "ada,turing", "there is no option “ada,turing” in\n"),
        (&council, "", "choose a list; write LIST:OPTIONS"),
        (
            &council,
            "red",
            "there is no list “red” in\nC (c): choose one list, and up to 2 of its options\n  1  GREEN (green)\n",
        ),
        (&council, "green:turing", "choose options of the list only"),
        (&council, "green,ada", "there is no list “green,ada”"),
        (&council, "blue:eve", "there is no option “eve” in\n"),
    ] {
        let found = said(contest, words);
        assert!(found.contains(wanted), "{}: {words}: {found}", contest.kind.name());
    }
}

#[test]
fn only_some_choices_offer_a_blank_vote() {
    let told = |contest: &Contest| judge(contest, &Selection::Blank).err().map(|error| error.to_string());
    let refused = Some("this is no vote in “C”: this contest has no blank vote".to_owned());
    assert_eq!(told(&choice(THREE)), None);
    for contest in [
        contest(ContestKind::Choice(Choice { min: 0, max: 2, blank: false }), THREE),
        score(THREE),
        ranking(true, THREE),
        lists(&[("green", 3)], THREE),
    ] {
        assert_eq!(told(&contest), refused);
    }
    assert!(said(&score(THREE), "blank").contains("there is no option “blank” in"));
}

#[test]
fn contests_are_found_by_id_and_number() {
    let named = |id: &str| Contest { id: id.to_owned(), ..choice(THREE) };
    let (a, b, c) = (named("mayor"), named("a=b"), named("1"));
    let contests = [(0, &a), (1, &b), (4, &c)];
    let found = |words: &str| match words::contest_and_answer(&contests, words) {
        Ok(((index, _), answer)) => format!("{index} {answer}"),
        Err(error) => error.to_string(),
    };
    assert_eq!(found("mayor=ada"), "0 ada");
    assert_eq!(found("mayor="), "0 ");
    assert_eq!(found(" 2 = ada=x"), "1  ada=x");
    assert_eq!(found("a=b=ada"), "1 ada");
    assert_eq!(found("1=ada"), "4 ada");
    assert_eq!(found("mayor"), "`mayor` is not CONTEST=ANSWER");
    assert_eq!(found("eve"), "`eve` is not CONTEST=ANSWER");
    assert!(found("eve=ada").starts_with("there is no contest “eve” on this ballot; there is\nC (mayor): choose"));
    assert_eq!(words::contest(&contests, "a=b").unwrap().0, 1);
    assert!(words::contest(&contests, "mayor=ada").is_err());
}

#[test]
fn programs_are_told_ids() {
    let json = |contest: &Contest, words: &str| show::chosen_json(contest, &ask::answer(contest, words).unwrap());
    assert_eq!(json(&choice(THREE), "turing,ada"), json!(["ada", "turing"]));
    assert_eq!(json(&choice(THREE), "blank"), json!(null));
    assert_eq!(json(&score(THREE), "ada:2"), json!({ "ada": 2, "noether": 0, "turing": 0 }));
    assert_eq!(json(&ranking(true, THREE), "turing"), json!([["turing"], ["ada", "noether"]]));
    assert_eq!(
        json(&lists(&[("green", 2), ("blue", 1)], THREE), "green:noether"),
        json!({ "list": "green", "options": ["noether"] })
    );
}

#[test]
fn an_opened_ballot_is_compared_by_what_it_can_tell() {
    let opens_as = |contest: &Contest, words: &str| {
        show::chosen(contest, &opened(contest, &ask::answer(contest, words).unwrap()).unwrap())
    };
    // Both ranks earn as much: the order is not in the ballot.
    assert_eq!(opens_as(&positional(&[2, 2]), "noether>ada"), "ADA = NOETHER");
    assert_eq!(opens_as(&positional(&[2, 0]), "noether>ada"), "NOETHER");
    assert_eq!(opens_as(&positional(&[2, 1]), "noether>ada"), "NOETHER > ADA");
    assert_eq!(opens_as(&ranking(true, THREE), "noether"), "NOETHER > ADA = TURING");
    assert_eq!(opens_as(&lists(&[("green", 2), ("blue", 1)], THREE), "green:ada"), "GREEN: ADA");
    assert_eq!(opens_as(&choice(THREE), "blank"), "(blank)");
}
