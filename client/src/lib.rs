//! What the programs of all roles have in common.
//!
//! Nobody has to believe the board: a role keeps a copy of its own, which is authenticated and judged before anything
//! is done with it, remembers what it has seen, and saves the evidence when the board lies. Read the modules in this order:
//!
//! 1. [`passphrase`], [`private_file`], [`key_file`]: secrets at rest;
//! 2. [`source`], [`remote`], [`view`]: where a record is read, and the server;
//! 3. `continuation`, [`lie`], [`memory`], `reading`, [`copy`], [`setup`]: believing nothing of it;
//! 4. [`desk`]: the folder of a role, and its way to the board; [`parcel`]: the way without a network;
//! 5. [`confirm`], [`outcome`], [`patience`], [`printable`], [`progress`], [`randomness`]: the person at the terminal, and chance.

pub mod passphrase;
pub mod private_file;

pub mod key_file;

pub mod remote;
pub mod source;
pub mod view;

mod continuation;
pub mod lie;
pub mod memory;
mod reading;

pub mod copy;
pub mod setup;

pub mod desk;
pub mod parcel;
mod visit;

pub mod confirm;
pub mod outcome;
pub mod patience;
pub mod printable;
pub mod progress;
pub mod randomness;
