// How long a browser encrypts: from the question to the page's other thread, to the payload that can be handed in.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openBrowser } from "./browser.js";
import { openTown } from "./town.js";

/** How often each ballot is encrypted. */
const ROUNDS = 21;

for (const options of [2, 5, 10, 50]) {
    test(`1 of ${options}`, async () => {
        const town = await openTown(1, `options-${options}`);
        const browser = await openBrowser(town.address);
        try {
            const page = await (await browser.device()).newPage();
            await page.goto(`${town.address}/observe`);
            const times = await page.evaluate(measure, { core: `${town.address}/assets/core.js`, code: town.code(), rounds: ROUNDS });
            const median = times.sort((one, other) => one - other)[ROUNDS >> 1] ?? NaN;
            console.log(`    1 of ${options}: ${median.toFixed(1)} ms, ${(median / options).toFixed(2)} ms an option (median of ${ROUNDS})`);
            assert.equal(times.length, ROUNDS);
        } finally {
            await browser.close();
            await town.ends();
        }
    });
}

/** Runs in the page. @param {{core: string, code: string, rounds: number}} task */
async function measure({ core, code, rounds }) {
    /** @type {typeof import("../../web/pages/assets/core.js")} */
    const { ask, seed } = await import(core);
    await ask("enter", { fingerprint: null, checkpoint: null, received: null });
    await ask("identify", { code });
    const times = [];
    for (let attempt = 1; attempt <= rounds; attempt++) {
        const begin = performance.now();
        await ask("draft", { choices: [[0, { options: [0] }]], link: null, attempt, seed: seed() });
        await ask("cast", { seed: seed() });
        times.push(performance.now() - begin);
    }
    return times;
}
