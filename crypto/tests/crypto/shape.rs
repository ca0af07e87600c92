//! What shapes allow, what makes no shape, and what a digest distinguishes.

use std::collections::BTreeSet;

use tabella_crypto::range::LARGEST_COUNT;
use tabella_crypto::shape::{Constraint, Form, Shape, ShapeFault};

use crate::kinds::allocation_with_range;
use crate::samples::{assignments, choice, legal, quadratic, ranking, score};

fn legal_values(shape: &Shape) -> BTreeSet<Vec<u64>> {
    assignments(shape.free()).filter_map(|bits| shape.evaluate(&bits)).collect()
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
fn ranged_slots_bound_the_coordinates_that_they_are() {
    let number = Form::coordinate;
    let form = |constant, terms: &[(u32, i64)]| Form { constant, terms: terms.to_vec() };
    let shape = |free, slots: &[Form], constraints: &[Constraint], ranged: &[u32]| {
        Shape::with_ranged(free, slots.to_vec(), constraints.to_vec(), ranged.to_vec()).map(drop)
    };
    let bit = |index| Constraint::bit(Form::bit(index));

    assert_eq!(shape(2, &[number(1), number(2)], &[], &[1, 2]), Ok(()));
    assert_eq!(shape(2, &[number(1), number(2)], &[bit(1)], &[2]), Ok(()));
    assert_eq!(shape(2, &[number(1), number(2)], &[], &[1]), Err(ShapeFault::Unbound(2)));
    assert_eq!(shape(1, &[form(1, &[(1, 1)])], &[], &[1]), Err(ShapeFault::Unbound(1)));
    assert_eq!(shape(1, &[form(0, &[(1, -1)])], &[], &[1]), Err(ShapeFault::Unbound(1)));
    assert_eq!(shape(1, &[form(0, &[(1, 2)])], &[], &[1]), Err(ShapeFault::Unbound(1)));
    assert_eq!(shape(2, &[form(0, &[(1, 1), (2, 1)]), number(2)], &[], &[1, 2]), Err(ShapeFault::Unbound(1)));

    let two = [number(1), number(2)];
    for ranged in [&[0, 1, 2][..], &[1, 1, 2], &[2, 1], &[1, 2, 3], &[1, 2, u32::MAX]] {
        assert_eq!(shape(2, &two, &[], ranged), Err(ShapeFault::Ranged), "{ranged:?}");
    }
    let many: Vec<Form> = (1..=LARGEST_COUNT as u32 + 1).map(number).collect();
    let all: Vec<u32> = (1..=many.len() as u32).collect();
    assert_eq!(shape(many.len(), &many, &[], &all), Err(ShapeFault::Size));
    assert_eq!(shape(LARGEST_COUNT, &many[1..], &[], &all[1..]), Err(ShapeFault::Index));
    let all_but_one = &all[1..LARGEST_COUNT];
    assert_eq!(shape(LARGEST_COUNT, &many[..LARGEST_COUNT], &[], all_but_one), Err(ShapeFault::Unbound(1)));
}

#[test]
fn magnitudes_count_the_range_of_each_coordinate() {
    let coefficient = (1 << 40) / 65_535;
    let rest = (1 << 40) - coefficient * 65_535;
    let form = |constant, terms: &[(u32, i64)]| Form { constant, terms: terms.to_vec() };
    // The first coordinate is a number, the second a bit, though it is ranged as well.
    let with_slot = |slot| {
        let slots = vec![Form::coordinate(1), Form::coordinate(2), slot];
        Shape::with_ranged(2, slots, vec![Constraint::bit(Form::bit(2))], vec![1, 2]).map(drop)
    };
    assert_eq!(with_slot(form(rest, &[(1, coefficient)])), Ok(()));
    assert_eq!(with_slot(form(0, &[(1, coefficient), (2, rest)])), Ok(()));
    assert_eq!(with_slot(form(rest + 1, &[(1, coefficient)])), Err(ShapeFault::Magnitude));
    assert_eq!(with_slot(form(0, &[(1, coefficient + 1)])), Err(ShapeFault::Magnitude));
    assert_eq!(with_slot(form(0, &[(1, i64::MIN), (2, i64::MIN)])), Err(ShapeFault::Magnitude));
    assert_eq!(with_slot(form(0, &[(2, 1 << 40)])), Ok(()));

    let square = |factor| Constraint {
        products: vec![(factor, Form::coordinate(1), Form::coordinate(1))],
        rest: Form::constant(0),
    };
    let with_square =
        |factor| Shape::with_ranged(1, vec![Form::coordinate(1)], vec![square(factor)], vec![1]).map(drop);
    assert_eq!(with_square(i64::MAX), Ok(()));
    let large = form(0, &[(1, coefficient)]);
    let with_large = |factor| {
        let constraint = Constraint { products: vec![(factor, large.clone(), large.clone())], rest: large.clone() };
        Shape::with_ranged(1, vec![Form::coordinate(1)], vec![constraint], vec![1]).map(drop)
    };
    assert_eq!(with_large(1 << 46), Ok(()));
    assert_eq!(with_large(1 << 47), Err(ShapeFault::Magnitude));
}

#[test]
fn a_shape_judges_numbers_within_their_ranges() {
    // A number, a bit, and what is left of 70,000.
    let rest = Form { constant: 70_000, terms: vec![(1, -1), (2, -2)] };
    let slots = vec![Form::coordinate(1), Form::coordinate(2), rest];
    let shape = Shape::with_ranged(2, slots, vec![Constraint::bit(Form::bit(2))], vec![1, 3]).unwrap();
    assert_eq!(shape.ranged(), [1, 3]);
    assert_eq!(shape.evaluate(&[65_535, 1]), Some(vec![65_535, 1, 4_463]));
    assert_eq!(shape.evaluate(&[4_465, 0]), Some(vec![4_465, 0, 65_535]));
    assert_eq!(shape.evaluate(&[4_464, 0]), None);
    assert_eq!(shape.evaluate(&[4_463, 1]), Some(vec![4_463, 1, 65_535]));
    for coordinates in [[65_536, 0], [5_000, 2], [5_000, 65_535], [u64::MAX, 0], [5_000, u64::MAX], [u64::MAX; 2]] {
        assert_eq!(shape.evaluate(&coordinates), None);
    }
    assert_eq!(shape.evaluate(&[5_000]), None);
    assert_eq!(shape.evaluate(&[5_000, 0, 0]), None);
}

#[test]
fn joined_shapes_shift_the_numbers_of_ranged_slots() {
    let parts = [choice(1, 1, 3, true), allocation_with_range(100, 2), choice(1, 1, 2, false)];
    let more = [allocation_with_range(70_000, 2)];
    let joined = Shape::join(&[&parts[..], &more].concat()).unwrap();
    assert_eq!(joined.ranged(), [5, 6, 9, 10, 11, 12]);
    assert_eq!(joined.free(), 3 + 1 + 1 + 3);
    assert_eq!(joined.slots()[4], Form::coordinate(4));
    assert_eq!(joined.slots()[8], Form::coordinate(6));
    assert_eq!(joined, Shape::join(&[Shape::join(&parts).unwrap(), Shape::join(&more).unwrap()]).unwrap());

    let coordinates = [1, 0, 0, 40, 1, 65_535, 0, 0];
    assert_eq!(joined.evaluate(&coordinates), Some(vec![1, 0, 0, 0, 40, 60, 1, 0, 65_535, 0, 4_465, 0]));
    let out_of_range = [1, 0, 0, 101, 1, 65_535, 0, 0];
    assert_eq!(joined.evaluate(&out_of_range), None);
    let most = vec![allocation_with_range(65_536, 256); 3];
    assert_eq!(Shape::join(&most[..2]).unwrap().ranged().len(), 1_024);
    assert_eq!(Shape::join(&most), Err(ShapeFault::Size));
}

#[test]
fn a_shape_knows_the_length_of_its_proofs() {
    let length = |shape: Shape| shape.proof_length();
    assert_eq!(length(choice(1, 1, 10, false)), 512);
    assert_eq!(length(allocation_with_range(9, 1)), 32 * (1 + 17 + 5 + 4));
    assert_eq!(length(allocation_with_range(9, 3)), 32 * (3 + 21 + 5 + 2 + 4));
    assert_eq!(length(allocation_with_range(70_000, 10)), 2_400);
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
    let with_ranged = |ranged: &[u32]| {
        let (slots, constraints) = (original.slots().to_vec(), original.constraints().to_vec());
        Shape::with_ranged(2, slots, constraints, ranged.to_vec()).unwrap()
    };
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
        with_ranged(&[1]),
        with_ranged(&[2]),
        with_ranged(&[1, 2]),
    ];
    let digests: BTreeSet<[u8; 32]> = others.iter().chain([&original]).map(|shape| shape.digest(0)).collect();
    assert_eq!(digests.len(), others.len() + 1);
    assert_ne!(original.digest(0), original.digest(1));
    assert_eq!(original.digest(1), original.clone().digest(1));
}

#[test]
fn limits_of_joined_shapes_are_of_their_sums() {
    let of = |slots| Shape::new(1, vec![Form::constant(0); slots], vec![Constraint::bit(Form::bit(1))]).unwrap();
    let (many, half) = (of(1_025), of(1 << 19));
    assert_eq!(Shape::join(&[many.clone(), many]).unwrap().slots().len(), 2_050);
    assert_eq!(Shape::join(&[half.clone(), half]).unwrap().slots().len(), 1 << 20);
}
