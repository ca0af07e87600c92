//! Waiting for others, and saying so.

use std::thread::sleep;
use std::time::{Duration, Instant};

/// The waits between two looks grow from the first to the longest.
const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// How long one waits without being told for what.
const UNTOLD: Duration = Duration::from_secs(1);

/// Looks again and again until there is something, as long as there is patience; at least once. After a second `what` is said, once, on
/// standard error.
pub fn until<T, E>(
    patience: Duration,
    what: &str,
    mut look: impl FnMut() -> Result<Option<T>, E>,
) -> Result<Option<T>, E> {
    let (begin, mut wait, mut is_told) = (Instant::now(), FIRST_WAIT, false);
    loop {
        let found = look()?;
        if found.is_some() || begin.elapsed() + wait > patience {
            return Ok(found);
        }
        if !is_told && begin.elapsed() > UNTOLD {
            eprintln!("· {what}");
            is_told = true;
        }
        sleep(wait);
        wait = (wait * 3 / 2).min(LONGEST_WAIT);
    }
}
