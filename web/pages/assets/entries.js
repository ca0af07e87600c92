// Ballots and challenges on the board, each verified by the core before anything is said of it.

import { ask, Fault } from "./core.js";
import * as server from "./server.js";
import { keepReceipt, keepSeen, kept } from "./store.js";

/** @typedef {import("../../page").Verified} Verified */
/** @typedef {import("../../page").Numbered} Numbered */

/** The board said one thing and showed another. @param {string} code */
const lie = (code) => new Fault({ code, detail: "", numbers: [] });

/**
 * Verifies what the server gave for an entry.
 * @param {Pick<Numbered, "entry" | "receipt">} numbered
 * @param {string | null} [payload] what was handed in for it
 */
export async function verified({ entry, receipt }, payload = null) {
    try {
        const read = await ask("receipt", { entry, receipt, payload });
        keepSeen(read);
        return read;
    } catch (error) {
        if (error instanceof Fault) Object.assign(error.evidence, shown(entry, receipt, payload));
        throw error;
    }
}

/** What shows that a receipt is none (specs/server.md#distrust). @param {string} entry @param {string} receipt @param {string | null} payload */
function shown(entry, receipt, payload) {
    return { "receipt.tlog-proof": receipt, "receipt.entry": server.bytes(entry), ...(payload !== null && { payload: server.bytes(payload) }) };
}

/**
 * Keeps the receipt of a verified entry.
 * @param {Verified} read
 * @param {Numbered} numbered
 * @param {string} fingerprint
 * @returns {import("../../page").Receipt}
 */
export function keep({ kind, tracker, credential, index, is_recorded }, { entry, receipt }, fingerprint) {
    const kept = { address: server.ADDRESS, fingerprint, kind, tracker, credential, index, is_recorded, entry, receipt };
    keepReceipt(kept);
    return kept;
}

/** Fetches and verifies the entry of this index. @param {number} index */
export async function fetched(index) {
    const numbered = await server.entry(index);
    const read = await verified(numbered);
    if (read.index !== index) throw lie("entry_other");
    return { read, numbered };
}

/**
 * What the next ballot of a voter replaces: looked up at the server, and verified in the record.
 * @param {string} credential
 */
export async function lookUp(credential) {
    await waitForEarlier(credential);
    const { ballots } = await server.voter(credential);
    const own = kept().receipts.filter((receipt) => receipt.kind === "ballot" && receipt.credential === credential);
    if (own.some(({ tracker }) => !ballots.some((shown) => shown.tracker === tracker))) throw lie("ballot_hidden");
    const last = ballots.at(-1);
    if (!last) return { link: null, count: 0, isFromHere: true };
    const { read } = await fetched(last.index);
    const isVoters = read.kind === "ballot" && read.credential === credential && read.tracker === last.tracker;
    if (!isVoters) throw lie("ballot_other");
    return { link: read.tracker, count: ballots.length, isFromHere: own.some(({ tracker }) => tracker === read.tracker) };
}

/**
 * An earlier ballot of this browser may have been received only: it can be replaced when the board shows it.
 * @param {string} credential
 */
async function waitForEarlier(credential) {
    const isOf = (/** @type {import("../../page").Receipt} */ receipt) => receipt.kind === "ballot" && receipt.credential === credential;
    const last = kept().receipts.filter(isOf).at(-1);
    if (!last || last.is_recorded) return;
    try {
        const { read, numbered } = await fetched(last.index);
        if (read.tracker !== last.tracker) throw lie("entry_other");
        keep(read, numbered, last.fingerprint);
    } catch (error) {
        if (error instanceof server.Problem && error.code === "entry_unknown") throw lie("earlier_waiting");
        throw error;
    }
}

/**
 * Holds a receipt against the board as it is now, and finds out what became of the ballot.
 * @param {Pick<Numbered, "entry" | "receipt">} receipt
 */
export async function followReceipt(receipt) {
    keepSeen(await ask("look", {}));
    const { index, is_shown } = await ask("hold", receipt);
    const read = is_shown ? (await fetched(index)).read : await verified(receipt);
    return follow(read, true);
}

/**
 * Finds out what became of the ballot with a tracker.
 * @param {string} tracker
 */
export async function followTracker(tracker) {
    const own = kept().receipts.find((receipt) => receipt.tracker === tracker);
    if (own) return followReceipt(own);
    const view = await server.ballot(tracker);
    const { read } = await fetched(view.index);
    if (read.tracker !== tracker) throw lie("entry_other");
    return follow(read, false);
}

/** @typedef {Awaited<ReturnType<typeof follow>>} Followed */

/**
 * What came after an entry. That a later ballot replaced it is verified; that none did, the server says.
 * @param {Verified} read
 * @param {boolean} hasReceipt
 */
async function follow(read, hasReceipt) {
    const view = await server.ballot(read.tracker).catch((error) => {
        // Silence is no answer: nobody is told that a ballot counts because the server hides it.
        if (error instanceof server.Problem) return null;
        throw error;
    });
    const replacedBy = view?.replaced_by ?? null;
    if (replacedBy !== null) {
        const { read: later } = await fetched((await server.ballot(replacedBy)).index);
        const isNext = later.tracker === replacedBy && later.link === read.tracker && later.credential === read.credential;
        if (!isNext) throw lie("replaced_other");
    }
    const { phase } = await server.status();
    return { read, hasReceipt, view, replacedBy, phase };
}
