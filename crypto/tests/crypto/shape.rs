//! What shapes allow, what makes no shape, and what a digest distinguishes.

use std::collections::BTreeSet;

use tabella_crypto::shape::{Constraint, Form, Shape, ShapeFault};

use crate::samples::{assignments, choice, legal, quadratic, ranking, score};

fn legal_values(shape: &Shape) -> BTreeSet<Vec<u64>> {
    assignments(shape.free()).filter_map(|bits| shape.evaluate(&bits)).collect()
}

#[test]
fn choice_allows_just_the_choices() {
    for (min, max, options, blank) in
        [(1, 1, 1, false), (0, 1, 1, true), (1, 1, 4, false), (0, 4, 4, false), (2, 4, 5, true), (1, 5, 5, true)]
    {
        let chosen = assignments(options as usize).filter(|chosen| (min..=max).contains(&chosen.iter().sum::<u64>()));
        let expected: BTreeSet<Vec<u64>> = if blank {
            let blank_vote = vec![0; options as usize];
            chosen.map(|chosen| [chosen, vec![0]].concat()).chain([[blank_vote, vec![1]].concat()]).collect()
        } else {
            chosen.collect()
        };
        let shape = choice(min as i64, max as i64, options, blank);
        assert_eq!(legal_values(&shape), expected, "{min}..{max} of {options}, blank: {blank}");
    }
}

#[test]
fn scores_and_their_squares_keep_the_budget() {
    let scores = |count: u32| (0..4_u64.pow(count)).map(move |n| (0..count).map(|i| n / 4_u64.pow(i) % 4).collect());
    let expected: BTreeSet<Vec<u64>> = scores(3).filter(|scores: &Vec<u64>| scores.iter().sum::<u64>() <= 4).collect();
    assert_eq!(legal_values(&score(3, 4)), expected);

    let squares = |scores: &Vec<u64>| scores.iter().map(|score| score * score).sum::<u64>();
    let expected: BTreeSet<Vec<u64>> = scores(2).filter(|scores| squares(scores) <= 9).collect();
    assert_eq!(legal_values(&quadratic(2, 9)), expected);
}

#[test]
fn strict_rankings_are_the_permutations() {
    for (options, permutations) in [(3, 6), (4, 24)] {
        assert_eq!(legal(&ranking(options)).len(), permutations);
        let wins: BTreeSet<u64> = (0..u64::from(options)).collect();
        for values in legal_values(&ranking(options)) {
            assert_eq!(values.into_iter().collect::<BTreeSet<_>>(), wins);
        }
    }
}

#[test]
fn a_shape_judges_only_bits() {
    let shape = choice(0, 2, 3, false);
    assert_eq!(shape.evaluate(&[1, 0, 0, 0]), Some(vec![1, 0, 1]));
    assert_eq!(shape.evaluate(&[1, 1, 1, 0]), None);
    assert_eq!(shape.evaluate(&[1, 0, 0]), None);
    assert_eq!(shape.evaluate(&[1, 0, 0, 0, 0]), None);
    assert_eq!(shape.evaluate(&[2, 0, 0, 0]), None);
    assert_eq!(shape.evaluate(&[u64::MAX, 0, 0, 0]), None);
}

#[test]
fn a_joined_shape_is_legal_where_its_parts_are() {
    let parts = [choice(1, 1, 2, true), ranking(3)];
    let joined = Shape::join(&parts).unwrap();
    assert_eq!((joined.free(), joined.slots().len()), (5, 6));
    for bits in assignments(joined.free()) {
        let (first, second) = bits.split_at(parts[0].free());
        let expected = parts[0].evaluate(first).zip(parts[1].evaluate(second)).map(|(a, b)| [a, b].concat());
        assert_eq!(joined.evaluate(&bits), expected);
    }
}

