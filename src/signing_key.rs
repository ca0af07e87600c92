//! The signing key of authority or registrar: its seed, sealed with a passphrase in the role's folder.

use std::path::Path;

use anyhow::{Context, Result, bail};
use data_encoding::HEXLOWER;
use ed25519_dalek::SigningKey;
use rand_core::Rng;
use tabella_client::key_file;
use tabella_client::passphrase::{Passphrase, PassphraseArguments};
use tabella_client::randomness;
use tabella_election::SignerKey;
use zeroize::Zeroizing;

/// A role's key, and the passphrase that opens its folder's files.
pub struct SealedKey {
    /// For what the role signs.
    pub key: SigningKey,
    /// For whatever else the role seals.
    pub passphrase: Passphrase,
}

/// Makes the key and seals it; opens it if it is there already. `what` names it to people.
pub fn make(path: &Path, what: &str, passphrase: &PassphraseArguments) -> Result<SigningKey> {
    if path.exists() {
        return open(path, what, passphrase).map(|sealed| sealed.key);
    }
    let passphrase = passphrase.choose(what)?;
    let mut seed = Zeroizing::new([0; 32]);
    randomness::fresh()?.fill_bytes(seed.as_mut());
    key_file::seal(path, seed.as_ref(), &passphrase)?;
    Ok(SigningKey::from_bytes(&seed))
}

/// Opens the key.
pub fn open(path: &Path, what: &str, passphrase: &PassphraseArguments) -> Result<SealedKey> {
    if !path.exists() {
        bail!("there is no {}: is --dir the right folder? A new key is made with `new`", path.display());
    }
    let passphrase = passphrase.read(what)?;
    let seed = key_file::open(path, &passphrase)?;
    let seed: &[u8; 32] =
        seed.as_slice().try_into().with_context(|| format!("{} holds no signing key", path.display()))?;
    Ok(SealedKey { key: SigningKey::from_bytes(seed), passphrase })
}

/// The public half.
pub fn public(key: &SigningKey) -> SignerKey {
    key.verifying_key().to_bytes().into()
}

/// The public half as people hand it on.
pub fn public_text(key: &SigningKey) -> String {
    HEXLOWER.encode(&public(key).0)
}
