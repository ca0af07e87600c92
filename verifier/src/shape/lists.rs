//! Shapes of lists. Implements "lists" of specs/ballot.md#shape.

use super::ContestShape;
use super::form::Form;
use super::points::signed;
use crate::contest::List;
use crate::digits;

/// One list and min..max of its options, or all of them if they are fewer than max.
pub fn lists(lists: &[List], min: u64, max: u64) -> ContestShape {
    let mut shape = ContestShape::default();
    let mut list_bits = shape.coordinates(lists.len().saturating_sub(1));
    // l_L = 1 − Σ_{i<L} l_i
    list_bits.push(Form::sum(1, list_bits.iter().map(|bit| (-1, bit))));
    shape.are_bits(&list_bits);
    let mut slots = Vec::new();
    for (list, list_bit) in lists.iter().zip(&list_bits).filter(|(list, _)| list.options > 0) {
        let most = max.min(list.options);
        let others = usize::try_from(list.options - 1).unwrap_or(usize::MAX);
        let mut options = shape.coordinates(others);
        let weights = digits::weights(most.saturating_sub(min));
        let slack = shape.coordinates(weights.len());
        // last option = max_i·l_i − Σ its other options − Σ weight·slack bit
        let of_list = std::iter::once((signed(most), list_bit));
        let of_others = options.iter().map(|option| (-1, option));
        let of_slack = weights.iter().zip(&slack).map(|(weight, bit)| (-signed(*weight), bit));
        let last = Form::sum(0, of_list.chain(of_others).chain(of_slack));
        options.push(last);
        shape.are_bits(options.iter().chain(&slack));
        slots.extend(options);
    }
    slots.extend(list_bits);
    shape.slots = slots;
    shape
}
