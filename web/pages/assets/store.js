// What this browser keeps of one election: which election it is, the latest checkpoint, what waits to be sent, and receipts. Neither the code
// nor any choice that was not opened for everybody.

import { HERE } from "./server.js";

const KEY = `tabella:${HERE.pathname}`;
const LANGUAGE = "tabella:language";

/** @typedef {import("../../page").Kept} Kept */

/** @returns {Kept} */
function nothing() {
    return { fingerprint: null, checkpoint: null, received: null, attempts: {}, waiting: null, receipts: [] };
}

/** A browser may forbid storage: then the page remembers as long as it is open. */
let inMemory = nothing();

/** @returns {Kept} */
export function kept() {
    try {
        const text = localStorage.getItem(KEY);
        return text === null ? inMemory : { ...nothing(), ...JSON.parse(text) };
    } catch {
        return inMemory;
    }
}

/**
 * Changes what is kept. Another tab may have written in between, so it is read anew.
 * @param {(kept: Kept) => void} change
 */
function keep(change) {
    const now = kept();
    change(now);
    inMemory = now;
    try {
        localStorage.setItem(KEY, JSON.stringify(now));
    } catch {
        // As above.
    }
}

/** @param {string} fingerprint */
export const keepElection = (fingerprint) => keep((kept) => void (kept.fingerprint = fingerprint));

/** @param {import("../../page").Seen} seen */
export const keepSeen = ({ checkpoint, received }) => keep((kept) => void Object.assign(kept, { checkpoint, received }));

/**
 * The number of the next encryption with a credential, which no other will have.
 * @param {string} credential
 */
export function nextAttempt(credential) {
    keep(({ attempts }) => void (attempts[credential] = (attempts[credential] ?? 0) + 1));
    return kept().attempts[credential] ?? 1;
}

/** @param {import("../../page").Waiting | null} waiting */
export const keepWaiting = (waiting) => keep((kept) => void (kept.waiting = waiting));

/**
 * A receipt, in place of an earlier one for the same entry; what waited has been sent.
 * @param {import("../../page").Receipt} receipt
 */
export function keepReceipt(receipt) {
    keep((kept) => {
        kept.receipts = [...kept.receipts.filter(({ tracker }) => tracker !== receipt.tracker), receipt];
        if (kept.waiting?.tracker === receipt.tracker) kept.waiting = null;
    });
}

/** Forgets the election: for a device that is not the voter's own. */
export function forget() {
    inMemory = nothing();
    try {
        localStorage.removeItem(KEY);
    } catch {
        // There was nothing.
    }
}

/** The language that was chosen here, if one was. */
export function language() {
    try {
        return localStorage.getItem(LANGUAGE);
    } catch {
        return null;
    }
}

/** @param {string} language */
export function keepLanguage(language) {
    try {
        localStorage.setItem(LANGUAGE, language);
    } catch {
        // It is asked for again.
    }
}
