//! Provers that cheat with ranged slots: what a range proof shows of the `V_j` must be true of the votes.

use tabella_crypto::ballot::{BallotFault, Prefix};
use tabella_crypto::batch::{Submission, verify_batch};
use tabella_crypto::group::{
    Point, Scalar, decode_point, decode_scalar, encode_point, generator_g, generator_h, random_scalar,
};
use tabella_crypto::nonce::Nonces;
use tabella_crypto::range;
use tabella_crypto::shape::{Form, Shape};

use crate::prover::{homogeneous, powers, transcript};
use crate::samples::{Election, base, choice, rng, sum};

/// Splits `amount` over the options, each of `limbs` limbs: "allocation" with range of specs/ballot.md#shape.
fn allocation(options: u32, limbs: u32, amount: i64) -> Shape {
    let free = options * limbs - 1;
    let first_of_last = (options - 1) * limbs;
    let weight = |slot: u32| if slot.is_multiple_of(limbs) { 1 } else { 1 << 16 };
    let slots_but_one = (0..=free).filter(|slot| *slot != first_of_last);
    let mut slots: Vec<Form> = (1..=free).map(Form::coordinate).collect();
    let terms = (1..).zip(slots_but_one).map(|(index, slot)| (index, -weight(slot))).collect();
    slots.insert(first_of_last as usize, Form { constant: amount, terms });
    Shape::with_ranged(free as usize, slots, Vec::new(), (1..=options * limbs).collect()).unwrap()
}

/// What a prover claims who has other values in the `V_j` than in the ciphertexts, if it likes. The shape has no
/// constraints.
struct Claim<'a> {
    election: &'a Election,
    kappa: Scalar,
    coordinates: Vec<Scalar>,
    r: Scalar,
    beta: Scalar,
    /// The values that the `V_j` hold, and the `γ_j`.
    values: Vec<u64>,
    gammas: Vec<Scalar>,
}

#[derive(Clone)]
struct Proof {
    values: Vec<Point>,
    range: Vec<u8>,
    /// T, T0, S, `K_a` and S′.
    commitments: [Point; 5],
    f: Vec<Scalar>,
    /// z, η, ω and ω′.
    responses: [Scalar; 4],
}

impl<'a> Claim<'a> {
    fn new(election: &'a Election, coordinates: &[i64], values: &[u64]) -> Self {
        let mut rng = rng(1);
        Self {
            election,
            kappa: random_scalar(&mut rng),
            coordinates: coordinates.iter().map(|&number| integer(number)).collect(),
            r: random_scalar(&mut rng),
            beta: random_scalar(&mut rng),
            values: values.to_vec(),
            gammas: values.iter().map(|_| random_scalar(&mut rng)).collect(),
        }
    }

    fn prefix(&self) -> Prefix {
        let values = self.election.shape.slots().iter().map(|form| homogeneous(form, &self.coordinates, Scalar::ONE));
        let encrypt = |(value, key): (Scalar, &Point)| encode_point(&(base() * value + key * self.r));
        let committed = combination(&self.coordinates);
        Prefix {
            credential: encode_point(&(base() * self.kappa)),
            link: None,
            r: encode_point(&(base() * self.r)),
            ciphertexts: values.zip(&self.election.keys).map(encrypt).collect(),
            b: encode_point(&(committed + generator_g(0) * self.r + generator_h() * self.beta)),
        }
    }

    fn prove(&self, prefix: &Prefix) -> Proof {
        let (election, mut rng) = (self.election, rng(2));
        let committed = self.values.iter().zip(&self.gammas);
        let values: Vec<Point> = committed.map(|(value, gamma)| range::commit(*value, gamma)).collect();
        let mut transcript = transcript(prefix, &election.shape, &election.keys);
        transcript.absorb("values", &encode(&values));
        let y = transcript.scalar("y");
        let nonces = Nonces::fork(&transcript, &mut rng);
        let range = range::prove(transcript.clone(), &self.values, &self.gammas, nonces).unwrap();
        transcript.absorb("range", &range);

        let a: Vec<Scalar> = self.coordinates.iter().map(|_| random_scalar(&mut rng)).collect();
        let [s, sigma, tau, kappa_a, gamma] = std::array::from_fn(|_| random_scalar(&mut rng));
        let commitments = [
            combination(&a) + generator_g(0) * s + generator_h() * sigma,
            generator_h() * tau,
            base() * slot_sum(&election.shape, y, &a, Scalar::ZERO) + (base() + key_sum(election, y)) * s,
            base() * kappa_a,
            base() * slot_sum(&election.shape, y, &a, Scalar::ZERO) + range::blinding_base() * gamma,
        ];
        transcript.absorb("commitments", &encode(&commitments));
        let x = transcript.scalar("x");
        let f = self.coordinates.iter().zip(&a).map(|(b, a)| x * b + a).collect();
        let gammas: Scalar = powers(y).zip(&self.gammas).map(|(power, gamma)| power * gamma).sum();
        let eta = x * x * self.beta + x * sigma + tau;
        let responses = [x * self.r + s, eta, x * self.kappa + kappa_a, x * gammas + gamma];
        Proof { values, range, commitments, f, responses }
    }
}

