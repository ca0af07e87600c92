//! Groups of contests whose ballots are added up together. Implements specs/tally.md#groups.

use std::collections::{BTreeMap, BTreeSet};

use super::number_slots;
use crate::message::Manifest;

/// Contests that the same styles have: they are counted over the same ballots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Contest indexes, ascending.
    pub contests: Vec<u64>,
    /// Indexes of the styles that have these contests.
    pub styles: BTreeSet<u64>,
    /// The numbers of the contests' slots, from 1 through all contests, ascending.
    pub slots: Vec<usize>,
}

/// The groups of a manifest, by their first contest.
pub(super) fn groups(manifest: &Manifest) -> Vec<Group> {
    let mut position_of = BTreeMap::new();
    let mut groups: Vec<Group> = Vec::new();
    for (contest, slots) in (0..).zip(number_slots(&manifest.contests)) {
        let styles = styles_with(manifest, contest);
        let position = *position_of.entry(styles.clone()).or_insert(groups.len());
        match groups.get_mut(position) {
            Some(group) => {
                group.contests.push(contest);
                group.slots.extend(slots);
            }
            None => groups.push(Group { contests: vec![contest], styles, slots: slots.collect() }),
        }
    }
    groups
}

fn styles_with(manifest: &Manifest, contest: u64) -> BTreeSet<u64> {
    let styles = (0..).zip(&manifest.styles);
    styles.filter(|(_, style)| style.contests.contains(&contest)).map(|(index, _)| index).collect()
}
