// Where a ballot stands, by its tracker or its receipt. Anybody may ask, on any device; no code is needed.

import { ask, Fault } from "../core.js";
import { button, code, el, facts, mistake, notice, p, some } from "../dom.js";
import { followReceipt, followTracker } from "../entries.js";
import { attempt, explain, step } from "../step.js";
import { forget, kept } from "../store.js";
import { formatted, t } from "../words.js";
import { chosenList } from "./review.js";

/** @typedef {import("../../../page").Entered} Entered */
/** @typedef {import("../entries.js").Followed} Followed */

/** A receipt is a few thousand bytes; whatever is larger than this is none. */
const LARGEST_RECEIPT = 1_000_000;

/** What a receipt shows of the board; all else is wrong with the receipt. */
const ABOUT_THE_BOARD = new Set(["fork", "rollback", "root_mismatch"]);

/**
 * @param {Entered} place
 * @param {"track" | "check"} page
 */
export function track(place, page) {
    step(() => [
        el("p", { className: "kicker", dir: "auto" }, place.manifest.title),
        el("h1", {}, t(`${page}.title`)),
        p(t(`${page}.text`)),
        trackerForm(place, page),
        ...(page === "track" ? own(place) : []),
    ]);
}

/** @param {Entered} place @param {"track" | "check"} page */
function trackerForm(place, page) {
    const input = el("input", { id: "tracker", type: "text", autocomplete: "off", spellcheck: false, dir: "ltr" });
    const chooser = el("input", { id: "file", type: "file", accept: ".json,application/json" });
    const wrong = el("div", {});
    const fail = (/** @type {unknown} */ error) => wrong.replaceChildren(mistake(explain(error)));
    const onsubmit = async (/** @type {SubmitEvent} */ event) => {
        event.preventDefault();
        try {
            await lookFor(place, page, await ask("tracker", { text: input.value }));
        } catch (error) {
            fail(error);
        }
    };
    chooser.addEventListener("change", async () => {
        const receipt = await readReceipt(chooser.files?.[0]);
        if (!receipt) return wrong.replaceChildren(mistake(t("mistake.receipt")));
        await attempt("busy.tracking", async () => {
            try {
                found(place, page, await followReceipt(receipt));
            } catch (error) {
                // A file that the board never signed says nothing about the board.
                if (!(error instanceof Fault) || ABOUT_THE_BOARD.has(error.code)) throw error;
                track(place, page);
                document.querySelector("form > div")?.replaceChildren(mistake(t("mistake.receipt")));
            }
        }, () => track(place, page));
    });
    return el("form", { onsubmit, noValidate: true },
        wrong,
        el("label", { for: "tracker" }, t("tracker")),
        input,
        el("div", { className: "buttons" }, el("button", { className: "primary" }, t(`${page}.look`))),
        el("label", { for: "file" }, t("track.file")),
        chooser,
    );
}

/** The receipt in a file, if it is one. @param {File | undefined} file */
async function readReceipt(file) {
    if (!file || file.size > LARGEST_RECEIPT) return null;
    try {
        const { entry, receipt } = JSON.parse(await file.text());
        const isReceipt = [entry, receipt].every((text) => typeof text === "string");
        return isReceipt ? { entry, receipt } : null;
    } catch {
        return null;
    }
}

/**
 * Looks for the ballot with a tracker.
 * @param {Entered} place
 * @param {"track" | "check"} page
 * @param {string} tracker
 */
export function lookFor(place, page, tracker) {
    return attempt("busy.tracking", async () => found(place, page, await followTracker(tracker)), () => track(place, page));
}

/** What was cast or opened from this device. @param {Entered} place */
function own(place) {
    const { receipts } = kept();
    if (receipts.length === 0) return [];
    const rows = receipts.map(({ kind, tracker }) => {
        const look = button(t("track.look_own"), () => void lookFor(place, "track", tracker), "small");
        look.setAttribute("aria-label", `${t("track.look_own")}: ${tracker}`);
        return el("li", {}, el("span", {}, t(`kind.${kind}`), " ", code(tracker)), look);
    });
    const leave = () => {
        forget();
        track(place, "track");
    };
    return [el("h2", {}, t("track.own")), el("ul", { className: "rows" }, ...rows), button(t("forget"), leave, "plain"), el("p", { className: "hint" }, t("forget.text"))];
}

/** @param {Entered} place @param {"track" | "check"} page @param {Followed} followed */
function found(place, page, followed) {
    const { read, hasReceipt, view, replacedBy } = followed;
    step(() => some(
        el("p", { className: "kicker", dir: "auto" }, place.manifest.title),
        el("h1", {}, t(read.is_recorded ? "found.recorded" : "found.received")),
        verdict(page, followed),
        facts(
            [t("tracker"), code(read.tracker)],
            [t("kind"), t(`kind.${read.kind}`)],
            [t("entry"), formatted(read.index)],
            read.kind === "ballot" && view && [t("done.number"), t(view.ballot === view.of ? "done.latest" : "done.number_of", { n: view.ballot, of: view.of })],
            replacedBy !== null && [t("found.replaced_by"), code(replacedBy)],
            [t("credential"), code(read.credential)],
        ),
        hasReceipt && notice("good", p(t("found.receipt_holds"))),
        ...(read.held ?? []).flatMap(([index, chosen]) => {
            const contest = place.manifest.contests[index];
            return contest ? [el("section", { className: "answer" }, el("h2", { dir: "auto" }, contest.title), chosenList(contest, chosen))] : [];
        }),
        el("div", { className: "buttons" }, button(t("found.another"), () => track(place, page))),
    ));
}

/** What it means. @param {"track" | "check"} page @param {Followed} followed */
function verdict(page, { read, view, replacedBy, phase }) {
    if (!read.is_recorded) return notice("warning", el("strong", {}, t("done.waiting")), p(t("found.waiting")));
    if (read.kind === "challenge") return notice("info", el("strong", {}, t("found.opened")), p(t("found.opened.text")));
    if (page === "check") return notice("warning", p(t("found.not_opened")));
    if (replacedBy !== null) return notice("warning", el("strong", {}, t("found.replaced")), p(t("found.replaced.text")));
    if (!view) return notice("warning", p(t("found.silent")));
    const isClosed = phase === "tally" || phase === "published" || phase === "finished";
    return isClosed ? notice("good", el("strong", {}, t("found.counted")), p(t("found.counted.text"))) : notice("good", p(t("found.will_count")));
}
