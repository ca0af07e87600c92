//! Small logarithms: from the point v·G, to which the votes of a slot add up, to the total v.
//!
//! Baby steps and giant steps: a table of n points answers any v below a bound after bound/n additions. All of it is
//! about totals that will be published, so the time may vary.

use curve25519_dalek::Scalar;
use curve25519_dalek::ristretto::CompressedRistretto;

use crate::group::Point;

/// The most points in a table: 16 MiB. With it, a total near 2^40 takes about a million additions.
const LARGEST_TABLE: u64 = 1 << 20;

/// The most points that are encoded together: their doubles share one inversion.
const TOGETHER: u64 = 256;

/// A table of 0·G, 1·G, …, to look up any number of logarithms.
pub struct LogarithmTable {
    /// How many points the table has.
    length: u64,
    /// (the beginning of the encoding of 2·i·G, i), sorted.
    baby_steps: Vec<(u64, u64)>,
}

impl LogarithmTable {
    /// A table for totals up to `bound`: of the square root of it many points, but 2^20 at most. Larger totals are
    /// found as well, more slowly.
    pub fn new(bound: u64) -> Self {
        let length = bound.isqrt().saturating_add(1).min(LARGEST_TABLE);
        let doubles = encodings_of_doubles(Point::mul_base(&Scalar::ZERO), Point::mul_base(&Scalar::ONE), length);
        let mut baby_steps: Vec<(u64, u64)> = doubles.map(|encoding| beginning(&encoding)).zip(0..).collect();
        baby_steps.sort_unstable();
        Self { length, baby_steps }
    }

    /// v, if `point` = v·G for a v from 0 to `bound`. Small totals are found sooner than large ones.
    pub fn find(&self, point: &Point, bound: u64) -> Option<u64> {
        let giant_step = -Point::mul_base(&Scalar::from(self.length));
        let doubles = encodings_of_doubles(*point, giant_step, (bound / self.length).saturating_add(1));
        let candidates = (0..).zip(doubles).flat_map(|(giant_steps, encoding)| {
            self.baby_steps_beginning(beginning(&encoding))
                .map(move |step| (giant_steps * self.length).checked_add(step))
        });
        // Different points may begin alike: a candidate is checked.
        candidates.flatten().find(|&total| total <= bound && Point::mul_base(&Scalar::from(total)) == *point)
    }

    fn baby_steps_beginning(&self, wanted: u64) -> impl Iterator<Item = u64> {
        let from = self.baby_steps.partition_point(|&(beginning, _)| beginning < wanted);
        self.baby_steps[from..].iter().take_while(move |&&(beginning, _)| beginning == wanted).map(|&(_, step)| step)
    }
}

/// The encodings of 2·first, 2·(first + step), 2·(first + 2·step), …: `count` of them.
fn encodings_of_doubles(first: Point, step: Point, count: u64) -> impl Iterator<Item = CompressedRistretto> {
    let mut next = first;
    let mut left = count;
    std::iter::from_fn(move || {
        let together = left.min(TOGETHER);
        left -= together;
        let mut points = Vec::new();
        for _ in 0..together {
            points.push(next);
            next += step;
        }
        (together > 0).then(|| Point::double_and_compress_batch(&points))
    })
    .flatten()
}

/// The first eight bytes of an encoding: enough to tell a million points apart.
fn beginning(encoding: &CompressedRistretto) -> u64 {
    encoding.0.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}
