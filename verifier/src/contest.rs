//! Contests and their kinds: decoding, rules, sizes and bounds. Implements specs/election.md#contest.

use crate::cbor::{self, Malformed};
use crate::counting::Rule;
use crate::digits;
use ciborium::Value;

/// Points, weights and credits go up to here.
const MOST_POINTS: u64 = 1_000_000;
const MOST_OPTIONS: usize = 500;
const MOST_LISTS: usize = 500;
const LARGEST_AMOUNT: u64 = u32::MAX as u64;
/// Amounts from here on have two slots for each option, each of 16 bits.
const LIMB: u64 = 1 << 16;

/// A question.
#[derive(Clone, Debug)]
pub struct Contest {
    pub id: String,
    pub title: String,
    pub options: Vec<Choosable>,
    pub kind: Kind,
    /// None: the totals are the outcome.
    pub counting: Option<Rule>,
}

/// An option of a contest.
#[derive(Clone, Debug)]
pub struct Choosable {
    pub id: String,
    pub title: String,
}

/// What a voter may do. Numbers are as decoded: [`Contest::keeps_its_rules`] judges them.
#[derive(Clone, Debug)]
pub enum Kind {
    Choice { min: u64, max: u64, blank: bool },
    Score { most: u64, min: u64, max: u64 },
    Positional { min: u64, weights: Vec<u64> },
    Quadratic { credits: u64 },
    Ranking { ties: bool },
    Lists { lists: Vec<List>, min: u64, max: u64 },
    Allocation { amount: u64, range: bool },
}

/// A list of options: the next so many of the contest.
#[derive(Clone, Debug)]
pub struct List {
    pub id: String,
    pub title: String,
    pub options: u64,
}

impl Kind {
    /// The name in the manifest.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Choice { .. } => "choice",
            Self::Score { .. } => "score",
            Self::Positional { .. } => "positional",
            Self::Quadratic { .. } => "quadratic",
            Self::Ranking { .. } => "ranking",
            Self::Lists { .. } => "lists",
            Self::Allocation { .. } => "allocation",
        }
    }

    fn decode(value: &Value) -> Result<Self, Malformed> {
        let [name, parameters] = cbor::tuple(value)?;
        Ok(match cbor::text(name)? {
            "choice" => {
                let [min, max, blank] = cbor::record(parameters)?;
                Self::Choice { min: cbor::uint(min)?, max: cbor::uint(max)?, blank: cbor::boolean(blank)? }
            }
            "score" => {
                let [most, min, max] = cbor::record(parameters)?;
                Self::Score { most: cbor::uint(most)?, min: cbor::uint(min)?, max: cbor::uint(max)? }
            }
            "positional" => {
                let [min, weights] = cbor::record(parameters)?;
                Self::Positional { min: cbor::uint(min)?, weights: cbor::list(weights, cbor::uint)? }
            }
            "quadratic" => {
                let [credits] = cbor::record(parameters)?;
                Self::Quadratic { credits: cbor::uint(credits)? }
            }
            "ranking" => {
                let [ties] = cbor::record(parameters)?;
                Self::Ranking { ties: cbor::boolean(ties)? }
            }
            "lists" => {
                let [lists, min, max] = cbor::record(parameters)?;
                Self::Lists { lists: cbor::list(lists, list)?, min: cbor::uint(min)?, max: cbor::uint(max)? }
            }
            "allocation" => {
                let [amount, range] = cbor::record(parameters)?;
                Self::Allocation { amount: cbor::uint(amount)?, range: cbor::boolean(range)? }
            }
            _ => return Err(Malformed),
        })
    }
}

impl Contest {
    /// Decodes a contest: types and names, nothing more.
    pub fn decode(value: &Value) -> Result<Self, Malformed> {
        let [id, title, options, kind, counting] = cbor::record(value)?;
        Ok(Self {
            id: cbor::text(id)?.to_owned(),
            title: cbor::text(title)?.to_owned(),
            options: cbor::list(options, option)?,
            kind: Kind::decode(kind)?,
            counting: cbor::nullable(counting, Rule::decode)?,
        })
    }

