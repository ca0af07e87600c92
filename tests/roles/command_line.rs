//! The help of every command, and what is said where no server is needed.

#[test]
fn helps_and_errors_are_as_they_are_pinned() {
    trycmd::TestCases::new().case("tests/roles/cmd/*.trycmd").run();
}
