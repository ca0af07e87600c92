// "Verify in this browser": the report of the program, whatever the board shows; and no verdict where something else answers.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { inspect } from "./browser.js";
import { VERIFIER } from "./town.js";

/** @typedef {import("playwright-core").Page} Page */

/** How long a verification may take on a busy machine, in milliseconds. */
const PATIENCE = 120_000;

/** What the program prints of the record at an address. @param {string[]} args @returns {Promise<string>} */
const program = (...args) => new Promise((resolve) => execFile(VERIFIER, args, { maxBuffer: 1 << 26 }, (_, printed) => resolve(printed)));

/** Verifies in a page, and waits for what comes of it. @param {Page} page @param {string | null} [fingerprint] */
async function verifies(page, fingerprint = null) {
    await page.locator("#fingerprint").waitFor();
    if (fingerprint !== null) await page.locator("#fingerprint").fill(fingerprint);
    await page.locator("#verify [type=submit]").click();
    await page.locator("#verify .verdict, #verify .notice.wrong").first().waitFor({ timeout: PATIENCE });
}

/** The content of a file that a part of the page saves. @param {Page} page @param {"#verify" | "#result"} part @param {string} name as its link says */
async function saved(page, part, name) {
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator(part).getByRole("link", { name }).click()]);
    return readFile(await download.path(), "utf8");
}

/** Nowhere on the page stands that something is valid. @param {Page} page */
async function saysNoVerdict(page) {
    await page.getByText("There is no verdict").waitFor();
    assert.equal(await page.locator(".verdict").count(), 0);
}

