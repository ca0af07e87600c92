//! What `META` allows a vote to be.

use super::Project;
use super::fault::Fault;

/// How many projects a voter may choose, and for how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The fewest.
    pub min: u64,
    /// The most; never above the number of projects.
    pub max: u64,
    /// Least and greatest sum of the costs of a vote, in millionths.
    cost: (Option<u128>, Option<u128>),
}

impl Rule {
    /// The rule of a vote type with the lengths and cost sums that `META` states.
    pub(super) fn new(
        vote_type: &str,
        options: u64,
        (min_length, max_length): (Option<u64>, Option<u64>),
        cost: (Option<u128>, Option<u128>),
    ) -> Result<Self, Fault> {
        let (min, max) = match vote_type {
            "choose-1" => (min_length.unwrap_or(1), max_length.unwrap_or(1)),
            "approval" => (min_length.unwrap_or(1), max_length.unwrap_or(options)),
            other => return Err(Fault::VoteType(other.to_owned())),
        };
        if vote_type == "choose-1" && (min, max) != (1, 1) {
            return Err(Fault::Contradiction(format!(
                "`choose-1` allows one project, but the lengths are {min} to {max}"
            )));
        }
        if max == 0 {
            return Err(Fault::Contradiction("max_length = 0 allows no vote".to_owned()));
        }
        if min > max {
            return Err(Fault::Contradiction(format!("min_length = {min} is above max_length = {max}")));
        }
        if min > options {
            return Err(Fault::Contradiction(format!("min_length = {min}, but there are {options} projects")));
        }
        if let (Some(least), Some(most)) = cost
            && least > most
        {
            return Err(Fault::Contradiction("min_sum_cost is above max_sum_cost".to_owned()));
        }
        // A larger bound than there are projects is common where one rule serves many districts.
        Ok(Self { min, max: max.min(options), cost })
    }

    /// Whether `META` limits what the projects of a vote cost together. The encrypted ballot's proof does not.
    pub fn limits_cost(&self) -> bool {
        self.cost != (None, None)
    }

    /// Refuses a vote that breaks the rule.
    pub(super) fn check(&self, chosen: &[u32], projects: &[Project]) -> Result<(), Fault> {
        let length = chosen.len() as u64;
        if length < self.min || length > self.max {
            return Err(Fault::Length { found: chosen.len(), min: self.min, max: self.max });
        }
        let sum = chosen.iter().filter_map(|index| projects.get(*index as usize)?.cost).fold(0, u128::saturating_add);
        match self.cost {
            (Some(least), _) if sum < least => Err(Fault::Cost("little")),
            (_, Some(most)) if sum > most => Err(Fault::Cost("much")),
            _ => Ok(()),
        }
    }
}

/// A decimal number of at most six places, in millionths.
pub(super) fn amount(field: &'static str, value: &str) -> Result<u128, Fault> {
    let (whole, part) = value.split_once(['.', ',']).unwrap_or((value, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let number = if !whole.is_empty() && whole.len() <= 20 && part.len() <= 6 && digits(whole) && digits(part) {
        format!("{whole}{part:0<6}").parse().ok()
    } else {
        None
    };
    number.ok_or_else(|| Fault::Number { field, value: value.to_owned() })
}
