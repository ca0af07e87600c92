//! docs/fuzzing.md says how to run this.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| elections::fuzz::judge("entry", input));
