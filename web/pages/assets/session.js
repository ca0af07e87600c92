// What the page knows while it is open.

import { ask, Fault } from "./core.js";
import * as server from "./server.js";
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

/**
 * A session at this address.
 * @param {Promise<import("../../page").Manifest>} [shown] what was shown meanwhile, which must be what was signed
 */
export async function begin(shown) {
    const [place, status] = await Promise.all([enter(), server.status()]);
    const claimed = await shown?.catch(() => undefined);
    if (claimed && !isSame(claimed, place.manifest)) throw new Fault({ code: "manifest_other", detail: "", numbers: [] });
    return new Session(place, status);
}

/** Whether two values of JSON are the same, in whatever order their members stand. @param {any} one @param {any} other @returns {boolean} */
function isSame(one, other) {
    if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return one === other;
    const names = Object.keys(one);
    const isAlike = Array.isArray(one) === Array.isArray(other) && names.length === Object.keys(other).length;
    return isAlike && names.every((name) => Object.hasOwn(other, name) && isSame(one[name], other[name]));
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
