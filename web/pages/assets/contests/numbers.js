// Numbers for options: points, votes that cost their squares, parts of an amount.

import { el } from "../dom.js";

/**
 * A field for a number. Text that is no number is kept as such, so that the voter is told.
 * @param {string} title
 * @param {string} typed
 * @param {number} most
 * @param {(typed: string) => void} changed
 */
export function numberField(title, typed, most, changed) {
    const oninput = (/** @type {Event & {currentTarget: HTMLInputElement}} */ { currentTarget: input }) =>
        changed(input.validity.badInput ? "?" : input.value);
    // A wheel that should scroll the page must not change a vote.
    const onwheel = (/** @type {Event & {currentTarget: HTMLInputElement}} */ { currentTarget: input }) => input.blur();
    const given = { type: "number", inputMode: "numeric", min: "0", max: String(most), step: "1", value: typed, autocomplete: "off", oninput, onwheel };
    return el("label", { className: "option number" }, el("span", { dir: "auto" }, title), el("input", given));
}

/** @param {string} typed */
const value = (typed) => (typed === "" ? 0 : /^\d{1,15}$/.test(typed) ? Number(typed) : NaN);

/**
 * @param {import("../../../page").Contest} contest
 * @param {import("../../../page").Score | import("../../../page").Quadratic | import("../../../page").Allocation} kind
 * @param {import("../../../page").Draft} draft
 * @param {() => void} changed
 * @returns {import("../../../page").Form}
 */
export function numbers({ options }, kind, draft, changed) {
    const most = { score: () => /** @type {import("../../../page").Score} */ (kind).most,
        quadratic: () => Math.floor(Math.sqrt(total())),
        allocation: total }[kind.name]();

    function total() {
        return kind.name === "score" ? kind.max : kind.name === "quadratic" ? kind.credits : kind.amount;
    }

    const given = () => options.map((_, option) => value(draft.typed[option] ?? ""));
    const used = () => given().reduce((sum, number) => sum + (kind.name === "quadratic" ? number ** 2 : number), 0);
    const rows = options.map(({ title }, option) => numberField(title, draft.typed[option] ?? "", most, (typed) => {
        draft.typed[option] = typed;
        changed();
    }));
    return {
        fields: el("div", { className: "options" }, ...rows),
        chosen() {
            const numbers = given();
            return numbers.some(Number.isNaN) ? { mistake: "number" } : { numbers };
        },
        used: () => ({ key: `used.${kind.name}`, n: used() || 0, m: total() }),
        // Whether what is left buys one more of anything.
        mayMore() {
            const left = total() - used();
            if (kind.name === "allocation") return false;
            return given().some((number) => number < most && (kind.name === "quadratic" ? 2 * number + 1 : 1) <= left);
        },
    };
}
