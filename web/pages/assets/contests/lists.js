// One list, and options of it.

import { el } from "../dom.js";
import { t } from "../words.js";
import { tick } from "./choice.js";

/**
 * @param {import("../../../page").Contest} contest
 * @param {import("../../../page").Lists} kind
 * @param {import("../../../page").Draft} draft
 * @param {() => void} changed
 * @returns {import("../../../page").Form}
 */
export function lists({ options }, { lists, max }, draft, changed) {
    let first = 0;
    const groups = lists.map((list, index) => {
        const start = first;
        first += list.options;
        const own = options.slice(start, first).map(({ title }, offset) => {
            const option = start + offset;
            return tick("checkbox", title, draft.options.includes(option), (isChosen) => {
                const others = draft.options.filter((other) => other !== option);
                draft.options = isChosen ? [...others, option].sort((a, b) => a - b) : others;
                changed();
            });
        });
        const legend = el("legend", {}, t("lists.options", { list: list.title }));
        const within = el("fieldset", { className: "within", hidden: draft.list !== index || own.length === 0 }, legend, ...own);
        const row = tick("radio", list.title, draft.list === index, () => choose(index), "list");
        return { row, within, count: list.options };
    });

    /** @param {number} chosen */
    function choose(chosen) {
        Object.assign(draft, { list: chosen, options: [] });
        groups.forEach(({ within, count }, index) => {
            within.hidden = index !== chosen || count === 0;
            for (const input of within.querySelectorAll("input")) input.checked = false;
        });
        changed();
    }

    const most = () => Math.min(max, draft.list === null ? max : (groups[draft.list]?.count ?? 0));
    return {
        fields: el("div", { className: "options" }, ...groups.flatMap(({ row, within }) => [row, within])),
        chosen: () => (draft.list === null ? { mistake: "list" } : { list: { list: draft.list, options: draft.options } }),
        used: () => (draft.list === null ? null : { key: "used.options", n: draft.options.length, m: most() }),
        mayMore: () => draft.list !== null && draft.options.length < most(),
    };
}
