//! Shapes of rankings. Implements "ranking" of specs/ballot.md#shape.

use super::ContestShape;
use super::form::{Constraint, Form};

/// For a < b, p(a,b) is 1 if a stands above b, else 0.
pub fn without_ties(options: usize) -> ContestShape {
    let mut shape = ContestShape::default();
    let count = options * options.saturating_sub(1) / 2;
    shape.slots = shape.coordinates(count);
    // Before the pairs of a stand those of all options before it, one fewer for each.
    let place = |a: usize, b: usize| a * (2 * options - a - 1) / 2 + (b - a - 1);
    shape.constraints.extend(shape.slots.iter().cloned().map(Constraint::Bit));
    for a in 0..options {
        for b in a + 1..options {
            for c in b + 1..options {
                // p(a,b) + p(b,c) − p(a,c): no circle.
                shape.constraints.push(three(place(a, b), place(b, c), place(a, c)));
            }
        }
    }
    shape
}

/// For a ≠ b, p(a,b) is 1 if a stands above b.
pub fn with_ties(options: usize) -> ContestShape {
    let mut shape = ContestShape::default();
    let count = options * options.saturating_sub(1);
    shape.slots = shape.coordinates(count);
    let place = |a: usize, b: usize| a * (options - 1) + if b > a { b - 1 } else { b };
    shape.constraints.extend(shape.slots.iter().cloned().map(Constraint::Bit));
    for a in 0..options {
        for b in a + 1..options {
            // p(a,b) + p(b,a): not each above the other.
            let (one, other) = (coordinate(place(a, b)), coordinate(place(b, a)));
            shape.constraints.push(Constraint::Bit(Form::sum(0, [(1, &one), (1, &other)])));
        }
    }
    for a in 0..options {
        for b in (0..options).filter(|b| *b != a) {
            for c in (0..options).filter(|c| *c != a && *c != b) {
                // p(a,c) + p(c,b) − p(a,b): what stands above goes on, and so does what does not.
                shape.constraints.push(three(place(a, c), place(c, b), place(a, b)));
            }
        }
    }
    shape
}

fn coordinate(place: usize) -> Form {
    Form::coordinate(u32::try_from(place).unwrap_or(u32::MAX))
}

/// One coordinate and another, less a third, is a bit.
fn three(first: usize, second: usize, less: usize) -> Constraint {
    let [first, second, less] = [first, second, less].map(coordinate);
    Constraint::Bit(Form::sum(0, [(1, &first), (1, &second), (-1, &less)]))
}
