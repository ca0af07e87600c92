//! What a ballot of each kind costs, against what no way of verifying it can save.
//!
//! RAYON_NUM_THREADS=1 cargo test --release -p tabella-verifier --test verifier speed -- --ignored --nocapture

use crate::bytes::{base, secret};
use crate::ceremony::Keys;
use crate::prover::{Device, Form, Lies};
use crate::questions::{Kind, Question};
use crate::world::{Draft, Plan, World, begin};
use crate::{Files, options, papers};
use curve25519_dalek::ristretto::CompressedRistretto;
use curve25519_dalek::traits::VartimeMultiscalarMul;
use curve25519_dalek::{RistrettoPoint, Scalar};
use std::hint::black_box;
use std::time::{Duration, Instant};
use tabella_verifier::source::Memory;
use tabella_verifier::{Options, verify};

/// Points of one sum, as many as the verifier takes.
const POINTS: usize = 8_192;

/// The time that all threads of this program were on a processor; where that is not told, the time that passed.
fn spent(run: impl Fn()) -> Duration {
    let on_processor = || -> Option<Duration> {
        let tasks = std::fs::read_dir("/proc/self/task").ok()?;
        let of_task = |task: std::io::Result<std::fs::DirEntry>| {
            let text = std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
            text.split_whitespace().next()?.parse::<u64>().ok()
        };
        Some(Duration::from_nanos(tasks.filter_map(of_task).sum()))
    };
    let (begin, before) = (Instant::now(), on_processor());
    run();
    let passed = begin.elapsed();
    before.zip(on_processor()).map_or(passed, |(before, after)| after - before)
}

/// The shortest of some runs: other programs make them longer only.
fn shortest(run: impl Fn()) -> Duration {
    (0..7).map(|_| spent(&run)).min().unwrap()
}

fn verification(files: &Files) -> Duration {
    let source = Memory::new(files.clone());
    let options = Options { unfinished: true, ..options() };
    shortest(|| {
        let report = verify(&source, &options, &|_, _| ()).unwrap();
        assert_eq!(crate::failures(&report), []);
    })
}

/// Decompression and one term of a sum for each ciphertext point.
fn floor(points: usize) -> Duration {
    let encoded: Vec<CompressedRistretto> =
        (0..POINTS).map(|point| base(&secret(&format!("point {point}"))).compress()).collect();
    let scalars: Vec<Scalar> = (0..POINTS).map(|scalar| secret(&format!("scalar {scalar}"))).collect();
    let whole = shortest(|| {
        let points: Vec<RistrettoPoint> = encoded.iter().map(|point| point.decompress().unwrap()).collect();
        black_box(RistrettoPoint::vartime_multiscalar_mul(&scalars, &points));
    });
    whole.mul_f64(points as f64 / POINTS as f64)
}

/// Casts a ballot for every voter.
fn cast(world: &mut World, keys: &Keys, form: &Form) {
    let coordinates = world.plan.paper.coordinates(0, 0);
    for (number, voter) in world.voters.clone().iter().enumerate() {
        let name = format!("ballot of {number}");
        let (election, coordinates, lies) = (world.election, coordinates.clone(), Lies::default());
        let keys = &keys.public;
        let device = Device { election, keys, form, voter, link: None, coordinates, name: &name, lies };
        let value = device.ballot();
        world.append(&Draft { kind: "ballot".to_owned(), value, signer: None, signed_as: String::new(), header: None });
    }
}

/// A row of the table: what a ballot costs, and how many times the floor that is.
fn row(name: &str, options: usize, kind: Kind, vote: &[u64]) -> String {
    let question = Question::new("q", options, kind);
    let paper = papers::Paper::single(question, [vote; 5]);
    let slots = paper.slots();
    // About two full sums; there are four classes.
    let voters_of_a_class = (2 * POINTS / (slots + 8) / 4).max(4) as u64;
    let (mut world, keys) = begin(Plan { paper, voters_of_a_class, ..Plan::default() }, None);
    let before = verification(&world.board.files());
    let form = world.plan.paper.forms().remove(0);
    cast(&mut world, &keys, &form);
    let after = verification(&world.board.files());
    let ballot = (after - before).as_secs_f64() * 1e3 / world.voters.len() as f64;
    let floor = floor(slots + 1).as_secs_f64() * 1e3;
    format!(
        "{name:<28} {slots:>4} slots {:>5} coordinates {:>6} constraints  {ballot:>8.3} ms  {:>5.2} x floor",
        form.shape.coordinates,
        form.shape.constraints.len(),
        ballot / floor
    )
}

#[test]
#[ignore = "takes minutes, and means something only when optimised and with one thread"]
fn speed() {
    let places: Vec<u64> = (0..20).collect();
    let marks = |places: &[usize]| (0..50).map(|place| u64::from(places.contains(&place))).collect::<Vec<u64>>();
    let choice = || Kind::Choice { min: 1, max: 1, blank: false };
    let ranking = |ties| Kind::Ranking { ties };
    let values: &[u64] = &[5, 2, 0, 1, 0, 3, 1, 0, 0, 2];
    let amounts: &[u64] = &[999_991, 1, 1, 1, 1, 1, 1, 1, 1, 1];
    let weights = vec![10, 8, 6, 4, 2];
    let rows: [(&str, usize, Kind, &[u64]); 12] = [
        ("choice 1 of 10", 10, choice(), &marks(&[3])[..10]),
        ("choice 1 of 50", 50, choice(), &marks(&[3])),
        ("score 0..7, 20 in all", 10, Kind::Score { most: 7, min: 0, max: 20 }, values),
        ("positional 5 of 10", 10, Kind::Positional { min: 1, weights }, &[1, 0, 3, 0, 2, 0, 4, 0, 0, 5]),
        ("quadratic 49", 10, Kind::Quadratic { credits: 49 }, values),
        ("lists 4 x 10", 40, Kind::Lists { sizes: vec![10; 4], min: 0, max: 5 }, &marks(&[12, 41])[..44]),
        ("allocation 1,000,000 bits", 10, Kind::Allocation { amount: 1_000_000, range: false }, amounts),
        ("allocation 1,000,000 range", 10, Kind::Allocation { amount: 1_000_000, range: true }, amounts),
        ("ranking 10", 10, ranking(false), &places[..10]),
        ("ranking 10 with ties", 10, ranking(true), &places[..10]),
        ("ranking 20", 20, ranking(false), &places),
        ("ranking 20 with ties", 20, ranking(true), &places),
    ];
    for (name, options, kind, vote) in rows {
        println!("{}", row(name, options, kind, vote));
    }
}
