//! Which packages have mutants, and which tests give verdicts on them.

/// A package whose mutants are tried.
#[derive(Debug)]
pub struct Package {
    pub name: &'static str,
    /// Where it stands in the workspace.
    pub folder: &'static str,
    pub suites: &'static [Suite],
}

/// The tests of one program of tests.
#[derive(Debug)]
pub struct Suite {
    pub package: &'static str,
    /// The folder of that package.
    pub folder: &'static str,
    /// The test target; none for the library's own tests.
    pub target: Option<&'static str>,
    /// Tests whose names begin with one of these words; none: all.
    pub only: &'static [&'static str],
    /// The test that takes a list of forged records.
    pub forged: Option<&'static str>,
}

impl Suite {
    const fn library(package: &'static str, folder: &'static str) -> Self {
        Self { package, folder, target: None, only: &[], forged: None }
    }

    const fn tests(package: &'static str, folder: &'static str, target: &'static str) -> Self {
        Self { package, folder, target: Some(target), only: &[], forged: None }
    }
}

/// The rules of the board on the forged records.
const RULES: Suite = Suite {
    only: &["forged::the_rules_"],
    forged: Some("forged::the_rules_find_in_each_forged_record_what_is_wrong"),
    ..Suite::tests("tabella", "", "elections")
};

pub const PACKAGES: &[Package] = &[
    Package {
        name: "tabella-verifier",
        folder: "verifier",
        suites: &[
            Suite {
                only: &["forged::every"],
                forged: Some("forged::every_forged_record_is_refused_for_what_is_wrong_in_it"),
                ..Suite::tests("tabella-verifier", "verifier", "verifier")
            },
            Suite::library("tabella-verifier", "verifier"),
            Suite {
                // No program is started and nothing fetched; what the forged records show is not shown again.
                only: &[
                    "board::",
                    "bytes::",
                    "ceremony::",
                    "evidence::a_",
                    "evidence::two_",
                    "files::",
                    "helping::",
                    "kinds::",
                    "one_ballot::an_",
                    "one_ballot::every_",
                    "one_ballot::what_",
                    "papers::",
                    "placed::",
                    "poll::",
                    "range::",
                    "record::a_",
                    "record::elections_",
                    "record::the_expected",
                    "refused_contests::rules_",
                    "refused_setup::manifests",
                    "shapes::",
                    "stopping::",
                ],
                ..Suite::tests("tabella-verifier", "verifier", "verifier")
            },
        ],
    },
    Package {
        name: "tabella-crypto",
        folder: "crypto",
        suites: &[
            Suite::tests("tabella-crypto", "crypto", "crypto"),
            Suite::library("tabella-crypto", "crypto"),
            RULES,
        ],
    },
    Package {
        name: "tabella-election",
        folder: "election",
        suites: &[
            Suite::tests("tabella-election", "election", "rules"),
            Suite::library("tabella-election", "election"),
            RULES,
        ],
    },
];
