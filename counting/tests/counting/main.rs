//! Counting: examples of the literature, every kind of tie, and what holds for all totals.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail the test, as the test itself does")]

mod explanations;
mod highest;
mod lists;
mod pairs;
mod properties;
mod rules;
mod sample;
