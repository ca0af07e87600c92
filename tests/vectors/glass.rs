//! Provers made of glass: they follow the formulas of the specification from given secrets, and show every value.
//!
//! They check nothing and share with production code only points, scalars, transcripts and shapes.

pub mod form;
pub mod range;
pub mod transcript;

pub mod coordinates;

pub mod ballot;
pub mod dealing;
pub mod decryption;
