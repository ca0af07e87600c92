//! Tests of the mathematics, through the public interface alone.

mod samples;
mod shape;
