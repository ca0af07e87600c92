// The page on which people vote, and look for their ballots.

import { frame } from "./frame.js";
import * as server from "./server.js";
import { Session, enter } from "./session.js";
import { attempt, watchHistory } from "./step.js";
import { identify, welcome } from "./steps/welcome.js";
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

/** The voter at this page, who may look elsewhere in between. @type {Session | undefined} */
let session;

/** @param {{code?: string, tracker?: string}} asked */
async function open({ code, tracker }) {
    await frame(tracker === undefined ? "vote" : "track");
    await attempt("busy.entering", async () => {
        session ??= new Session(await enter(), await server.status());
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

// An encryption is cast or opened, and the way back does not lead to another one.
watchHistory(() => session !== undefined && session.tracker === null && kept().waiting === null);

addEventListener("hashchange", () => {
    // The skip link is no place of its own.
    if (location.hash !== "#main") void open(takeFragment());
});

await open(takeFragment());
