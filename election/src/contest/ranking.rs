//! "ranking": an order of all options, as a bit for each pair. Implements specs/ballot.md#shape.

use std::collections::{BTreeMap, BTreeSet};

use tabella_crypto::shape::{Constraint, Form, Shape, ShapeFault};
use zeroize::Zeroizing;

use super::forms::{Coordinates, combine};
use super::selection::places;
use super::{Largest, Rules, Selection, SelectionFault, Size};
use crate::message::Ranking;

impl Ranking {
    /// The pairs of options that have a slot, in order: all a ≠ b, or a < b where there are no ties.
    pub(super) fn pairs(self, options: usize) -> impl Iterator<Item = (usize, usize)> {
        (0..options).flat_map(move |a| {
            let first = if self.ties { 0 } else { a + 1 };
            (first..options).filter(move |b| *b != a).map(move |b| (a, b))
        })
    }

    /// The place of each option, from 0; those that are left out share the last.
    fn place_of_each(
        self,
        options: usize,
        places: &[BTreeSet<usize>],
    ) -> Result<Zeroizing<Vec<usize>>, SelectionFault> {
        let mut place_of = Zeroizing::new(vec![places.len(); options]);
        for (place, tied) in places.iter().enumerate() {
            for option in tied {
                if let Some(own) = place_of.get_mut(*option) {
                    *own = place;
                }
            }
        }
        let left_out = place_of.iter().filter(|place| **place == places.len()).count();
        if !self.ties && (left_out > 1 || places.iter().any(|tied| tied.len() > 1)) {
            return Err(SelectionFault::Tied);
        }
        Ok(place_of)
    }
}

impl Rules for Ranking {
    fn judge(&self, options: usize) -> Result<(), String> {
        if options >= 2 { Ok(()) } else { Err("a ranking needs at least 2 options".to_owned()) }
    }

    fn size(&self, options: usize) -> Size {
        let ordered = options.saturating_mul(options.saturating_sub(1));
        let triples = ordered.saturating_mul(options.saturating_sub(2));
        let (pairs, others) = if self.ties { (ordered, ordered / 2 + triples) } else { (ordered / 2, triples / 6) };
        Size { coordinates: pairs, slots: pairs, ranged: 0, constraints: pairs.saturating_add(others) }
    }

    fn largest(&self) -> Largest {
        Largest { slot: 1, option: 1 }
    }

    fn shape(&self, options: usize) -> Result<Shape, ShapeFault> {
        let mut coordinates = Coordinates::default();
        let slots: Vec<Form> = coordinates.take(self.size(options).slots);
        let p: BTreeMap<(usize, usize), &Form> = self.pairs(options).zip(&slots).collect();
        let sum = |pairs: &[(i64, (usize, usize))]| {
            combine(0, pairs.iter().filter_map(|(factor, pair)| Some((*factor, *p.get(pair)?))))
        };
        let all = || 0..options;

        let mut bits = slots.clone();
        if self.ties {
            // p(a,b) + p(b,a): not each above the other
            let one_way = self.pairs(options).filter(|(a, b)| a < b);
            bits.extend(one_way.map(|(a, b)| sum(&[(1, (a, b)), (1, (b, a))])));
            // p(a,c) + p(c,b) − p(a,b): who is above c, or below, is so through the tie
            for (a, b) in self.pairs(options) {
                let others = all().filter(|c| *c != a && *c != b);
                bits.extend(others.map(|c| sum(&[(1, (a, c)), (1, (c, b)), (-1, (a, b))])));
            }
        } else {
            // p(a,b) + p(b,c) − p(a,c): no cycle
            for (a, b) in self.pairs(options) {
                let after = all().skip(b + 1);
                bits.extend(after.map(|c| sum(&[(1, (a, b)), (1, (b, c)), (-1, (a, c))])));
            }
        }
        let constraints = bits.into_iter().map(Constraint::bit).collect();
        Shape::new(coordinates.count(), slots, constraints)
    }

    fn fill(&self, options: usize, selection: &Selection) -> Result<Zeroizing<Vec<u64>>, SelectionFault> {
        let place_of = self.place_of_each(options, places(selection, options)?)?;
        let above = |(a, b): (usize, usize)| u64::from(place_of.get(a) < place_of.get(b));
        let mut filled = Zeroizing::new(Vec::with_capacity(self.size(options).coordinates));
        filled.extend(self.pairs(options).map(above));
        Ok(filled)
    }

    fn read(&self, options: usize, values: &[u64]) -> Selection {
        // An option's place follows from how many stand above it.
        let mut above = vec![0_usize; options];
        let mut below = |option: usize| above.get_mut(option).into_iter().for_each(|count| *count += 1);
        for ((a, b), value) in self.pairs(options).zip(values) {
            match (value, self.ties) {
                (1, _) => below(b),
                (_, false) => below(a),
                (_, true) => {}
            }
        }
        let mut places: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for (option, above) in above.into_iter().enumerate() {
            places.entry(above).or_default().insert(option);
        }
        Selection::Ranking(places.into_values().collect())
    }
}
