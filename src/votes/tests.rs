use super::*;
use crate::pabulib::Fault;

/// Asserts that every vote of a file keeps its rule and names its options only.
#[track_caller]
pub fn assert_consistent(file: &VoteFile) {
    let options = file.options.len();
    assert!(options > 0);
    match &file.rule {
        Rule::Choice { min, max } => assert!(min <= max && *max <= options as u64),
        Rule::Score { most, min, max } => assert!(*most > 0 && min <= max && *max <= most * options as u64),
        Rule::Positional { min, weights } => {
            assert!(*min <= weights.len() as u64 && weights.len() <= options);
            assert!(weights.windows(2).all(|pair| pair[0] > pair[1]) && !weights.contains(&0));
        }
        Rule::Ranking { .. } => (),
    }
    for vote in &file.votes {
        match (&file.rule, vote.as_ref()) {
            (Rule::Choice { min, max }, Vote::Options(chosen)) => {
                assert!((*min..=*max).contains(&(chosen.len() as u64)));
                assert!(chosen.iter().all(|option| *option < options));
            }
            (Rule::Score { most, min, max }, Vote::Points(points)) => {
                assert_eq!(points.len(), options);
                assert!(points.iter().all(|points| points <= most));
                assert!((*min..=*max).contains(&points.iter().sum()));
            }
            (Rule::Positional { min, weights }, Vote::Ranking(ranks)) => {
                assert!((*min..=weights.len() as u64).contains(&(ranks.len() as u64)));
                assert!(ranks.iter().all(|rank| rank.len() == 1));
                assert_distinct(ranks, options);
            }
            (Rule::Ranking { ties }, Vote::Ranking(ranks)) => {
                assert!(!ranks.iter().any(BTreeSet::is_empty));
                let named = assert_distinct(ranks, options);
                assert!(*ties || (ranks.len() == named && named + 1 >= options));
            }
            (rule, vote) => panic!("{vote:?} is no vote of {rule:?}"),
        }
    }
}

fn assert_distinct(ranks: &[BTreeSet<usize>], options: usize) -> usize {
    let named: Vec<usize> = ranks.iter().flatten().copied().collect();
    let distinct: BTreeSet<usize> = named.iter().copied().collect();
    assert!(distinct.len() == named.len() && named.iter().all(|option| *option < options));
    named.len()
}

const APPROVAL: &str = "META
key;value
vote_type;approval
PROJECTS
project_id
a
VOTES
voter_id;vote
1;a
";

const STRICT: &str = "# DATA TYPE: soc
# NUMBER ALTERNATIVES: 1
# NUMBER VOTERS: 2
# NUMBER UNIQUE ORDERS: 1
# ALTERNATIVE NAME 1: a
2: 1
";

#[test]
fn the_ending_of_the_name_tells_the_format() {
    for name in ["votes.pb", "a.b/votes.2022.PB", "./votes.Pb"] {
        let file = VoteFile::read(name, APPROVAL.as_bytes()).unwrap();
        assert_eq!((file.rule, file.votes.len()), (Rule::Choice { min: 1, max: 1 }, 1), "{name}");
    }
    for (name, data_type) in [("votes.soc", "soc"), ("votes.soi", "soi"), ("votes.TOC", "toc"), ("votes.toi", "toi")] {
        let file = VoteFile::read(name, STRICT.replace("soc", data_type).as_bytes()).unwrap();
        assert_eq!((file.rule, file.votes.len()), (Rule::Ranking { ties: false }, 2), "{name}");
    }
}

#[test]
fn another_ending_is_refused() {
    for name in ["votes", "votes.csv", "votes.pb.txt", "pb", ".pb", "votes.", ""] {
        let error = VoteFile::read(name, APPROVAL.as_bytes()).unwrap_err();
        assert_eq!(error, ReadError::Ending(name.to_owned()));
        for ending in [".pb", ".soc", ".soi", ".toc", ".toi"] {
            assert!(error.to_string().contains(ending), "{error}");
        }
    }
}

#[test]
fn categories_are_no_orders() {
    let error = VoteFile::read("00026-00000001.CAT", STRICT.as_bytes()).unwrap_err();
    assert_eq!(error, ReadError::Categories("00026-00000001.CAT".to_owned()));
}

#[test]
fn faults_are_those_of_the_format_and_say_their_line() {
    let error = VoteFile::read("votes.pb", APPROVAL.replace("1;a", "1;b").as_bytes()).unwrap_err();
    assert_eq!(error, ReadError::Pabulib(Fault::UnknownProject("b".to_owned()).at(9)));
    assert_eq!(error.to_string(), "line 9: the vote names `b`, which is not a project of this file");
    let error = VoteFile::read("votes.soc", STRICT.replace("2: 1", "2: 2").as_bytes()).unwrap_err();
    let unknown = preflib::Fault::UnknownOption { number: 2, options: 1 };
    assert_eq!(error, ReadError::Preflib(unknown.at(6)));
    assert_eq!(error.to_string(), "line 6: there is no alternative 2; their numbers are 1 to 1");
}

#[test]
fn no_more_than_a_million_voters_are_taken() {
    let vote = || Vote::Options(BTreeSet::from([0]));
    let mut cast = Cast::default();
    cast.add(vote(), MOST_VOTERS - 1).unwrap();
    assert_eq!(cast.add(vote(), 2), Err(TooManyVoters));
    assert_eq!(cast.add(vote(), u64::MAX), Err(TooManyVoters));
    cast.add(vote(), 1).unwrap();
    assert_eq!(cast.add(vote(), 1), Err(TooManyVoters));
    assert_eq!(cast.distinct(), 1);
    assert_eq!(cast.into_votes().len() as u64, MOST_VOTERS);
}

#[test]
fn limits_are_told_in_words() {
    let told = |limit: Limit| limit.to_string();
    assert!(told(Limit::Cost).starts_with("The file limits the cost of a vote: its votes keep that rule"));
    assert!(told(Limit::Unknown("max_length_unit".to_owned())).starts_with("The file states `max_length_unit`"));
}
