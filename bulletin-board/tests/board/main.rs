//! The crate as its callers see it.

#![expect(clippy::unwrap_used, reason = "a sample that cannot be made is a failed test")]

mod anchor;
mod checkpoint;
mod entry;
mod key;
mod policy;
mod receipt;
mod samples;
mod tile;
mod tree;
mod witness;
