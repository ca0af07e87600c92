// Which election this is, and who votes.

import { ask } from "../core.js";
import { button, code, el, facts, mistake, notice, p, some } from "../dom.js";
import { again, attempt, explain, settle as stay, step, way } from "../step.js";
import { t } from "../words.js";

/** @typedef {import("../session.js").Session} Session */

/** @param {Session} session */
export function welcome(session) {
    step(() => view(session));
}

/** The core has read what was signed: the same is shown with more in it, and what was typed stays. @param {Session} session */
export function settle(session) {
    const before = /** @type {HTMLInputElement | null} */ (document.querySelector("#code"));
    const isTyping = document.activeElement === before;
    stay(() => view(session));
    const input = /** @type {HTMLInputElement | null} */ (document.querySelector("#code"));
    if (!before || !input) return;
    input.value = before.value;
    if (isTyping) input.focus();
}

/** @param {Session} session */
function view(session) {
    const election = facts([t("fingerprint"), el("span", {}, code(session.place.fingerprint), el("span", { className: "hint" }, t("welcome.compare")))]);
    return some(
        ...heading(session.place.manifest, session.isVoting),
        election,
        ...(session.isVoting ? (session.voter ? intro(session) : [codeForm((typed) => come(session, typed))]) : closed(session)),
    );
}

/** @param {import("../../../page").Manifest} manifest @param {boolean} isVoting */
const heading = ({ title, simulation }, isVoting) => some(
    isVoting && way(1),
    el("p", { className: "kicker" }, t("welcome.kicker")),
    el("h1", { dir: "auto" }, title),
    simulation && notice("warning", p(t("welcome.simulation"))),
);

/**
 * What can be shown before the core has read anything.
 * @param {import("../../../page").Manifest} manifest
 * @param {import("../../../page").Status} status
 * @param {(typed: string) => void} [type] takes the code that is typed meanwhile; without it there is no field
 */
export function preview(manifest, { phase }, type) {
    const isVoting = phase === "voting";
    let isTyped = !type;
    const form = () => codeForm(async (typed) => {
        type?.(typed);
        isTyped = true;
        again();
        return undefined;
    });
    return () => some(
        ...heading(manifest, isVoting),
        el("p", {}, t("welcome.checking")),
        el("progress", { "aria-label": t("welcome.checking") }),
        isVoting && !isTyped && form(),
    );
}

/** @param {Session} session */
function closed({ place }) {
    const key = place.is_open ? "welcome.ended" : "welcome.not_open";
    return [notice("info", el("strong", {}, t(key)), p(t(`${key}.more`)))];
}

/**
 * Asks for a code. `take` says what is wrong with it, if something is.
 * @param {(typed: string) => Promise<string | undefined>} take
 */
function codeForm(take) {
    const input = el("input", {
        id: "code", type: "text", autocomplete: "off", autocapitalize: "characters", spellcheck: false, required: true,
        "aria-describedby": "code-hint", dir: "ltr",
    });
    const wrong = el("div", {});
    const onsubmit = async (/** @type {SubmitEvent} */ event) => {
        event.preventDefault();
        const mistaken = await take(input.value);
        if (mistaken === undefined) return;
        input.setAttribute("aria-invalid", "true");
        wrong.replaceChildren(mistake(mistaken));
    };
    return el("form", { onsubmit, noValidate: true },
        el("h2", {}, t("welcome.your_code")),
        wrong,
        el("label", { for: "code" }, t("welcome.code")),
        el("p", { className: "hint", id: "code-hint" }, t("welcome.code.hint")),
        input,
        el("div", { className: "buttons" }, el("button", { className: "primary" }, t("go_on"))),
    );
}

/** Somebody has typed a code. @param {Session} session @param {string} typed */
async function come(session, typed) {
    try {
        session.welcomes(await ask("identify", { code: typed }));
    } catch (error) {
        return explain(error);
    }
    await greet(session);
    return undefined;
}

/** The voter is known by a code that came with the link, or was typed early. @param {Session} session @param {string} given */
export async function identify(session, given) {
    try {
        session.welcomes(await ask("identify", { code: given }));
    } catch (error) {
        welcome(session);
        document.querySelector("form > div")?.replaceChildren(mistake(explain(error)));
        return;
    }
    await greet(session);
}

/**
 * Looks up what stands on the board in the voter's name. All that she will need is loaded now, so that she can vote, and go on after a
 * failure, whatever becomes of the network.
 * @param {Session} session
 */
export async function greet(session) {
    const { voter } = session;
    if (!voter) return;
    await attempt("busy.looking_up", async () => {
        const [{ lookUp }] = await Promise.all([import("../entries.js"), import("./contest.js")]);
        session.earlier = await lookUp(voter.credential);
        welcome(session);
    }, () => welcome(session));
}

/** @param {Session} session */
function intro(session) {
    const { voter, earlier, contests } = session;
    const count = earlier?.count ?? 0;
    return some(
        notice("good", el("strong", {}, t("welcome.on_roll")), p(t("welcome.credential"), " ", code(voter?.credential ?? ""))),
        (voter?.weight ?? 1) > 1 && p(t("welcome.weight", { n: voter?.weight ?? 1 })),
        count > 0 && notice("info", el("strong", {}, t("welcome.earlier", { n: count })), p(t("welcome.revote"))),
        earlier && !earlier.isFromHere && notice("warning", p(t("welcome.elsewhere"))),
        el("h2", {}, t("welcome.how")),
        el("ol", { className: "spaced" }, ...[1, 2, 3].map((number) => el("li", {}, t(`welcome.how.${number}`)))),
        p(t("welcome.questions", { n: contests.length })),
        el("div", { className: "buttons" }, button(t("welcome.begin"), () => void begin(session), "primary")),
    );
}

/** @param {Session} session */
async function begin(session) {
    const { contest } = await import("./contest.js");
    contest(session, 0);
}
