// Every state of every page, in both languages and colour schemes, on a narrow screen.

import assert from "node:assert/strict";
import { test } from "node:test";

import { inspect } from "./browser.js";
import { alarmed } from "./distrust.js";
import { checks, chooses, comes, encrypts, onward } from "./voter.js";

/** The most bytes of a first view, headers and all: until a code can be typed. */
const FIRST_VIEW = 45_000;

/** The most bytes of the module, which comes meanwhile. */
const MODULE = 235_000;

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

    test("a first view does not wait for the module, and transfers little", async () => {
        const { town, browser } = world();
        const page = await (await browser.device()).newPage();
        /** @type {(() => void) | undefined} */
        let release;
        const held = new Promise((resolve) => void (release = () => resolve(undefined)));
        await page.context().route(/\.wasm$/, async (route) => {
            await held;
            await route.continue();
        });
        const debug = await page.context().newCDPSession(page);
        await debug.send("Network.enable");
        let own = 0;
        debug.on("Network.loadingFinished", ({ encodedDataLength }) => void (own += encodedDataLength));
        const code = town.code();
        await page.goto(`${town.address}/`);
        // The module is not there, and the code can be typed.
        await page.locator("#code").fill(code);
        const view = own;
        await onward(page).click();
        await page.locator("progress").waitFor();
        assert.equal(await page.locator(".notice.good").count(), 0, "somebody is known before the board was read");
        release?.();
        await page.locator(".notice.good").waitFor();
        // The other thread knows what it has fetched: the module, its own files, and what it needs of the record.
        const worker = page.workers()[0];
        assert.ok(worker, "there is no other thread");
        const fetched = await worker.evaluate(() => performance.getEntriesByType("resource").map((entry) => ({ name: entry.name, size: /** @type {PerformanceResourceTiming} */ (entry).transferSize })));
        const sum = (/** @type {RegExp} */ name) => fetched.filter((entry) => name.test(entry.name)).reduce((sum, { size }) => sum + size, 0);
        const [module, record] = [sum(/\.wasm$/), sum(/^(?!.*\/assets\/)/)];
        console.log(`    first view: ${view} bytes; then ${module} of the module and ${record} of the record`);
        assert.ok(view > 10_000 && view < FIRST_VIEW, `${view} bytes`);
        assert.ok(module > 10_000 && module < MODULE, `${module} bytes`);
    });

    test("what the server says of the election before the board is read must be what was signed", async () => {
        const { town, browser } = world();
        /** Another title; and one that hides that this is a trial, with as many members. @type {((manifest: string) => string)[]} */
        const lies = [(manifest) => manifest.replace(/"title":"[^"]*"/, '"title":"Another"'), (manifest) => manifest.replace('"simulation":true', '"__proto__":{}')];
        for (const lie of lies) {
            const page = await (await browser.device()).newPage();
            await page.route("**/manifest", async (route) => {
                const response = await route.fetch();
                const told = await response.text();
                assert.notEqual(lie(told), told);
                await route.fulfill({ response, body: lie(told) });
            });
            await page.goto(`${town.address}/`);
            await alarmed(page, "manifest_other");
        }
    });

    test("nor is it believed when the board was read at the second try", async () => {
        const { town, browser } = world();
        const page = await (await browser.device()).newPage();
        await page.route("**/manifest", async (route) => {
            const response = await route.fetch();
            await route.fulfill({ response, json: { ...(await response.json()), title: "Another election" } });
        });
        await page.context().route("**/entries/0", (route) => route.fulfill({ status: 503, json: { code: "unavailable" } }), { times: 1 });
        await page.goto(`${town.address}/`);
        await page.locator(".notice.wrong").waitFor();
        await onward(page).click();
        await alarmed(page, "manifest_other");
    });

    test("a server that says nothing that can be shown hides no alarm", async () => {
        const { town, browser } = world();
        const page = await (await browser.device()).newPage();
        // The page asks first, then its other thread.
        await page.route("**/manifest", (route) => route.fulfill({ json: null }), { times: 1 });
        await page.context().route("**/entries/0", async (route) => {
            const response = await route.fetch();
            const other = await (await fetch(`${town.address}/entries/1`)).json();
            await route.fulfill({ response, json: other });
        });
        await page.goto(`${town.address}/`);
        await alarmed(page, "entry_other");
    });
}
