// The verifier's report in words: the verdict, each check, who took part, what people should know, and what no record can show.

import { code, el, facts, file, notice, p, some } from "../dom.js";
import { formatted, language, listed, t } from "../words.js";

/** @typedef {import("../../../page").Report} Report */
/** @typedef {import("../../../page").Check} Check */

/** So many failures of a check are shown; the file has them all. */
const MOST_SHOWN = 25;

/** The verdict in a word: a record that has not ended is valid so far. @param {Report} report */
const verdict = ({ verdict, warnings }) => (verdict === "valid" && warnings.some(({ code }) => code === "unfinished") ? "unfinished" : verdict);

/**
 * @param {import("../verify.js").Verified} verified
 * @param {number} threads
 */
export function report({ report, json, text }, threads) {
    const word = verdict(report);
    const wrong = report.checks.reduce((sum, { failures }) => sum + failures.length, 0);
    const kind = { valid: "good", unfinished: "good", invalid: "alarm" }[word];
    const name = report.election?.id ?? "record";
    return some(
        notice(`${kind} verdict`, el("h3", { tabIndex: -1 }, t(`verdict.${word}`)), p(t(`verdict.${word}.text`, { n: wrong }))),
        report.record?.expected_fingerprint === "not given" && notice("warning", el("strong", {}, t("verify.not_compared")), p(t("verify.not_compared.text"))),
        what(report),
        ...remarks("warning", report.warnings, (list) => [el("h3", {}, t("report.warnings")), list]),
        more(t("report.checks", { n: report.checks.length }), report.verdict !== "valid", el("ol", { className: "checks" }, ...report.checks.map(check))),
        report.ballots && more(t("report.ballots"), false, ballots(report.ballots, report.trustees)),
        ...remarks("beyond", report.beyond, (list) => [more(t("report.beyond"), false, list)]),
        el("h3", {}, t("report.save")),
        p(t("report.save.text", { n: threads })),
        el("div", { className: "buttons" }, file(`${name}-report.json`, json, t("report.json")), file(`${name}-report.txt`, text, t("report.text"))),
    );
}

/** Which record of which election it is. @param {Report} report */
function what({ election, record }) {
    const { quorum, cosignatures } = record ?? { quorum: null, cosignatures: [] };
    return facts(
        election && [t("report.election"), el("bdi", {}, election.title)],
        election && [t("fingerprint"), el("span", {}, code(election.fingerprint), record && el("span", { className: "hint" }, t(`compared.${record.expected_fingerprint.replace(" ", "_")}`)))],
        record && [t("observe.size"), formatted(record.size)],
        record && [t("observe.root"), el("code", { className: "long" }, record.root)],
        record && [t("report.cosigned"), cosignatures.length > 0 ? listed(cosignatures) : t("report.cosigned.nobody")],
        quorum && [t("report.quorum"), el("span", {}, el("bdi", {}, quorum.rule), el("span", { className: "hint" }, t("report.cheaters", { n: quorum.cheaters })))],
    );
}

/** @param {Check} check */
function check({ id, status, failures }) {
    const shown = failures.slice(0, MOST_SHOWN).map((failure) =>
        el("li", {},
            failure.entry !== null && el("span", {}, t("report.entry", { n: failure.entry }), " "),
            failure.file !== null && el("span", {}, t("report.file"), " ", el("code", {}, failure.file), " "),
            el("code", {}, failure.code),
            // The report is English; in other languages the code stands for itself, and what the check proves above it.
            language() === "en" && `: ${failure.message}`,
        ),
    );
    const rest = failures.length - shown.length;
    return el("li", { className: status },
        el("div", {}, el("strong", {}, t(`check.${id}`)), el("span", { className: "status" }, t(`status.${status}`))),
        el("p", { className: "hint" }, t(`check.${id}.proves`)),
        failures.length > 0 && el("ul", {}, ...shown, rest > 0 && el("li", {}, t("report.more", { n: rest }))),
    );
}

/** What only some want to see. @param {string} title @param {boolean} open @param {Node} content */
const more = (title, open, content) => el("details", { open, className: "more" }, el("summary", {}, title), content);

/** @param {NonNullable<Report["ballots"]>} ballots @param {Report["trustees"]} trustees */
function ballots(ballots, trustees) {
    const names = (/** @type {"qualified" | "decrypted"} */ what) => listed(trustees.filter((trustee) => trustee[what]).map(({ name }) => name)) || "–";
    return facts(
        .../** @type {const} */ (["roll", "accepted", "superseded", "challenged", "counted"]).map((key) => /** @type {[string, string]} */ ([t(`ballots.${key}`), formatted(ballots[key])])),
        [t("observe.qualified"), names("qualified")],
        [t("report.decrypted"), names("decrypted")],
    );
}

/** @param {string} kind @param {import("../../../page").Remark[]} remarks @param {(list: Node) => Node[]} around */
function remarks(kind, remarks, around) {
    if (remarks.length === 0) return [];
    const rows = remarks.map(({ code, message }) => {
        const key = `${kind}.${code}`;
        const words = t(key);
        return el("li", {}, words === key || language() === "en" ? el("span", { lang: "en" }, message) : words, " ", el("code", { className: "hint" }, code));
    });
    return around(el("ul", { className: "spaced" }, ...rows));
}
