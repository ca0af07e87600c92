//! Outcomes of elections at random, with more options and more votes than elsewhere: both implementations count alike.

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use rayon::prelude::*;
use serde_json::Value;
use tabella_counting::rule::Method;
use tabella_election::contest::Selection;
use tabella_election::message::{Contest, Manifest};

use crate::scene::count::{count, said_by_rules, said_by_verifier};
use crate::scene::record::assert_valid;
use crate::scene::samples::{Vote, quick, style};
use crate::scene::{Scene, random};

const ELECTIONS: u64 = 30;

/// Few voters, so that options tie often.
const VOTERS: [(u64, u64); 7] = [(1, 0), (1, 0), (1, 0), (1, 0), (2, 0), (2, 0), (3, 0)];

/// An election with a contest for each method. What both say of it.
fn held(seed: u64) -> Vec<Value> {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let contests: Vec<Contest> =
        Method::ALL.iter().map(|method| random::contest_for(*method, method.as_str(), &mut rng)).collect();
    let all: Vec<u64> = (0..contests.len() as u64).collect();
    let manifest = Manifest { contests: contests.clone(), styles: vec![style("All", &all)], ..quick() };
    let mut scene = Scene::open(manifest, &VOTERS);
    let mut votes: Vec<Vote> = Vec::new();
    for voter in 0..VOTERS.len() {
        let vote = (0..).zip(contests.iter().map(|contest| random::vote(contest, &mut rng))).collect();
        scene.vote(voter, &vote);
        votes.push(vote);
    }
    scene.play_on();
    let report = scene.record().verify();
    assert_valid(&report);
    let said = said_by_rules(&scene);
    assert_eq!(said_by_verifier(&report), said, "election {seed}");
    for (index, (contest, said)) in (0..).zip(contests.iter().zip(&said)) {
        let of_contest = VOTERS.iter().zip(&votes).map(|((weight, _), vote)| (*weight, &vote[&index]));
        let mut counted = count(contest, &of_contest.collect::<Vec<(u64, &Selection)>>());
        counted["outcome"] = said["outcome"].clone();
        assert_eq!(*said, counted, "election {seed}");
    }
    said
}

#[test]
fn both_implementations_count_alike() {
    let said: Vec<Value> = (0..ELECTIONS).into_par_iter().flat_map_iter(held).collect();
    let outcomes = || said.iter().map(|contest| &contest["outcome"]);
    let is_open = |outcome: &Value| outcome["undecided"].as_array().is_some_and(|ties| !ties.is_empty());
    for method in Method::ALL {
        let of_method = || outcomes().filter(|outcome| outcome["method"] == method.as_str());
        assert_eq!(of_method().count() as u64, ELECTIONS);
        assert!(of_method().any(|outcome| !is_open(outcome)), "{method}: no outcome without a tie");
        assert!(of_method().any(is_open), "{method}: no tie");
        let decided = of_method().any(|outcome| outcome["by_tie_break"] == true);
        assert_eq!(decided, *method != Method::Condorcet, "{method}: ties decided");
    }
    assert!(outcomes().any(|outcome| outcome["vacant"].as_u64() > Some(0)));
}
