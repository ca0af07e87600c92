//! group.json: specs/conventions.md#group.

use serde_json::{Value, json};
use sha2::{Digest, Sha512};
use tabella_crypto::group::{
    EncodingFault, Point, Scalar, decode_point, decode_proper_point, decode_scalar, encode_point, generator_g,
    generator_h, hash_to_group,
};
use tabella_election::Code;

use crate::file::{code, hex, point, points, scalar, vector};
use crate::glass::range;
use crate::source::Source;

/// The bytes of p = 2^255 − 19, little-endian.
const FIELD: [u8; 32] = {
    let mut bytes = [0xff; 32];
    bytes[0] = 0xed;
    bytes[31] = 0x7f;
    bytes
};

pub fn vectors() -> Vec<Value> {
    let mut source = Source::new("group");
    let mut vectors = vec![generators(), range_generators()];
    let data = source.bytes::<40>();
    for (label, data) in [("generator/H", &b""[..]), ("generator/G", &[0, 0, 0, 1]), ("example", &data)] {
        vectors.push(hash(label, data));
    }
    vectors.extend(arithmetic(&mut source));
    vectors.extend(reductions(&mut source));
    vectors.extend(encodings());
    vectors
}

fn generators() -> Value {
    let all: Vec<Point> = (0..=8).map(generator_g).collect();
    let base = Point::mul_base(&Scalar::ONE);
    vector("generators", "generators", json!({ "base": point(&base), "H": point(&generator_h()), "G_i": points(&all) }))
}

/// The first two of the first two numbers.
fn range_generators() -> Value {
    let blinding = range::blinding_base();
    assert_eq!(blinding, tabella_crypto::range::blinding_base());
    let first = |letter: &str| [0, 1].map(|number| points(&range::generators(letter, number)[..2]));
    let fields = json!({ "blinding": point(&blinding), "G": first("G"), "H": first("H") });
    vector("range generators", "range_generators", fields)
}

fn hash(label: &str, data: &[u8]) -> Value {
    let digest = Sha512::digest([b"tabella/1/", label.as_bytes(), &[0], data].concat());
    let hashed = hash_to_group(label, data);
    assert_eq!(hashed, Point::from_uniform_bytes(&digest.into()));
    vector(
        format!("hash to group: {label}"),
        "hash_to_group",
        json!({ "label": label, "data": hex(data), "digest": hex(digest), "point": point(&hashed) }),
    )
}

fn arithmetic(source: &mut Source) -> Vec<Value> {
    let some = Point::mul_base(&source.scalar());
    let identity = Point::mul_base(&Scalar::ZERO);
    let factors = [Scalar::ZERO, Scalar::ONE, -Scalar::ONE, Scalar::from(2_u64), source.scalar()];
    let multiple = |(number, factor): (usize, &Scalar)| {
        vector(
            format!("multiple {number}"),
            "multiple",
            json!({ "scalar": scalar(factor), "point": point(&some), "product": point(&(factor * some)) }),
        )
    };
    let mut vectors: Vec<Value> = (1..).zip(&factors).map(multiple).collect();
    let other = Point::mul_base(&source.scalar());
    for (name, terms) in [
        ("sum of nothing", vec![]),
        ("sum of a point and the identity", vec![some, identity]),
        ("sum of a point and its negative", vec![some, -some]),
        ("sum of three", vec![some, other, other]),
    ] {
        let sum: Point = terms.iter().sum();
        vectors.push(vector(name, "sum", json!({ "points": points(&terms), "sum": point(&sum) })));
    }
    vectors
}

fn reductions(source: &mut Source) -> Vec<Value> {
    let mut vectors = Vec::new();
    for (number, bytes) in (1..).zip([[0; 64], [0xff; 64], source.bytes()]) {
        let reduced = Scalar::from_bytes_mod_order_wide(&bytes);
        let fields = json!({ "bytes": hex(bytes), "scalar": scalar(&reduced) });
        vectors.push(vector(format!("wide {number}"), "wide", fields));
    }
    for (number, bytes) in (1..).zip([[0; 16], [0xff; 16], source.bytes()]) {
        let short = Scalar::from(u128::from_le_bytes(bytes));
        let fields = json!({ "bytes": hex(bytes), "scalar": scalar(&short) });
        vectors.push(vector(format!("short {number}"), "short", fields));
    }
    vectors
}

/// What is no encoding, and its neighbours that are.
fn encodings() -> Vec<Value> {
    let base = encode_point(&Point::mul_base(&Scalar::ONE));
    let flipped = |byte: usize, bit: u8| {
        let mut bytes = base;
        bytes[byte] ^= bit;
        bytes
    };
    let above = |bytes: [u8; 32]| plus(bytes, &FIELD);
    let order_minus_one = (-Scalar::ONE).to_bytes();
    let mut one = [0; 32];
    one[0] = 1;
    let mut two = one;
    two[0] = 2;
    let not_square = (1..=u8::MAX).map(|value| [&[2 * (value % 128)], &[0; 31][..]].concat().try_into().unwrap());
    let not_square: Vec<[u8; 32]> = not_square.filter(|bytes| decode_point(bytes).is_err()).take(3).collect();
    let mut all = vec![
        ("the base point", "point", base, None),
        ("the identity as a point", "point", [0; 32], None),
        ("the identity", "nonidentity", [0; 32], Some(Code::IdentityPoint)),
        ("negative", "point", flipped(0, 1), Some(Code::PointInvalid)),
        ("with the highest bit", "point", flipped(31, 0x80), Some(Code::PointInvalid)),
        ("p: the identity again", "point", FIELD, Some(Code::PointInvalid)),
        ("p: the identity again, where it is refused", "nonidentity", FIELD, Some(Code::PointInvalid)),
        ("p + 2", "point", above(two), Some(Code::PointInvalid)),
        ("one", "point", one, Some(Code::PointInvalid)),
        ("all bits", "point", [0xff; 32], Some(Code::PointInvalid)),
        ("zero as a scalar", "scalar", [0; 32], None),
        ("q − 1", "scalar", order_minus_one, None),
        ("q", "scalar", plus(order_minus_one, &one), Some(Code::ScalarInvalid)),
        ("q + 1", "scalar", plus(order_minus_one, &two), Some(Code::ScalarInvalid)),
        ("all bits of a scalar", "scalar", [0xff; 32], Some(Code::ScalarInvalid)),
    ];
    for (bytes, name) in not_square.into_iter().zip(["no square 1", "no square 2", "no square 3"]) {
        all.push((name, "point", bytes, Some(Code::PointInvalid)));
    }
    let encoding = |(name, kind, bytes, expected): (&str, &str, [u8; 32], Option<Code>)| {
        assert_eq!(judge(kind, &bytes).err().map(Code::from), expected, "{name}");
        let fields = json!({ "type": kind, "bytes": hex(bytes), "code": code(expected) });
        vector(format!("encoding: {name}"), "bad_encoding", fields)
    };
    all.into_iter().map(encoding).collect()
}

fn judge(kind: &str, bytes: &[u8; 32]) -> Result<(), EncodingFault> {
    match kind {
        "point" => decode_point(bytes).map(drop),
        "nonidentity" => decode_proper_point(bytes).map(drop),
        _ => decode_scalar(bytes).map(drop),
    }
}

/// The sum of two little-endian integers.
fn plus(mut one: [u8; 32], other: &[u8; 32]) -> [u8; 32] {
    let mut carry = 0;
    for (byte, more) in one.iter_mut().zip(other) {
        let sum = u16::from(*byte) + u16::from(*more) + carry;
        (*byte, carry) = (sum as u8, sum >> 8);
    }
    one
}
