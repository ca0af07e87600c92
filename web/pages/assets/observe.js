// The observer's page: where the election stands, as the server says, each time it changes; and the verification of all of it.

import { code, el, facts, notice, p, some } from "./dom.js";
import { frame } from "./frame.js";
import { results } from "./observe/results.js";
import { verified, verifying } from "./observe/verifying.js";
import { ADDRESS, HERE, status } from "./server.js";
import { attempt, step } from "./step.js";
import { formatted, listed, t } from "./words.js";

/** @typedef {import("../../page").Status} Status */

const PHASES = /** @type {const} */ (["setup", "voting", "tally", "published", "finished"]);

/** Milliseconds between questions, where the server has no stream for one more listener. */
const POLL = 5_000;

/** @type {{status: Status, checkpoint: string, isLive: boolean}} */
let now;

/** What changes while the board does, above and below what the reader is at. */
const [above, below] = [el("div"), el("div")];
const result = el("section", { id: "result" });

function render() {
    draw();
    drawResult();
    return [above, verifying(() => now.status.phase === "finished", drawResult), result, below];
}

/** The result comes from the verification, and from nothing else. */
function drawResult() {
    const done = verified();
    const isThere = now.status.phase === "published" || now.status.phase === "finished";
    const told = isThere ? [el("h2", {}, t("result.title")), notice("info", p(t("result.not_verified")))] : [];
    result.replaceChildren(...(done?.report.result ? results(done.report) : told));
}

/** What the server says now. */
function draw() {
    const { status, checkpoint, isLive } = now;
    const { election, counts } = status;
    const isOpen = below.querySelector("details")?.open ?? false;
    above.replaceChildren(...some(
        el("p", { className: "kicker" }, t("observe.kicker"), " · ", el("span", { className: isLive ? "live" : "live off" }, t(isLive ? "observe.live" : "observe.not_live"))),
        el("h1", { dir: "auto" }, election?.title ?? t("observe.nothing")),
        election?.simulation && notice("warning", p(t("welcome.simulation"))),
        phases(status),
        el("section", { className: "numbers", "aria-label": t("observe.turnout") },
            number("observe.ballots", counts.accepted - counts.superseded),
            number("observe.roll", counts.roll),
            number("observe.superseded", counts.superseded),
            number("observe.challenged", counts.challenged),
        ),
        turnout(counts),
        el("p", { className: "hint" }, t("observe.says")),
    ));
    below.replaceChildren(...some(
        ...trustees(status),
        ...awaited(status),
        el("h2", {}, t("observe.board")),
        p(t("observe.board.text")),
        facts(
            election && [t("fingerprint"), code(election.fingerprint)],
            [t("observe.size"), formatted(status.size)],
            [t("observe.root"), el("code", { className: "long" }, status.root)],
            status.quorum !== "none" && [t("observe.cosigned"), cosigners(checkpoint)],
        ),
        ...witnesses(status),
        el("details", { open: isOpen }, el("summary", {}, t("observe.checkpoint")), el("pre", { tabIndex: 0, dir: "ltr" }, checkpoint)),
        el("h2", {}, t("observe.verify")),
        p(t("observe.verify.text")),
        el("pre", { tabIndex: 0, dir: "ltr" }, `tabella-verify --expect ${election?.fingerprint ?? "…"} ${ADDRESS}`),
    ));
}

/** Whose lines stand below the log's in a checkpoint. */
function cosigners(/** @type {string} */ checkpoint) {
    const [, ...others] = [...checkpoint.matchAll(/^\u2014 (\S+) \S+$/gm)].map(([, name = ""]) => name);
    return others.length > 0 ? listed([...new Set(others)]) : t("observe.cosigned.nobody");
}

/** @param {Status} status */
function phases({ phase, closing }) {
    const index = PHASES.findIndex((name) => name === phase);
    const steps = PHASES.map((name, number) =>
        el("li", { className: number < index ? "past" : "", "aria-current": number === index && "step" }, t(`phase.${name}`)),
    );
    return el("div", { className: "way" }, el("ol", { "aria-label": t("observe.phases") }, ...steps), closing.is_closing && el("p", { className: "state" }, t("observe.closing")));
}

/** @param {string} key @param {number} value */
const number = (key, value) => el("div", {}, el("strong", {}, formatted(value)), el("span", {}, t(key, { n: value })));

/** @param {Status["counts"]} counts */
function turnout({ accepted, superseded, roll }) {
    const voted = accepted - superseded;
    return roll > 0 && el("div", {}, el("label", { for: "turnout" }, t("observe.turnout.of", { n: voted, of: roll })), el("meter", { id: "turnout", max: roll, value: voted }));
}

/** How far the trustees are. @param {Status} status */
function trustees({ ceremony }) {
    if (!ceremony) return [];
    const { step, attempt, qualified, rehearsal } = ceremony;
    return [
        el("h2", {}, t("observe.trustees")),
        facts(
            [t("observe.ceremony"), t(`ceremony.${step}`) + (attempt > 1 ? ` (${t("observe.attempt", { n: attempt })})` : "")],
            qualified && [t("observe.qualified"), listed(qualified)],
            rehearsal && [t("observe.rehearsal"), rehearsal.answered.length > 0 ? listed(rehearsal.answered) : "–"],
        ),
    ];
}

/** Who has signed how much of the board. @param {Status} status */
function witnesses({ quorum, witnesses, size }) {
    if (quorum === "none") return [notice("warning", p(t("observe.no_witnesses")))];
    const answer = (/** @type {Status["witnesses"][0]} */ { size: signed, answer }) =>
        answer === null ? t("observe.not_asked") : signed >= size ? t("observe.signed_all") : t("observe.signed", { n: signed, answer });
    return [
        el("h3", {}, t("observe.witnesses")),
        quorum === "missing" && notice("warning", p(t("observe.quorum_missing"))),
        facts(...witnesses.map((witness) => /** @type {[string, string]} */ ([witness.name, answer(witness)]))),
    ];
}

/** What must come before the next phase can begin. @param {Status} status */
function awaited({ awaited }) {
    if (awaited.length === 0) return [];
    const rows = awaited.map(({ kind, trustees }) => el("li", {}, t(`awaited.${kind}`), trustees.length > 0 && `: ${listed(trustees)}`));
    return [el("h2", {}, t("observe.awaited")), el("ul", { className: "spaced" }, ...rows)];
}

/** @param {Status} status @param {boolean} isLive */
async function tell(status, isLive) {
    const response = await fetch(new URL("checkpoint", HERE), { cache: "no-cache", credentials: "omit" });
    const checkpoint = response.ok ? await response.text() : "";
    const before = now?.status.phase;
    now = { status, checkpoint, isLive };
    if (before === undefined) return step(render);
    draw();
    if (before !== status.phase) drawResult();
}

/** Listens; asks now and then where that is not possible. */
function listen() {
    const events = new EventSource(new URL("events", HERE));
    events.addEventListener("status", ({ data }) => void tell(JSON.parse(data), true));
    events.addEventListener("error", () => {
        if (now.isLive) void tell(now.status, false).catch(() => undefined);
        if (events.readyState === EventSource.CLOSED) setTimeout(poll, POLL);
    });
}

async function poll() {
    await status().then((status) => tell(status, false)).catch(() => undefined);
    setTimeout(poll, POLL);
}

await frame("observe", ["i18n/observe"]);
await attempt("busy.entering", async () => {
    await tell(await status(), false);
    listen();
});
