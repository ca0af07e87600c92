use super::*;
use crate::message::ContestOption;

fn contest(options: usize, min: u64, max: u64, blank: bool) -> Contest {
    let option = |number: usize| ContestOption { id: format!("o{number}"), title: format!("Option {number}") };
    Contest {
        id: "c".to_owned(),
        title: "A question".to_owned(),
        options: (0..options).map(option).collect(),
        kind: ContestKind::Choice(Choice { min, max, blank }),
    }
}

/// Every contest with up to four options that keeps the rules.
fn small_contests() -> impl Iterator<Item = Contest> {
    let parameters =
        (1..=4).flat_map(|options| (1..=options).flat_map(move |max| (0..=max).map(move |min| (options, min, max))));
    let with_blank = parameters.flat_map(|(options, min, max)| [false, true].map(|blank| (options, min, max, blank)));
    with_blank.map(|(options, min, max, blank)| contest(usize::try_from(options).unwrap(), min, max, blank))
}

/// All bit vectors of a length.
fn assignments(bits: usize) -> impl Iterator<Item = Vec<u64>> {
    (0..1_u64 << bits).map(move |number| (0..bits).map(|bit| number >> bit & 1).collect())
}

/// All subsets of the options.
fn subsets(options: usize) -> impl Iterator<Item = BTreeSet<usize>> {
    assignments(options).map(|bits| (0..bits.len()).filter(|option| bits[*option] == 1).collect())
}

/// The slot values of every legal vote, from the words of the specification alone.
fn legal_votes(contest: &Contest) -> BTreeSet<Vec<u64>> {
    let ContestKind::Choice(Choice { min, max, blank }) = contest.kind;
    let options = contest.options.len();
    let votes = assignments(options).filter(|values| (min..=max).contains(&values.iter().sum()));
    let votes = votes.map(|mut values| {
        values.extend(blank.then_some(0));
        values
    });
    let blank_vote = blank.then(|| [vec![0; options], vec![1]].concat());
    votes.chain(blank_vote).collect()
}

#[test]
fn exactly_the_legal_votes_satisfy_the_shape() {
    for contest in small_contests() {
        let shape = contest.shape().unwrap();
        let provable: BTreeSet<Vec<u64>> = assignments(shape.free()).filter_map(|bits| shape.evaluate(&bits)).collect();
        assert_eq!(provable, legal_votes(&contest), "{contest:?}");
        assert_eq!(shape.free(), contest.free_bits());
        assert_eq!(shape.slots().len(), contest.slots());
    }
}

#[test]
fn every_legal_selection_has_its_bits() {
    for contest in small_contests() {
        let shape = contest.shape().unwrap();
        let values = |selection| contest.bits(&selection).ok().map(|bits| shape.evaluate(&bits).unwrap());
        let mut reached = BTreeSet::new();
        for chosen in subsets(contest.options.len()) {
            if let Some(values) = values(Selection::Options(chosen.clone())) {
                let selected: BTreeSet<usize> =
                    (0..contest.options.len()).filter(|option| values[*option] == 1).collect();
                assert_eq!(selected, chosen);
                reached.insert(values);
            }
        }
        reached.extend(values(Selection::Blank));
        assert_eq!(reached, legal_votes(&contest), "{contest:?}");
    }
}

#[test]
fn the_slack_weights_are_those_of_the_specification() {
    let weights = |slack| Choice { min: 0, max: slack, blank: false }.slack_weights();
    assert_eq!(weights(5), [1, 2, 2]);
    assert_eq!(weights(3), [1, 2]);
    assert_eq!(weights(0), [0; 0]);
    assert_eq!(weights(8), [1, 2, 4, 1]);
}

#[test]
fn every_slack_of_a_large_contest_has_its_bits() {
    let contest = contest(100, 1, 90, true);
    let shape = contest.shape().unwrap();
    for count in 1..=90 {
        let values = shape.evaluate(&contest.bits(&Selection::Options((0..count).collect())).unwrap()).unwrap();
        assert_eq!(values.iter().sum::<u64>(), u64::try_from(count).unwrap());
    }
}

#[test]
fn the_shape_is_that_of_the_specification() {
    let shape = contest(3, 0, 2, true).shape().unwrap();
    // b_1, b_2, blank, and slack bits of weights 1, 1; the last option is 2 − b_1 − b_2 − 2·blank − slack.
    let last = Form { constant: 2, terms: vec![(1, -1), (2, -1), (3, -2), (4, -1), (5, -1)] };
    assert_eq!(shape.slots(), [Form::bit(1), Form::bit(2), last.clone(), Form::bit(3)]);
    let constrained = [Form::bit(1), Form::bit(2), last, Form::bit(3), Form::bit(4), Form::bit(5)];
    assert_eq!(shape.constraints(), constrained.map(Constraint::bit));
}

#[test]
fn an_illegal_selection_is_named() {
    let fault = |contest: &Contest, selection| contest.bits(&selection).unwrap_err();
    let chosen = |options: &[usize]| Selection::Options(options.iter().copied().collect());
    let two_of_four = contest(4, 2, 2, false);
    assert_eq!(fault(&two_of_four, chosen(&[1])), SelectionFault::TooFew(2));
    assert_eq!(fault(&two_of_four, chosen(&[1, 2, 3])), SelectionFault::TooMany(2));
    assert_eq!(fault(&two_of_four, chosen(&[1, 4])), SelectionFault::OptionUnknown);
    assert_eq!(fault(&two_of_four, Selection::Blank), SelectionFault::BlankNotOffered);
}

#[test]
fn a_contest_that_breaks_its_rule_is_refused() {
    let code = |contest: Contest| contest.judge().err().map(|rejection| rejection.code);
    assert_eq!(code(contest(3, 0, 3, true)), None);
    assert_eq!(code(contest(3, 2, 1, true)), Some(Code::ManifestContest));
    assert_eq!(code(contest(3, 0, 0, true)), Some(Code::ManifestContest));
    assert_eq!(code(contest(3, 0, 4, true)), Some(Code::ManifestContest));
    assert_eq!(code(contest(0, 0, 0, true)), Some(Code::ManifestContest));
    assert_eq!(code(contest(3, 0, u64::MAX, true)), Some(Code::ManifestContest));
}
