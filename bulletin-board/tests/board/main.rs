//! The crate as its callers see it.

mod anchor;
mod checkpoint;
mod entry;
mod key;
mod policy;
mod receipt;
mod samples;
mod tile;
mod tree;
