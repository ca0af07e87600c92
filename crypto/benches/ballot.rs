//! What a ballot costs to prove and to verify, beside what nobody can avoid: the floor decodes the k + 1 points of the
//! encryption and has one term of a multiscalar multiplication for each.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on fails")]

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use curve25519_dalek::traits::VartimeMultiscalarMul;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tabella_crypto::ballot::{Context, Prefix};
use tabella_crypto::batch::{Submission, verify_batch};
use tabella_crypto::credential::VotingKey;
use tabella_crypto::group::{Point, Scalar, decode_point, random_scalar};
use tabella_crypto::shape::{Constraint, Form, Shape};

/// The ballots of a batch.
const BATCH: usize = 256;

/// The terms of one multiscalar multiplication of the floor, as in a batch.
const TERMS: usize = 8_000;

fn ballots(criterion: &mut Criterion) {
    for options in [2, 5, 10, 50] {
        let mut group = criterion.benchmark_group(format!("1-of-{options}"));
        one_of(options, &mut group);
        group.finish();
    }
}

fn one_of(options: u32, group: &mut BenchmarkGroup<'_, WallTime>) {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let shape = choose_one(options);
    let keys = shape.slots().iter().map(|_| Point::mul_base(&random_scalar(&mut rng))).collect();
    let context = Context::new([1; 32], 0, shape, keys).unwrap();
    let voter = VotingKey::derive(&[1; 32], &[2; 16]).unwrap();
    let bits: Vec<u64> = (1..options).map(|option| u64::from(option == 1)).collect();

    let mut prove = || {
        let draft = context.encrypt(&voter, None, &bits, 0, &mut rng).unwrap();
        (draft.prefix().clone(), draft.cast(&mut rng).unwrap())
    };
    let ballots: Vec<(Prefix, Vec<u8>)> = (0..BATCH).map(|_| prove()).collect();
    group.bench_function("prove", |bencher| bencher.iter(&mut prove));

    let (prefix, proof) = &ballots[0];
    group.bench_function("verify", |bencher| {
        bencher.iter(|| context.verify(prefix, proof).unwrap());
    });

    group.throughput(Throughput::Elements(BATCH as u64));
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

/// The shape of a choice of exactly one option: the last option is derived.
fn choose_one(options: u32) -> Shape {
    let last = Form { constant: 1, terms: (1..options).map(|index| (index, -1)).collect() };
    let slots: Vec<Form> = (1..options).map(Form::bit).chain([last]).collect();
    let constraints = slots.iter().cloned().map(Constraint::bit).collect();
    Shape::new(options as usize - 1, slots, constraints).unwrap()
}

criterion_group!(benches, ballots);
criterion_main!(benches);
