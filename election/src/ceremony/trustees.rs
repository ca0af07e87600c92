//! The trustees of the manifest, by their indexes.

use std::collections::BTreeSet;

use tabella_crypto::polynomial::{Index, Parameters};

use crate::manifest::Election;
use crate::message::Trustee;

impl Election {
    /// The indexes of all trustees, ascending.
    pub fn trustees(&self) -> BTreeSet<Index> {
        (1..=self.manifest().trustees.len() as u64).filter_map(Index::new).collect()
    }

    /// The trustee of an index.
    pub fn trustee(&self, index: Index) -> Option<&Trustee> {
        let position = usize::try_from(index.get()).ok()?.checked_sub(1)?;
        self.manifest().trustees.get(position)
    }

    /// The names of trustees, for people.
    pub fn trustee_names<'a>(&self, indexes: impl IntoIterator<Item = &'a Index>) -> Vec<&str> {
        let names = indexes.into_iter().filter_map(|index| self.trustee(*index));
        names.map(|trustee| trustee.name.as_str()).collect()
    }

    /// k and t; `None` for no election that [`Election::judge`] made.
    pub fn parameters(&self) -> Option<Parameters> {
        Parameters::new(self.slots(), usize::try_from(self.manifest().threshold).ok()?)
    }
}
