//! Points that everybody knows, and points that are read.

use data_encoding::HEXLOWER;
use serde_json::Value;
use tabella_crypto::group::{
    EncodingFault, Point, decode_point, decode_proper_points, encode_point, generator_g, generator_h, hash_to_group,
};

/// The values of this kind in specs/vectors/group.json.
fn vectors(kind: &str) -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../specs/vectors/group.json");
    let document: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    document["vectors"].as_array().unwrap().iter().filter(|vector| vector["kind"] == kind).cloned().collect()
}

fn hex(point: &Point) -> String {
    HEXLOWER.encode(&encode_point(point))
}

#[test]
fn the_bases_are_those_of_the_specification() {
    let generators = &vectors("generators")[0];
    assert_eq!(generators["H"], hex(&generator_h()));
    for (index, point) in (0..).zip(generators["G_i"].as_array().unwrap()) {
        assert_eq!(*point, hex(&generator_g(index)), "G_{index}");
    }
    // Those that are remembered, and those that are not.
    for index in [2_047, 2_048, u32::MAX] {
        assert_eq!(generator_g(index), hash_to_group("generator/G", &index.to_be_bytes()));
    }
}

#[test]
fn points_are_hashed_to_as_the_specification_says() {
    for vector in vectors("hash_to_group") {
        let data = HEXLOWER.decode(vector["data"].as_str().unwrap().as_bytes()).unwrap();
        assert_eq!(vector["point"], hex(&hash_to_group(vector["label"].as_str().unwrap(), &data)));
    }
}

#[test]
fn an_identity_among_points_is_found_after_all_are_read() {
    let [one, two] = [generator_g(1), generator_g(2)];
    let (identity, bad) = ([0; 32], [255; 32]);
    let encoded = [encode_point(&one), encode_point(&two)];
    assert_eq!(decode_point(&identity).map(|point| encode_point(&point)), Ok(identity));
    assert_eq!(decode_proper_points(&encoded), Ok(vec![one, two]));
    assert_eq!(decode_proper_points(&[encoded[0], identity]), Err(EncodingFault::Identity));
    assert_eq!(decode_proper_points(&[identity, bad]), Err(EncodingFault::Point));
}
