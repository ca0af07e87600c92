//! "lists": one list, and min..max of its options. Implements specs/ballot.md#shape.

use std::ops::Range;

use tabella_crypto::shape::{Constraint, Form, Shape, ShapeFault};
use zeroize::Zeroizing;

use super::digits::{bits, digits};
use super::forms::{Coordinates, coefficient, coefficients, combine};
use super::selection::judge_count;
use super::{Largest, Rules, Selection, SelectionFault, Size};
use crate::message::Lists;

impl Lists {
    /// The most options that can be chosen of a list of so many.
    fn most(&self, options: usize) -> u64 {
        self.max.min(options as u64)
    }

    /// The slack of a list of so many options.
    fn slack(&self, options: usize) -> Vec<u64> {
        digits(self.most(options).saturating_sub(self.min))
    }

    /// The coordinates of a list beside its own bit.
    fn coordinates_of(&self, options: usize) -> usize {
        match options {
            0 => 0,
            options => (options - 1).saturating_add(self.slack(options).len()),
        }
    }
}

impl Rules for Lists {
    fn judge(&self, options: usize) -> Result<(), String> {
        if self.lists.is_empty() {
            return Err("it has no list".to_owned());
        }
        let sum = self.lists.iter().fold(0_u64, |sum, list| sum.saturating_add(list.options));
        if sum != options as u64 {
            return Err(format!("its lists have {sum} options together, and it has {options}"));
        }
        let Self { min, max, .. } = *self;
        if min > max || max == 0 {
            return Err(format!("it lets voters choose {min} to {max} options of a list"));
        }
        match self.lists.iter().find(|list| list.options < min) {
            Some(list) => Err(format!("list `{}` has fewer than {min} options", list.id)),
            None => Ok(()),
        }
    }

    fn size(&self, options: usize) -> Size {
        let lists = self.lists.len();
        let within = self.ranges().map(|range| self.coordinates_of(range.len())).fold(0, usize::saturating_add);
        // Of the lists, and of the options of each list, one is derived.
        let derived = self.ranges().filter(|range| !range.is_empty()).count();
        Size {
            coordinates: within.saturating_add(lists.saturating_sub(1)),
            slots: options + lists,
            ranged: 0,
            constraints: within.saturating_add(lists + derived),
        }
    }

    fn largest(&self) -> Largest {
        Largest { slot: 1, option: 1 }
    }

    fn shape(&self, _: usize) -> Result<Shape, ShapeFault> {
        let mut coordinates = Coordinates::default();
        let mut lists = coordinates.take(self.lists.len().saturating_sub(1));
        lists.push(combine(1, lists.iter().map(|list| (-1, list))));

        let mut bits = lists.clone();
        let mut slots = Vec::new();
        for (list, range) in lists.iter().zip(self.ranges()).filter(|(_, range)| !range.is_empty()) {
            let mut options = coordinates.take(range.len() - 1);
            let weights = coefficients(&self.slack(range.len()))?;
            let slack = coordinates.take(weights.len());
            // last option = max·l − Σ other options − Σ weight·slack bit
            let others = options.iter().map(|option| (-1, option));
            let others = others.chain(weights.iter().map(|weight| -weight).zip(&slack));
            options.push(combine(0, [(coefficient(self.most(range.len()))?, list)].into_iter().chain(others)));
            bits.extend(options.iter().cloned().chain(slack));
            slots.extend(options);
        }
        slots.extend(lists);
        let constraints: Vec<Constraint> = bits.into_iter().map(|bit: Form| Constraint::bit(bit)).collect();
        Shape::new(coordinates.count(), slots, constraints)
    }

    fn fill(&self, options: usize, selection: &Selection) -> Result<Zeroizing<Vec<u64>>, SelectionFault> {
        let Selection::List { list: chosen_list, options: chosen } = selection else {
            return Err(SelectionFault::Kind);
        };
        let range = self.ranges().nth(*chosen_list).ok_or(SelectionFault::ListUnknown)?;
        if chosen.iter().any(|option| !range.contains(option)) {
            return Err(SelectionFault::OfAnotherList);
        }
        let most = self.most(range.len());
        judge_count(chosen.len(), self.min, most)?;

        let mut filled = Zeroizing::new(Vec::with_capacity(self.size(options).coordinates));
        let last_list = self.lists.len().saturating_sub(1);
        filled.extend((0..last_list).map(|list| u64::from(list == *chosen_list)));
        let mut fill_list = |(list, range): (usize, Range<usize>)| {
            let slack = if list == *chosen_list { most - chosen.len() as u64 } else { 0 };
            let slack = bits(slack, &self.slack(range.len()));
            let free = range.start..range.end.saturating_sub(1).max(range.start);
            filled.extend(free.map(|option| u64::from(chosen.contains(&option))));
            filled.extend_from_slice(&slack);
        };
        self.ranges().enumerate().filter(|(_, range)| !range.is_empty()).for_each(&mut fill_list);
        Ok(filled)
    }

    fn read(&self, options: usize, values: &[u64]) -> Selection {
        let is_one = |slot: &usize| values.get(*slot) == Some(&1);
        let list = (0..self.lists.len()).find(|list| is_one(&(options + list))).unwrap_or_default();
        Selection::List { list, options: (0..options).filter(is_one).collect() }
    }
}
