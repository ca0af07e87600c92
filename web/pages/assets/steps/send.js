// Sending, as often as it takes, until the board has given a receipt that holds.

import { Failure } from "../core.js";
import { announce, button, code, el, notice, p } from "../dom.js";
import { keep, verified } from "../entries.js";
import * as server from "../server.js";
import { explain, step, way } from "../step.js";
import { keepWaiting, kept } from "../store.js";
import { t } from "../words.js";
import { done } from "./done.js";
import { encrypt } from "./review.js";
import { welcome } from "./welcome.js";

/** @typedef {import("../session.js").Session} Session */
/** @typedef {import("../../../page").Waiting} Waiting */

/** Seconds between attempts: they grow from the first to the longest. */
const FIRST_WAIT = 1;
const LONGEST_WAIT = 20;

/** @param {Session} session @param {Waiting} waiting */
export async function send(session, waiting) {
    for (let wait = FIRST_WAIT; ; wait = Math.min(2 * wait, LONGEST_WAIT)) {
        step(() => sending(waiting));
        try {
            const numbered = await server.submit(waiting.kind, waiting.payload);
            const read = await verified(numbered, waiting.payload);
            const receipt = keep(read, numbered, session.place.fingerprint);
            return done(session, read, receipt);
        } catch (error) {
            if (error instanceof server.Problem && error.isFinal) return refused(session, waiting, error);
            if (!(error instanceof server.Problem || error instanceof Failure)) throw error;
            const seconds = error instanceof server.Problem ? Math.max(wait, error.after ?? 0) : wait;
            await pause(waiting, error, seconds);
        }
    }
}

/** @param {Waiting} waiting */
function sending({ kind, tracker }) {
    return [
        way(3),
        el("h1", {}, t(`send.${kind}`)),
        el("progress", { "aria-label": t(`send.${kind}`) }),
        notice("info", el("strong", {}, t("send.not_yet")), p(t("send.wait"))),
        p(t("tracker"), el("br"), code(tracker)),
    ];
}

/** Waits, but no longer than until the voter or the network says so. @param {Waiting} waiting @param {Error} error @param {number} seconds */
function pause(waiting, error, seconds) {
    return new Promise((resolve) => {
        const over = () => {
            clearTimeout(timer);
            removeEventListener("online", over);
            resolve(undefined);
        };
        const timer = setTimeout(over, 1000 * seconds);
        addEventListener("online", over);
        step(() => [
            way(3),
            el("h1", {}, t("send.no_answer")),
            notice("warning", el("strong", {}, t("send.not_yet")), p(explain(error)), p(t("send.same_bytes"))),
            p(t("tracker"), el("br"), code(waiting.tracker)),
            el("div", { className: "buttons" }, button(t("send.now"), over, "primary")),
        ]);
        announce(t("send.no_answer"));
    });
}

/** The same bytes can never be taken. @param {Session} session @param {Waiting} waiting @param {server.Problem} problem */
function refused(session, waiting, problem) {
    if (kept().waiting?.payload === waiting.payload) keepWaiting(null);
    // Another ballot of this voter came in between, from another device: this one is made anew.
    const isStale = problem.code === "link_stale" && session.chosen.size > 0;
    const anew = isStale ? () => void encrypt(session) : () => welcome(session);
    step(() => [
        way(3),
        el("h1", {}, t("send.refused")),
        notice("wrong", el("strong", {}, t("send.not_taken")), p(explain(problem))),
        el("div", { className: "buttons" }, button(t(isStale ? "send.anew" : "go_on"), anew, "primary")),
    ]);
}
