//! The shape of a style's ballot: coordinates, slots, constraints and ranged slots. Implements specs/ballot.md#shape.

mod encoding;
mod form;
mod lists;
mod points;
mod ranking;

#[cfg(test)]
mod tests;

use crate::contest::{Contest, Kind};
use crate::manifest::{Manifest, Style};
use crate::transcript::transcript;
use crate::tree::Hash;
use curve25519_dalek::Scalar;
use form::{Constraint, Form};
use std::sync::Arc;

/// What a ballot holds for one contest.
#[derive(Clone, Debug, Default)]
pub struct ContestShape {
    /// m: committed numbers.
    coordinates: u32,
    /// u_j of each slot.
    slots: Vec<Form>,
    constraints: Vec<Constraint>,
    /// Whether range proofs hold the slots to 16 bits.
    ranged: bool,
}

impl ContestShape {
    /// The shape of a contest that keeps the rules of its kind.
    pub fn new(contest: &Contest) -> Self {
        let options = contest.options.len();
        match &contest.kind {
            Kind::Choice { min, max, blank } => points::choice(options, *min, *max, *blank),
            Kind::Score { most, min, max } => points::score(options, *most, *min, *max),
            Kind::Positional { min, weights } => points::positional(options, *min, weights),
            Kind::Quadratic { credits } => points::quadratic(options, *credits),
            Kind::Ranking { ties: false } => ranking::without_ties(options),
            Kind::Ranking { ties: true } => ranking::with_ties(options),
            Kind::Lists { lists, min, max } => lists::lists(lists, *min, *max),
            Kind::Allocation { amount, range: false } => points::allocation(options, *amount),
            Kind::Allocation { amount, range: true } => points::ranged_allocation(options, *amount),
        }
    }

    /// A coordinate of its own.
    fn coordinate(&mut self) -> Form {
        let form = Form::coordinate(self.coordinates);
        self.coordinates += 1;
        form
    }

    fn coordinates(&mut self, count: usize) -> Vec<Form> {
        (0..count).map(|_| self.coordinate()).collect()
    }

    fn are_bits<'a>(&mut self, forms: impl IntoIterator<Item = &'a Form>) {
        self.constraints.extend(forms.into_iter().cloned().map(Constraint::Bit));
    }
}

/// The shapes of a manifest's contests, in order. Those of its styles are made of them.
pub fn of_contests(manifest: &Manifest) -> Vec<Arc<ContestShape>> {
    manifest.contests.iter().map(|contest| Arc::new(ContestShape::new(contest))).collect()
}

/// A contest's shape at its place in a style's.
#[derive(Clone, Debug)]
struct Part {
    /// How many coordinates stand before.
    first: usize,
    shape: Arc<ContestShape>,
}

impl Part {
    /// Those of a ballot's coordinates, or responses, that belong to the contest.
    fn of<'a, T>(&self, values: &'a [T]) -> &'a [T] {
        values.get(self.first..).unwrap_or(&[])
    }
}

/// What a ballot of a style holds: the shapes of its contests, one after another.
#[derive(Clone, Debug)]
pub struct Shape {
    parts: Vec<Part>,
    /// m: committed numbers.
    pub coordinates: usize,
    /// Slots that are ranged, numbered from 0 through the style's.
    pub ranged: Vec<usize>,
}

impl Shape {
    /// The shape of a style; `shapes` are those of all contests.
    pub fn of_style(manifest: &Manifest, style: &Style, shapes: &[Arc<ContestShape>]) -> Self {
        let mut shape = Self { parts: Vec::new(), coordinates: 0, ranged: Vec::new() };
        let mut slots = 0;
        for part in manifest.contests_of(style).filter_map(|(contest, _)| shapes.get(contest)) {
            let next = slots + part.slots.len();
            if part.ranged {
                shape.ranged.extend(slots..next);
            }
            slots = next;
            shape.parts.push(Part { first: shape.coordinates, shape: Arc::clone(part) });
            shape.coordinates += part.coordinates as usize;
        }
        shape
    }

    /// L_j·v + x·c_j of each slot, in order.
    pub fn slots_at(&self, values: &[Scalar], x: &Scalar) -> Vec<Scalar> {
        let parts = self.parts.iter().map(|part| (part.of(values), part));
        parts.flat_map(|(values, part)| part.shape.slots.iter().map(|slot| slot.at(values, x))).collect()
    }

    /// Σ_{q≥1} y^q·Q_q^h(v; x).
    pub fn constraints_at(&self, values: &[Scalar], x: &Scalar, y: &Scalar) -> Scalar {
        let last_first = self.parts.iter().rev().map(|part| (part.of(values), part));
        last_first.fold(Scalar::ZERO, |sum, (values, part)| {
            let constraints = part.shape.constraints.iter().rev();
            constraints.fold(sum, |sum, constraint| (sum + constraint.at(values, x)) * y)
        })
    }

    /// Whether these coordinates keep all constraints.
    pub fn is_kept_by(&self, coordinates: &[Scalar]) -> bool {
        let kept = |part: &Part| {
            let values = part.of(coordinates);
            part.shape.constraints.iter().all(|constraint| constraint.at(values, &Scalar::ONE) == Scalar::ZERO)
        };
        coordinates.len() == self.coordinates && self.parts.iter().all(kept)
    }

    /// Whether each ranged slot of these coordinates is 0..65,535.
    pub fn keeps_ranges(&self, coordinates: &[u64]) -> bool {
        let ranged = self.parts.iter().filter(|part| part.shape.ranged).map(|part| (part.of(coordinates), part));
        let mut values = ranged.flat_map(|(own, part)| part.shape.slots.iter().map(|slot| slot.integer(own)));
        values.all(|value| (0..=65_535).contains(&value))
    }

    /// Slots of the style's ballot.
    pub fn slots(&self) -> usize {
        self.parts.iter().map(|part| part.shape.slots.len()).sum()
    }

    /// The shape digest.
    pub fn digest(&self, style: usize) -> Hash {
        transcript!("shape").absorb_number("style", style as u64).absorb("shape", &self.encoding()).hash()
    }

    /// How many constraints there are.
    #[cfg(test)]
    pub fn constraints(&self) -> usize {
        self.parts.iter().map(|part| part.shape.constraints.len()).sum()
    }
}
