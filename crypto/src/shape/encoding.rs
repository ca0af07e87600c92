//! The bytes of a shape that its digest is a hash of. Implements specs/ballot.md#shape, "Encoding for the digest".

use super::{Constraint, Form, Shape};

/// `[m, [slot forms], [constraints], [ranged slots]]`.
pub(super) fn encode(shape: &Shape) -> Vec<u8> {
    let mut cbor = Cbor(Vec::new());
    cbor.array(4);
    cbor.unsigned(shape.free as u64);
    cbor.array(shape.slots.len());
    shape.slots.iter().for_each(|form| cbor.form(form));
    cbor.array(shape.constraints.len());
    shape.constraints.iter().for_each(|constraint| cbor.constraint(constraint));
    cbor.array(shape.ranged.len());
    shape.ranged.iter().for_each(|&number| cbor.unsigned(number.into()));
    cbor.0
}

/// Writes the three types of CBOR items that a shape needs.
struct Cbor(Vec<u8>);

impl Cbor {
    fn constraint(&mut self, constraint: &Constraint) {
        self.array(2);
        self.array(constraint.products.len());
        for (factor, left, right) in &constraint.products {
            self.array(3);
            self.integer(*factor);
            self.form(left);
            self.form(right);
        }
        self.form(&constraint.rest);
    }

    fn form(&mut self, form: &Form) {
        self.array(2);
        self.integer(form.constant);
        self.array(form.terms.len());
        for &(index, coefficient) in &form.terms {
            self.array(2);
            self.unsigned(index.into());
            self.integer(coefficient);
        }
    }

    fn array(&mut self, length: usize) {
        self.head(4, length as u64);
    }

    fn unsigned(&mut self, value: u64) {
        self.head(0, value);
    }

    fn integer(&mut self, value: i64) {
        match u64::try_from(value) {
            Ok(value) => self.unsigned(value),
            // CBOR holds −1 − n for a negative number n: its one's complement.
            Err(_) => self.head(1, !value as u64),
        }
    }

    /// A head in its shortest form: RFC 8949 §3.
    fn head(&mut self, major: u8, value: u64) {
        let bytes = value.to_be_bytes();
        let (additional, tail) = match value {
            0..24 => (bytes[7], &bytes[8..]),
            24..=0xff => (24, &bytes[7..]),
            0x100..=0xffff => (25, &bytes[6..]),
            0x1_0000..=0xffff_ffff => (26, &bytes[4..]),
            _ => (27, &bytes[..]),
        };
        self.0.push(major << 5 | additional);
        self.0.extend_from_slice(tail);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The encodings of RFC 8949, appendix A, and those at the ends of the ranges of its §3.
    #[test]
    fn an_item_is_as_short_as_it_can_be() {
        let bytes = |write: &dyn Fn(&mut Cbor)| {
            let mut cbor = Cbor(Vec::new());
            write(&mut cbor);
            cbor.0
        };
        let integers: [(i64, &[u8]); 12] = [
            (0, &[0x00]),
            (10, &[0x0a]),
            (23, &[0x17]),
            (24, &[0x18, 0x18]),
            (100, &[0x18, 0x64]),
            (255, &[0x18, 0xff]),
            (256, &[0x19, 0x01, 0x00]),
            (1_000, &[0x19, 0x03, 0xe8]),
            (1_000_000, &[0x1a, 0x00, 0x0f, 0x42, 0x40]),
            (1_000_000_000_000, &[0x1b, 0x00, 0x00, 0x00, 0xe8, 0xd4, 0xa5, 0x10, 0x00]),
            (-10, &[0x29]),
            (-1_000, &[0x39, 0x03, 0xe7]),
        ];
        for (value, expected) in integers {
            assert_eq!(bytes(&|cbor| cbor.integer(value)), expected, "{value}");
        }
        assert_eq!(bytes(&|cbor| cbor.array(0)), [0x80]);
        assert_eq!(bytes(&|cbor| cbor.array(25)), [0x98, 0x19]);
    }

    #[test]
    fn a_shape_is_an_array_of_four() {
        let bit = Form { constant: 0, terms: vec![(1, 1)] };
        let shape = Shape::new(1, vec![bit.clone()], vec![Constraint::bit(bit)]).unwrap();
        // [1, [b], [[[[1, b, 1 − b]], 0]], []]
        let (b, complement) = ([0x82, 0, 0x81, 0x82, 1, 1], [0x82, 1, 0x81, 0x82, 1, 0x20]);
        let constraint = [&[0x82, 0x81, 0x83, 1][..], &b, &complement, &[0x82, 0, 0x80]].concat();
        let expected = [&[0x84, 1, 0x81][..], &b, &[0x81], &constraint, &[0x80]].concat();
        assert_eq!(encode(&shape), expected);
    }
}