    /// The lists of a contest of lists.
    pub fn lists(&self) -> &[List] {
        match &self.kind {
            Kind::Lists { lists, .. } => lists,
            _ => &[],
        }
    }

    /// Whether it is of the kind "lists".
    pub fn has_lists(&self) -> bool {
        matches!(self.kind, Kind::Lists { .. })
    }

    /// Whether it is of the kind "ranking".
    pub fn is_ranking(&self) -> bool {
        matches!(self.kind, Kind::Ranking { .. })
    }

    /// How many options and lists there may be: this much of specs/election.md#manifest, check 2.
    pub fn counts_are_right(&self) -> bool {
        let least = usize::from(!self.has_lists());
        let lists = !self.has_lists() || (1..=MOST_LISTS).contains(&self.lists().len());
        (least..=MOST_OPTIONS).contains(&self.options.len()) && lists
    }

    /// Every text of the contest, its lists and its options.
    pub fn texts(&self) -> impl Iterator<Item = &String> {
        let of_options = self.options.iter().flat_map(|option| [&option.id, &option.title]);
        let of_lists = self.lists().iter().flat_map(|list| [&list.id, &list.title]);
        [&self.id, &self.title].into_iter().chain(of_options).chain(of_lists)
    }

    /// N.
    fn number_of_options(&self) -> u64 {
        self.options.len() as u64
    }

    /// The rule of the kind, then the counting rule.
    pub fn keeps_its_rules(&self) -> bool {
        self.keeps_the_rule_of_its_kind() && self.counting.as_ref().is_none_or(|rule| rule.fits(self))
    }

    fn keeps_the_rule_of_its_kind(&self) -> bool {
        let n = self.number_of_options();
        let points = 1..=MOST_POINTS;
        match &self.kind {
            Kind::Choice { min, max, .. } => min <= max && *max <= n && *max >= 1,
            Kind::Score { most, min, max } => {
                points.contains(most) && min <= max && *max >= 1 && *max <= n.saturating_mul(*most)
            }
            Kind::Positional { min, weights } => {
                let ranks = weights.len() as u64;
                (1..=n).contains(&ranks)
                    && *min <= ranks
                    && weights.is_sorted_by(|a, b| a >= b)
                    && weights.first().is_some_and(|first| points.contains(first))
            }
            Kind::Quadratic { credits } => points.contains(credits),
            Kind::Ranking { .. } => n >= 2,
            Kind::Lists { lists, min, max } => {
                let all: u128 = lists.iter().map(|list| u128::from(list.options)).sum();
                all == u128::from(n) && min <= max && *max >= 1 && lists.iter().all(|list| list.options >= *min)
            }
            Kind::Allocation { amount, .. } => (1..=LARGEST_AMOUNT).contains(amount),
        }
    }

    /// Encrypted numbers of a ballot. Of a contest that is not checked yet: at most the square of what its bytes hold.
    pub fn slots(&self) -> usize {
        let n = self.options.len();
        match &self.kind {
            Kind::Choice { blank, .. } => n + usize::from(*blank),
            Kind::Score { .. } | Kind::Positional { .. } | Kind::Quadratic { .. } => n,
            Kind::Ranking { ties: false } => n * n.saturating_sub(1) / 2,
            Kind::Ranking { ties: true } => n * n.saturating_sub(1),
            Kind::Lists { lists, .. } => n + lists.len(),
            Kind::Allocation { .. } => n * self.slots_of_an_option(),
        }
    }

    /// An option of an allocation has two if its values do not fit into one.
    pub fn slots_of_an_option(&self) -> usize {
        match self.kind {
            Kind::Allocation { amount, .. } if amount >= LIMB => 2,
            _ => 1,
        }
    }

