//! Deterministic CBOR. Implements specs/conventions.md#encoding.
//!
//! Bytes are decoded by `ciborium`, which is lenient; what it read is encoded again, shortest and definite, and must give
//! the same bytes. What that does not see (the order of keys, types that do not occur) is looked at in the values.

use ciborium::Value;

/// The bytes are not the deterministic encoding of what must stand here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the deterministic encoding of what must stand here")]
pub struct Malformed;

/// Decodes one item that fills `bytes` exactly and is deterministic.
pub fn decode(bytes: &[u8]) -> Result<Value, Malformed> {
    let mut rest = bytes;
    let value: Value = ciborium::from_reader(&mut rest).map_err(|_| Malformed)?;
    if !occurs(&value) || encode(&value) != bytes {
        return Err(Malformed);
    }
    Ok(value)
}

/// The deterministic encoding of a value whose maps are in order.
pub fn encode(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    match ciborium::into_writer(value, &mut bytes) {
        Ok(()) => bytes,
        // Writing to memory cannot fail; empty bytes decode to nothing, so this refuses rather than accepts.
        Err(_) => Vec::new(),
    }
}

/// Whether only types occur that may, and the keys of maps ascend.
fn occurs(value: &Value) -> bool {
    match value {
        Value::Integer(integer) => u64::try_from(*integer).is_ok(),
        Value::Bytes(_) | Value::Text(_) | Value::Bool(_) | Value::Null => true,
        Value::Array(items) => items.iter().all(occurs),
        Value::Map(pairs) => {
            let keys: Option<Vec<u64>> = pairs.iter().map(|(key, _)| uint(key).ok()).collect();
            keys.is_some_and(|keys| keys.is_sorted_by(|a, b| a < b)) && pairs.iter().all(|(_, item)| occurs(item))
        }
        _ => false,
    }
}

/// An unsigned integer of up to 64 bits.
pub fn uint(value: &Value) -> Result<u64, Malformed> {
    value.as_integer().and_then(|integer| u64::try_from(integer).ok()).ok_or(Malformed)
}

/// A boolean.
pub fn boolean(value: &Value) -> Result<bool, Malformed> {
    value.as_bool().ok_or(Malformed)
}

/// A byte string of any length.
pub fn bytes(value: &Value) -> Result<&[u8], Malformed> {
    value.as_bytes().map(Vec::as_slice).ok_or(Malformed)
}

/// A byte string of exactly `N` bytes.
pub fn fixed<const N: usize>(value: &Value) -> Result<[u8; N], Malformed> {
    bytes(value)?.try_into().map_err(|_| Malformed)
}

/// A text string.
pub fn text(value: &Value) -> Result<&str, Malformed> {
    value.as_text().ok_or(Malformed)
}

/// `null`, or what `read` reads.
pub fn nullable<T>(value: &Value, read: impl Fn(&Value) -> Result<T, Malformed>) -> Result<Option<T>, Malformed> {
    if value.is_null() { Ok(None) } else { read(value).map(Some) }
}

/// An array of any length.
pub fn array(value: &Value) -> Result<&[Value], Malformed> {
    value.as_array().map(Vec::as_slice).ok_or(Malformed)
}

/// An array of any length, each item of which `read` reads.
pub fn list<T>(value: &Value, read: impl Fn(&Value) -> Result<T, Malformed>) -> Result<Vec<T>, Malformed> {
    array(value)?.iter().map(read).collect()
}

/// An array of exactly `N` items.
pub fn tuple<const N: usize>(value: &Value) -> Result<&[Value; N], Malformed> {
    array(value)?.try_into().map_err(|_| Malformed)
}

/// A map from any unsigned integers, ascending, to what `read` reads.
pub fn map<T>(value: &Value, read: impl Fn(&Value) -> Result<T, Malformed>) -> Result<Vec<(u64, T)>, Malformed> {
    value.as_map().ok_or(Malformed)?.iter().map(|(key, item)| Ok((uint(key)?, read(item)?))).collect()
}

/// The values of a map with exactly the keys 0, 1, … `N` − 1.
pub fn record<const N: usize>(value: &Value) -> Result<[&Value; N], Malformed> {
    let pairs = value.as_map().ok_or(Malformed)?;
    let in_order = pairs.iter().zip(0u64..).all(|((key, _), place)| uint(key) == Ok(place));
    let values: Vec<&Value> = pairs.iter().map(|(_, item)| item).collect();
    if in_order { values.try_into().map_err(|_| Malformed) } else { Err(Malformed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap()
    }

    #[test]
    fn what_is_deterministic_is_read() {
        for good in ["00", "17", "1818", "1bffffffffffffffff", "40", "6161", "80", "a0", "a200f601f5", "8201f4"] {
            assert_eq!(decode(&hex(good)).map(|value| encode(&value)), Ok(hex(good)), "{good}");
        }
    }

    #[test]
    fn what_is_not_is_refused() {
        let bad = [
            ("", "nothing"),
            ("1817", "a long head"),
            ("190018", "a longer head"),
            ("0000", "trailing bytes"),
            ("5f4100ff", "an indefinite byte string"),
            ("9f00ff", "an indefinite array"),
            ("bf0000ff", "an indefinite map"),
            ("a201000000", "keys that descend"),
            ("a200000000", "a key twice"),
            ("a1616100", "a text key"),
            ("20", "a negative number"),
            ("f90000", "a float"),
            ("c000", "a tag"),
            ("c24101", "a big number"),
            ("c249010000000000000000", "a number of 65 bits"),
            ("f7", "undefined"),
            ("f820", "a simple value"),
            ("61ff", "text that is not UTF-8"),
            ("5bffffffffffffffff00", "a length beyond the end"),
            ("9bffffffffffffffff00", "a count beyond the end"),
        ];
        for (bytes, why) in bad {
            assert_eq!(decode(&hex(bytes)), Err(Malformed), "{why}");
        }
        assert_eq!(decode(&[0x81; 60_000]), Err(Malformed), "deep nesting");
    }

    #[test]
    fn records_have_exactly_their_keys() {
        let value = decode(&hex("a2000a010b")).unwrap();
        assert_eq!(record::<2>(&value).map(|[a, b]| (uint(a), uint(b))), Ok((Ok(10), Ok(11))));
        assert_eq!(record::<1>(&value), Err(Malformed));
        assert_eq!(record::<3>(&value), Err(Malformed));
        assert_eq!(record::<2>(&decode(&hex("a2000a020b")).unwrap()), Err(Malformed));
    }
}
