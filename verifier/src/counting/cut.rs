//! Filling seats by a score, and ties. Implements the cutting of specs/counting.md#outcome.

/// Who gets a seat. Entrants are options, numbered from 0, then lists, numbered on.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// In the order of the candidates.
    pub elected: Vec<usize>,
    pub tie: Option<Tie>,
    pub vacant: u64,
}

/// More entrants than the seats that are left for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tie {
    pub entrants: Vec<usize>,
    pub seats: u64,
    /// Those of them who get the seats by the tie-break, if there is one: they stand among the elected too.
    pub decided: Option<Vec<usize>>,
}

impl Tie {
    /// Of those who tie, the ones that stand first in the order get a seat.
    pub fn new(entrants: Vec<usize>, seats: u64, order: Option<&[u64]>) -> Self {
        let number = usize::try_from(seats).unwrap_or(usize::MAX);
        let decided = order.map(|order| {
            let places = order.iter().filter_map(|entrant| usize::try_from(*entrant).ok());
            places.filter(|entrant| entrants.contains(entrant)).take(number).collect()
        });
        Self { entrants, seats, decided }
    }

    /// Seats that stay open.
    pub fn undecided(&self) -> u64 {
        if self.decided.is_some() { 0 } else { self.seats }
    }
}

/// Cuts the candidates, each with its score, for the seats.
pub fn cut(candidates: &[(usize, u128)], seats: u64, order: Option<&[u64]>) -> Cut {
    let count = candidates.len() as u64;
    if count <= seats {
        let elected = candidates.iter().map(|(entrant, _)| *entrant).collect();
        return Cut { elected, tie: None, vacant: seats - count };
    }
    let mut scores: Vec<u128> = candidates.iter().map(|(_, score)| *score).collect();
    scores.sort_unstable_by(|a, b| b.cmp(a));
    // The s-th highest score; there is none for no seats.
    let last = usize::try_from(seats).ok().and_then(|seats| scores.get(seats.checked_sub(1)?));
    let Some(last) = last else {
        return Cut::default();
    };
    let above: Vec<usize> = candidates.iter().filter(|(_, score)| score > last).map(|(entrant, _)| *entrant).collect();
    let level: Vec<usize> = candidates.iter().filter(|(_, score)| score == last).map(|(entrant, _)| *entrant).collect();
    let left = seats.saturating_sub(above.len() as u64);
    let tie = (level.len() as u64 > left).then(|| Tie::new(level.clone(), left, order));
    let added = match &tie {
        Some(tie) => tie.decided.as_deref().unwrap_or(&[]),
        None => &level,
    };
    let is_elected = |entrant: &usize| above.contains(entrant) || added.contains(entrant);
    let elected = candidates.iter().map(|(entrant, _)| *entrant).filter(is_elected).collect();
    Cut { elected, tie, vacant: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elected(scores: &[u128], seats: u64, order: Option<&[u64]>) -> (Vec<usize>, Vec<usize>, u64) {
        let candidates: Vec<(usize, u128)> = scores.iter().copied().enumerate().collect();
        let cut = cut(&candidates, seats, order);
        let open = cut.tie.filter(|tie| tie.undecided() > 0);
        (cut.elected, open.map(|tie| tie.entrants).unwrap_or_default(), cut.vacant)
    }

    #[test]
    fn the_highest_scores_get_the_seats() {
        assert_eq!(elected(&[3, 9, 5], 2, None), (vec![1, 2], vec![], 0));
        // Those who are level with the last are elected if there are seats for all of them.
        assert_eq!(elected(&[5, 9, 5, 1], 3, None), (vec![0, 1, 2], vec![], 0));
        assert_eq!(elected(&[5, 9, 5, 5], 3, None), (vec![1], vec![0, 2, 3], 0));
        assert_eq!(elected(&[5, 9, 5, 5], 3, Some(&[3, 1, 0, 2])), (vec![0, 1, 3], vec![], 0));
        assert_eq!(elected(&[0, 0], 1, None), (vec![], vec![0, 1], 0));
        assert_eq!(elected(&[4, 4], 3, None), (vec![0, 1], vec![], 1));
        assert_eq!(elected(&[4, 4], 2, None), (vec![0, 1], vec![], 0));
        assert_eq!(elected(&[4, 4], 0, None), (vec![], vec![], 0));
    }

    #[test]
    fn a_tie_names_its_seats() {
        let candidates = [(0, 12), (1, 12), (2, 5)];
        let cut = cut(&candidates, 1, None);
        assert_eq!(cut.tie, Some(Tie { entrants: vec![0, 1], seats: 1, decided: None }));
        let tie = super::cut(&candidates, 1, Some(&[1, 0, 2])).tie.unwrap();
        assert_eq!((tie.undecided(), tie.decided), (0, Some(vec![1])));
    }
}
