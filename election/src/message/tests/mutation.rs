//! Random and mutated bytes never panic, and what is taken is its own encoding.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::*;

const ROUNDS: u32 = 3_000;

/// A number below `bound`.
fn below(rng: &mut ChaCha20Rng, bound: usize) -> usize {
    usize::try_from(rng.next_u64() % bound.max(1) as u64).unwrap()
}

/// Changes bytes as a hostile author would: flips, heads of other types, cuts, insertions, repetitions.
fn mutate(bytes: &mut Vec<u8>, rng: &mut ChaCha20Rng) {
    const HEADS: [u8; 12] = [0x00, 0x1b, 0x20, 0x40, 0x5f, 0x60, 0x80, 0x9f, 0xa0, 0xbf, 0xf6, 0xff];
    let position = below(rng, bytes.len());
    match rng.next_u32() % 6 {
        0 if !bytes.is_empty() => bytes[position] ^= 1 << below(rng, 8),
        1 if !bytes.is_empty() => bytes[position] = HEADS[below(rng, HEADS.len())],
        2 => bytes.truncate(position),
        3 => bytes.insert(position, HEADS[below(rng, HEADS.len())]),
        4 => {
            let end = position + below(rng, bytes.len() - position);
            let piece = bytes[position..end].to_vec();
            bytes.splice(position..position, piece);
        }
        _ => {
            let end = position + below(rng, bytes.len() - position);
            bytes.drain(position..end);
        }
    }
}

#[test]
fn mutated_payloads_are_refused_or_canonical() {
    let mut rng = ChaCha20Rng::seed_from_u64(20);
    let mut refused = 0;
    for (kind, payload) in payloads() {
        for _ in 0..ROUNDS {
            let mut mutated = payload.clone();
            for _ in 0..=below(&mut rng, 3) {
                mutate(&mut mutated, &mut rng);
            }
            match Message::decode(kind, &mutated) {
                Ok(message) => assert_eq!(message.payload(), mutated, "{kind}"),
                Err(rejection) => {
                    assert_eq!(rejection.code, Code::PayloadMalformed);
                    refused += 1;
                }
            }
        }
    }
    assert!(refused > ROUNDS, "the mutations change something");
}

#[test]
fn mutated_bodies_are_refused_or_canonical() {
    let mut rng = ChaCha20Rng::seed_from_u64(21);
    for (body, again) in [
        (encode(&samples::manifest()), encoded_as::<Manifest> as fn(&[u8]) -> Option<Vec<u8>>),
        (encode(&result()), encoded_as::<TallyResult>),
        (encode(&roll()), encoded_as::<Roll>),
    ] {
        for _ in 0..ROUNDS {
            let mut mutated = body.clone();
            mutate(&mut mutated, &mut rng);
            if let Some(again) = again(&mutated) {
                assert_eq!(again, mutated);
            }
        }
    }
}

fn encoded_as<T: Encode<()> + for<'b> Decode<'b, ()>>(bytes: &[u8]) -> Option<Vec<u8>> {
    decode::<T>(bytes).ok().map(|message| encode(&message))
}

#[test]
fn random_bytes_are_refused() {
    let mut rng = ChaCha20Rng::seed_from_u64(22);
    for kind in Kind::ALL {
        for length in 0..200 {
            let mut bytes = vec![0; length];
            rng.fill_bytes(&mut bytes);
            let refused = Message::decode(*kind, &bytes).map_err(|rejection| rejection.code);
            assert_eq!(refused, Err(Code::PayloadMalformed), "{kind}");
        }
    }
}
