// One step after the other in the same page: what is shown now, and what happens when something goes wrong.

import { Failure, Fault } from "./core.js";
import { button, el, notice, p, show } from "./dom.js";
import { Problem } from "./server.js";
import { alarm } from "./steps/alarm.js";
import { fault, t } from "./words.js";

/** Faults that are nobody's lie: a slip of the pen, or a moment that is not the right one. All others are a reason not to believe the board. */
const HARMLESS = /^(text_.*|code_unknown|checkpoint_quorum|earlier_waiting|manifest_missing|election_not_open|ballot_impossible|call_malformed)$/;

/** @type {() => Node[]} */
let current = () => [];
let isFirst = true;

/** Shows a step. It is rendered again when the language changes. @param {() => Node[]} render */
export function step(render) {
    current = render;
    show(render(), isFirst);
    isFirst = false;
}

/** Shows the step again, in another language or with more in it, and leaves the reader where she is. */
export const again = () => show(current(), true);

/** @type {(() => void)[]} */
const places = [];
let isBackAllowed = () => true;

/** The browser's way back leads here, as long as it is allowed. @param {() => void} place */
export function remember(place) {
    places.push(place);
    history.pushState({ place: places.length - 1 }, "");
}

/** @param {() => boolean} isAllowed */
export function watchHistory(isAllowed) {
    isBackAllowed = isAllowed;
    addEventListener("popstate", ({ state }) => {
        if (isBackAllowed()) places[state?.place]?.();
    });
}

/** What an error means, in the reader's language. @param {unknown} error */
export function explain(error) {
    if (error instanceof Fault) return fault(error.code, error.numbers);
    if (error instanceof Problem) return fault(error.code);
    if (error instanceof Failure) return t("trouble.unreachable");
    return t("fault.other", { code: String(error) });
}

/** Shows the step with more in it, and leaves the reader where she is. @param {() => Node[]} render */
export function settle(render) {
    current = render;
    again();
}

/** @param {string} key */
const waiting = (key) => [el("h1", {}, t(key)), el("progress", { "aria-label": t(key) })];

/**
 * Does something that takes a moment. If it fails, the page says why, and the reader may try again.
 * @param {string | (() => Node[])} busy what is shown meanwhile, or the key of what is said
 * @param {() => Promise<void>} action
 * @param {() => void} [back]
 */
export async function attempt(busy, action, back) {
    try {
        step(typeof busy === "string" ? () => waiting(busy) : busy);
        await action();
    } catch (error) {
        if (error instanceof Fault && !HARMLESS.test(error.code)) return alarm(error);
        step(() => [
            el("h1", {}, t("trouble.title")),
            notice("wrong", p(explain(error))),
            el("div", { className: "buttons" }, button(t("again"), () => void attempt(busy, action, back), "primary"), back && button(t("back"), back)),
        ]);
    }
}

/**
 * What a voter's way looks like, and where she is on it.
 * @param {1 | 2 | 3 | 4} stage
 * @param {string} [state] the key of what is not done yet
 */
export function way(stage, state = "way.not_cast") {
    const stages = /** @type {const} */ ([1, 2, 3, 4]).map((number) =>
        el("li", { className: number < stage ? "past" : "", "aria-current": number === stage && "step" }, t(`way.${number}`)),
    );
    const told = stage < 4 && el("p", { className: "state" }, t(state));
    return el("div", { className: "way" }, el("ol", { "aria-label": t("way") }, ...stages), told);
}
