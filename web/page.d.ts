// Types of the voting page, for `tsc`. Nothing of this is sent to voters.

/** What is wrong, by the core: a code, and the numbers that its words speak of. */
export interface Wrong {
    code: string;
    detail: string;
    numbers: number[];
}

/** What was chosen in one contest (web/src/selection.rs). */
export type Chosen =
    | "blank"
    | { options: number[] }
    | { numbers: number[] }
    | { ranking: number[][] }
    | { list: { list: number; options: number[] } };

export type Choices = [number, Chosen][];

/** The manifest as JSON (specs/server.md#manifest), as far as pages read it. */
export interface Manifest {
    id: string;
    title: string;
    simulation: boolean;
    contests: Contest[];
    styles: { name: string; contests: number[] }[];
    trustees: { name: string }[];
    threshold: number;
}

export interface Contest {
    id: string;
    title: string;
    options: { id: string; title: string }[];
    kind: Kind;
}

export type Choice = { name: "choice"; min: number; max: number; blank: boolean };
export type Score = { name: "score"; most: number; min: number; max: number };
export type Positional = { name: "positional"; min: number; weights: number[] };
export type Quadratic = { name: "quadratic"; credits: number };
export type Ranking = { name: "ranking"; ties: boolean };
export type Lists = { name: "lists"; lists: { id: string; title: string; options: number }[]; min: number; max: number };
export type Allocation = { name: "allocation"; amount: number; range: boolean };
export type Kind = Choice | Score | Positional | Quadratic | Ranking | Lists | Allocation;

/** What is filled in so far in one contest, be it a vote or not. */
export interface Draft {
    options: number[];
    isBlank: boolean;
    list: number | null;
    /** For each option what was typed: a number, a place, or nothing. */
    typed: string[];
    /** Whether the voter was told that she may choose more. */
    isWarned: boolean;
}

/** A contest as a form: what to show, what it says now, and what is left to say of it. */
export interface Form {
    fields: Node;
    /** What is chosen; a key of words about a mistake that the core need not judge. */
    chosen(): Chosen | { mistake: string };
    /** How much is used of how much; null where nothing is counted. */
    used(): { key: string; n: number; m: number } | null;
    /** Whether the voter may choose more than she did. */
    mayMore(): boolean;
}

/** The latest published checkpoint, and a larger one that only the log has signed. */
export interface Seen {
    checkpoint: string | null;
    received: string | null;
}

export interface Entered extends Seen {
    manifest: Manifest;
    fingerprint: string;
    is_open: boolean;
    has_witnesses: boolean;
    voters: number | null;
}

export interface Identity {
    credential: string;
    weight: number;
    style: number;
}

/** A verified entry of a voter. */
export interface Verified extends Seen {
    index: number;
    kind: "ballot" | "challenge";
    tracker: string;
    link: string | null;
    credential: string;
    is_recorded: boolean;
    witnesses: string[];
    held: Choices | null;
    as_chosen: boolean | null;
}

/** A QR code to draw. */
export interface Picture {
    side: number;
    path: string;
}

/** Questions to the core, and their answers (web/src/call.rs). */
export interface Calls {
    enter: [{ fingerprint: string | null; checkpoint: string | null; received: string | null }, Entered];
    look: [{}, Seen & { size: number }];
    identify: [{ code: string }, Identity];
    judge: [{ contest: number; chosen: Chosen }, null];
    draft: [{ choices: Choices; link: string | null; attempt: number; seed: string }, { tracker: string }];
    cast: [{ seed: string }, { payload: string }];
    challenge: [{ seed: string }, { payload: string }];
    receipt: [{ entry: string; receipt: string; payload: string | null }, Verified];
    hold: [{ entry: string; receipt: string }, { index: number; is_shown: boolean }];
    tracker: [{ text: string }, string];
    picture: [{ text: string }, Picture];
}

/** An entry with its receipt (specs/server.md#receipt). */
export interface Numbered {
    index: number;
    repeated: boolean;
    entry: string;
    receipt: string;
}

