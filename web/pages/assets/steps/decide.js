// The ballot is encrypted, and its tracker known: cast it, or have it opened.

import { ask, seed } from "../core.js";
import { button, code, el, notice, p, some } from "../dom.js";
import { attempt, step, way } from "../step.js";
import { keepWaiting } from "../store.js";
import { t } from "../words.js";
import { review } from "./review.js";
import { send } from "./send.js";

/** @typedef {import("../session.js").Session} Session */

/** @param {Session} session */
export function decide(session) {
    const { tracker, earlier } = session;
    step(() => some(
        way(2),
        el("h1", {}, t("decide.title")),
        p(t("decide.tracker")),
        el("p", { className: "tracker" }, code(tracker ?? "")),
        p(t("decide.note")),
        earlier?.link ? notice("info", p(t("decide.replaces")), code(earlier.link)) : null,
        el("section", { className: "card" },
            el("h2", {}, t("decide.cast")),
            p(t("decide.cast.text")),
            button(t("decide.cast.do"), () => void finish(session, "ballot"), "primary"),
        ),
        el("section", { className: "card" },
            el("h2", {}, t("decide.check")),
            p(t("decide.check.text")),
            button(t("decide.check.do"), () => confirmCheck(session)),
        ),
        el("div", { className: "buttons" }, button(t("decide.back"), () => review(session), "plain")),
    ));
}

/** What is opened can never be closed again. @param {Session} session */
function confirmCheck(session) {
    step(() => [
        way(2),
        el("h1", {}, t("check.confirm")),
        notice("warning", p(t("check.public"))),
        p(t("check.never_cast")),
        el("div", { className: "buttons" },
            button(t("check.open"), () => void finish(session, "challenge"), "primary"),
            button(t("back"), () => decide(session)),
        ),
    ]);
}

/**
 * What is to be sent is kept first: whatever happens, the same bytes are sent again, and no ballot is made twice.
 * @param {Session} session
 * @param {"ballot" | "challenge"} kind
 */
async function finish(session, kind) {
    const { tracker } = session;
    if (tracker === null) return;
    await attempt("busy.finishing", async () => {
        const { payload } = await ask(kind === "ballot" ? "cast" : "challenge", { seed: seed() });
        const waiting = { kind, tracker, payload };
        keepWaiting(waiting);
        session.tracker = null;
        await send(session, waiting);
    }, () => review(session));
}
