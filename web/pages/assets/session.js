// What the page knows while it is open.

import { ask } from "./core.js";
import { keepElection, keepSeen, kept } from "./store.js";

/** @typedef {import("../../page").Draft} Draft */

/** The election at this address. What the board shows must continue what it showed this browser before. */
export async function enter() {
    const { fingerprint, checkpoint, received } = kept();
    const place = await ask("enter", { fingerprint, checkpoint, received });
    keepElection(place.fingerprint);
    keepSeen(place);
    return place;
}

/** @returns {Draft} */
const empty = () => ({ options: [], isBlank: false, list: null, typed: [], isWarned: false });

/** A voter at the page. What is chosen is nowhere else. */
export class Session {
    /** @type {import("../../page").Identity | null} */
    voter = null;
    /** What stands on the board in her name. @type {{link: string | null, count: number, isFromHere: boolean} | null} */
    earlier = null;
    /** The tracker of what is encrypted and neither cast nor opened. @type {string | null} */
    tracker = null;
    /** By contest. @type {Map<number, Draft>} */
    #drafts = new Map();
    /** What was chosen, as it was judged. @type {Map<number, import("../../page").Chosen>} */
    chosen = new Map();

    /** @param {import("../../page").Entered} place @param {import("../../page").Status} status */
    constructor(place, status) {
        this.place = place;
        this.status = status;
    }

    get isVoting() {
        return this.place.is_open && this.status.phase === "voting";
    }

    /** The contests of the voter's ballot, by their indexes. */
    get contests() {
        const { contests, styles } = this.place.manifest;
        const own = styles[this.voter?.style ?? 0]?.contests ?? [];
        return own.flatMap((index) => {
            const contest = contests[index];
            return contest ? [{ index, contest }] : [];
        });
    }

    /** What is filled in so far. @param {number} index */
    draft(index) {
        const draft = this.#drafts.get(index) ?? empty();
        this.#drafts.set(index, draft);
        return draft;
    }

    /** Somebody has given a code. Nobody sees what another one chose before. @param {import("../../page").Identity} voter */
    welcomes(voter) {
        if (this.voter?.credential !== voter.credential) this.forgetChoices();
        this.voter = voter;
        this.earlier = null;
    }

    forgetChoices() {
        this.#drafts.clear();
        this.chosen.clear();
    }

    /** @returns {import("../../page").Choices} */
    get choices() {
        return [...this.chosen].sort(([one], [next]) => one - next);
    }
}
