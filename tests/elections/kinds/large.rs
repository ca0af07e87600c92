//! A ranking of twenty options with ties: 380 slots, for which no dealing fits into one entry.

use tabella_board::entry::Entry;
use tabella_counting::rule::Method;
use tabella_election::message::{ContestKind, Manifest, Ranking};

use super::{elects, ends_with};
use crate::scene::Scene;
use crate::scene::samples::{Vote, counted, manifest, places, question, style, trustees};

/// The longest entry that a bundle can hold.
const LONGEST: usize = 65_535;

#[test]
fn twenty_options_are_ranked_with_ties() {
    let ranking = question("order", 20, ContestKind::Ranking(Ranking { ties: true }));
    let manifest = Manifest {
        contests: vec![counted(ranking, Method::RankedPairs, 1, None)],
        styles: vec![style("All", &[0])],
        trustees: trustees(5),
        ..manifest()
    };
    let mut scene = Scene::open(manifest, &[(1, 0), (2, 0)]);
    assert_eq!(scene.board().election().slots(), 380);
    let votes = [
        // The third is the best for one, with the fourth; for the other the twentieth stands between them.
        (0, Vote::from([(0, places(&[&[2, 3], &[0], &[19, 5, 6]]))])),
        (1, Vote::from([(0, places(&[&[2], &[19], &[3], &[4, 1]]))])),
    ];
    votes.iter().for_each(|(voter, vote)| scene.vote(*voter, vote));
    ends_with(&mut scene, &votes, &[(0, elects("ranked-pairs", 1, &["order3"]))]);

    let entries = scene.log.entries.iter();
    let dealings = entries.clone().filter(|entry| Entry::parse(entry).unwrap().kind == "deal").count();
    assert_eq!(dealings, 2 * 5);
    assert!(entries.clone().all(|entry| entry.len() <= LONGEST));
    let largest_ballot = entries.filter(|entry| Entry::parse(entry).unwrap().kind == "ballot").map(Vec::len).max();
    assert!(largest_ballot.is_some_and(|length| (24_000..30_000).contains(&length)), "{largest_ballot:?}");
}
