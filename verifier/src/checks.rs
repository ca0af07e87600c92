//! The numbered checks and every stable code, in one table. Implements specs/checks.md.

/// What kind of assurance a check gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Completeness,
    Authenticity,
    Integrity,
    Consistency,
    Evidence,
}

impl Class {
    /// The word of the report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Completeness => "completeness",
            Self::Authenticity => "authenticity",
            Self::Integrity => "integrity",
            Self::Consistency => "consistency",
            Self::Evidence => "evidence",
        }
    }
}

/// One row of the table of checks.
#[derive(Debug)]
pub struct Check {
    pub number: usize,
    pub class: Class,
    pub title: &'static str,
    /// What a pass proves.
    pub proves: &'static str,
    pub codes: &'static [Code],
}

macro_rules! checks {
    ($($number:literal $class:ident $title:literal $proves:literal { $($code:ident $name:literal $message:literal)+ })+) => {
        /// Why an entry, a file or the whole record is refused. Each code belongs to one check.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $($($code,)+)+ }

        impl Code {
            /// The stable snake_case name.
            pub fn name(self) -> &'static str {
                match self { $($(Self::$code => $name,)+)+ }
            }

            /// A sentence for people.
            pub fn message(self) -> &'static str {
                match self { $($(Self::$code => $message,)+)+ }
            }

            /// The number of the check that reports this code.
            pub fn check(self) -> usize {
                match self { $($(Self::$code => $number,)+)+ }
            }
        }

        /// All checks, by number from 1.
        pub const CHECKS: &[Check] = &[
            $(Check { number: $number, class: Class::$class, title: $title, proves: $proves, codes: &[$(Code::$code,)+] },)+
        ];
    };
}