#[test]
fn shapes_that_could_wrap_or_are_not_canonical_are_refused() {
    let bit = |index| Constraint::bit(Form::bit(index));
    let form = |constant, terms: &[(u32, i64)]| Form { constant, terms: terms.to_vec() };
    let with_slot = |slot| Shape::new(2, vec![slot], vec![bit(1), bit(2)]).map(drop);
    let with_constraint = |constraint| Shape::new(2, Vec::new(), vec![bit(1), bit(2), constraint]).map(drop);
    let product = |factor, left, right| Constraint { products: vec![(factor, left, right)], rest: Form::constant(0) };

    assert_eq!(with_slot(form(5, &[(1, 1), (2, -1)])), Ok(()));
    assert_eq!(with_slot(form(0, &[(0, 1)])), Err(ShapeFault::Index));
    assert_eq!(with_slot(form(0, &[(3, 1)])), Err(ShapeFault::Index));
    assert_eq!(with_slot(form(0, &[(2, 1), (1, 1)])), Err(ShapeFault::Index));
    assert_eq!(with_slot(form(0, &[(1, 1), (1, 1)])), Err(ShapeFault::Index));
    assert_eq!(with_slot(form(0, &[(1, 0)])), Err(ShapeFault::Coefficient));
    assert_eq!(with_slot(form(0, &[(1, 1 << 40)])), Ok(()));
    assert_eq!(with_slot(form(1, &[(1, 1 << 40)])), Err(ShapeFault::Magnitude));
    assert_eq!(with_slot(form(i64::MIN, &[(1, i64::MIN)])), Err(ShapeFault::Magnitude));

    let large = Form::constant(1 << 40);
    assert_eq!(with_constraint(product(1 << 46, large.clone(), large.clone())), Ok(()));
    assert_eq!(with_constraint(product((1 << 46) + 1, large.clone(), large.clone())), Err(ShapeFault::Magnitude));
    assert_eq!(with_constraint(product(i64::MIN, large.clone(), large)), Err(ShapeFault::Magnitude));
    assert_eq!(with_constraint(Constraint::bit(form(i64::MIN, &[]))), Err(ShapeFault::Magnitude));
    assert_eq!(with_constraint(product(1, Form::bit(1), Form::bit(3))), Err(ShapeFault::Index));

    let rest_is_not_zero = Constraint { rest: Form::constant(1), ..bit(2) };
    assert_eq!(Shape::new(2, Vec::new(), vec![bit(1)]), Err(ShapeFault::Unbound(2)));
    assert_eq!(Shape::new(2, Vec::new(), vec![bit(1), rest_is_not_zero]), Err(ShapeFault::Unbound(2)));
    assert_eq!(Shape::new(usize::MAX, Vec::new(), Vec::new()), Err(ShapeFault::Size));
}

#[test]
fn digests_differ_when_anything_differs() {
    let bit = |index| Constraint::bit(Form::bit(index));
    let form = |constant, index, coefficient| Form { constant, terms: vec![(index, coefficient)] };
    let product = |factor, right, rest| Constraint { products: vec![(factor, Form::bit(1), right)], rest };
    let shape = |free, slot: Form, last: Constraint| {
        let bits = (1..=free).map(bit);
        Shape::new(free as usize, vec![slot, Form::bit(2)], bits.chain([last]).collect()).unwrap()
    };
    let slot = form(0, 1, 1);
    let last = product(2, Form::bit(2), Form::constant(0));
    let original = shape(2, slot.clone(), last.clone());
    let others = [
        shape(3, slot.clone(), last.clone()),
        shape(2, form(1, 1, 1), last.clone()),
        shape(2, form(-1, 1, 1), last.clone()),
        shape(2, form(0, 2, 1), last.clone()),
        shape(2, form(0, 1, -1), last.clone()),
        shape(2, form(0, 1, 24), last.clone()),
        shape(2, form(0, 1, 256), last.clone()),
        shape(2, form(0, 1, 65_536), last.clone()),
        shape(2, form(0, 1, 1 << 32), last.clone()),
        shape(2, Form::constant(0), last.clone()),
        shape(2, slot.clone(), product(-2, Form::bit(2), Form::constant(0))),
        shape(2, slot.clone(), product(2, form(1, 2, 1), Form::constant(0))),
        shape(2, slot.clone(), product(2, Form::bit(2), Form::bit(1))),
        Shape::new(2, vec![slot.clone()], original.constraints().to_vec()).unwrap(),
        Shape::new(2, vec![Form::bit(2), slot], original.constraints().to_vec()).unwrap(),
        Shape::new(2, original.slots().to_vec(), vec![bit(1), bit(2)]).unwrap(),
        Shape::new(2, original.slots().to_vec(), vec![bit(2), bit(1), last]).unwrap(),
    ];
    let digests: BTreeSet<[u8; 32]> = others.iter().chain([&original]).map(|shape| shape.digest(0)).collect();
    assert_eq!(digests.len(), others.len() + 1);
    assert_ne!(original.digest(0), original.digest(1));
    assert_eq!(original.digest(1), original.clone().digest(1));
}
