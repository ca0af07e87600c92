//! Transcripts, the group, text forms, shapes.

use super::*;
use crate::digits;
use crate::group::{generator_h, generators_g, hash_to_group, sum_of_products};
use crate::range::{self, Bases};
use crate::shape::{self, Shape};
use crate::text::{credential_fingerprint, crockford, election_fingerprint, read_fingerprint};
use crate::transcript::Transcript;
use curve25519_dalek::RistrettoPoint;

#[test]
fn transcripts() {
    for vector in vectors("transcript", "transcript") {
        let mut transcript = Transcript::begin("");
        for step in vector["steps"].as_array().unwrap() {
            transcript = take(transcript, step);
            let after: [u8; 32] = transcript.clone().challenge("after");
            assert_eq!(after, fixed(&step["after"]), "{step}");
        }
    }
}

/// Makes one step; values that it gives must be those of the vector.
fn take(mut transcript: Transcript, step: &Value) -> Transcript {
    let named = || label(&step["label"]);
    match text(&step["step"]) {
        "transcript" => Transcript::begin(format!("tabella/1/{}", text(&step["name"])).leak()),
        "bytes" => transcript.absorb(named(), &hex(&step["data"])),
        "integer" => transcript.absorb_number(named(), integer(&step["value"])),
        "points" => transcript.absorb_points(named(), &list(&step["points"], point)),
        "scalar" => {
            assert_eq!(transcript.scalar(named()), scalar(&step["value"]));
            transcript
        }
        "weight" => {
            assert_eq!(transcript.weight(named()), scalar(&step["value"]));
            transcript
        }
        "hash" => {
            assert_eq!(transcript.clone().hash(), fixed::<32>(&step["value"]));
            // What follows sees the challenge as drawn.
            let _: [u8; 32] = transcript.challenge("hash");
            transcript
        }
        other => panic!("{other}"),
    }
}

#[test]
fn the_group() {
    for vector in vectors("group", "generators") {
        assert_eq!(generator_h(), point(&vector["H"]).point);
        let g: Vec<RistrettoPoint> = list(&vector["G_i"], |g| point(g).point);
        assert_eq!(generators_g(g.len() - 1), g);
        assert_eq!(RistrettoPoint::mul_base(&Scalar::ONE), point(&vector["base"]).point);
    }
    for vector in vectors("group", "hash_to_group") {
        let hashed = hash_to_group(text(&vector["label"]), &hex(&vector["data"]));
        assert_eq!(Point::from(hashed).bytes, fixed(&vector["point"]), "{}", vector["name"]);
    }
    for vector in vectors("group", "multiple") {
        let product = sum_of_products(&[scalar(&vector["scalar"])], &[point(&vector["point"]).point]);
        assert_eq!(Point::from(product).bytes, fixed(&vector["product"]), "{}", vector["name"]);
    }
    for vector in vectors("group", "sum") {
        let points = list(&vector["points"], |summand| point(summand).point);
        let sum = sum_of_products(&vec![Scalar::ONE; points.len()], &points);
        assert_eq!(Point::from(sum).bytes, fixed(&vector["sum"]), "{}", vector["name"]);
    }
    for vector in vectors("group", "bad_encoding") {
        let bytes = hex(&vector["bytes"]);
        let found = match text(&vector["type"]) {
            "point" => Point::decode(&bytes).map(|_| ()),
            "nonidentity" => Point::decode(&bytes).and_then(|point| point.not_identity()),
            "scalar" => group::scalar(&bytes).map(|_| ()),
            other => panic!("{other}"),
        };
        assert_code(found, &vector);
    }
}

#[test]
fn text_forms() {
    for vector in vectors("text", "fingerprint") {
        let shown = election_fingerprint(&fixed(&vector["election"]), &fixed(&vector["log_key"]));
        assert_eq!(shown, text(&vector["text"]));
        assert_eq!(crockford(&hex(&vector["bytes"])), shown);
    }
    // Trackers are shown and read like fingerprints.
    for vector in vectors("text", "tracker") {
        assert_eq!(crockford(&hex(&vector["bytes"])), text(&vector["text"]));
        for typed in vector["accepted"].as_array().unwrap() {
            assert_eq!(read_fingerprint(text(typed)).as_deref(), vector["text"].as_str(), "{typed}");
        }
    }
    for vector in vectors("text", "credential_fingerprint") {
        let shown = credential_fingerprint(&fixed(&vector["election"]), &fixed(&vector["credential"]));
        assert_eq!(shown, text(&vector["text"]));
        assert_eq!(crockford(&hex(&vector["bytes"])), shown);
    }
    for vector in vectors("text", "bad_text").iter().filter(|vector| vector["type"] == "tracker") {
        assert_eq!(read_fingerprint(text(&vector["text"])), None, "{}", vector["name"]);
    }
}