    /// Committed numbers of a ballot, of a contest that keeps its rules: as the shape will have them, without making it.
    pub fn coordinates(&self) -> u64 {
        let n = self.number_of_options();
        match &self.kind {
            Kind::Choice { min, max, blank } => {
                n.saturating_sub(1) + u64::from(*blank) + digits::count(max.saturating_sub(*min))
            }
            Kind::Score { most, min, max } => {
                (n * digits::count(*most)).saturating_sub(1) + digits::count(max.saturating_sub(*min))
            }
            Kind::Positional { min, weights } => (n * weights.len() as u64).saturating_sub(*min),
            Kind::Quadratic { credits } => n * digits::count(credits.isqrt()) + digits::count(*credits),
            Kind::Ranking { .. } => self.slots() as u64,
            Kind::Lists { lists, min, max } => {
                let of_list = |list: &List| match list.options {
                    0 => 0,
                    options => options - 1 + digits::count((*max).min(options).saturating_sub(*min)),
                };
                (lists.len() as u64).saturating_sub(1) + lists.iter().map(of_list).fold(0, u64::saturating_add)
            }
            Kind::Allocation { range: true, .. } => (self.slots() as u64).saturating_sub(1),
            Kind::Allocation { amount, range: false } => (n * digits::count(*amount)).saturating_sub(1),
        }
    }

    /// Constraints of a ballot, of a contest that keeps its rules: as the shape will have them, without making it.
    pub fn constraints(&self) -> u64 {
        let n = self.number_of_options();
        match &self.kind {
            Kind::Choice { min, max, blank } => n + u64::from(*blank) + digits::count(max.saturating_sub(*min)),
            Kind::Score { most, min, max } => n * digits::count(*most) + digits::count(max.saturating_sub(*min)),
            Kind::Positional { min, weights } => {
                let ranks = weights.len() as u64;
                let of_options = if ranks >= 2 { n } else { 0 };
                n * ranks + of_options + ranks.saturating_sub(*min)
            }
            // The bits, and that the credits add up.
            Kind::Quadratic { .. } => self.coordinates() + 1,
            Kind::Ranking { ties: false } => self.slots() as u64 + n * n.saturating_sub(1) * n.saturating_sub(2) / 6,
            Kind::Ranking { ties: true } => {
                let ordered = self.slots() as u64;
                ordered + ordered / 2 + ordered * n.saturating_sub(2)
            }
            // Of each list one coordinate is derived, and of the lists one: all have constraints.
            Kind::Lists { lists, .. } => {
                let with_options = lists.iter().filter(|list| list.options > 0).count() as u64;
                self.coordinates().saturating_add(1 + with_options)
            }
            Kind::Allocation { range: true, .. } => 0,
            Kind::Allocation { amount, range: false } => n * digits::count(*amount),
        }
    }

    /// Slots whose value a range proof holds to 16 bits.
    pub fn ranged_slots(&self) -> usize {
        if matches!(self.kind, Kind::Allocation { range: true, .. }) { self.slots() } else { 0 }
    }

    /// The largest value of a slot of one ballot.
    pub fn largest_of_a_slot(&self) -> u64 {
        match &self.kind {
            Kind::Choice { .. } | Kind::Ranking { .. } | Kind::Lists { .. } => 1,
            Kind::Score { most, max, .. } => *most.min(max),
            Kind::Positional { weights, .. } => weights.first().copied().unwrap_or(0),
            Kind::Quadratic { credits } => credits.isqrt(),
            Kind::Allocation { amount, .. } => (*amount).min(LIMB - 1),
        }
    }

    /// The largest value of an option on one ballot.
    pub fn largest_of_an_option(&self) -> u64 {
        match &self.kind {
            Kind::Allocation { amount, .. } => *amount,
            _ => self.largest_of_a_slot(),
        }
    }
}

fn option(value: &Value) -> Result<Choosable, Malformed> {
    let [id, title] = cbor::record(value)?;
    Ok(Choosable { id: cbor::text(id)?.to_owned(), title: cbor::text(title)?.to_owned() })
}

fn list(value: &Value) -> Result<List, Malformed> {
    let [id, title, options] = cbor::record(value)?;
    Ok(List { id: cbor::text(id)?.to_owned(), title: cbor::text(title)?.to_owned(), options: cbor::uint(options)? })
}
