// An election whose ballots have range proofs: the page loads its larger module for it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openBrowser } from "./browser.js";
import { openTown } from "./town.js";
import { casts, comes, encrypts, onward, tracker } from "./voter.js";

test("a ballot with range proofs is encrypted by the larger module", async () => {
    const town = await openTown(1, "purse");
    const browser = await openBrowser(town.address);
    try {
        const page = await (await browser.device()).newPage();
        await comes(page, town.address, town.code());
        const worker = page.workers()[0];
        const modules = await worker?.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => name.endsWith(".wasm")));
        assert.deepEqual(modules?.map((name) => name.split("/").at(-1)), ["tabella-range.wasm"]);
        await onward(page).click();
        for (const [option, amount] of ["70", "30", "0"].entries()) await page.locator("[type=number]").nth(option).fill(amount);
        await onward(page).click();
        await page.locator("section.answer").waitFor();
        const shown = await encrypts(page);
        await casts(page);
        assert.equal(await tracker(page), shown);
        await town.does("close");
        await town.does("decrypt");
        await town.does("publish");
        await browser.judge();
    } finally {
        await browser.close();
        await town.ends();
    }
});