/** Where the election stands (specs/server.md#status). */
export interface Status {
    election: { id: string; title: string; fingerprint: string; simulation: boolean } | null;
    phase: "empty" | "setup" | "voting" | "tally" | "published" | "finished";
    closing: { is_closing: boolean };
    size: number;
    root: string;
    quorum: "none" | "met" | "missing";
    witnesses: { name: string; size: number; answer: string | null }[];
    ceremony: {
        attempt: number;
        step: string;
        qualified: string[] | null;
        rehearsal: { round: number; answered: string[] } | null;
    } | null;
    counts: { roll: number; accepted: number; superseded: number; challenged: number; counted: number };
    awaited: { kind: string; trustees: string[] }[];
    warnings: { code: string; message: string }[];
}

/** What became of a ballot (specs/server.md#ballot). */
export interface BallotView {
    tracker: string;
    index: number;
    kind: "ballot" | "challenge";
    standing: "latest" | "superseded" | "challenged";
    ballot: number;
    of: number;
    replaced_by: string | null;
}

/** What stands under a credential (specs/server.md#voter). */
export interface VoterView {
    ballots: { tracker: string; index: number }[];
}

/** A payload that is, or was, about to be sent. */
export interface Waiting {
    kind: "ballot" | "challenge";
    tracker: string;
    payload: string;
}

/** A receipt as it is kept, and saved as a file (specs/server.md#receipt-file). */
export interface Receipt {
    address: string;
    fingerprint: string;
    kind: "ballot" | "challenge";
    tracker: string;
    credential: string;
    index: number;
    is_recorded: boolean;
    entry: string;
    receipt: string;
}

/** What a browser keeps of one election. */
export interface Kept extends Seen {
    fingerprint: string | null;
    /** By credential: how many encryptions there were. */
    attempts: Record<string, number>;
    waiting: Waiting | null;
    receipts: Receipt[];
}

/** What a thread of the verification does: takes module and files, fetches those of a bundle (null: what is left), and asks. */
export interface Errand {
    module?: WebAssembly.Module;
    files?: Record<string, Uint8Array>;
    bundle?: number | null;
    question?: Record<string, object>;
}

/** The verifier's report (specs/checks.md#report), as far as the observer's page shows it. */
export interface Report {
    report: number;
    verdict: "valid" | "invalid";
    election: { id: string; title: string; fingerprint: string; simulation: boolean } | null;
    record: {
        size: number;
        root: string;
        cosignatures: string[];
        quorum: { rule: string; cheaters: number } | null;
        expected_fingerprint: "match" | "differs" | "not given";
    } | null;
    checks: Check[];
    ballots: { roll: number; accepted: number; superseded: number; challenged: number; counted: number; blank: number } | null;
    trustees: { name: string; qualified: boolean; decrypted: boolean }[];
    warnings: Remark[];
    beyond: Remark[];
    result: { contests: ContestResult[] } | null;
}

export interface Check {
    id: string;
    title: string;
    status: "pass" | "fail" | "skipped";
    failures: { code: string; message: string; entry: number | null; file: string | null }[];
}

export interface Remark {
    code: string;
    message: string;
}

/** The result of one contest (specs/checks.md#report). */
export interface ContestResult {
    id: string;
    title: string;
    kind: string;
    ballots: number;
    weight: number;
    blank: number | null;
    withheld: boolean;
    options: { id: string; title: string; total: number | null }[];
    pairs?: number[][];
    lists?: { id: string; title: string; total: number | null }[];
    outcome?: Outcome | null;
}

/** Who is elected (specs/counting.md#json). */
export interface Outcome {
    method: string;
    seats: number;
    elected: string[];
    undecided: { seats: number; options: string[]; lists: string[] }[];
    vacant: number;
    by_tie_break: boolean;
    lists?: { id: string; seats: number }[];
    explanation: string[];
}

declare global {
    interface Window {
        trustedTypes?: {
            createPolicy(
                name: string,
                rules: { createScriptURL(text: string): string },
            ): { createScriptURL(text: string): URL };
        };
    }
}