impl Proof {
    fn encode(&self) -> Vec<u8> {
        let scalars: Vec<u8> = self.f.iter().chain(&self.responses).flat_map(Scalar::to_bytes).collect();
        [encode(&self.values), self.range.clone(), encode(&self.commitments), scalars].concat()
    }

    fn decode(bytes: &[u8], shape: &Shape) -> Self {
        let (values, rest) = bytes.split_at(32 * shape.ranged().len());
        let (range, rest) = rest.split_at(range::proof_length(shape.ranged().len()));
        let (commitments, scalars) = rest.split_at(32 * 5);
        let points = |bytes: &[u8]| bytes.as_chunks().0.iter().map(|chunk| decode_point(chunk).unwrap()).collect();
        let mut f: Vec<Scalar> = scalars.as_chunks().0.iter().map(|chunk| decode_scalar(chunk).unwrap()).collect();
        let responses = f.split_off(shape.free()).try_into().unwrap();
        let commitments: Vec<Point> = points(commitments);
        Self {
            values: points(values),
            range: range.to_vec(),
            commitments: commitments.try_into().unwrap(),
            f,
            responses,
        }
    }

    /// y and x, and whether the range proof holds for what is absorbed before y.
    fn challenges(&self, election: &Election, prefix: &Prefix) -> (Scalar, Scalar, bool) {
        let mut transcript = transcript(prefix, &election.shape, &election.keys);
        transcript.absorb("values", &encode(&self.values));
        let y = transcript.scalar("y");
        let values: Vec<[u8; 32]> = self.values.iter().map(encode_point).collect();
        let in_range = range::verify(transcript.clone(), &values, &self.range);
        transcript.absorb("range", &self.range);
        transcript.absorb("commitments", &encode(&self.commitments));
        (y, transcript.scalar("x"), in_range)
    }

    /// Which of (E1) to (E4) hold for these challenges.
    fn equations(&self, election: &Election, prefix: &Prefix, y: Scalar, x: Scalar) -> [bool; 4] {
        let point = |bytes| decode_point(bytes).unwrap();
        let [t, t0, s, k_a, ranged_s] = self.commitments;
        let [z, eta, omega, ranged_omega] = self.responses;
        let l_f = slot_sum(&election.shape, y, &self.f, x);
        let ciphertexts: Point = powers(y).zip(&prefix.ciphertexts).map(|(power, c)| point(c) * power).sum();
        let ranged: Vec<(Scalar, &Form)> = ranged_slots(&election.shape, y).collect();
        let ranged_l_f: Scalar = ranged.iter().map(|(power, form)| power * homogeneous(form, &self.f, x)).sum();
        let values: Point = ranged.iter().zip(&self.values).map(|((power, _), v)| v * power).sum();
        [
            (point(&prefix.b) * x + t) * x + t0
                == (combination(&self.f) + generator_g(0) * z) * x + generator_h() * eta,
            (point(&prefix.r) + ciphertexts) * x + s == base() * l_f + (base() + key_sum(election, y)) * z,
            point(&prefix.credential) * x + k_a == base() * omega,
            values * x + ranged_s == base() * ranged_l_f + range::blinding_base() * ranged_omega,
        ]
    }
}

fn integer(value: i64) -> Scalar {
    let magnitude = Scalar::from(value.unsigned_abs());
    if value < 0 { -magnitude } else { magnitude }
}

fn encode(points: &[Point]) -> Vec<u8> {
    points.iter().flat_map(encode_point).collect()
}

fn combination(factors: &[Scalar]) -> Point {
    (1..).zip(factors).map(|(index, factor)| generator_g(index) * factor).sum()
}

fn slot_sum(shape: &Shape, y: Scalar, values: &[Scalar], x: Scalar) -> Scalar {
    powers(y).zip(shape.slots()).map(|(power, form)| power * homogeneous(form, values, x)).sum()
}

