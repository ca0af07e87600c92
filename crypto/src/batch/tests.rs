//! The sum itself: seen from outside, a sum that never vanishes only makes batches slow.

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::*;
use crate::credential::VotingKey;
use crate::shape::{Constraint, Form, Shape};

/// A context whose ballots have `bits` bits and a slot for each.
fn context(bits: u32) -> Context {
    let forms: Vec<Form> = (1..=bits).map(Form::bit).collect();
    let constraints = forms.iter().cloned().map(Constraint::bit).collect();
    let keys = (1..=bits).map(|key| Point::mul_base(&Scalar::from(key))).collect();
    Context::new([1; 32], bits.into(), Shape::new(bits as usize, forms, constraints).unwrap(), keys).unwrap()
}

/// A context whose ballots have a bit, and a number that a range proof bounds.
fn ranged_context() -> Context {
    let slots = vec![Form::bit(1), Form::bit(2)];
    let keys = (1..=2_u32).map(|key| Point::mul_base(&Scalar::from(key))).collect();
    let shape = Shape::with_ranged(2, slots, vec![Constraint::bit(Form::bit(1))], vec![2]).unwrap();
    Context::new([1; 32], 9, shape, keys).unwrap()
}

#[test]
fn the_sum_of_honest_ballots_vanishes_and_no_other() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let voter = VotingKey::derive(&[1; 32], &[2; 16]).unwrap();
    let contexts = [context(1), context(3), context(2), ranged_context(), context(3), ranged_context()];
    let ballots = contexts.each_ref().map(|context| {
        let draft = context.encrypt(&voter, None, &vec![1; context.keys().len()], 0, &mut rng).unwrap();
        let prefix = draft.prefix().clone();
        (context, prefix, draft.cast(&mut rng).unwrap())
    });
    let submissions = ballots.each_ref().map(|(context, prefix, proof)| Submission { context, prefix, proof });
    let mut claims = submissions.map(|ballot| Claim::read(ballot.context, ballot.prefix, ballot.proof));
    assert!(Sum::of(&weigh(&submissions, &claims, [3; 32])).vanishes());

    claims[1].as_mut().unwrap().omega += Scalar::ONE;
    assert!(!Sum::of(&weigh(&submissions, &claims, [3; 32])).vanishes());
}
