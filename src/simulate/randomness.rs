//! The randomness of a simulation: everything follows from one seed, and each role has its own.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use tabella_crypto::transcript::Transcript;
use zeroize::Zeroizing;

/// The seed of a whole simulation.
#[derive(Clone)]
pub struct Seed(Zeroizing<[u8; 32]>);

impl Seed {
    /// The seed that a text stands for: the same text gives the same record, to the byte.
    pub fn from_text(text: &str) -> Self {
        let mut transcript = Transcript::new("tabella/1/simulation-seed");
        transcript.absorb("text", text.as_bytes());
        Self(Zeroizing::new(transcript.hash()))
    }

    /// A seed from the operating system.
    pub fn from_system() -> Result<Self, getrandom::Error> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(seed.as_mut())?;
        Ok(Self(seed))
    }

    /// What one of the players does at random; `number` tells those of one role apart.
    pub fn of(&self, player: &str, number: u64) -> ChaCha20Rng {
        let mut transcript = Transcript::new("tabella/1/simulation");
        transcript.absorb("seed", self.0.as_ref());
        transcript.absorb("player", player.as_bytes());
        transcript.absorb_u64("number", number);
        ChaCha20Rng::from_seed(transcript.hash())
    }
}
