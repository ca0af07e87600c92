// The page that recomputes an opened ballot, for whoever has its tracker or file: best on another device than the one that made it.

import { ask } from "./core.js";
import { frame } from "./frame.js";
import { enter } from "./session.js";
import { attempt } from "./step.js";
import { lookFor, track } from "./steps/track.js";

async function open() {
    const tracker = location.hash.slice(1);
    await frame("check");
    await attempt("busy.entering", async () => {
        const place = await enter();
        if (tracker === "" || tracker === "main") return track(place, "check");
        await lookFor(place, "check", await ask("tracker", { text: tracker }));
    });
}

addEventListener("hashchange", () => {
    if (location.hash !== "#main") void open();
});

await open();
