//! "positional": the best options in order, each rank earning points. Implements specs/ballot.md#shape.

use tabella_crypto::shape::{Constraint, Form, Shape, ShapeFault};
use zeroize::Zeroizing;

use super::forms::{Coordinates, coefficients, combine};
use super::selection::{judge_count, places};
use super::{Largest, Rules, Selection, SelectionFault, Size};
use crate::message::Positional;

/// The most points for a rank.
const MOST: u64 = 1_000_000;

impl Positional {
    /// How many options of a rank, from 0, have a coordinate: one is derived where the rank must be given.
    fn free(&self, rank: usize, options: usize) -> usize {
        if (rank as u64) < self.min { options.saturating_sub(1) } else { options }
    }
}

impl Rules for Positional {
    fn judge(&self, options: usize) -> Result<(), String> {
        let Self { min, weights } = self;
        let ranks = weights.len();
        if !(1..=options).contains(&ranks) {
            return Err(format!("it has weights for {ranks} ranks, and {options} options"));
        }
        if *min > ranks as u64 {
            return Err(format!("it asks for at least {min} ranks, and has weights for {ranks}"));
        }
        let first = weights.first().copied().unwrap_or(0);
        if weights.is_sorted_by(|one, next| one >= next) && (1..=MOST).contains(&first) {
            return Ok(());
        }
        Err(format!("the weights of its ranks must never ascend, from 1 to {MOST} for the first"))
    }

    fn size(&self, options: usize) -> Size {
        let ranks = self.weights.len();
        let coordinates = (0..ranks).map(|rank| self.free(rank, options)).sum();
        let one_rank_each = if ranks >= 2 { options } else { 0 };
        let no_gaps = (ranks as u64).saturating_sub(self.min);
        let constraints = options.saturating_mul(ranks) + one_rank_each + usize::try_from(no_gaps).unwrap_or(ranks);
        Size { coordinates, slots: options, ranged: 0, constraints }
    }

    fn largest(&self) -> Largest {
        let points = self.weights.iter().copied().max().unwrap_or(0);
        Largest { slot: points, option: points }
    }

    fn shape(&self, options: usize) -> Result<Shape, ShapeFault> {
        let weights = coefficients(&self.weights)?;
        let mut coordinates = Coordinates::default();
        // b(o,r), by rank and then by option
        let ranks: Vec<Vec<Form>> = (0..weights.len())
            .map(|rank| {
                let mut bits = coordinates.take(self.free(rank, options));
                if bits.len() < options {
                    bits.push(combine(1, bits.iter().map(|bit| (-1, bit))));
                }
                bits
            })
            .collect();
        let of_option = |option: usize| ranks.iter().filter_map(move |bits| bits.get(option));

        // u_o = Σ_r w_r·b(o,r)
        let slot = |option| combine(0, weights.iter().copied().zip(of_option(option)));
        let slots = (0..options).map(slot).collect();

        let mut bits: Vec<Form> = ranks.iter().flatten().cloned().collect();
        if weights.len() >= 2 {
            bits.extend((0..options).map(|option| combine(0, of_option(option).map(|bit| (1, bit)))));
        }
        // U_{r−1} − U_r: no rank is given twice, and none after a gap
        let mut before = Form::constant(1);
        for bits_of_rank in ranks.iter().skip(usize::try_from(self.min).unwrap_or(usize::MAX)) {
            let given = combine(0, bits_of_rank.iter().map(|bit| (1, bit)));
            bits.push(combine(0, [(1, &before), (-1, &given)]));
            before = given;
        }
        Shape::new(coordinates.count(), slots, bits.into_iter().map(Constraint::bit).collect())
    }

    fn fill(&self, options: usize, selection: &Selection) -> Result<Zeroizing<Vec<u64>>, SelectionFault> {
        let places = places(selection, options)?;
        if places.iter().any(|place| place.len() > 1) {
            return Err(SelectionFault::Tied);
        }
        judge_count(places.len(), self.min, self.weights.len() as u64)?;
        let mut filled = Zeroizing::new(Vec::with_capacity(self.size(options).coordinates));
        for rank in 0..self.weights.len() {
            let has_rank = |option| places.get(rank).is_some_and(|place| place.contains(&option));
            filled.extend((0..self.free(rank, options)).map(|option| u64::from(has_rank(option))));
        }
        Ok(filled)
    }

    /// Ranks that earn as many points cannot be told apart by them: their options share a place. Those that earn none
    /// are left out.
    fn read(&self, options: usize, values: &[u64]) -> Selection {
        let mut points: Vec<u64> = values.iter().take(options).copied().filter(|points| *points > 0).collect();
        points.sort_unstable_by(|one, next| next.cmp(one));
        points.dedup();
        let place = |points: u64| (0..options).filter(|option| values.get(*option) == Some(&points)).collect();
        Selection::Ranking(points.into_iter().map(place).collect())
    }
}