/// y^j and `u_j` for the ranged slots, by their numbers j in the style.
fn ranged_slots(shape: &Shape, y: Scalar) -> impl Iterator<Item = (Scalar, &Form)> {
    let slots = (1..).zip(powers(y).zip(shape.slots()));
    slots.filter(|(number, _)| shape.ranged().contains(number)).map(|(_, slot)| slot)
}

fn key_sum(election: &Election, y: Scalar) -> Point {
    sum(powers(y).zip(&election.keys).map(|(power, key)| key * power).collect::<Vec<_>>().iter())
}

/// The verdict on a ballot alone and beside an honest one, which is the same.
fn verdict(election: &Election, prefix: &Prefix, proof: &[u8]) -> Option<BallotFault> {
    let alone = election.context.verify(prefix, proof).err();
    let other = Election::new(choice(1, 1, 2, false));
    let (other_prefix, other_proof) = other.cast(&[1], 40);
    let submissions = [
        Submission { context: &election.context, prefix, proof },
        Submission { context: &other.context, prefix: &other_prefix, proof: &other_proof },
    ];
    let together: Vec<_> = verify_batch(&submissions, [6; 32]).into_iter().map(Result::err).collect();
    assert_eq!(together, [alone, None]);
    alone
}

#[test]
fn amounts_that_are_none_cannot_be_proven() {
    let half = (Scalar::from(2_u64)).invert();
    // The amounts less the last, and what the range proof is made of instead. The sum is always right.
    let one_limb: [(&[i64], [u64; 3]); 6] = [
        (&[20, 30], [20, 30, 50]),
        (&[-1, 50], [0, 50, 51]),
        (&[101, 0], [101, 0, 0]),
        (&[65_536, 0], [65_535, 0, 0]),
        (&[20, 30], [30, 20, 50]),
        (&[20, 30], [20, 30, 51]),
    ];
    let election = Election::new(allocation(3, 1, 100));
    for (index, (amounts, values)) in one_limb.into_iter().enumerate() {
        let claim = Claim::new(&election, amounts, &values);
        assert_forged(&claim, index > 0);
    }
    let mut halves = Claim::new(&election, &[0, 0], &[0, 1, 99]);
    halves.coordinates = vec![half, half];
    assert_forged(&halves, true);

    // Two limbs: 65,536 of the low one are one of the high one, but what is counted is each by itself.
    let election = Election::new(allocation(2, 2, 100_000));
    let two_limbs: [(&[i64], [u64; 4]); 4] = [
        (&[3, 1, 0], [3, 1, 34_461, 0]),
        (&[65_539, 0, 0], [3, 1, 34_461, 0]),
        (&[65_539, -1, 1], [3, 0, 34_461, 1]),
        (&[3, 0, 2], [3, 0, 34_461, 1]),
    ];
    for (index, (limbs, values)) in two_limbs.into_iter().enumerate() {
        assert_forged(&Claim::new(&election, limbs, &values), index > 0);
    }
}

/// Asserts that of a claim with other values nothing but (E4) fails; of an honest one, nothing.
fn assert_forged(claim: &Claim<'_>, is_forged: bool) {
    let prefix = claim.prefix();
    let proof = claim.prove(&prefix);
    let (y, x, in_range) = proof.challenges(claim.election, &prefix);
    assert!(in_range);
    assert_eq!(proof.equations(claim.election, &prefix, y, x), [true, true, true, !is_forged]);
    let expected = is_forged.then_some(BallotFault::Proof);
    assert_eq!(verdict(claim.election, &prefix, &proof.encode()), expected);
}

#[test]
fn a_surplus_in_one_slot_cannot_be_paid_by_another() {
    let election = Election::new(allocation(3, 1, 100));
    let votes = |amounts: &[i64], values| {
        let claim = Claim::new(&election, amounts, values);
        let prefix = claim.prefix();
        (claim.prove(&prefix), prefix)
    };
    let (proof, prefix) = votes(&[20, 30], &[20, 30, 50]);
    let (y, x, _) = proof.challenges(&election, &prefix);
    let d = base() * Scalar::from(70_u64);

    // Each fits the challenges of the honest proof.
    type Solution = fn(&mut Proof, Point, Scalar, Scalar);
    let solutions: [Solution; 4] = [
        |proof, d, y, _| {
            proof.values[0] += d;
            proof.values[1] -= d * y.invert();
        },
        |proof, d, y, x| {
            proof.values[2] += d;
            proof.commitments[4] -= d * (x * y * y * y);
        },
        |proof, _, _, _| {
            proof.commitments[4] += range::blinding_base();
            proof.responses[3] += Scalar::ONE;
        },
        |proof, _, y, x| {
            proof.values[0] += range::blinding_base();
            proof.responses[3] += x * y;
        },
    ];
    for solve in solutions {
        let mut solved = proof.clone();
        solve(&mut solved, d, y, x);
        assert_eq!(solved.equations(&election, &prefix, y, x), [true; 4]);
        assert_eq!(verdict(&election, &prefix, &solved.encode()), Some(BallotFault::Proof));
    }
}

