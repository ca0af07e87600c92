// Whole elections through the pages, in a real browser, against the real programs.

import { after, before, test } from "node:test";

import { openBrowser } from "./browser.js";
import { judgesClosing } from "./closing.js";
import { judgesDistrust } from "./distrust.js";
import { judgesLooks } from "./looks.js";
import { judgesObserving } from "./observing.js";
import { openTown } from "./town.js";
import { judgesVoting } from "./voting.js";

/** More than there are tests. */
const VOTERS = 30;

/** @typedef {{town: Awaited<ReturnType<typeof openTown>>, browser: Awaited<ReturnType<typeof openBrowser>>}} World */

/** @type {World} */
let world;

before(async () => {
    const town = await openTown(VOTERS);
    world = { town, browser: await openBrowser(town.address) };
});

after(async () => {
    await world.browser.close();
    await world.town.ends();
});

judgesVoting(() => world);
judgesLooks(() => world);
judgesDistrust(() => world);
// The voting is closed from here on.
judgesClosing(() => world);
// The election is finished.
judgesObserving(() => world);

test("no page asks elsewhere, leaves a cookie, breaks its policy or fails", () => world.browser.judge());
