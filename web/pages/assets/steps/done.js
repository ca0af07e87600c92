// The board's receipt holds: where the ballot stands, what to keep of it, and what an opened one held.

import { ask, Failure, Fault } from "../core.js";
import { announce, button, code, el, facts, file, notice, p, picture } from "../dom.js";
import { fetched, keep } from "../entries.js";
import * as server from "../server.js";
import { again, step, way } from "../step.js";
import { forget } from "../store.js";
import { formatted, listed, t } from "../words.js";
import { alarm } from "./alarm.js";
import { chosenList, review } from "./review.js";
import { greet, welcome } from "./welcome.js";

/** @typedef {import("../session.js").Session} Session */
/** @typedef {import("../../../page").Verified} Verified */
/** @typedef {import("../../../page").Receipt} Receipt */

/** Seconds between looks at whether the witnesses have signed. */
const FIRST_WAIT = 1;
const LONGEST_WAIT = 30;

/** @param {Session} session @param {Verified} read @param {Receipt} receipt */
export async function done(session, read, receipt) {
    if (read.as_chosen === false) throw new Fault({ code: "held_other", detail: "", numbers: [] });
    const link = read.kind === "ballot" ? `${server.ADDRESS}/#track=${read.tracker}` : `${server.ADDRESS}/check#${read.tracker}`;
    const drawn = await ask("picture", { text: link });
    const state = { read, receipt, drawn, view: await numbers(read.tracker) };
    step(() => (state.read.kind === "ballot" ? cast(session, state) : opened(session, state)));
    announce(t(state.read.is_recorded ? "done.recorded" : "done.received"));
    if (!read.is_recorded) void watch(session, state);
}

/** Its number among the voter's ballots, as the server says. @param {string} tracker */
const numbers = (tracker) => server.ballot(tracker).catch(() => null);

/** @typedef {{read: Verified, receipt: Receipt, drawn: import("../../../page").Picture, view: import("../../../page").BallotView | null}} State */

/** Looks until enough witnesses have signed. @param {Session} session @param {State} state */
async function watch(session, state) {
    for (let wait = FIRST_WAIT; !state.read.is_recorded; wait = Math.min(1.5 * wait, LONGEST_WAIT)) {
        await new Promise((resolve) => setTimeout(resolve, 1000 * wait));
        try {
            const { read, numbered } = await fetched(state.read.index);
            if (read.tracker !== state.read.tracker) throw new Fault({ code: "entry_other", detail: "", numbers: [] });
            const receipt = keep(read, numbered, session.place.fingerprint);
            Object.assign(state, { read: { ...read, as_chosen: state.read.as_chosen }, receipt, view: await numbers(read.tracker) });
        } catch (error) {
            if (error instanceof Failure || error instanceof server.Problem) continue;
            if (error instanceof Fault) return alarm(error);
            throw error;
        }
    }
    announce(t("done.recorded"));
    again();
}

/** @param {Session} session @param {State} state */
function cast(session, { read, receipt, drawn, view }) {
    return [
        read.is_recorded ? way(4) : way(3, "way.received"),
        el("h1", {}, t(read.is_recorded ? "done.recorded" : "done.received")),
        standing(session, read),
        el("p", {}, t("done.tracker")),
        el("p", { className: "tracker" }, code(read.tracker)),
        facts(
            [t("entry"), formatted(read.index)],
            view && [t("done.number"), t(view.ballot === view.of ? "done.latest" : "done.number_of", { n: view.ballot, of: view.of })],
        ),
        keepsakes(receipt, drawn, "done.scan"),
        el("h2", {}, t("done.revote")),
        p(t("done.revote.text")),
        el("div", { className: "buttons" },
            button(t("done.again"), () => restart(session)),
            button(t("forget"), leave, "plain"),
        ),
        el("p", { className: "hint" }, t("forget.text")),
    ];
}

/** @param {Session} session @param {State} state */
function opened(session, { read, receipt, drawn }) {
    const { contests } = session.place.manifest;
    const held = (read.held ?? []).map(([index, chosen]) => {
        const contest = contests[index];
        return contest && el("section", { className: "answer" }, el("h2", { dir: "auto" }, contest.title), chosenList(contest, chosen));
    });
    return [
        way(2),
        el("h1", {}, t("opened.title")),
        read.as_chosen ? notice("good", p(t("opened.as_chosen"))) : notice("info", p(t("opened.compare"))),
        ...held.filter((section) => section !== undefined),
        p(t("opened.elsewhere")),
        facts([t("tracker"), code(read.tracker)], [t("entry"), formatted(read.index)]),
        keepsakes(receipt, drawn, "opened.scan"),
        notice("warning", el("strong", {}, t("opened.not_cast")), p(t("opened.vote_now"))),
        el("div", { className: "buttons" }, button(t("opened.vote"), () => (session.chosen.size > 0 ? review(session) : restart(session)), "primary")),
    ];
}

/** @param {Session} session @param {Verified} read */
function standing({ place }, read) {
    if (!read.is_recorded) return notice("warning", el("strong", {}, t("done.waiting")), p(t("done.waiting.text")));
    const signed = place.has_witnesses ? t("done.signed", { n: read.witnesses.length, names: listed(read.witnesses) }) : t("done.no_witnesses");
    return notice("good", el("strong", {}, t("done.is_there")), p(signed));
}

/** @param {Receipt} receipt @param {import("../../../page").Picture} drawn @param {string} scan */
function keepsakes(receipt, drawn, scan) {
    const name = `tabella-${receipt.tracker.slice(0, 9)}.json`;
    return el("section", { className: "keepsakes" },
        picture(drawn, t(scan)),
        el("div", {}, p(t(scan)), file(name, JSON.stringify(receipt, null, 1), t("done.save"))),
    );
}

/** To vote once more. The choices of before are gone. @param {Session} session */
function restart(session) {
    session.forgetChoices();
    if (session.voter) void greet(session);
    else welcome(session);
}

/** This device keeps nothing of the election. */
function leave() {
    forget();
    step(() => [el("h1", {}, t("forget.done")), p(t("forget.close"))]);
}
