//! One forged record.

use std::collections::BTreeMap;

use crate::forgeries::Forgery;
use crate::scene::record::{Failure, Record};

/// A record in which one rule is broken, and what must be found in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub name: String,
    pub entries: Vec<Vec<u8>>,
    /// The checkpoint of these entries.
    pub checkpoint: Vec<u8>,
    /// Files in place of those that belong to the entries; nothing where there must be none.
    pub files: BTreeMap<String, Option<Vec<u8>>>,
    /// Whether a record that ends here is accepted.
    pub unfinished: bool,
    /// The fingerprint that the reader was given.
    pub fingerprint: Option<String>,
    /// `transcript/label` of the value in whose place another was hashed.
    pub field: Option<String>,
    /// All that is found.
    pub expected: Vec<Failure>,
}

impl Case {
    /// The record of these entries, signed again from its first byte to its last.
    pub fn new(name: &str, entries: &[Vec<u8>]) -> Self {
        Self {
            name: name.to_owned(),
            entries: entries.to_vec(),
            checkpoint: Record::of(entries).files["checkpoint"].clone(),
            files: BTreeMap::new(),
            unfinished: true,
            fingerprint: None,
            field: None,
            expected: Vec::new(),
        }
    }

    /// The entry that is forged, after those that stand before it.
    pub fn of_entry(forgery: &Forgery) -> Self {
        let entries = [forgery.scene.log.entries.as_slice(), std::slice::from_ref(&forgery.entry)].concat();
        let index = Some(forgery.scene.log.next.index);
        let expected = vec![Failure { code: forgery.code.to_string(), entry: index, file: None }];
        Self { expected, ..Self::new(&forgery.name, &entries) }
    }

    /// The files, as whoever reads the vectors puts them together.
    pub fn record(&self) -> Record {
        let mut record = Record::of(&self.entries);
        record.files.insert("checkpoint".to_owned(), self.checkpoint.clone());
        for (name, content) in &self.files {
            match content {
                Some(content) => _ = record.files.insert(name.clone(), content.clone()),
                None => _ = record.files.remove(name),
            }
        }
        record
    }
}
