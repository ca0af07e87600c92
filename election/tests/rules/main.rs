//! Whole elections in memory, and everything that the rules refuse.

mod ceremonies;
mod elections;
mod order;
mod refusals;
mod samples;
mod world;
