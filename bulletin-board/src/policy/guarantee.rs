//! What a policy guarantees: how many witnesses must cheat, or be away, until it does not any more.
//!
//! A name is a member of one group at most, so that the groups are trees, and both numbers follow from the members'.

use super::{Policy, Signer};

/// What a policy guarantees, counted in witnesses. Implements the end of specs/board.md#policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guarantee {
    /// The fewest witnesses that must cheat together with the log so that two histories meet the policy.
    pub to_split: usize,
    /// The fewest witnesses that must be away so that no checkpoint meets the policy.
    pub to_stop: usize,
}

impl Guarantee {
    /// Whether nobody can show two histories as long as fewer witnesses cheat than would stop the log by being away:
    /// of k of n witnesses, whether k ≥ 1 + ⌊2n/3⌋.
    pub fn is_strong(&self) -> bool {
        self.to_split >= self.to_stop
    }
}

impl Policy {
    /// What the policy guarantees; `None` for `quorum none`.
    pub fn guarantee(&self) -> Option<Guarantee> {
        let mut known: Vec<Guarantee> = Vec::with_capacity(self.signers.len());
        for signer in &self.signers {
            known.push(match signer {
                Signer::Witness(_) => Guarantee { to_split: 1, to_stop: 1 },
                Signer::Group { threshold, members } => {
                    let members: Vec<Guarantee> =
                        members.iter().filter_map(|member| known.get(*member).copied()).collect();
                    of_group(*threshold, &members)
                }
            });
        }
        known.get(self.quorum?).copied()
    }
}

/// Of two quorums of k among m members, at least 2k − m members are in both, and those cheat; m − k + 1 must be away to leave
/// no k. The cheapest do either.
fn of_group(threshold: usize, members: &[Guarantee]) -> Guarantee {
    let cheapest = |count: usize, cost: fn(&Guarantee) -> usize| {
        let mut costs: Vec<usize> = members.iter().map(cost).collect();
        costs.sort_unstable();
        costs.into_iter().take(count).sum()
    };
    Guarantee {
        to_split: cheapest((2 * threshold).saturating_sub(members.len()), |member| member.to_split),
        to_stop: cheapest(members.len() + 1 - threshold, |member| member.to_stop),
    }
}
