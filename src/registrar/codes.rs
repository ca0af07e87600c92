//! The voters' codes, sealed in the registrar's folder. They are durable before their public halves leave the machine.

use std::borrow::Cow;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use data_encoding::HEXLOWER;
use rand_core::CryptoRng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tabella_client::key_file;
use tabella_client::passphrase::Passphrase;
use tabella_election::message::Voter;
use tabella_election::text::VoterCode;
use tabella_election::{ElectionId, registrar};
use zeroize::Zeroizing;

use super::voter_list::ListedVoter;

/// The sealed file.
pub(super) const FILE: &str = "codes.age";

/// The codes of the board's roll, while others are to replace them: the voting may be opened with either.
pub(super) const BEFORE: &str = "codes.before.age";

const VERSION: u64 = 1;

/// Bytes of one voter in the file beside the id, with room to spare: what was written is never copied to make room.
const BYTES_OF_VOTER: usize = 120;

/// A voter with a code.
pub(super) struct CodedVoter {
    pub(super) listed: ListedVoter,
    pub(super) code: VoterCode,
}

/// The codes of all voters of a revision of the roll.
pub(super) struct Codes {
    /// The election: in another the same code has another public half.
    pub(super) election: ElectionId,
    /// The revision in which they stand on the roll, or will.
    pub(super) revision: u64,
    /// In the order of the list.
    pub(super) voters: Vec<CodedVoter>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CodesView<'a> {
    codes: u64,
    election: String,
    revision: u64,
    /// Id, weight, style, code.
    #[serde(borrow)]
    voters: Vec<(Cow<'a, str>, u64, u64, &'a str)>,
}

impl CodedVoter {
    /// A voter with a fresh code.
    pub(super) fn draw(listed: ListedVoter, election: &ElectionId, rng: &mut impl CryptoRng) -> Result<Self> {
        let (code, _) = registrar::enrol(election, listed.weight, listed.style, rng)?;
        Ok(Self { listed, code })
    }

    /// What stands on the roll.
    pub(super) fn voter(&self, election: &ElectionId) -> Result<Voter> {
        let credential = self.code.voting_key(election)?.public().into();
        Ok(Voter { credential, weight: self.listed.weight, style: self.listed.style })
    }
}

impl Codes {
    /// Opens the sealed codes, if there are any.
    pub(super) fn open(path: &Path, election: &ElectionId, passphrase: &Passphrase) -> Result<Option<Self>> {
        if !path.exists() {
            return Ok(None);
        }
        let bytes = key_file::open(path, passphrase)?;
        let damaged = || format!("{} does not hold voters' codes; restore it from a backup", path.display());
        let view: CodesView<'_> = serde_json::from_slice(&bytes).with_context(damaged)?;
        ensure!(view.codes == VERSION, "{} is of version {}; this program knows {VERSION}", path.display(), view.codes);
        ensure!(
            view.election == HEXLOWER.encode(&election.0),
            "{} holds the codes of another election; use another folder (--dir) for each election",
            path.display()
        );
        let voters = view.voters.into_iter().map(|(id, weight, style, code)| {
            let code = VoterCode::from_text(code).with_context(damaged)?;
            Ok(CodedVoter { listed: ListedVoter { id: id.into_owned(), weight, style }, code })
        });
        Ok(Some(Self { election: *election, revision: view.revision, voters: voters.collect::<Result<_>>()? }))
    }

    /// Seals the codes, durably. From then on they may be used.
    pub(super) fn seal(&self, path: &Path, passphrase: &Passphrase) -> Result<()> {
        let texts: Vec<Zeroizing<String>> = self.voters.iter().map(|voter| voter.code.to_text()).collect();
        let voters = self.voters.iter().zip(&texts).map(|(voter, code)| {
            let ListedVoter { id, weight, style } = &voter.listed;
            (Cow::Borrowed(id.as_str()), *weight, *style, code.as_str())
        });
        let view = CodesView {
            codes: VERSION,
            election: HEXLOWER.encode(&self.election.0),
            revision: self.revision,
            voters: voters.collect(),
        };
        // An id may be written with escapes, each up to six bytes for one.
        let room = self.voters.iter().map(|voter| BYTES_OF_VOTER + 6 * voter.listed.id.len()).sum::<usize>() + 1_000;
        let mut bytes = Zeroizing::new(Vec::with_capacity(room));
        serde_json::to_writer(&mut *bytes, &view)?;
        Ok(key_file::seal(path, &bytes, passphrase)?)
    }

    /// What stands on the roll, by credential ascending.
    pub(super) fn roll(&self) -> Result<Vec<Voter>> {
        let mut voters: Vec<Voter> =
            self.voters.par_iter().map(|voter| voter.voter(&self.election)).collect::<Result<_>>()?;
        voters.sort_by_key(|voter| voter.credential);
        Ok(voters)
    }
}
