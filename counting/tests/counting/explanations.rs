//! Sentences for people. Their words are not fixed; here they are looked at.

use tabella_counting::count;
use tabella_counting::outcome::{Entrant, Outcome};
use tabella_counting::rule::Method;
use tabella_counting::totals::{Pairs, Totals};

use crate::sample::{count_lists, pairs, rule};

fn explained(outcome: &Outcome) -> Vec<String> {
    outcome.explain(|entrant| match entrant {
        Entrant::Option(option) => ["Apple", "Birch", "Cedar", "Elm"][option].to_owned(),
        Entrant::List(list) => ["Fruit", "Timber", "Shade"][list].to_owned(),
    })
}

fn ranked(method: Method, tie_break: &[u64], pairs: &Pairs) -> Vec<String> {
    explained(&count(&rule(method, 1, tie_break), &Totals::Pairs(pairs.clone())).unwrap())
}

#[test]
fn of_the_highest_totals() {
    let highest = |tie_break: &[u64]| {
        explained(&count(&rule(Method::Highest, 2, tie_break), &Totals::Options(&[4, 9, 4, 1])).unwrap())
    };
    let begin = ["The 2 seats go to the options with the highest totals.", "Birch is elected with 9."];
    let undecided = highest(&[]);
    assert_eq!(undecided[..2], begin);
    assert_eq!(undecided[2..], ["Apple and Cedar tie for 1 seat with 4; nothing decides between them."]);
    assert_eq!(
        highest(&[3, 2, 1, 0])[2..],
        ["Apple and Cedar tie for 1 seat with 4; the tie-break of the manifest decides for Cedar."]
    );
}

#[test]
fn of_pairs() {
    let cycle = pairs("ABC", &[(7, "ABC"), (6, "BCA"), (4, "CAB")]);
    assert_eq!(
        ranked(Method::Condorcet, &[], &cycle),
        [
            "Apple does not beat Cedar: 7 to 10.",
            "Birch does not beat Apple: 6 to 11.",
            "Cedar does not beat Birch: 4 to 13.",
            "No option beats every other, so nobody is elected."
        ]
    );
    assert_eq!(
        ranked(Method::Schulze, &[], &cycle),
        [
            "Apple stands above Birch: the strongest path has its weakest win by 11 to 6, the one back has its weakest by 10 to 7.",
            "Apple stands above Cedar: the strongest path has its weakest win by 11 to 6, the one back has its weakest by 10 to 7.",
            "Apple is elected."
        ]
    );
    assert_eq!(
        ranked(Method::RankedPairs, &[], &cycle),
        [
            "Birch over Cedar by 13 to 4: kept.",
            "Apple over Birch by 11 to 6: kept.",
            "Cedar over Apple by 10 to 7: not kept, since stronger wins contradict it.",
            "Apple is elected."
        ]
    );
    assert_eq!(
        ranked(Method::Copeland, &[2, 0, 1], &cycle)[2..],
        [
            "Cedar beats 1 and is level with 0: 2 points.",
            "Apple, Birch and Cedar tie for 1 seat with 2 points; the tie-break of the manifest decides for Cedar."
        ]
    );
    let clear = pairs("ABC", &[(2, "ABC"), (1, "BCA")]);
    assert_eq!(
        ranked(Method::Condorcet, &[], &clear),
        ["Apple beats Birch by 2 to 1.", "Apple beats Cedar by 2 to 1.", "Apple is elected."]
    );
}

#[test]
fn of_ranked_pairs_only_what_makes_the_candidates() {
    let order = pairs("ABCD", &[(3, "ABCD"), (1, "ACBD")]);
    assert_eq!(
        ranked(Method::RankedPairs, &[], &order),
        [
            "Apple over Birch by 4 to 0: kept.",
            "Apple over Cedar by 4 to 0: kept.",
            "Apple over Elm by 4 to 0: kept.",
            "Gone through as well: 3 wins over options that lose by a kept win above.",
            "Apple is elected."
        ]
    );
    let equals = pairs("ABC", &[(2, "ABC"), (2, "BCA"), (2, "CAB")]);
    assert_eq!(
        ranked(Method::RankedPairs, &[0, 1, 2], &equals),
        [
            "Apple over Birch by 4 to 2: not sure, since wins that are as strong may contradict it.",
            "Birch over Cedar by 4 to 2: not sure, since wins that are as strong may contradict it.",
            "Cedar over Apple by 4 to 2: not sure, since wins that are as strong may contradict it.",
            "Apple, Birch and Cedar tie for 1 seat; the tie-break of the manifest decides for Apple."
        ]
    );
}

#[test]
fn of_lists_that_tie_for_the_last_seat() {
    let lists: [(u64, &[u64]); 2] = [(60, &[]), (30, &[])];
    assert_eq!(
        explained(&count_lists(&rule(Method::SainteLague, 1, &[]), &lists))[..1],
        ["Fruit gets 1 seat with the quotient 60/1."]
    );
    assert_eq!(
        explained(&count_lists(&rule(Method::DHondt, 2, &[0, 1]), &lists)),
        [
            "Fruit gets 1 seat with the quotient 60/1.",
            "Fruit and Timber tie for 1 seat with the quotient 60/2; the tie-break of the manifest decides for Fruit.",
            "Fruit has 2 seats; it names no options that could take seats."
        ]
    );
}

#[test]
fn of_lists() {
    let lists: [(u64, &[u64]); 3] = [(60, &[60]), (29, &[10, 19]), (11, &[])];
    assert_eq!(
        explained(&count_lists(&rule(Method::DHondt, 3, &[]), &lists)),
        [
            "Fruit gets 2 seats with the quotients 60/1 to 60/2.",
            "Timber gets 1 seat with the quotient 29/1.",
            "Fruit has 2 seats, which its options fill by their totals.",
            "Apple is elected with 60.",
            "1 seat is vacant: nobody is left to take it.",
            "Timber has 1 seat, which its options fill by their totals.",
            "Cedar is elected with 19."
        ]
    );
    assert_eq!(
        explained(&count_lists(&rule(Method::LargestRemainder, 4, &[]), &lists))[..5],
        [
            "Fruit with 60: 2 seats by whole shares, remainder 40.",
            "Timber with 29: 1 seat by whole shares, remainder 16.",
            "Shade with 11: 0 seats by whole shares, remainder 44.",
            "Shade gets a seat with the remainder 44.",
            "Fruit has 2 seats, which its options fill by their totals."
        ]
    );
}