#[test]
fn ranged_slots_are_numbered_through_the_contests_of_a_style() {
    let contests = [choice(1, 1, 3, false), allocation(3, 1, 100), choice(0, 2, 2, true), allocation(2, 2, 100_000)];
    let election = Election::new(Shape::join(&contests).unwrap());
    assert_eq!(election.shape.ranged(), [4, 5, 6, 10, 11, 12, 13]);
    let (prefix, proof) = election.cast(&[0, 1, 20, 30, 1, 0, 1, 0, 3, 1, 0], 5);
    let parts = Proof::decode(&proof, &election.shape);
    let (y, x, in_range) = parts.challenges(&election, &prefix);
    let [_, second, third, fourth] = parts.equations(&election, &prefix, y, x);
    assert_eq!([in_range, second, third, fourth], [true; 4]);
    assert_eq!(verdict(&election, &prefix, &proof), None);
}

#[test]
fn a_range_proof_serves_one_ballot() {
    let election = Election::new(allocation(3, 1, 100));
    let mut claim = Claim::new(&election, &[20, 30], &[20, 30, 50]);
    let first = claim.prove(&claim.prefix());
    // Another encryption of the same values, under the same commitments.
    claim.r += Scalar::ONE;
    let prefix = claim.prefix();
    let second = claim.prove(&prefix);
    assert_eq!(first.values, second.values);
    assert_eq!(verdict(&election, &prefix, &second.encode()), None);
    let taken = Proof { range: first.range, ..second.clone() };
    assert_eq!(verdict(&election, &prefix, &taken.encode()), Some(BallotFault::Proof));

    // Its parts belong to each other.
    for place in 0..second.range.len() / 32 {
        let mut changed = second.clone();
        changed.range[32 * place] ^= 2;
        assert_eq!(verdict(&election, &prefix, &changed.encode()), Some(BallotFault::Proof), "{place}");
    }
}

#[test]
fn ballots_cannot_lend_each_other_a_blinding() {
    let election = Election::new(allocation(2, 1, 9));
    let ballots: Vec<(Prefix, Vec<u8>)> = [1, 2]
        .map(|seed| election.cast(&[seed], seed))
        .into_iter()
        .zip([Scalar::ONE, -Scalar::ONE])
        .map(|((prefix, proof), lent)| {
            let mut proof = Proof::decode(&proof, &election.shape);
            proof.responses[3] += lent;
            (prefix, proof.encode())
        })
        .collect();
    let submission = |(prefix, proof)| Submission { context: &election.context, prefix, proof };
    let submissions: Vec<_> = ballots.iter().map(|(prefix, proof)| submission((prefix, proof))).collect();
    let faults: Vec<_> = verify_batch(&submissions, [0; 32]).into_iter().map(Result::err).collect();
    assert_eq!(faults, [Some(BallotFault::Proof); 2]);
}

#[test]
fn a_repeating_generator_tells_nothing_of_ranged_votes() {
    let election = Election::new(allocation(3, 2, 100_000));
    // The first option gets the same in both votes.
    let ballots = [[7, 1, 5, 0, 0], [7, 1, 6, 0, 0]].map(|limbs| election.cast(&limbs, 3));
    let parts = ballots.each_ref().map(|(prefix, proof)| {
        let (chunks, []) = proof.as_chunks::<32>() else { panic!("the proof is made of points and scalars") };
        [&[prefix.r, prefix.b], prefix.ciphertexts.as_slice(), chunks].concat()
    });
    assert!(parts[0].iter().all(|part| !parts[1].contains(part)));

    // Neither hides the other's values: no two commitments differ by a small multiple of G.
    let [first, second] = ballots.map(|(_, proof)| Proof::decode(&proof, &election.shape).values);
    for (one, other) in first.iter().zip(&second) {
        assert!((-9..=9).all(|difference| one - other != base() * integer(difference)));
    }
}

#[test]
fn the_blinding_base_is_none_of_the_generators() {
    let of_ballots = (0..2_000).map(generator_g).chain([base(), generator_h()]);
    assert!(of_ballots.into_iter().all(|generator| generator != range::blinding_base()));
}
