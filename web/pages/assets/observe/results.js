// What the election came to: bars with numbers, which are a table, and files for programs.

import { el, file, notice, p, some } from "../dom.js";
import { formatted, listed, t } from "../words.js";

/** @typedef {import("../../../page").ContestResult} ContestResult */

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 1_000;

/** @param {import("../../../page").Report} report of a verification */
export function results({ result, verdict, election }) {
    if (!result) return [];
    const name = election?.id ?? "election";
    const contests = result.contests;
    return some(
        el("h2", {}, t("result.title")),
        verdict === "valid" ? notice("good", p(t("result.verified"))) : notice("alarm", el("strong", {}, t("result.invalid")), p(t("result.invalid.text"))),
        ...contests.flatMap(contest),
        el("div", { className: "buttons" },
            file(`${name}-result.csv`, csv(contests), t("result.csv")),
            file(`${name}-result.json`, `${JSON.stringify({ verdict, fingerprint: election?.fingerprint ?? null, ...result }, null, 2)}\n`, t("result.json")),
        ),
    );
}

/** @param {ContestResult} contest */
function contest(contest) {
    const { title, ballots, weight, withheld, outcome } = contest;
    const cast = t("result.ballots", { n: ballots }) + (weight === ballots ? "" : ` ${t("result.weight", { n: weight })}`);
    return some(
        el("h3", { dir: "auto" }, title),
        el("p", { className: "hint" }, cast),
        withheld && p(t("result.withheld")),
        !withheld && (contest.pairs ? pairs(contest, contest.pairs) : bars(contest)),
        ...(outcome ? elected(contest, outcome) : []),
        outcome === null && !withheld && p(t("result.no_outcome")),
    );
}

/** The rows of a contest: options, lists, and how many left it blank. @param {ContestResult} contest */
function rows({ options, lists, blank, outcome }) {
    return [
        ...options.map(({ id, title, total }) => ({ kind: "option", id, title, total, isElected: outcome?.elected.includes(id) ?? false, seats: 0 })),
        ...(lists ?? []).map(({ id, title, total }) => ({ kind: "list", id, title, total, isElected: false, seats: outcome?.lists?.find((list) => list.id === id)?.seats ?? 0 })),
        ...(blank === null ? [] : [{ kind: "blank", id: "", title: t("result.blank"), total: blank, isElected: false, seats: 0 }]),
    ];
}

/** @param {ContestResult} contest */
function bars(contest) {
    const all = rows(contest);
    const largest = Math.max(1, ...all.map(({ total }) => total ?? 0));
    const body = all.map(({ kind, title, total, isElected, seats }) =>
        el("tr", {},
            el("th", { scope: "row" },
                kind === "list" && `${t("result.list")} `, el("bdi", {}, title),
                isElected && el("span", { className: "elected" }, t("result.elected")),
                seats > 0 && el("span", { className: "elected" }, t("result.seats", { n: seats })),
            ),
            el("td", { className: "total" }, total === null ? "–" : formatted(total)),
            el("td", { className: "bar", "aria-hidden": "true" }, bar(total ?? 0, largest)),
        ),
    );
    const head = el("tr", {}, el("th", { scope: "col" }, t("result.option")), el("th", { scope: "col" }, t("result.total")), el("td", { "aria-hidden": "true" }));
    return el("table", { className: "bars" }, el("caption", { dir: "auto" }, contest.title), el("thead", {}, head), el("tbody", {}, ...body));
}

/** @param {number} value @param {number} largest */
function bar(value, largest) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", `0 0 ${WIDTH} 20`);
    svg.setAttribute("preserveAspectRatio", "none");
    const rectangle = document.createElementNS(SVG, "rect");
    rectangle.setAttribute("width", String(Math.round((WIDTH * value) / largest)));
    rectangle.setAttribute("height", "20");
    svg.append(rectangle);
    return svg;
}

/** How many rank the option of the row above that of the column. @param {ContestResult} contest @param {number[][]} pairs */
function pairs({ options, title, outcome }, pairs) {
    const numbered = (/** @type {number} */ place) => String(place + 1);
    const body = options.map((option, row) =>
        el("tr", {},
            el("th", { scope: "row" }, `${numbered(row)} `, el("bdi", {}, option.title), outcome?.elected.includes(option.id) && el("span", { className: "elected" }, t("result.elected"))),
            ...options.map((_, column) => el("td", { className: "total" }, row === column ? "–" : formatted(pairs[row]?.[column] ?? 0))),
        ),
    );
    const head = el("tr", {}, el("td", {}), ...options.map((option, column) => el("th", { scope: "col", "aria-label": option.title }, numbered(column))));
    return el("div", { className: "wide", tabIndex: 0, role: "region", "aria-label": title },
        el("table", { className: "pairs" }, el("caption", {}, t("result.pairs")), el("thead", {}, head), el("tbody", {}, ...body)),
    );
}

/** @param {ContestResult} contest @param {import("../../../page").Outcome} outcome */
function elected({ options, lists }, { elected, undecided, vacant, by_tie_break, explanation }) {
    const titles = new Map([...options, ...(lists ?? [])].map(({ id, title }) => [id, title]));
    const named = (/** @type {string[]} */ ids) => listed(ids.map((id) => titles.get(id) ?? id));
    return [
        elected.length > 0 && p(el("strong", {}, `${t("result.elected.are")} `), el("bdi", {}, named(elected))),
        ...undecided.map(({ seats, options, lists }) => p(t("result.undecided", { n: seats }), " ", el("bdi", {}, named([...options, ...lists])))),
        vacant > 0 && p(t("result.vacant", { n: vacant })),
        by_tie_break && p(t("result.tie_break")),
        explanation.length > 0 && el("details", {}, el("summary", {}, t("result.explanation")), el("ol", { lang: "en" }, ...explanation.map((line) => el("li", {}, line)))),
    ].filter((node) => node !== false);
}

/** Comma-separated values (RFC 4180). @param {ContestResult[]} contests */
function csv(contests) {
    const field = (/** @type {string | number | null} */ value) => (/[",\r\n]/.test(String(value ?? "")) ? `"${String(value).replaceAll('"', '""')}"` : String(value ?? ""));
    const header = ["contest", "contest_title", "kind", "id", "title", "total", "elected", "seats"];
    const lines = contests.flatMap((contest) =>
        rows(contest).map(({ kind, id, title, total, isElected, seats }) => [contest.id, contest.title, kind, id, title, total, isElected ? 1 : 0, seats]),
    );
    return [header, ...lines].map((line) => `${line.map(field).join(",")}\r\n`).join("");
}
