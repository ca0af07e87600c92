// The page on which people vote, and look for their ballots.

import { frame } from "./frame.js";
import * as server from "./server.js";
import { begin } from "./session.js";
import { attempt, watchHistory } from "./step.js";
import { identify, preview, settle, welcome } from "./steps/welcome.js";
import { kept } from "./store.js";

/** What the link asks for. A voter's code is taken out of the address at once: it must not stay in the history, nor be copied. */
function takeFragment() {
    const fragment = location.hash.slice(1);
    const [place, tracker = ""] = fragment.split("=");
    if (place === "track") return { tracker };
    if (fragment !== "") history.replaceState(null, "", location.pathname + location.search);
    // The skip link of an earlier visit is no code.
    return { code: fragment === "main" ? "" : fragment };
}

/** The voter at this page, who may look elsewhere in between. @type {import("./session.js").Session | undefined} */
let session;

/** @param {{code?: string, tracker?: string}} asked */
async function open({ code, tracker }) {
    await frame(tracker === undefined ? "vote" : "track");
    if (session === undefined && tracker === undefined && kept().waiting === null) return arrive(code);
    await attempt("busy.entering", async () => {
        session ??= await begin();
        if (tracker !== undefined) {
            const { lookFor, track } = await import("./steps/track.js");
            return tracker === "" ? track(session.place, "track") : lookFor(session.place, "track", tracker);
        }
        session.tracker = null;
        const { waiting } = kept();
        if (waiting) return (await import("./steps/send.js")).send(session, waiting);
        if (code && session.isVoting) return identify(session, code);
        welcome(session);
    });
}

/**
 * The first view does not wait for the core: it shows what the server says, until the core has read what was signed.
 * @param {string | undefined} code
 */
async function arrive(code) {
    const shown = server.manifest();
    const beginning = begin(shown);
    // Told below.
    beginning.catch(() => undefined);
    /** @type {string | undefined} */
    let given = code;
    /** @type {Promise<import("./session.js").Session> | undefined} */
    let first = beginning;
    /** @type {(() => Node[]) | undefined} */
    let view;
    try {
        const shows = preview(await shown, await server.status(), code ? undefined : (typed) => void (given = typed));
        // What the server says may be anything, even nothing that can be shown.
        shows();
        view = shows;
    } catch {
        // Whatever hinders it, the core says why.
    }
    await attempt(view ?? "busy.entering", async () => {
        const entering = first ?? begin(shown);
        first = undefined;
        session = await entering;
        if (given && session.isVoting) return identify(session, given);
        settle(session);
    });
}

// An encryption is cast or opened, and the way back does not lead to another one.
watchHistory(() => session !== undefined && session.tracker === null && kept().waiting === null);

/** One after the other: there is one core, and one desk in it. */
let last = open(takeFragment());

addEventListener("hashchange", () => {
    // The skip link is no place of its own.
    if (location.hash === "#main") return;
    const asked = takeFragment();
    last = last.then(() => open(asked));
});

await last;