checks! {
    1 Completeness "files" "the record has exactly the files that its checkpoint calls for" {
        FileMissing "file_missing" "the file is missing"
        FileSurplus "file_surplus" "the file does not belong to the record"
        FileMalformed "file_malformed" "the file has a wrong length, or its lengths do not add up"
    }
    2 Authenticity "checkpoint" "the log's key signed the size and root of this record, and the witnesses of the policy cosigned it" {
        CheckpointMalformed "checkpoint_malformed" "the file is not a signed checkpoint"
        CheckpointSignature "checkpoint_signature" "the checkpoint has no valid signature by the log's key"
        CheckpointQuorum "checkpoint_quorum" "the checkpoint lacks cosignatures that the policy asks for"
        LogKeyMismatch "log_key_mismatch" "the log's key or name is not the one that it must be"
    }
    3 Integrity "tree" "every entry is the one that the signed root commits to" {
        LeafMismatch "leaf_mismatch" "the entry's leaf hash is not the one in the tile of level 0"
        TileMismatch "tile_mismatch" "a hash of the tile is not the hash of the tile below it"
        RootMismatch "root_mismatch" "the tree over the entries does not have the root of the checkpoint"
    }
    4 Integrity "chain" "every entry names its place, its log and the hash of the entry before" {
        EntryMalformed "entry_malformed" "the bytes are not the deterministic encoding of an entry"
        EntryFormat "entry_format" "the entry is not of format tabella/1"
        EntryOrigin "entry_origin" "the entry names another log"
        EntryIndex "entry_index" "the entry names another place in the log"
        EntryPrev "entry_prev" "the entry does not name the hash of the entry before it"
        KindUnknown "kind_unknown" "no such kind of entry exists"
        PayloadTooLarge "payload_too_large" "the payload is longer than 65,000 bytes"
        PayloadMalformed "payload_malformed" "the payload is not the deterministic encoding of its kind"
    }
    5 Consistency "manifest" "the rules of this election are well-formed and its keys are distinct" {
        ManifestVersion "manifest_version" "the manifest is of another version"
        ManifestText "manifest_text" "a text, name or count of the manifest is out of bounds or repeated"
        ManifestOrigin "manifest_origin" "the manifest's origin is not well-formed or not that of its log"
        ManifestKeys "manifest_keys" "a key of the manifest is weak, not canonical or used twice"
        ManifestPolicy "manifest_policy" "the policy is not well-formed or does not name this log"
        ManifestContest "manifest_contest" "a contest breaks the rules of its kind"
        ManifestStyle "manifest_style" "the styles do not cover the contests as they must"
        ManifestThreshold "manifest_threshold" "threshold, quorum or minimum is out of bounds"
        ManifestSize "manifest_size" "ballots of this election would be too large"
    }
    6 Authenticity "identity" "this is the election whose fingerprint you gave" {
        FingerprintDiffers "fingerprint_differs" "this is not the election whose fingerprint you gave"
    }
    7 Authenticity "authors" "every entry was signed, for this election, by the role that may write it" {
        ElectionMismatch "election_mismatch" "the entry was written for another election"
        TrusteeUnknown "trustee_unknown" "the manifest has no such trustee"
        SignatureInvalid "signature_invalid" "the signature is not its author's"
    }
    8 Completeness "phases" "everything happened in the order of an election, and it ended" {
        OutOfPhase "out_of_phase" "the entry may not stand in this phase or step"
        ElectionNotOpen "election_not_open" "voting had not begun"
        ElectionClosed "election_closed" "voting had ended"
        AfterFinal "after_final" "nothing may follow the final entry"
        RecordUnfinished "record_unfinished" "the record ends before the election does"
    }
    9 Evidence "ceremony" "the keys come from qualified trustees alone, complaints were judged right, and enough trustees proved that their shares work" {
        CeremonyHistory "ceremony_history" "the message belongs to another attempt or another history"
        TrusteeLeftOut "trustee_left_out" "the trustee was left out or is not qualified"
        Duplicate "duplicate" "the trustee has already sent this message"
        EnvelopeKeys "envelope_keys" "there is not one envelope key for each other trustee"
        EnvelopeKeyReused "envelope_key_reused" "an envelope key was used before"
        RoundLeftOut "round_left_out" "the round does not leave out exactly those who did not complete the step"
        DealChunk "deal_chunk" "the piece of the dealing is not the next, or has a wrong length"
        DealCommitment "deal_commitment" "the dealing does not match the dealer's commitment"
        DealProof "deal_proof" "the dealer does not prove to know the constant terms"
        ConfirmDealers "confirm_dealers" "the message does not answer each dealing once"
        ConfirmHash "confirm_hash" "the confirmed hash is not the dealing's"
        ComplaintKey "complaint_key" "the secret key of the complaint is not that of the published envelope key"
        CeremonyFailed "ceremony_failed" "the attempt has failed: only a restart may follow"
        KeysMismatch "keys_mismatch" "the keys hash is not that of this ceremony"
        RehearsalRound "rehearsal_round" "this is not the current round of rehearsal"
    }
    10 Consistency "roll" "each credential stands once on the roll, with a weight and a style" {
        RollChunk "roll_chunk" "the chunk of the roll is not the next"
        RollOrder "roll_order" "a credential is not greater than the one before"
        RollWeight "roll_weight" "a weight is zero"
        RollStyle "roll_style" "a style does not exist"
        RollTotal "roll_total" "the weights add up to more than can be decrypted"
    }
    11 Consistency "opening" "voting began only when keys and roll were complete" {
        CeremonyIncomplete "ceremony_incomplete" "the ceremony was not complete"
        RehearsalIncomplete "rehearsal_incomplete" "too few trustees answered the last rehearsal"
        RollIncomplete "roll_incomplete" "the roll was not complete"
        RollMismatch "roll_mismatch" "the roll hash is not that of the roll"
    }
    12 Authenticity "anchors" "each control entry carries the checkpoint of everything before it, and each share that of the close" {
        AnchorMalformed "anchor_malformed" "the anchor is not a checkpoint of this log"
        AnchorSignature "anchor_signature" "the log did not sign the anchor"
        AnchorMismatch "anchor_mismatch" "the anchor is not the checkpoint of the entries that it must show"
        AnchorQuorum "anchor_quorum" "the anchor lacks cosignatures that the policy asks for"
    }
    13 Consistency "eligibility" "each ballot is of a credential on the roll, for its contests, replaces exactly the ballot before it, and is no copy" {
        CredentialUnknown "credential_unknown" "the credential is not on the roll"
        ContestUnknown "contest_unknown" "the manifest has no such contest"
        ContestSet "contest_set" "the contests are not those of the credential's style"
        BallotLength "ballot_length" "a part of the ballot has a wrong length"
        LinkStale "link_stale" "the ballot does not name the last ballot of its credential"
        RReused "r_reused" "the randomness of the ballot was on the board before"
    }
    14 Integrity "encodings" "every point and scalar is canonical" {
        PointInvalid "point_invalid" "a point is not canonical"
        ScalarInvalid "scalar_invalid" "a scalar is not canonical"
        IdentityPoint "identity_point" "a point is the identity"
    }
    15 Evidence "ballots" "each ballot holds a vote that the rules allow, and was made by the holder of its credential" {
        ProofInvalid "proof_invalid" "the proof of the ballot is wrong"
    }
    16 Evidence "challenges" "each challenged ballot holds what its opening says" {
        OpeningInvalid "opening_invalid" "the ballot does not hold what its opening says"
        ChallengeSignature "challenge_signature" "the challenge was not made by the holder of the credential"
    }
    17 Completeness "counted set" "the close names every accepted ballot; the last ballot of each credential counts, no other" {
        CloseCount "close_count" "the number of ballots is not the number of those accepted"
        CloseLast "close_last" "the close does not name the entry before it"
        CountedMismatch "counted_mismatch" "the counted hash is not that of the counted ballots"
    }
    18 Evidence "decryption" "each decryption share is the trustee's true part for the recomputed sums" {
        ShareNotNeeded "share_not_needed" "there is nothing to decrypt"
        ShareLength "share_length" "the share has a wrong length"
        ShareInvalid "share_invalid" "the proof of the share is wrong"
        SharesMissing "shares_missing" "too few shares were accepted"
    }
    19 Integrity "result" "the published totals are the sums of the counted votes" {
        ResultShape "result_shape" "the result does not have the contests and options of the manifest"
        ResultTotal "result_total" "a total is not the sum of the counted votes"
        FinalResult "final_result" "the final entry does not name the accepted result"
    }
}
