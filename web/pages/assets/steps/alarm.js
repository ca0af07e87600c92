// The board is not to be believed: what that means, what to do, and what to keep of it.

import { el, file, notice, p } from "../dom.js";
import { ADDRESS } from "../server.js";
import { step } from "../step.js";
import { kept } from "../store.js";
import { tar } from "../tar.js";
import { fault, t } from "../words.js";

/** @param {import("../core.js").Fault} found */
export function alarm(found) {
    const { fingerprint, checkpoint, received } = kept();
    const readme = [`code: ${found.code}`, found.detail, `address: ${ADDRESS}`, `election: ${fingerprint ?? "-"}`, `date: ${new Date().toISOString()}`, ""];
    /** The files of a folder of evidence (specs/server.md#distrust). */
    const files = {
        "README.txt": readme.join("\n"),
        ...found.evidence,
        ...(checkpoint !== null && { "seen.checkpoint": checkpoint }),
        ...(received !== null && { "seen.received": received }),
    };
    step(() => [
        el("p", { className: "kicker" }, t("alarm.kicker")),
        el("h1", {}, t("alarm.title")),
        notice("alarm", p(fault(found.code, found.numbers, "fault.rule")), el("p", { className: "hint", dir: "ltr" }, `${found.code}`)),
        el("h2", {}, t("alarm.what_to_do")),
        el("ol", { className: "spaced" }, ...[1, 2, 3].map((number) => el("li", {}, t(`alarm.do.${number}`)))),
        el("div", { className: "buttons" }, file(`evidence-${found.code}.tar`, tar(files), t("alarm.evidence"))),
        p(t("alarm.judge")),
    ]);
}
