//! A town that holds an election: the real programs on loopback, a process and a folder for each role.
//!
//! For the demonstration, for the tests that look at all programs together, and for whoever measures a server. It knows of them what a person knows: their
//! command lines, their exit status and what they print. Read the modules in this order:
//!
//! 1. [`programs`]: where the programs are, and running one;
//! 2. [`role`]: a person with a folder and a passphrase;
//! 3. [`service`]: a program that takes requests, and can be killed;
//! 4. [`server`], [`witness`]: such programs;
//! 5. [`postgres`]: the database of a server that does not store in a file;
//! 6. [`plan`]: what an election is about;
//! 7. [`election`]: everybody together, in the order of an election.

pub mod programs;

pub mod role;

pub mod service;

pub mod server;
pub mod witness;

pub mod postgres;

pub mod plan;

pub mod election;
