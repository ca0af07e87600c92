// A server that lies, or what comes from it is changed on the way: the page says so, calls nothing recorded, and offers the evidence.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import { inspect } from "./browser.js";
import { VERIFIER } from "./town.js";
import { changed, chooses, comes, encrypts, onward, votes } from "./voter.js";

const run = promisify(execFile);

/** The page has stopped, for this reason. @param {import("playwright-core").Page} page @param {string} code */
export async function alarmed(page, code) {
    // The alarm of before may still be there.
    await page.locator(".notice.alarm .hint").getByText(code, { exact: true }).waitFor();
    assert.equal(await page.locator(".keepsakes").count(), 0, "something is called recorded");
}

/** What the verifier says of the evidence that the page offers. @param {import("playwright-core").Page} page */
async function evidence(page) {
    const folder = await mkdtemp(path.join(tmpdir(), "tabella-evidence-"));
    try {
        const download = page.waitForEvent("download");
        await page.locator("a[download]").click();
        await run("tar", ["-xf", await (await download).path(), "-C", folder]);
        // The exit status says the same as the verdict.
        const { stdout } = await run(VERIFIER, ["evidence", "--json", folder]).catch((error) => error);
        return JSON.parse(stdout);
    } finally {
        await rm(folder, { recursive: true });
    }
}

/** @param {() => import("./pages.test.js").World} world */
export function judgesDistrust(world) {
    test("a board that drops a ballot, and one that puts another in its place, are found out by whoever saw it before", async () => {
        const { town, browser } = world();
        await town.does("copy");
        const device = await browser.device();
        const page = await device.newPage();
        await votes(page, town.address, town.code());
        await town.does("show copy");
        await page.goto(`${town.address}/`);
        await alarmed(page, "rollback");
        assert.equal((await evidence(page)).verdict, "not proved", "a shorter log proves nothing to others");
        await inspect(page, "alarmed");

        await votes(await (await browser.device()).newPage(), town.address, town.code(), 1);
        await page.goto(`${town.address}/#track`);
        await alarmed(page, "fork");
        const { verdict, code } = await evidence(page);
        assert.deepEqual([verdict, code], ["proved", "same_size"]);

        await town.does("show board");
        await page.goto(`${town.address}/#track=`);
        await page.locator("#tracker").waitFor();
    });

    test("a receipt that was changed on the way is no receipt", async () => {
        const { town, browser } = world();
        const page = await (await browser.device()).newPage();
        await comes(page, town.address, town.code());
        await chooses(page);
        await page.route("**/entries/ballot", async (route) => {
            const response = await route.fetch();
            const json = await response.json();
            await route.fulfill({ response, json: { ...json, receipt: changed(json.receipt) } });
        });
        await encrypts(page);
        await page.locator(".card .primary").click();
        await alarmed(page, "receipt_mismatch");
    });

    test("a receipt of another ballot is no receipt", async () => {
        const { town, browser } = world();
        const page = await (await browser.device()).newPage();
        await comes(page, town.address, town.code());
        await chooses(page);
        const { size } = await (await fetch(`${town.address}/status`)).json();
        await page.route("**/entries/ballot", async (route) => {
            const other = await (await fetch(`${town.address}/entries/${size - 1}`)).json();
            await route.fulfill({ status: 201, json: other });
        });
        await encrypts(page);
        await page.locator(".card .primary").click();
        await alarmed(page, "receipt_mismatch");
    });

    test("a server that hides a voter's ballot is found out by her browser", async () => {
        const { town, browser } = world();
        const code = town.code();
        const page = await (await browser.device()).newPage();
        await votes(page, town.address, code);
        await page.route("**/voters/*", async (route) => {
            const response = await route.fetch();
            await route.fulfill({ response, json: { ...(await response.json()), ballots: [] } });
        });
        await page.goto(`${town.address}/#${code}`);
        await alarmed(page, "ballot_hidden");
    });

    test("without the module that was built nothing is asked for, and nothing is cast", async () => {
        const { town, browser } = world();
        const page = await (await browser.device()).newPage();
        const module = /\.wasm$/;
        await page.context().route(module, async (route) => {
            const response = await route.fetch();
            const body = await response.body();
            body[body.length >> 1] = (body[body.length >> 1] ?? 0) ^ 0xff;
            await route.fulfill({ response, body: body.subarray(0, body.length - 1) });
        });
        await page.goto(`${town.address}/`);
        await page.locator(".notice.wrong").waitFor();
        assert.equal(await page.locator("#code").count(), 0);
        await page.context().unroute(module);
        await page.reload();
        await page.locator("#code").waitFor();
    });

    test("a beginning of the record that was changed on the way is refused", async () => {
        const { town, browser } = world();
        const page = await (await browser.device()).newPage();
        await page.context().route("**/entries/0", async (route) => {
            const response = await route.fetch();
            const json = await response.json();
            await route.fulfill({ response, json: { ...json, entry: `${json.entry.slice(0, 400)}${json.entry[400] === "A" ? "B" : "A"}${json.entry.slice(401)}` } });
        });
        await page.goto(`${town.address}/`);
        await alarmed(page, "entry_other");
        assert.equal(await onward(page).count(), 0, "the page leads on");
    });
}