/** @param {() => import("./pages.test.js").World} world */
export function judgesObserving(world) {
    for (const workers of [1, 2, 3]) {
        test(`a finished election has in ${workers} threads the report of the program`, async () => {
            const { town, browser } = world();
            const device = await browser.device();
            await device.addInitScript((workers) => void Object.defineProperty(navigator, "hardwareConcurrency", { value: workers }), workers);
            const page = await device.newPage();
            await page.goto(`${town.address}/observe#${town.fingerprint}`);
            await verifies(page);
            assert.equal(await page.locator(".verdict h3").innerText(), "Valid");
            assert.equal(page.workers().length, 0, "a thread goes on");
            assert.equal(await saved(page, "#verify", "Save as JSON"), await program("--json", "--expect", town.fingerprint, town.address));
            assert.equal(await saved(page, "#verify", "Save as text"), await program("--expect", town.fingerprint, town.address));
        });
    }

    for (const [locale, colorScheme] of /** @type {const} */ ([["en-GB", "light"], ["zh-CN", "dark"], ["en-GB", "dark"], ["zh-CN", "light"]])) {
        test(`each state of a verification is accessible and fits: ${locale}, ${colorScheme}`, async () => {
            const { town, browser } = world();
            const page = await (await browser.device({ locale, colorScheme })).newPage();
            await page.goto(`${town.address}/observe`);
            await verifies(page, "4K7Q");
            await inspect(page, "a wrong fingerprint");
            await page.context().route("**/tile/entries/**", () => undefined);
            await page.locator("#fingerprint").fill(town.fingerprint);
            await page.locator("#verify [type=submit]").click();
            await page.locator("progress").waitFor();
            await inspect(page, "verifying");
            await page.locator("#verify button").click();
            await page.locator("#verify .notice.warning").waitFor();
            await inspect(page, "cancelled");
            await page.context().unroute("**/tile/entries/**");
            await verifies(page);
            await inspect(page, "valid, with a result");
            await page.locator("#verify details").evaluateAll((all) => all.forEach((details) => details.setAttribute("open", "")));
            await inspect(page, "all of the report");
            await page.locator("#fingerprint").fill("");
            await page.locator("#verify [type=submit]").click();
            await page.locator("progress").waitFor();
            await page.locator("#verify .notice.warning").waitFor({ timeout: PATIENCE });
            await inspect(page, "compared with no fingerprint");
            await page.locator("button[lang]").click();
            await page.locator("#verify .verdict").waitFor();
            await inspect(page, "valid, in the other language");
            await tampers(page);
            await page.locator("#verify [type=submit]").click();
            await page.locator("#verify .alarm").waitFor({ timeout: PATIENCE });
            await inspect(page, "invalid");
        });
    }

    test("a record that was tampered with is invalid, and the code says why", async () => {
        const { town, browser } = world();
        const page = await (await browser.device()).newPage();
        await page.goto(`${town.address}/observe#${town.fingerprint}`);
        await tampers(page);
        await verifies(page);
        assert.equal(await page.locator(".verdict h3").innerText(), "Invalid");
        for (const code of ["leaf_mismatch", "root_mismatch"]) await page.locator(".checks .fail code", { hasText: code }).first().waitFor();
        assert.equal(JSON.parse(await saved(page, "#verify", "Save as JSON")).verdict, "invalid");
    });

    test("another election than that of the fingerprint is invalid", async () => {
        const { town, browser } = world();
        const page = await (await browser.device()).newPage();
        await page.goto(`${town.address}/observe`);
        const other = town.fingerprint.replace(/^./, (letter) => (letter === "A" ? "B" : "A"));
        await verifies(page, other);
        const isRefused = await page.locator(".checks .fail code", { hasText: "fingerprint_differs" }).count();
        const isNone = await page.getByText("A fingerprint has 32 letters").count();
        assert.equal(isRefused + isNone, 1, "a wrong fingerprint passes");
    });

    test("no verdict comes of a module that is none, of nonsense, or of a thread that dies", async () => {
        const { town, browser } = world();
        const ways = [
            { of: "**/tabella-verify.wasm", body: "no module", contentType: "application/wasm" },
            { of: "**/tabella-verify.wasm", body: Buffer.from("0061736d01000000", "hex"), contentType: "application/wasm" },
            ...[
                `({ done: { verdict: "valid", json: "{}", text: "" } })`,
                `({ done: { verdict: "valid", json: JSON.stringify({ report: 1, verdict: "valid", checks: [], record: null }), text: "" } })`,
                `({ done: { bundles: 1, size: 1, can_help: true, verdict: "valid" } })`,
                `({})`,
                `(null)`,
            ].map((said) => ({ of: "**/verify-worker.js", body: `addEventListener("message", ({ data: { id } }) => postMessage({ id, answer: ${said} }));`, contentType: "text/javascript" })),
            { of: "**/verify-worker.js", status: 404, body: "", contentType: "text/javascript" },
        ];
        for (const { of, ...answer } of ways) {
            const page = await (await browser.device()).newPage();
            await page.context().route(of, (route) => route.fulfill(answer));
            await page.goto(`${town.address}/observe`);
            await verifies(page);
            await saysNoVerdict(page);
            await page.close();
        }
    });

    test("the result has bars, and files for programs", async () => {
        const { town, browser } = world();
        const page = await (await browser.device()).newPage();
        await page.goto(`${town.address}/observe#${town.fingerprint}`);
        await page.getByText("as soon as this browser has verified it").waitFor();
        assert.equal(await page.locator(".bars").count(), 0, "a result that nobody verified");
        await verifies(page);
        const report = JSON.parse(await program("--json", "--expect", town.fingerprint, town.address));
        /** @type {any[]} */
        const contests = report.result.contests;
        assert.equal(await page.locator("#result table").count(), contests.length);
        const rows = contests.flatMap(({ options, lists, blank }) => [...options, ...(lists ?? []), ...(blank === null ? [] : [{ title: "(left blank)", total: blank }])]);
        const totals = contests.filter(({ pairs }) => !pairs).flatMap(({ options, lists, blank }) => [...options, ...(lists ?? []), ...(blank === null ? [] : [{ total: blank }])].map(({ total }) => total));
        assert.deepEqual((await page.locator("#result .bars .total").allInnerTexts()).map((text) => Number(text.replaceAll(",", ""))), totals);
        assert.deepEqual(JSON.parse(await saved(page, "#result", "Save as JSON")).contests, contests);
        const csv = (await saved(page, "#result", "Save as CSV")).trim().split("\r\n");
        assert.equal(csv.length, 1 + rows.length);
        for (const [place, { title, total }] of rows.entries()) assert.ok(csv[place + 1]?.includes(`,${title},${total ?? ""},`), csv[place + 1]);
    });
}

/** From now on the board shows another entry in the last place. @param {Page} page */
async function tampers(page) {
    await page.context().route("**/tile/entries/**", async (route) => {
        const response = await route.fetch();
        const body = await response.body();
        body.writeUInt8(body.readUInt8(body.length - 1) ^ 1, body.length - 1);
        await route.fulfill({ response, body });
    });
}
