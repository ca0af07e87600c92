//! The log of an election, in the formats of C2SP: chained entries, a Merkle tree, signed checkpoints, tiles, receipts.
//!
//! No I/O, no clock, no ambient randomness and no vocabulary of elections: this crate knows bytes, not ballots. What
//! each module reads and writes is fixed to the byte in `specs/board.md`; each item names the section that it
//! implements. Read the modules in this order, which is the way of the data:
//!
//! 1. [`origin`], [`hash`]: the name of a log, and what its structures are made of;
//! 2. [`entry`]: what stands in the log;
//! 3. [`tree`], [`tile`]: the Merkle tree over the entries, its proofs, and the files that hold both;
//! 4. [`key`], [`checkpoint`], [`cosignature`]: who signs the head of the tree, and how;
//! 5. [`policy`]: which signatures are enough;
//! 6. [`anchor`], [`receipt`]: checkpoints inside entries, and what a voter keeps;
//! 7. [`witness`]: how a witness comes to sign.

pub mod anchor;
pub mod checkpoint;
pub mod cosignature;
pub mod entry;
pub mod hash;
pub mod key;
pub mod origin;
pub mod policy;
pub mod receipt;
pub mod tile;
pub mod tree;
pub mod witness;

mod c2sp;
mod text;
