// Ordering options: a place for each, by a list to pick from or by its number; nothing to drag.

import { el } from "../dom.js";
import { formatted, t } from "../words.js";
import { numberField } from "./numbers.js";

/** With more places than this, a number is typed: long lists are hard to use. */
const MOST_IN_LIST = 25;

/**
 * A field for the place of one option.
 * @param {string} title
 * @param {string} typed
 * @param {number} places
 * @param {(typed: string) => void} changed
 */
function placeField(title, typed, places, changed) {
    if (places > MOST_IN_LIST) return numberField(title, typed, places, changed);
    const onchange = (/** @type {Event & {currentTarget: HTMLSelectElement}} */ event) => changed(event.currentTarget.value);
    const none = el("option", { value: "" }, t("order.no_place"));
    const choices = Array.from({ length: places }, (_, n) => el("option", { value: String(n + 1) }, formatted(n + 1)));
    const select = el("select", { onchange }, none, ...choices);
    select.value = typed;
    return el("label", { className: "option number" }, el("span", { dir: "auto" }, title), select);
}

/**
 * @param {import("../../../page").Contest} contest
 * @param {import("../../../page").Positional | import("../../../page").Ranking} kind
 * @param {import("../../../page").Draft} draft
 * @param {() => void} changed
 * @returns {import("../../../page").Form}
 */
export function order({ options }, kind, draft, changed) {
    const places = kind.name === "positional" ? kind.weights.length : options.length;
    const preview = el("ol", { className: "preview" });
    const place = (/** @type {number} */ option) => draft.typed[option] ?? "";
    const ranked = () => options.map((_, option) => option).filter((option) => place(option) !== "");

    /** The options of each place, from the first on; some may be empty. */
    function byPlace() {
        /** @type {number[][]} */
        const found = [];
        for (const option of ranked()) (found[Number(place(option)) - 1] ??= []).push(option);
        return Array.from(found, (options) => options ?? []);
    }

    function showPreview() {
        const titles = (/** @type {number[]} */ place) => place.map((option) => options[option]?.title).join(" = ");
        preview.replaceChildren(...byPlace().map((place) => el("li", { dir: "auto" }, titles(place) || "–")));
    }

    const rows = options.map(({ title }, option) => placeField(title, place(option), places, (typed) => {
        draft.typed[option] = typed;
        showPreview();
        changed();
    }));
    showPreview();
    return {
        fields: el("div", {}, el("div", { className: "options" }, ...rows), el("p", { className: "hint" }, t("order.preview")), preview),
        chosen() {
            const isPlace = (/** @type {number} */ option) => /^\d{1,3}$/.test(place(option)) && Number(place(option)) >= 1 && Number(place(option)) <= places;
            if (!ranked().every(isPlace)) return { mistake: "place" };
            const ranking = byPlace();
            return ranking.some((place) => place.length === 0) ? { mistake: "gap" } : { ranking };
        },
        used: () => ({ key: "used.order", n: ranked().length, m: places }),
        mayMore: () => ranked().length < places && (kind.name === "positional" || kind.ties),
    };
}
