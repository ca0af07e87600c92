// One question at a time.

import { form, rule } from "../contests.js";
import { ask, Fault } from "../core.js";
import { announce, button, el, mistake, notice, p } from "../dom.js";
import { remember, step, way } from "../step.js";
import { fault, t } from "../words.js";
import { review } from "./review.js";
import { welcome } from "./welcome.js";

/** @typedef {import("../session.js").Session} Session */

/**
 * @param {Session} session
 * @param {number} position of the question on the voter's ballot
 * @param {boolean} [isChange] whether she comes from the review, and returns there
 */
export function contest(session, position, isChange = false) {
    remember(() => render(session, position, isChange));
    render(session, position, isChange);
}

/** @param {Session} session @param {number} position @param {boolean} isChange */
function render(session, position, isChange) {
    const found = session.contests[position];
    if (!found) return review(session);
    const { index, contest: asked } = found;
    const draft = session.draft(index);
    step(() => {
        const used = el("output", { className: "used" });
        const told = el("div", {});
        const filled = form(asked, draft, () => {
            draft.isWarned = false;
            told.replaceChildren();
            tell(used, filled);
        });
        tell(used, filled);
        const next = async (/** @type {Event} */ event) => {
            event.preventDefault();
            const warning = await judge(session, index, filled, draft);
            if (warning) return told.replaceChildren(warning);
            if (isChange) review(session);
            else contest(session, position + 1);
        };
        const back = () => (isChange ? review(session) : position > 0 ? contest(session, position - 1) : welcome(session));
        return [
            way(1),
            el("p", { className: "kicker" }, t("contest.number", { n: position + 1, of: session.contests.length })),
            el("h1", { id: "question", dir: "auto" }, asked.title),
            el("p", { id: "rule", className: "rule" }, rule(asked)),
            el("form", { onsubmit: next, noValidate: true },
                told,
                el("fieldset", { "aria-labelledby": "question", "aria-describedby": "rule" }, filled.fields),
                used,
                el("div", { className: "buttons" }, el("button", { className: "primary" }, t(isChange ? "contest.to_review" : "contest.next")), button(t("back"), back)),
            ),
        ];
    });
}

/** How much is used. @param {HTMLOutputElement} output @param {import("../../../page").Form} filled */
function tell(output, filled) {
    const used = filled.used();
    output.hidden = used === null;
    if (!used) return;
    output.textContent = t(used.key, { n: used.n, m: used.m, left: used.m - used.n });
    output.classList.toggle("over", used.n > used.m);
}

/**
 * Whether it is a vote. Gives what the voter should be told before she goes on.
 * @param {Session} session
 * @param {number} index
 * @param {import("../../../page").Form} filled
 * @param {import("../../../page").Draft} draft
 */
async function judge(session, index, filled, draft) {
    const chosen = filled.chosen();
    if (typeof chosen === "object" && "mistake" in chosen) return mistake(t(`mistake.${chosen.mistake}`));
    try {
        await ask("judge", { contest: index, chosen });
    } catch (error) {
        if (error instanceof Fault) return mistake(fault(error.code, error.numbers));
        throw error;
    }
    session.chosen.set(index, chosen);
    if (!filled.mayMore() || draft.isWarned) return null;
    draft.isWarned = true;
    const used = filled.used();
    const text = used ? t("under.more", { n: used.n, m: used.m, left: used.m - used.n }) : t("under.nothing");
    announce(text);
    return notice("warning", el("strong", {}, text), p(t("under.go_on")));
}
