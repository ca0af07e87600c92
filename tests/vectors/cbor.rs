//! CBOR in the open: values of any type in any order, to write what no production encoder would.

use serde_json::{Value as Json, json};

use crate::file::hex;

/// A CBOR value. Maps keep the order in which they are given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Integer(i128),
    Bytes(Vec<u8>),
    Text(String),
    Array(Vec<Value>),
    Map(Vec<(Value, Value)>),
    Bool(bool),
    Null,
}

impl Value {
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Integer(value) if *value < 0 => head(1, (-1 - value) as u64),
            Self::Integer(value) => head(0, *value as u64),
            Self::Bytes(bytes) => [head(2, bytes.len() as u64), bytes.clone()].concat(),
            Self::Text(text) => [&head(3, text.len() as u64), text.as_bytes()].concat(),
            Self::Array(items) => {
                let items: Vec<u8> = items.iter().flat_map(Self::encode).collect();
                [head(4, self.elements().len() as u64), items].concat()
            }
            Self::Map(pairs) => {
                let items: Vec<u8> =
                    pairs.iter().flat_map(|(key, item)| [key.encode(), item.encode()].concat()).collect();
                [head(5, pairs.len() as u64), items].concat()
            }
            Self::Bool(value) => vec![0xf4 + u8::from(*value)],
            Self::Null => vec![0xf6],
        }
    }

    /// Reads what production code encoded.
    pub fn decode(bytes: &[u8]) -> Self {
        let mut rest = bytes;
        let value = Self::read(&mut rest);
        assert!(rest.is_empty(), "one value and nothing more");
        value
    }

    fn read(rest: &mut &[u8]) -> Self {
        let (major, value) = read_head(rest);
        match major {
            0 => Self::Integer(value.into()),
            1 => Self::Integer(-1 - i128::from(value)),
            2 => Self::Bytes(take(rest, value as usize).to_vec()),
            3 => Self::Text(String::from_utf8(take(rest, value as usize).to_vec()).unwrap()),
            4 => Self::Array((0..value).map(|_| Self::read(rest)).collect()),
            5 => Self::Map((0..value).map(|_| (Self::read(rest), Self::read(rest))).collect()),
            7 if value == 22 => Self::Null,
            7 if value == 20 || value == 21 => Self::Bool(value == 21),
            _ => panic!("no value of a message"),
        }
    }

    /// As specs/vectors/README.md#conventions writes CBOR values.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Integer(value) => json!(u64::try_from(*value).unwrap()),
            Self::Bytes(bytes) => json!({ "bytes": hex(bytes) }),
            Self::Text(text) => json!(text),
            Self::Array(items) => items.iter().map(Self::to_json).collect(),
            Self::Map(pairs) => {
                let pairs: Vec<_> = pairs.iter().map(|(key, item)| json!([key.to_json(), item.to_json()])).collect();
                json!({ "map": pairs })
            }
            Self::Bool(value) => json!(value),
            Self::Null => Json::Null,
        }
    }

    pub fn elements(&self) -> &[Self] {
        match self {
            Self::Array(items) => items,
            _ => panic!("not an array"),
        }
    }

    /// The array with another element at a place.
    pub fn put(&self, place: usize, element: Self) -> Self {
        let mut elements = self.elements().to_vec();
        elements[place] = element;
        Self::Array(elements)
    }

    /// The map with another value for a key, or one more pair at its end.
    pub fn set(&self, key: i128, value: Self) -> Self {
        let Self::Map(pairs) = self else { panic!("not a map") };
        let mut pairs = pairs.clone();
        match pairs.iter_mut().find(|pair| pair.0 == Self::Integer(key)) {
            Some(pair) => pair.1 = value,
            None => pairs.push((Self::Integer(key), value)),
        }
        Self::Map(pairs)
    }

    /// The map without a key.
    pub fn without(&self, key: i128) -> Self {
        let Self::Map(pairs) = self else { panic!("not a map") };
        Self::Map(pairs.iter().filter(|pair| pair.0 != Self::Integer(key)).cloned().collect())
    }
}

pub fn bytes(bytes: impl AsRef<[u8]>) -> Value {
    Value::Bytes(bytes.as_ref().to_vec())
}

pub fn integer(value: impl Into<i128>) -> Value {
    Value::Integer(value.into())
}

pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// The shortest head.
pub fn head(major: u8, value: u64) -> Vec<u8> {
    let bytes = value.to_be_bytes();
    let (additional, tail) = match value {
        0..24 => (bytes[7], &bytes[8..]),
        24..=0xff => (24, &bytes[7..]),
        0x100..=0xffff => (25, &bytes[6..]),
        0x1_0000..=0xffff_ffff => (26, &bytes[4..]),
        _ => (27, &bytes[..]),
    };
    [&[major << 5 | additional], tail].concat()
}

fn read_head(rest: &mut &[u8]) -> (u8, u64) {
    let first = take(rest, 1)[0];
    let value = match first & 0x1f {
        additional @ 0..24 => additional.into(),
        additional => take(rest, 1 << (additional - 24)).iter().fold(0, |value, byte| value << 8 | u64::from(*byte)),
    };
    (first >> 5, value)
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> &'a [u8] {
    let (taken, left) = rest.split_at(count);
    *rest = left;
    taken
}
