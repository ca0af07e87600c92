//! Seats for lists by their votes. Implements specs/counting.md#lists.

use super::cut::{Tie, cut};

/// The seats of each list, those decided by a tie-break included, and the tie that ended the giving.
#[derive(Debug, PartialEq, Eq)]
pub struct Given {
    pub seats: Vec<u64>,
    pub tie: Option<Tie>,
    /// Seats that nobody is there to take.
    pub vacant: u64,
}

impl Given {
    /// No list has votes.
    fn none(votes: &[u64], seats: u64) -> Self {
        Self { seats: vec![0; votes.len()], tie: None, vacant: seats }
    }
}

/// Seats one after another, each to the list with the greatest quotient of its votes and `divisor` of its seats so far.
/// `first` is the number of the first list among the entrants.
pub fn by_quotients(votes: &[u64], seats: u64, divisor: fn(u64) -> u64, first: usize, order: Option<&[u64]>) -> Given {
    if votes.iter().all(|votes| *votes == 0) {
        return Given::none(votes, seats);
    }
    let mut given = vec![0u64; votes.len()];
    let mut left = seats;
    while left > 0 {
        let best = greatest(votes, &given, divisor);
        let count = best.len() as u64;
        if count > left {
            let tie = Tie::new(best.iter().map(|list| first + list).collect(), left, order);
            add(&mut given, tie.decided.iter().flatten().map(|entrant| entrant - first));
            return Given { seats: given, tie: Some(tie), vacant: 0 };
        }
        add(&mut given, best.into_iter());
        left -= count;
    }
    Given { seats: given, tie: None, vacant: 0 }
}

/// The lists with the greatest quotient, compared as fractions.
fn greatest(votes: &[u64], given: &[u64], divisor: fn(u64) -> u64) -> Vec<usize> {
    let quotients = votes.iter().zip(given).map(|(votes, seats)| (u128::from(*votes), u128::from(divisor(*seats))));
    let mut best: Vec<usize> = Vec::new();
    let mut highest = (0, 1);
    for (list, quotient) in quotients.enumerate() {
        let order = (quotient.0 * highest.1).cmp(&(highest.0 * quotient.1));
        if order.is_gt() || best.is_empty() {
            highest = quotient;
            best = vec![list];
        } else if order.is_eq() {
            best.push(list);
        }
    }
    best
}

/// Each list gets the whole part of its share of the seats; the seats left go by the remainders.
pub fn by_remainders(votes: &[u64], seats: u64, first: usize, order: Option<&[u64]>) -> Given {
    let sum: u128 = votes.iter().map(|votes| u128::from(*votes)).sum();
    if sum == 0 {
        return Given::none(votes, seats);
    }
    let share = |votes: &u64| {
        let product = u128::from(*votes) * u128::from(seats);
        (u64::try_from(product / sum).unwrap_or(seats), product % sum)
    };
    let shares: Vec<(u64, u128)> = votes.iter().map(share).collect();
    let mut given: Vec<u64> = shares.iter().map(|(whole, _)| *whole).collect();
    let left = seats.saturating_sub(given.iter().sum());
    let remainders: Vec<(usize, u128)> =
        shares.iter().enumerate().map(|(list, (_, remainder))| (first + list, *remainder)).collect();
    let cut = cut(&remainders, left, order);
    add(&mut given, cut.elected.iter().map(|entrant| entrant - first));
    Given { seats: given, tie: cut.tie, vacant: 0 }
}

fn add(given: &mut [u64], lists: impl Iterator<Item = usize>) {
    for list in lists {
        given.get_mut(list).into_iter().for_each(|seats| *seats += 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dhondt(votes: &[u64], seats: u64, order: Option<&[u64]>) -> Given {
        by_quotients(votes, seats, |seats| seats + 1, 0, order)
    }

    fn sainte_lague(votes: &[u64], seats: u64) -> Given {
        by_quotients(votes, seats, |seats| 2 * seats + 1, 0, None)
    }

    #[test]
    fn known_examples() {
        // Quotients of 100,000, 80,000, 30,000, 20,000 for 8 seats: a textbook's table.
        let votes = [100_000, 80_000, 30_000, 20_000];
        assert_eq!(dhondt(&votes, 8, None), Given { seats: vec![4, 3, 1, 0], tie: None, vacant: 0 });
        assert_eq!(sainte_lague(&votes, 8), Given { seats: vec![3, 3, 1, 1], tie: None, vacant: 0 });
        // 47,000 16,000 15,800 12,000 6,100 3,100 for 10 seats: quota 10,000.
        let votes = [47_000, 16_000, 15_800, 12_000, 6_100, 3_100];
        assert_eq!(by_remainders(&votes, 10, 0, None), Given { seats: vec![5, 2, 1, 1, 1, 0], tie: None, vacant: 0 });
    }

    #[test]
    fn equal_quotients_share_or_tie() {
        assert_eq!(dhondt(&[10, 10], 2, None), Given { seats: vec![1, 1], tie: None, vacant: 0 });
        let tie = |decided| Some(Tie { entrants: vec![0, 1], seats: 1, decided });
        assert_eq!(dhondt(&[10, 10], 3, None), Given { seats: vec![1, 1], tie: tie(None), vacant: 0 });
        let decided = dhondt(&[10, 10], 3, Some(&[1, 0]));
        assert_eq!(decided, Given { seats: vec![1, 2], tie: tie(Some(vec![1])), vacant: 0 });
        // 20/2 = 10/1, as fractions.
        assert_eq!(dhondt(&[20, 10], 2, None).tie, tie(None));
        assert_eq!(dhondt(&[20, 10, 0], 3, None).seats, [2, 1, 0]);
        assert_eq!(by_remainders(&[10, 10], 3, 0, None), Given { seats: vec![1, 1], tie: tie(None), vacant: 0 });
        assert_eq!(by_remainders(&[10, 10], 3, 0, Some(&[1, 0])).seats, [1, 2]);
        assert_eq!(by_remainders(&[6, 3, 0], 3, 0, None), Given { seats: vec![2, 1, 0], tie: None, vacant: 0 });
    }

    #[test]
    fn large_numbers_and_none_are_no_trouble() {
        let votes = [u64::MAX, u64::MAX - 1, 1];
        assert_eq!(dhondt(&votes, 1_000, None).seats.iter().sum::<u64>(), 1_000);
        assert_eq!(by_remainders(&votes, 1_000, 0, None).seats.iter().sum::<u64>(), 1_000);
        let none = || Given { seats: vec![0, 0], tie: None, vacant: 2 };
        assert_eq!([by_remainders(&[0, 0], 2, 0, None), dhondt(&[0, 0], 2, None)], [none(), none()]);
    }
}
