//! The only module that names the foreign crates of the log ecosystem, so that they can be replaced in one place.
//!
//! Their ways of panicking (a tree of size zero, nodes outside the tree, readers that answer with too few hashes) are
//! closed off here; nothing outside needs to know of them.

pub(crate) mod merkle;
pub(crate) mod note;