#[test]
fn shapes() {
    for vector in vectors("shape", "digits") {
        assert_eq!(digits::weights(integer(&vector["sum"])), list(&vector["weights"], integer), "{}", vector["name"]);
    }
    for vector in vectors("shape", "shape") {
        let name = text(&vector["name"]);
        let manifest = manifest(&vector["contests"], &vector["styles"], 1, 1);
        let number = usize::try_from(integer(&vector["style"])).unwrap();
        let style = &manifest.styles[number];
        let shape = Shape::of_style(&manifest, style, &shape::of_contests(&manifest));
        let counts = [shape.coordinates, shape.slots(), shape.constraints()];
        let specified = ["m", "k", "n"].map(|field| usize::try_from(integer(&vector[field])).unwrap());
        assert_eq!(counts, specified, "{name}");
        let ranged: Vec<u64> = shape.ranged.iter().map(|slot| *slot as u64 + 1).collect();
        assert_eq!(ranged, list(&vector["ranged"], integer), "{name}");
        let of = |contest: &Contest| (contest.largest_of_a_slot(), contest.largest_of_an_option());
        let largest: Vec<(u64, u64)> = manifest.contests_of(style).map(|(_, contest)| of(contest)).collect();
        let specified = list(&vector["largest"], |both| (integer(&both["slot"]), integer(&both["option"])));
        assert_eq!(largest, specified, "{name}");
        assert_eq!(data_encoding::HEXLOWER.encode(&shape.encoding()), text(&vector["encoding"]), "{name}");
        assert_eq!(shape.digest(number), fixed::<32>(&vector["digest"]), "{name}");
        for assignment in vector["assignments"].as_array().unwrap() {
            let (coordinates, scalars) = coordinates(assignment);
            let slots = shape.slots_at(&scalars, &Scalar::ONE);
            assert_eq!(slots, list(&assignment["slots"], signed), "{name}: {assignment}");
            let valid = shape.is_kept_by(&scalars) && shape.keeps_ranges(&coordinates);
            assert_eq!(valid, assignment["valid"] == true, "{name}: {assignment}");
        }
        for encoding in vector["encodings"].as_array().unwrap() {
            let (coordinates, scalars) = coordinates(encoding);
            assert!(shape.is_kept_by(&scalars) && shape.keeps_ranges(&coordinates), "{name}: {encoding}");
        }
    }
}

fn coordinates(value: &Value) -> (Vec<u64>, Vec<Scalar>) {
    let coordinates = list(&value["coordinates"], integer);
    let scalars = coordinates.iter().map(|value| Scalar::from(*value)).collect();
    (coordinates, scalars)
}

#[test]
fn bases_of_range_proofs() {
    for vector in vectors("group", "range_generators") {
        assert_eq!(Point::from(range::blinding_base()).bytes, fixed(&vector["blinding"]), "{}", vector["name"]);
        let bases = Bases::new(vector["G"].as_array().unwrap().len());
        for (letter, bases) in [("G", &bases.g), ("H", &bases.h)] {
            for (of_value, bases) in vector[letter].as_array().unwrap().iter().zip(bases.chunks(16)) {
                let first: Vec<[u8; 32]> = bases.iter().take(2).map(|base| Point::from(*base).bytes).collect();
                assert_eq!(first, list(of_value, fixed::<32>), "{}", vector["name"]);
            }
        }
    }
    // As specs/range.md prints it.
    let printed = "8c9240b456a9e6dc65c377a1048d745f94a08cdb7f44cbcd7b46f34048871134";
    assert_eq!(data_encoding::HEXLOWER.encode(&Point::from(range::blinding_base()).bytes), printed);
}

fn signed(value: &Value) -> Scalar {
    let number = value.as_i64().unwrap();
    let size = Scalar::from(number.unsigned_abs());
    if number < 0 { -size } else { size }
}
