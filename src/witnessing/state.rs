//! What others may know of the witnesses of a board.

/// Whether what the board has signed is published.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Quorum {
    /// The policy asks for no witness, or there is no policy yet.
    #[default]
    None,
    /// The last checkpoint was published, or has not waited long.
    Met,
    /// The quorum has been missing for too long: the alarm.
    Missing,
}

impl Quorum {
    /// As specs/server.md#status writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Met => "met",
            Self::Missing => "missing",
        }
    }
}

/// What is known of a witness since the board was started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessState {
    /// Its name in the policy.
    pub name: String,
    /// The size of the last checkpoint that it cosigned; 0 before the first.
    pub size: u64,
    /// How often it has cosigned.
    pub cosignatures: u64,
    /// How often it has not.
    pub failures: u64,
    /// Its last answer: `cosigned`, or the code of a failure; `None` before the first.
    pub answer: Option<&'static str>,
}

/// Where a board's witnessing stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WitnessingState {
    /// Whether there is a quorum.
    pub quorum: Quorum,
    /// The witnesses in the order of the policy.
    pub witnesses: Vec<WitnessState>,
}
