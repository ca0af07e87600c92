//! The stable codes of everything that can be wrong. Implements specs/checks.md.

use std::fmt;
use std::str::FromStr;

use tabella_crypto::group::EncodingFault;
use thiserror::Error;

/// Makes the enum of codes, its names and the checks that report them from one table.
macro_rules! codes {
    ($($check:expr => { $($variant:ident = $name:literal,)* })*) => {
        /// A stable code: the same word in responses, logs, reports and specs/checks.md.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[doc = concat!("`", $name, "`")] $variant,)*)* }

        impl Code {
            /// Every code, in the order of specs/checks.md.
            pub const ALL: &[Self] = &[$($(Self::$variant,)*)*];

            /// The code as it is written.
            pub const fn as_str(self) -> &'static str {
                match self { $($(Self::$variant => $name,)*)* }
            }

            /// The number of the verifier's check that reports the code; `None` for codes outside records.
            pub const fn check(self) -> Option<u8> {
                match self { $($(Self::$variant => $check,)*)* }
            }
        }
    };
}

codes! {
    Some(1) => {
        FileMissing = "file_missing",
        FileSurplus = "file_surplus",
        FileMalformed = "file_malformed",
    }
    Some(2) => {
        CheckpointMalformed = "checkpoint_malformed",
        CheckpointSignature = "checkpoint_signature",
        CheckpointQuorum = "checkpoint_quorum",
        LogKeyMismatch = "log_key_mismatch",
    }
    Some(3) => {
        LeafMismatch = "leaf_mismatch",
        TileMismatch = "tile_mismatch",
        RootMismatch = "root_mismatch",
    }
    Some(4) => {
        EntryMalformed = "entry_malformed",
        EntryFormat = "entry_format",
        EntryOrigin = "entry_origin",
        EntryIndex = "entry_index",
        EntryPrev = "entry_prev",
        KindUnknown = "kind_unknown",
        PayloadTooLarge = "payload_too_large",
        PayloadMalformed = "payload_malformed",
    }
    Some(5) => {
        ManifestVersion = "manifest_version",
        ManifestText = "manifest_text",
        ManifestOrigin = "manifest_origin",
        ManifestKeys = "manifest_keys",
        ManifestPolicy = "manifest_policy",
        ManifestContest = "manifest_contest",
        ManifestStyle = "manifest_style",
        ManifestThreshold = "manifest_threshold",
        ManifestSize = "manifest_size",
    }
    Some(6) => {
        FingerprintDiffers = "fingerprint_differs",
    }
    Some(7) => {
        ElectionMismatch = "election_mismatch",
        TrusteeUnknown = "trustee_unknown",
        SignatureInvalid = "signature_invalid",
    }
    Some(8) => {
        OutOfPhase = "out_of_phase",
        ElectionNotOpen = "election_not_open",
        ElectionClosed = "election_closed",
        AfterFinal = "after_final",
        RecordUnfinished = "record_unfinished",
    }
    Some(9) => {
        CeremonyHistory = "ceremony_history",
        TrusteeLeftOut = "trustee_left_out",
        Duplicate = "duplicate",
        EnvelopeKeys = "envelope_keys",
        EnvelopeKeyReused = "envelope_key_reused",
        RoundLeftOut = "round_left_out",
        DealChunk = "deal_chunk",
        DealCommitment = "deal_commitment",
        DealProof = "deal_proof",
        ConfirmDealers = "confirm_dealers",
        ConfirmHash = "confirm_hash",
        ComplaintKey = "complaint_key",
        CeremonyFailed = "ceremony_failed",
        KeysMismatch = "keys_mismatch",
        RehearsalRound = "rehearsal_round",
    }
    Some(10) => {
        RollChunk = "roll_chunk",
        RollOrder = "roll_order",
        RollWeight = "roll_weight",
        RollStyle = "roll_style",
        RollTotal = "roll_total",
    }
    Some(11) => {
        CeremonyIncomplete = "ceremony_incomplete",
        RehearsalIncomplete = "rehearsal_incomplete",
        RollIncomplete = "roll_incomplete",
        RollMismatch = "roll_mismatch",
    }
    Some(12) => {
        AnchorMalformed = "anchor_malformed",
        AnchorSignature = "anchor_signature",
        AnchorMismatch = "anchor_mismatch",
        AnchorQuorum = "anchor_quorum",
    }
    Some(13) => {
        CredentialUnknown = "credential_unknown",
        ContestUnknown = "contest_unknown",
        ContestSet = "contest_set",
        BallotLength = "ballot_length",
        LinkStale = "link_stale",
        RReused = "r_reused",
    }
    Some(14) => {
        PointInvalid = "point_invalid",
        ScalarInvalid = "scalar_invalid",
        IdentityPoint = "identity_point",
    }
    Some(15) => {
        ProofInvalid = "proof_invalid",
    }
    Some(16) => {
        OpeningInvalid = "opening_invalid",
        ChallengeSignature = "challenge_signature",
    }
    Some(17) => {
        CloseCount = "close_count",
        CloseLast = "close_last",
        CountedMismatch = "counted_mismatch",
    }
    Some(18) => {
        ShareNotNeeded = "share_not_needed",
        ShareLength = "share_length",
        ShareInvalid = "share_invalid",
        SharesMissing = "shares_missing",
    }
    Some(19) => {
        ResultShape = "result_shape",
        ResultTotal = "result_total",
        FinalResult = "final_result",
    }
    None => {
        EntryTooLarge = "entry_too_large",
        AlreadySubmitted = "already_submitted",
        BallotPending = "ballot_pending",
        ElectionClosing = "election_closing",
        ClosingStale = "closing_stale",
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Code {
    type Err = CodeUnknown;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().copied().find(|code| code.as_str() == name);
        found.ok_or_else(|| CodeUnknown(name.to_owned()))
    }
}

impl From<EncodingFault> for Code {
    fn from(fault: EncodingFault) -> Self {
        match fault {
            EncodingFault::Point => Self::PointInvalid,
            EncodingFault::Scalar => Self::ScalarInvalid,
            EncodingFault::Identity => Self::IdentityPoint,
        }
    }
}

/// A word that is no code of this version.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not a code of this version")]
pub struct CodeUnknown(String);

/// Why an entry is refused: its author's fault, never the reader's.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct Rejection {
    /// What programs go by.
    pub code: Code,
    /// What people read: full sentences that say what is wrong and, where somebody can do something, what.
    pub message: String,
}

impl Rejection {
    /// A refusal with `code`, told to people by `message`.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// `Err` of a refusal: for the many checks that end in one.
    pub fn refuse<T>(code: Code, message: impl Into<String>) -> Result<T, Self> {
        Err(Self::new(code, message))
    }
}

#[cfg(test)]
mod tests;
