//! The encoding of shapes that is hashed. Implements specs/ballot.md#shape.
//!
//! Written without the values of a library in between: a shape may have tens of thousands of constraints.

use super::Shape;
use super::form::{Constraint, Form};

/// Major types of RFC 8949.
const UNSIGNED: u8 = 0;
const NEGATIVE: u8 = 1;
const ARRAY: u8 = 4;

impl Shape {
    /// `[m, [slot forms], [constraints], [ranged slots]]`.
    pub fn encoding(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.array(4);
        writer.number(self.coordinates as i64);
        writer.array(self.slots());
        for part in &self.parts {
            part.shape.slots.iter().for_each(|slot| writer.form(slot, part.first));
        }
        writer.array(self.parts.iter().map(|part| part.shape.constraints.len()).sum());
        for part in &self.parts {
            part.shape.constraints.iter().for_each(|constraint| writer.constraint(constraint, part.first));
        }
        writer.array(self.ranged.len());
        self.ranged.iter().for_each(|slot| writer.number(*slot as i64 + 1));
        writer.0
    }
}

#[derive(Default)]
struct Writer(Vec<u8>);

impl Writer {
    /// The shortest head.
    fn head(&mut self, major: u8, number: u64) {
        let major = major << 5;
        match (u8::try_from(number), u16::try_from(number), u32::try_from(number)) {
            (Ok(small), ..) if small < 24 => self.0.push(major | small),
            (Ok(number), ..) => self.0.extend([major | 24, number]),
            (_, Ok(number), _) => {
                self.0.push(major | 25);
                self.0.extend(number.to_be_bytes());
            }
            (_, _, Ok(number)) => {
                self.0.push(major | 26);
                self.0.extend(number.to_be_bytes());
            }
            _ => {
                self.0.push(major | 27);
                self.0.extend(number.to_be_bytes());
            }
        }
    }

    fn array(&mut self, items: usize) {
        self.head(ARRAY, items as u64);
    }

    fn number(&mut self, number: i64) {
        // A negative number is written as −1 − n, which is its complement.
        match u64::try_from(number) {
            Ok(number) => self.head(UNSIGNED, number),
            Err(_) => self.head(NEGATIVE, !number as u64),
        }
    }

    /// `[constant, [[index, coefficient], …]]`; so many coordinates of other contests stand before.
    fn form(&mut self, form: &Form, before: usize) {
        self.array(2);
        self.number(form.constant);
        self.array(form.terms.len());
        for (index, coefficient) in &form.terms {
            self.array(2);
            self.number((before + *index as usize) as i64 + 1);
            self.number(*coefficient);
        }
    }

    /// `[[[e, form, form], …], form]`.
    fn constraint(&mut self, constraint: &Constraint, before: usize) {
        self.array(2);
        match constraint {
            Constraint::Bit(form) => {
                self.array(1);
                self.product(form, &form.complement(), before);
                self.form(&Form::default(), before);
            }
            Constraint::Squares { squared, rest } => {
                self.array(squared.len());
                squared.iter().for_each(|form| self.product(form, form, before));
                self.form(rest, before);
            }
        }
    }

    /// `[1, form, form]`.
    fn product(&mut self, left: &Form, right: &Form, before: usize) {
        self.array(3);
        self.number(1);
        self.form(left, before);
        self.form(right, before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::HEXLOWER;

    #[test]
    fn heads_are_the_shortest_of_rfc_8949() {
        let written = |number: i64| {
            let mut writer = Writer::default();
            writer.number(number);
            HEXLOWER.encode(&writer.0)
        };
        for (number, expected) in [
            (0, "00"),
            (23, "17"),
            (24, "1818"),
            (0xff, "18ff"),
            (0x100, "190100"),
            (0xffff, "19ffff"),
            (0x1_0000, "1a00010000"),
            (0xffff_ffff, "1affffffff"),
            (0x1_0000_0000, "1b0000000100000000"),
            (-1, "20"),
            (-24, "37"),
            (-25, "3818"),
            (-0x1_0000_0001, "3b0000000100000000"),
        ] {
            assert_eq!(written(number), expected, "{number}");
        }
        let mut writer = Writer::default();
        writer.array(0x100);
        assert_eq!(writer.0, [0x99, 1, 0]);
    }
}
