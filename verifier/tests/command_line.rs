//! What the program says of itself, and its first errors, word by word.

#[test]
fn help_and_errors_are_as_they_are_pinned() {
    trycmd::TestCases::new().case("tests/cmd/*.trycmd");
}
