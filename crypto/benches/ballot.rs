//! What a ballot costs to prove and to verify, beside what nobody can avoid: the floor decodes the k + 1 points of the
//! encryption and has one term of a multiscalar multiplication for each.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on fails")]

#[path = "../tests/crypto/kinds.rs"]
mod kinds;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use curve25519_dalek::traits::VartimeMultiscalarMul;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tabella_crypto::ballot::{Context, Prefix};
use tabella_crypto::batch::{Submission, verify_batch};
use tabella_crypto::credential::VotingKey;
use tabella_crypto::group::{Point, Scalar, decode_point, random_scalar};
use tabella_crypto::shape::Shape;

/// The points of the encryptions in a batch, about: those of one sum.
const POINTS: usize = 6_000;

/// The terms of one multiscalar multiplication of the floor, as in a batch.
const TERMS: usize = 8_000;

fn ballots(criterion: &mut Criterion) {
    for (name, shape, coordinates) in votes() {
        let mut group = criterion.benchmark_group(name);
        measure(shape, &coordinates, &mut group);
        group.finish();
    }
}

/// Contests of every kind, each with a vote.
fn votes() -> Vec<(&'static str, Shape, Vec<u64>)> {
    // What is not given to anybody is slack, or falls to the last option.
    let nothing_but = |ones: usize, shape: &Shape| {
        let zeros = vec![0; shape.free() - ones];
        [zeros, vec![1; ones]].concat()
    };
    let vote = |name, shape: Shape, ones| {
        let coordinates = nothing_but(ones, &shape);
        (name, shape, coordinates)
    };
    let large = 4_000_000_000;
    let in_bits = kinds::allocation_in_bits(large, 10);
    let bits_of_last = (1..32).map(|place| large >> place & 1);
    let all_to_last = [vec![0; in_bits.free() - 31], bits_of_last.collect()].concat();
    let with_range = kinds::allocation_with_range(large, 10);
    let upper_limb_of_last = [vec![0; with_range.free() - 1], vec![large >> 16]].concat();
    vec![
        vote("choice, 1 of 2", kinds::choice(1, 1, 2, false), 0),
        vote("choice, 1 of 5", kinds::choice(1, 1, 5, false), 0),
        vote("choice, 1 of 10", kinds::choice(1, 1, 10, false), 0),
        vote("choice, 1 of 50", kinds::choice(1, 1, 50, false), 0),
        vote("score, 10 of 3 bits", kinds::score(7, 0, 70, 10), 7),
        vote("positional, 10 ranks of 10", kinds::positional(0, &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1], 10), 0),
        vote("quadratic, 10 of 3 bits", kinds::quadratic(49, 10), 6),
        vote("ranking of 10", kinds::ranking(10, false), 0),
        vote("ranking of 10, with ties", kinds::ranking(10, true), 0),
        vote("ranking of 20, with ties", kinds::ranking(20, true), 0),
        vote("lists, 5 of 10", kinds::lists(0, 5, &[10; 5]), 3),
        vote("allocation, 10 of 7 bits", kinds::allocation_in_bits(64, 10), 1),
        ("allocation, 10 of 32 bits", in_bits, all_to_last),
        vote("allocation with range, 10 limbs", kinds::allocation_with_range(100, 10), 0),
        ("allocation with range, 20 limbs", with_range, upper_limb_of_last),
    ]
}

fn measure(shape: Shape, coordinates: &[u64], group: &mut BenchmarkGroup<'_, WallTime>) {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let keys: Vec<Point> = shape.slots().iter().map(|_| Point::mul_base(&random_scalar(&mut rng))).collect();
    // Range proofs are verified one by one, and a few say it all.
    let batch = if shape.ranged().is_empty() { POINTS / keys.len() } else { 8 }.min(256);
    let context = Context::new([1; 32], 0, shape, keys).unwrap();
    let voter = VotingKey::derive(&[1; 32], &[2; 16]).unwrap();

    let mut prove = || {
        let draft = context.encrypt(&voter, None, coordinates, 0, &mut rng).unwrap();
        (draft.prefix().clone(), draft.cast(&mut rng).unwrap())
    };
    let ballots: Vec<(Prefix, Vec<u8>)> = (0..batch).map(|_| prove()).collect();
    group.bench_function("prove", |bencher| bencher.iter(&mut prove));

    let (prefix, proof) = &ballots[0];
    group.bench_function("verify", |bencher| {
        bencher.iter(|| context.verify(prefix, proof).unwrap());
    });

    group.throughput(Throughput::Elements(batch as u64));
    let submissions: Vec<Submission<'_>> =
        ballots.iter().map(|(prefix, proof)| Submission { context: &context, prefix, proof }).collect();
    group.bench_function("verify a batch", |bencher| {
        bencher.iter(|| assert!(verify_batch(&submissions, [3; 32]).iter().all(Result::is_ok)));
    });

    let encodings: Vec<[u8; 32]> =
        ballots.iter().flat_map(|(prefix, _)| [&prefix.r].into_iter().chain(&prefix.ciphertexts)).copied().collect();
    let scalars: Vec<Scalar> = encodings.iter().map(|_| random_scalar(&mut rng)).collect();
    group.bench_function("the floor of a batch", |bencher| {
        bencher.iter(|| {
            let points: Vec<Point> = encodings.iter().map(|bytes| decode_point(bytes).unwrap()).collect();
            let sums = scalars.chunks(TERMS).zip(points.chunks(TERMS));
            sums.map(|(scalars, points)| Point::vartime_multiscalar_mul(scalars, points)).sum::<Point>()
        });
    });
}

criterion_group!(benches, ballots);
criterion_main!(benches);
