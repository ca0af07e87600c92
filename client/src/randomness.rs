//! Where programs draw what nobody may guess.

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use zeroize::Zeroizing;

/// The operating system gives no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("cannot draw random bytes from the operating system: {0}")]
pub struct NoRandomness(getrandom::Error);

/// A generator with a fresh seed of the operating system.
pub fn fresh() -> Result<ChaCha20Rng, NoRandomness> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut()).map_err(NoRandomness)?;
    Ok(ChaCha20Rng::from_seed(*seed))
}
