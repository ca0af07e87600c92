//! The files of specs/vectors: their common form, written or compared. Implements specs/vectors/README.md#conventions.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};
use tabella_crypto::group::{Point, Scalar, encode_point};
use tabella_election::Code;

/// Writes the file if asked to, else asserts that it is what is made now.
pub fn assert_fresh(name: &str, vectors: Vec<Value>) {
    let mut names = BTreeSet::new();
    for vector in &vectors {
        assert!(names.insert(vector["name"].to_string()), "{name}: {} occurs twice", vector["name"]);
    }
    let document = json!({ "file": name, "spec": "tabella/1", "vectors": vectors });
    let made = format!("{}\n", serde_json::to_string_pretty(&document).unwrap());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs/vectors").join(name);
    if std::env::var_os("TABELLA_WRITE_VECTORS").is_some_and(|value| value == "1") {
        std::fs::write(&path, made).unwrap();
        return;
    }
    let found = std::fs::read_to_string(&path).unwrap();
    assert!(found == made, "specs/vectors/{name} is not what is made now: write it anew with TABELLA_WRITE_VECTORS=1");
}

/// A vector: its fields with its name and kind.
pub fn vector(name: impl Into<String>, kind: &str, mut fields: Value) -> Value {
    fields["name"] = json!(name.into());
    fields["kind"] = json!(kind);
    fields
}

/// The object with more fields.
pub fn with(mut object: Value, more: Value) -> Value {
    let (Value::Object(fields), Value::Object(more)) = (&mut object, more) else {
        panic!("only objects have fields");
    };
    fields.extend(more);
    object
}

pub fn hex(bytes: impl AsRef<[u8]>) -> String {
    data_encoding::HEXLOWER.encode(bytes.as_ref())
}

pub fn hexes<B: AsRef<[u8]>>(list: impl IntoIterator<Item = B>) -> Vec<String> {
    list.into_iter().map(hex).collect()
}

pub fn point(point: &Point) -> String {
    hex(encode_point(point))
}

pub fn points<'a>(list: impl IntoIterator<Item = &'a Point>) -> Vec<String> {
    list.into_iter().map(point).collect()
}

pub fn scalar(scalar: &Scalar) -> String {
    hex(scalar.to_bytes())
}

pub fn scalars<'a>(list: impl IntoIterator<Item = &'a Scalar>) -> Vec<String> {
    list.into_iter().map(scalar).collect()
}

pub fn code(code: Option<Code>) -> Value {
    json!(code.map(Code::as_str))
}
