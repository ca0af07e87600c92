//! Rehearsals: the trustees prove that their shares work, before anything depends on it. Implements
//! specs/ceremony.md#rehearsal.

use std::collections::BTreeSet;
use std::sync::Arc;

use tabella_crypto::decryption::Statement;
use tabella_crypto::polynomial::Index;
use tabella_crypto::qualified::ElectionKeys;

use super::duplicate;
use crate::code::Rejection;
use crate::message;

/// A rehearsal and who has answered it.
#[derive(Debug, Clone)]
pub struct Rehearsal {
    round: u64,
    statement: Arc<Statement>,
    answered: BTreeSet<Index>,
}

impl Rehearsal {
    pub(super) fn new(keys: &Arc<ElectionKeys>, round: u64) -> Self {
        let statement = Arc::new(Statement::rehearsal(Arc::clone(keys), round));
        Self { round, statement, answered: BTreeSet::new() }
    }

    /// Its number, from 1.
    pub fn round(&self) -> u64 {
        self.round
    }

    /// What is decrypted: a point that nobody chose.
    pub fn statement(&self) -> &Arc<Statement> {
        &self.statement
    }

    /// Who has shown that their shares work.
    pub fn answered(&self) -> &BTreeSet<Index> {
        &self.answered
    }

    pub(super) fn take(&mut self, sender: Index, message: &message::Rehearsal) -> Result<(), Rejection> {
        if self.answered.contains(&sender) {
            return Err(duplicate("answer"));
        }
        self.statement.verify(sender, &message.decryption, &message.proof)?;
        self.answered.insert(sender);
        Ok(())
    }
}
