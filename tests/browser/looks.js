// Every state of every page, in both languages and colour schemes, on a narrow screen.

import assert from "node:assert/strict";
import { test } from "node:test";

import { inspect } from "./browser.js";
import { checks, chooses, comes, encrypts, onward } from "./voter.js";

/** The most bytes of the page itself in a first view, headers and all: its modules, styles and words. */
const FIRST_VIEW = 35_000;

/** @param {() => import("./pages.test.js").World} world */
export function judgesLooks(world) {
    for (const [locale, colorScheme] of /** @type {const} */ ([["en-GB", "light"], ["zh-CN", "dark"], ["en-GB", "dark"], ["zh-CN", "light"]])) {
        test(`every state is accessible and fits: ${locale}, ${colorScheme}`, async () => {
            const { town, browser } = world();
            const device = await browser.device({ locale, colorScheme });
            const page = await device.newPage();
            await page.goto(`${town.address}/`);
            await page.locator("#code").waitFor();
            assert.equal(await page.evaluate(() => document.documentElement.lang), locale.slice(0, 2));
            await inspect(page, "the beginning");
            await page.locator("#code").fill("1234");
            await onward(page).click();
            await page.locator("[role=alert]").waitFor();
            await inspect(page, "a wrong code");
            await comes(page, town.address, town.code());
            await inspect(page, "who votes");
            await chooses(page, 0, inspect);
            await inspect(page, "the review");
            await encrypts(page);
            await inspect(page, "encrypted");
            await checks(page, inspect);
            await inspect(page, "opened");
            await onward(page).click();
            await encrypts(page);
            // The board is away for a moment.
            await page.route("**/entries/ballot", (route) => route.abort("connectionrefused"));
            await page.locator(".card .primary").click();
            await page.locator(".notice.warning").waitFor();
            await inspect(page, "no answer");
            await page.unroute("**/entries/ballot");
            await onward(page).click();
            await page.locator(".keepsakes").waitFor();
            await inspect(page, "recorded");
            await page.goto(`${town.address}/#track`);
            await page.locator("#tracker").waitFor();
            await inspect(page, "tracking");
            await page.locator(".rows button").last().click();
            await page.locator("main .facts").waitFor();
            await inspect(page, "tracked");
            await page.goto(`${town.address}/check`);
            await page.locator("#tracker").waitFor();
            await inspect(page, "checking");
            await page.goto(`${town.address}/observe`);
            await page.locator(".numbers").waitFor();
            await inspect(page, "observing");
        });
    }

    test("the language changes without losing anything", async () => {
        const { town, browser } = world();
        const page = await (await browser.device()).newPage();
        await comes(page, town.address, town.code());
        await onward(page).click();
        await page.locator("[type=radio]").nth(2).check();
        await page.locator("button[lang=zh]").click();
        await page.getByText("请选择 1 项").waitFor();
        assert.equal(await page.evaluate(() => document.documentElement.lang), "zh");
        assert.ok(await page.locator("[type=radio]").nth(2).isChecked());
        await page.reload();
        await page.locator("#code").waitFor();
        assert.equal(await page.evaluate(() => document.documentElement.lang), "zh", "the choice is not kept");
    });

    test("a first view transfers little beside the module", async () => {
        const { town, browser } = world();
        const page = await (await browser.device()).newPage();
        const debug = await page.context().newCDPSession(page);
        await debug.send("Network.enable");
        let own = 0;
        debug.on("Network.loadingFinished", ({ encodedDataLength }) => void (own += encodedDataLength));
        await page.goto(`${town.address}/`);
        await page.locator("#code").waitFor();
        // The other thread knows what it has fetched: the module, its own files, and the record.
        const worker = page.workers()[0];
        assert.ok(worker, "there is no other thread");
        const fetched = await worker.evaluate(() => performance.getEntriesByType("resource").map((entry) => ({ name: entry.name, size: /** @type {PerformanceResourceTiming} */ (entry).transferSize })));
        const sum = (/** @type {RegExp} */ name) => fetched.filter((entry) => name.test(entry.name)).reduce((sum, { size }) => sum + size, 0);
        own += sum(/assets\/.*\.js$/);
        const [module, record] = [sum(/\.wasm$/), sum(/^(?!.*\/assets\/)/)];
        console.log(`    first view: ${own} bytes of the page, ${module} of the module, ${record} of the record`);
        assert.ok(own > 10_000 && module > 10_000 && own < FIRST_VIEW, `${own} bytes`);
    });
}
