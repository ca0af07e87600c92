//! The order that decides ties. Implements specs/counting.md#outcome.

use crate::outcome::Entrant;
use crate::rule::Entrants;

/// The place of each entrant in the manifest's tie-break, if it has one.
pub(crate) struct TieBreak {
    /// By the numbers of the entrants: options first, lists on from them.
    places: Option<Vec<usize>>,
    options: usize,
}

impl TieBreak {
    /// From a tie-break that was judged: every entrant stands in it once.
    pub(crate) fn new(order: Option<&[u64]>, entrants: Entrants) -> Self {
        let options = match entrants {
            Entrants::Options(options) | Entrants::Ranking(options) | Entrants::Lists { options, .. } => options,
        };
        let places = order.map(|order| {
            let mut places = vec![0; entrants.number()];
            for (place, &number) in order.iter().enumerate() {
                if let Some(entrant) = usize::try_from(number).ok().and_then(|number| places.get_mut(number)) {
                    *entrant = place;
                }
            }
            places
        });
        Self { places, options }
    }

    /// The place of each option, if there is a tie-break.
    pub(crate) fn option_places(&self) -> Option<&[usize]> {
        self.places.as_ref().map(|places| places.get(..self.options).unwrap_or_default())
    }

    /// Of those who tie, in ascending order, the ones that win so many seats; `None` without a tie-break.
    pub(crate) fn first(&self, tied: &[Entrant], seats: u64) -> Option<Vec<Entrant>> {
        let places = self.places.as_ref()?;
        let place = |entrant: &Entrant| match *entrant {
            Entrant::Option(option) => places.get(option),
            Entrant::List(list) => places.get(self.options.saturating_add(list)),
        };
        let mut first = tied.to_vec();
        first.sort_by_key(place);
        first.truncate(usize::try_from(seats).unwrap_or(usize::MAX));
        first.sort_unstable();
        Some(first)
    }
}
