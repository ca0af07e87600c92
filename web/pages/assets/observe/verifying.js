// "Verify in this browser": what is asked first, how far it is, and what it came to.

import { Fault } from "../core.js";
import { announce, button, el, mistake, notice, p, some } from "../dom.js";
import { explain } from "../step.js";
import { threads, verify } from "../verify.js";
import { formatted, t } from "../words.js";
import { report } from "./report.js";

/** @typedef {{kind: "asked"} | {kind: "wrong"} | {kind: "stopped"} | {kind: "failed", error: unknown} | {kind: "done", verified: import("../verify.js").Verified, threads: number}} Idle */
/** @typedef {{kind: "underway", stop: AbortController, bar: HTMLProgressElement, told: HTMLElement}} Underway */

/** @type {Idle | Underway} */
let state = { kind: "asked" };

/** What was typed, or stands in the link. */
let typed = location.hash.slice(1).replace(/^main$/, "");

/** What changes, while the page around it does as it likes. */
const place = el("section", { id: "verify" });

/** @type {() => boolean} */
let isOver = () => false;
/** @type {() => void} */
let changed = () => undefined;

/**
 * The part of the page that verifies.
 * @param {() => boolean} over whether the election has ended
 * @param {() => void} told called when there is another verdict
 */
export function verifying(over, told) {
    [isOver, changed] = [over, told];
    draw();
    return place;
}

/** What was verified last. */
export const verified = () => (state.kind === "done" ? state.verified : null);

function draw() {
    place.replaceChildren(...some(el("h2", {}, t("verify.title")), ...inside()));
}

/** @param {Idle | Underway} next */
function become(next) {
    state = next;
    draw();
}

function inside() {
    if (state.kind === "underway") return underway(state);
    if (state.kind === "done") {
        const open = state.verified.report.record?.expected_fingerprint !== "match";
        return [...report(state.verified, state.threads), el("details", { open, className: "more" }, el("summary", {}, t("verify.again")), ...form("verify.again"))];
    }
    return [
        p(t("verify.text")),
        state.kind === "wrong" && mistake(t("verify.fingerprint.malformed")),
        state.kind === "stopped" && notice("warning", el("strong", {}, t("verify.stopped")), p(t("verify.no_verdict"))),
        state.kind === "failed" && failed(state.error),
        ...form("verify.start"),
    ];
}

/** @param {unknown} error */
function failed(error) {
    const known = error instanceof Fault ? `verify.fault.${error.code}` : "";
    const text = known && t(known) !== known ? t(known) : explain(error);
    return notice("wrong", el("strong", {}, t("verify.failed")), p(text), p(t("verify.no_verdict")));
}

/** @param {string} label */
function form(label) {
    const onsubmit = (/** @type {Event} */ event) => {
        event.preventDefault();
        void start();
    };
    const oninput = (/** @type {Event & {currentTarget: HTMLInputElement}} */ { currentTarget }) => void (typed = currentTarget.value);
    const input = el("input", { id: "fingerprint", type: "text", value: typed, oninput, autocomplete: "off", spellcheck: false, "aria-describedby": "fingerprint-why", "aria-invalid": state.kind === "wrong" && "true" });
    return [
        el("form", { onsubmit, className: "verify" },
            el("label", { for: "fingerprint" }, t("verify.fingerprint")),
            input,
            el("p", { className: "hint", id: "fingerprint-why" }, t("verify.fingerprint.why")),
            el("div", { className: "buttons" }, el("button", { type: "submit", className: "primary" }, t(label))),
        ),
    ];
}

/** @param {Underway} state */
function underway({ stop, bar, told }) {
    bar.setAttribute("aria-label", t("verify.progress"));
    return [p(t("verify.underway", { n: threads() })), bar, told, el("div", { className: "buttons" }, button(t("verify.cancel"), () => stop.abort(new Stopped())))];
}

class Stopped extends Error {}

async function start() {
    const stop = new AbortController();
    const bar = el("progress", { max: 1, value: 0 });
    const told = el("p", { className: "hint" });
    const progress = (/** @type {number} */ done, /** @type {number} */ of) => {
        bar.value = done / of;
        told.textContent = t("verify.percent", { n: formatted(Math.floor((100 * done) / of)) });
    };
    progress(0, 1);
    become({ kind: "underway", stop, bar, told });
    place.querySelector("button")?.focus();
    const workers = threads();
    try {
        const verified = await verify({ expected: typed.trim() || null, unfinished: !isOver(), workers, signal: stop.signal, progress });
        become({ kind: "done", verified, threads: workers });
        place.querySelector("h3")?.focus();
        announce(t(`verdict.${verified.report.verdict}`));
    } catch (error) {
        if (error instanceof Stopped) become({ kind: "stopped" });
        else if (error instanceof Fault && error.code === "fingerprint_malformed") become({ kind: "wrong" });
        else become({ kind: "failed", error });
    }
    changed();
}
