// Choosing options, or voting blank.

import { el } from "../dom.js";
import { t } from "../words.js";

/** @typedef {import("../../../page").Draft} Draft */

/**
 * One option to tick, as a row that can be touched anywhere.
 * @param {"radio" | "checkbox"} type
 * @param {string} title
 * @param {boolean} checked
 * @param {(checked: boolean) => void} changed
 * @param {string} [name]
 */
export function tick(type, title, checked, changed, name = "option") {
    const onchange = (/** @type {Event & {currentTarget: HTMLInputElement}} */ event) => changed(event.currentTarget.checked);
    return el("label", { className: "option" }, el("input", { type, name, checked, onchange }), el("span", { dir: "auto" }, title));
}

/**
 * @param {import("../../../page").Contest} contest
 * @param {import("../../../page").Choice} kind
 * @param {Draft} draft
 * @param {() => void} changed
 * @returns {import("../../../page").Form}
 */
export function choice({ options }, { min, max, blank }, draft, changed) {
    const isOne = max === 1;
    const type = isOne ? "radio" : "checkbox";
    /** @param {number} option */
    const choose = (option) => (/** @type {boolean} */ isChosen) => {
        const others = isOne ? [] : draft.options.filter((other) => other !== option);
        draft.options = isChosen ? [...others, option].sort((a, b) => a - b) : others;
        if (isOne) draft.isBlank = false;
        changed();
    };
    const rows = options.map(({ title }, option) => tick(type, title, draft.options.includes(option), choose(option)));
    if (isOne && min === 0) {
        const isNone = draft.typed[0] === "none" && draft.options.length === 0 && !draft.isBlank;
        rows.push(tick("radio", t("choice.none"), isNone, () => {
            Object.assign(draft, { options: [], isBlank: false, typed: ["none"] });
            changed();
        }));
    }
    if (blank) {
        rows.push(tick(type, t("choice.blank"), draft.isBlank, (isBlank) => {
            draft.isBlank = isBlank;
            if (isOne) draft.options = [];
            changed();
        }));
    }
    return {
        fields: el("div", { className: "options" }, ...rows),
        chosen() {
            if (draft.isBlank && draft.options.length > 0) return { mistake: "blank_and_more" };
            return draft.isBlank ? "blank" : { options: draft.options };
        },
        used: () => (isOne ? null : { key: "used.options", n: draft.options.length, m: max }),
        mayMore: () => !draft.isBlank && draft.options.length < max && !(isOne && draft.typed[0] === "none"),
    };
}
