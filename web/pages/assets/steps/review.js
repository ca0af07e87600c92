// All choices together, before anything is encrypted.

import { lines } from "../contests.js";
import { ask, seed } from "../core.js";
import { button, el, p } from "../dom.js";
import { lookUp } from "../entries.js";
import { attempt, remember, step, way } from "../step.js";
import { nextAttempt } from "../store.js";
import { t } from "../words.js";
import { contest } from "./contest.js";
import { decide } from "./decide.js";

/** @typedef {import("../session.js").Session} Session */

/** @param {Session} session */
export function review(session) {
    remember(() => render(session));
    render(session);
}

/** @param {Session} session */
function render(session) {
    session.tracker = null;
    step(() => [
        way(1),
        el("h1", {}, t("review.title")),
        p(t("review.text")),
        ...session.contests.map((_, position) => answer(session, position)),
        el("div", { className: "buttons" },
            button(t("review.encrypt"), () => void encrypt(session), "primary"),
            button(t("back"), () => contest(session, session.contests.length - 1)),
        ),
    ]);
}

/** @param {Session} session @param {number} position */
function answer(session, position) {
    const { index, contest: asked } = /** @type {Session["contests"][0]} */ (session.contests[position]);
    const change = button(t("review.change"), () => contest(session, position, true), "small");
    change.setAttribute("aria-label", t("review.change_of", { title: asked.title }));
    return el("section", { className: "answer" }, el("div", {}, el("h2", { dir: "auto" }, asked.title), change), chosenList(asked, session.chosen.get(index)));
}

/**
 * @param {import("../../../page").Contest} contest
 * @param {import("../../../page").Chosen | undefined} chosen
 */
export function chosenList(contest, chosen) {
    const said = chosen === undefined ? [] : lines(contest, chosen);
    return el("ul", { className: "chosen" }, ...said.map((line) => el("li", { dir: "auto" }, line)));
}

/** @param {Session} session */
export async function encrypt(session) {
    const { voter } = session;
    if (!voter) return;
    await attempt("busy.encrypting", async () => {
        session.earlier = await lookUp(voter.credential);
        const { link } = session.earlier;
        const attempt = nextAttempt(voter.credential);
        const { tracker } = await ask("draft", { choices: session.choices, link, attempt, seed: seed() });
        session.tracker = tracker;
        decide(session);
    }, () => review(session));
}
