//! The ballots, all of them made before anything is measured.

use std::sync::Arc;

use anyhow::Result;
use axum::body::Bytes;
use tabella_election::Election;
use tabella_election::message::Voter;
use tabella_election::rules::Poll;
use tabella_election::voter::Booth;

use super::opening::OPTIONS;
use super::stage::seed;
use crate::simulate::progress::Progress;
use crate::simulate::voters::{Share, Voters};
use crate::votes::Vote;

/// Ballots that are made between two looks at the progress.
const TOGETHER: usize = 1_024;

/// How each of `count` voters votes: all answers are chosen equally often.
fn votes(count: usize) -> Vec<Arc<Vote>> {
    let votes: Vec<_> = (0..OPTIONS).map(|option| Arc::new(Vote::Options([option].into()))).collect();
    votes.into_iter().cycle().take(count).collect()
}

fn with_voters<T>(count: usize, act: impl FnOnce(&Voters<'_>) -> Result<T>) -> Result<T> {
    let (seed, votes, none) = (seed(), votes(count), Share::none());
    act(&Voters { seed: &seed, votes: &votes, revotes: none, challenges: none })
}

/// The roll's lines of so many voters.
pub(super) fn enrol(election: &Election, count: usize) -> Result<Vec<Voter>> {
    with_voters(count, |voters| voters.enrol(election))
}

/// The payloads of one ballot of each of the first `count` voters, made on all cores.
pub(super) fn prepare(poll: &Poll, count: usize, progress: &Progress) -> Result<Vec<Bytes>> {
    let booth = Booth::new(poll.election(), 0, poll.keys().slot_keys())?;
    let bar = progress.bar(count as u64, "ballots");
    let ballots = with_voters(count, |voters| {
        let mut ballots = Vec::with_capacity(count);
        for first in (0..count).step_by(TOGETHER) {
            let end = count.min(first + TOGETHER);
            let visits = voters.visit(&booth, poll.election(), first as u64..end as u64)?;
            ballots.extend(visits.into_iter().map(|visit| Bytes::from(visit.last)));
            bar.set_position(end as u64);
        }
        Ok(ballots)
    })?;
    bar.finish_and_clear();
    Ok(ballots)
}
