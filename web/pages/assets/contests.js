// Contests of every kind: what may be chosen, how it is filled in, and how it reads.

import { choice } from "./contests/choice.js";
import { lists } from "./contests/lists.js";
import { numbers } from "./contests/numbers.js";
import { order } from "./contests/order.js";
import { formatted, listed, t } from "./words.js";

/** @typedef {import("../../page").Contest} Contest */
/** @typedef {import("../../page").Draft} Draft */

/** What may be chosen. @param {Contest} contest */
export function rule({ kind, options }) {
    switch (kind.name) {
        case "choice":
        case "lists": {
            const form = kind.min === kind.max ? "exactly" : kind.min === 0 ? "up_to" : "between";
            return t(`rule.${kind.name}.${form}`, { n: kind.max, min: kind.min });
        }
        case "score":
            return t(kind.min === 0 ? "rule.score" : "rule.score.min", { n: kind.most, min: kind.min, max: kind.max });
        case "positional":
            return t("rule.positional", { n: kind.weights.length, min: kind.min, points: listed(kind.weights.map(formatted)) });
        case "quadratic":
            return t("rule.quadratic", { n: kind.credits });
        case "ranking":
            return t(kind.ties ? "rule.ranking.ties" : "rule.ranking", { n: options.length });
        case "allocation":
            return t("rule.allocation", { n: kind.amount });
    }
}

/**
 * The form of a contest; what is filled in goes into the draft at once.
 * @param {Contest} contest
 * @param {Draft} draft
 * @param {() => void} changed
 */
export function form(contest, draft, changed) {
    const { kind } = contest;
    switch (kind.name) {
        case "choice":
            return choice(contest, kind, draft, changed);
        case "lists":
            return lists(contest, kind, draft, changed);
        case "positional":
        case "ranking":
            return order(contest, kind, draft, changed);
        default:
            return numbers(contest, kind, draft, changed);
    }
}

/**
 * What was chosen, a line for each thing.
 * @param {Contest} contest
 * @param {import("../../page").Chosen} chosen
 * @returns {string[]}
 */
export function lines({ options, kind }, chosen) {
    const title = (/** @type {number} */ option) => options[option]?.title ?? "";
    if (chosen === "blank") return [t("chosen.blank")];
    if ("options" in chosen) return chosen.options.length > 0 ? chosen.options.map(title) : [t("chosen.none")];
    if ("list" in chosen) {
        const list = kind.name === "lists" ? kind.lists[chosen.list.list]?.title : undefined;
        return [list ?? "", ...chosen.list.options.map(title)];
    }
    if ("numbers" in chosen) {
        const given = chosen.numbers.map((number, option) => ({ number, option })).filter(({ number }) => number > 0);
        return given.length > 0 ? given.map(({ number, option }) => `${title(option)}: ${formatted(number)}`) : [t("chosen.nothing")];
    }
    const places = chosen.ranking.map((place, index) => `${formatted(index + 1)}. ${place.map(title).join(" = ")}`);
    return places.length > 0 ? places : [t("chosen.no_order")];
}
