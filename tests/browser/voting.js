// Voting, checking, revoting and tracking.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { casts, changed, checks, chooses, comes, encrypts, onward, recorded, tracker, tracks, votes } from "./voter.js";

/** What the page keeps, as text. @param {import("playwright-core").Page} page */
const storage = (page) => page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));

/** @param {() => import("./pages.test.js").World} world */
export function judgesVoting(world) {
    test("a voter votes, keeps a receipt, and finds her ballot on another device", async () => {
        const { town, browser } = world();
        const code = town.code();
        const device = await browser.device();
        const page = await device.newPage();
        await comes(page, town.address, code);
        await chooses(page);
        assert.ok(!(await storage(page)).includes(code.slice(0, 9)), "the code is kept");
        const shown = await encrypts(page);
        assert.ok(await page.locator(".state").isVisible(), "the page does not say that nothing is cast");
        await casts(page);
        assert.equal(await tracker(page), shown);
        assert.equal(await page.locator(".state").count(), 0, "the page still says that nothing is cast");

        const download = page.waitForEvent("download");
        await page.locator("a[download]").click();
        const file = await (await download).path();
        const receipt = JSON.parse(await readFile(file, "utf8"));
        assert.deepEqual([receipt.address, receipt.fingerprint, receipt.tracker], [town.address, town.fingerprint, shown]);

        const elsewhere = await (await browser.device()).newPage();
        assert.match(await tracks(elsewhere, town.address, shown.toLowerCase()), /Ballot 1 of 1, the latest/);
        assert.equal(await elsewhere.locator(".notice.good").count(), 1, "there is no receipt on this device");
        await elsewhere.locator("nav a").nth(1).click();
        await elsewhere.locator("[type=file]").setInputFiles({ name: "receipt.json", mimeType: "application/json", buffer: await readFile(file) });
        await elsewhere.getByText("The receipt holds").waitFor();

        // A receipt in which one letter differs is no receipt, and says nothing against the board.
        const forged = JSON.stringify({ ...receipt, receipt: changed(receipt.receipt) });
        await elsewhere.locator("nav a").nth(1).click();
        await elsewhere.locator("[type=file]").setInputFiles({ name: "receipt.json", mimeType: "application/json", buffer: Buffer.from(forged) });
        await elsewhere.getByText("no receipt of a ballot").waitFor();

        await page.locator("button.plain").last().click();
        assert.equal(await storage(page), "{}", "the device was to forget the election");
    });

    test("an opened ballot holds what was chosen, also on another device, and is not cast", async () => {
        const { town, browser } = world();
        const page = await (await browser.device()).newPage();
        await comes(page, town.address, town.code());
        await chooses(page, 1);
        const opened = await encrypts(page);
        await checks(page);
        const held = await page.locator("section.answer").allInnerTexts();
        assert.equal(held.length, 8);
        assert.match(held[0] ?? "", /Emmy Lindqvist/);
        assert.match(held[7] ?? "", /Trees: 100/);
        assert.ok(await page.locator(".notice.good").isVisible(), "the page does not say that it held what was chosen");

        const elsewhere = await (await browser.device()).newPage();
        await elsewhere.goto(`${town.address}/check#${opened}`);
        await elsewhere.locator("section.answer").first().waitFor();
        assert.deepEqual(await elsewhere.locator("section.answer").allInnerTexts(), held);

        // Her choices are still there, and she votes with a new encryption.
        await onward(page).click();
        const cast = await encrypts(page);
        assert.notEqual(cast, opened);
        await casts(page);
        assert.match(await tracks(page, town.address, opened), /never counted/);
    });

    test("who votes again is told so, and the later ballot replaces the first", async () => {
        const { town, browser } = world();
        const code = town.code();
        const device = await browser.device();
        const page = await device.newPage();
        const first = await votes(page, town.address, code);
        await page.locator(".buttons button:not(.plain)").click();
        await page.getByText("already cast 1 ballot").waitFor();
        assert.equal(await page.locator(".notice.warning", { hasText: "was not cast from this browser" }).count(), 0);
        await chooses(page, 1);
        const second = await encrypts(page);
        await page.getByText(first).waitFor();
        await casts(page);
        await page.getByText("Ballot 2 of 2, the latest").waitFor();
        const told = await tracks(page, town.address, first);
        assert.match(told, /not counted: another ballot replaced it/);
        assert.ok(told.replaceAll("\n", "").includes(second), "the later ballot is not named");

        // On another device she is told of a ballot that was not cast from there.
        const elsewhere = await (await browser.device()).newPage();
        // Her link has lost its slash on the way.
        await elsewhere.goto(`${town.address}#${code}`);
        await elsewhere.getByText("was not cast from this browser").waitFor();
    });

    test("a mistyped code is found on the device, and a good one works in any spelling", async () => {
        const { town, browser } = world();
        const code = town.code();
        const page = await (await browser.device()).newPage();
        /** @type {string[]} */
        const asked = [];
        await page.goto(`${town.address}/`);
        const types = async (/** @type {string} */ text) => {
            await page.locator("#code").fill(text);
            await onward(page).click();
        };
        // The board has been read: what is asked for from here on is about the code.
        await page.locator("main .facts").waitFor();
        page.on("request", (request) => asked.push(request.url()));
        const other = code.startsWith("7") ? "8" : "7";
        for (const [text, words] of [[other + code.slice(1), "a slip in it"], [code.slice(2), "27 letters and digits instead of 29"], [code.replace(/^./, "?"), "does not occur in codes"]]) {
            await types(text ?? "");
            await page.locator("[role=alert]", { hasText: words ?? "" }).waitFor();
        }
        assert.deepEqual(asked, [], "a wrong code must not leave the device");
        await types(` ${code.toLowerCase().replaceAll("-", "  ")}`);
        await page.locator(".notice.good").waitFor();
    });

    test("whoever votes next in the same window sees nothing of who was there before", async () => {
        const { town, browser } = world();
        const page = await (await browser.device()).newPage();
        await comes(page, town.address, town.code());
        const credential = () => page.locator(".notice.good code").innerText();
        const first = await credential();
        await onward(page).click();
        await page.locator("[type=radio]").nth(1).check();
        // The link of another letter, in the same page.
        await page.evaluate((code) => void (location.hash = code), town.code());
        await page.locator(".notice.good").waitFor();
        assert.notEqual(await credential(), first);
        assert.equal(new URL(page.url()).hash, "");
        await onward(page).click();
        await page.locator("[type=radio]").first().waitFor();
        assert.equal(await page.locator("[type=radio]:checked").count(), 0);
    });

    test("too little and too much are told before going on", async () => {
        const { town, browser } = world();
        const page = await (await browser.device()).newPage();
        await comes(page, town.address, town.code());
        await onward(page).click();
        const told = (/** @type {string} */ words) => page.locator("[role=alert]", { hasText: words }).waitFor();
        await onward(page).click();
        await told("Choose at least 1");
        await page.locator("[type=radio]").first().check();
        await onward(page).click();
        await page.locator("[type=checkbox]").nth(3).waitFor();
        for (const box of await page.locator("[type=checkbox]").all()) await box.check();
        assert.ok(await page.locator(".used.over").isVisible());
        await onward(page).click();
        await told("Choose at most 3");
        await page.locator("[type=checkbox]").nth(0).uncheck();
        await page.locator("[type=checkbox]").nth(1).uncheck();
        await onward(page).click();
        await page.locator("[type=radio]").first().waitFor();
        await onward(page).click();
        await told("Choose a list");
        // The browser's way back leads to the question before, as it was filled in.
        await page.goBack();
        await page.locator("[type=checkbox]").first().waitFor();
        assert.deepEqual(await page.locator("[type=checkbox]:checked").count(), 3);
    });

    test("an election is voted in with the keyboard alone", async () => {
        const { town, browser } = world();
        const page = await (await browser.device()).newPage();
        await comes(page, town.address, town.code());
        await types(page);
    });

    test("while no server answers nothing is called cast, and the same ballot goes on in a later visit", async () => {
        const { town, browser } = world();
        const device = await browser.device();
        const page = await device.newPage();
        await comes(page, town.address, town.code());
        await chooses(page);
        const shown = await encrypts(page);
        await town.does("kill");
        await page.locator(".card .primary").click();
        await page.locator(".notice.warning", { hasText: "It is not cast yet" }).waitFor();
        assert.equal(await page.locator(".keepsakes").count(), 0);
        await page.close();
        await town.does("start");
        const later = await device.newPage();
        await later.goto(`${town.address}/`);
        await recorded(later);
        assert.equal(await tracker(later), shown);
        await later.getByText("Ballot 1 of 1, the latest").waitFor();
    });

    test("a ballot that the witnesses have not signed is called received, and recorded by itself when they have", async () => {
        const { town, browser } = world();
        const code = town.code();
        const device = await browser.device();
        const page = await device.newPage();
        await comes(page, town.address, code);
        await chooses(page);
        const shown = await encrypts(page);
        await town.does("witnesses leave");
        await page.locator(".card .primary").click();
        await page.locator(".keepsakes").waitFor();
        assert.match(await page.locator("h1").innerText(), /received, but not recorded yet/);

        // A later visit, in which the board shows fewer entries than the receipt, is no alarm.
        const later = await device.newPage();
        assert.match(await tracks(later, town.address, shown), /not recorded yet/);
        await later.goto(`${town.address}/#${code}`);
        await later.getByText("Your earlier ballot was received").waitFor();
        await town.does("witnesses return");
        await page.getByText("Your ballot is recorded").waitFor();
        assert.match(await page.locator(".notice.good").innerText(), /2 witnesses have signed/);
        await onward(later).click();
        await later.getByText("already cast 1 ballot").waitFor();
    });

    test("a ballot whose receipt was lost on the way is sent again byte for byte, and is there once", async () => {
        const { town, browser } = world();
        const device = await browser.device();
        const page = await device.newPage();
        await comes(page, town.address, town.code());
        await chooses(page);
        /** @type {(Buffer | null)[]} */
        const sent = [];
        await page.route("**/entries/ballot", async (route) => {
            sent.push(route.request().postDataBuffer());
            const answer = await route.fetch();
            if (sent.length === 1) return route.abort("connectionreset");
            assert.equal((await answer.json()).repeated, true);
            await route.fulfill({ response: answer });
        });
        await encrypts(page);
        await page.locator(".card .primary").click();
        await recorded(page);
        assert.equal(sent.length, 2);
        assert.deepEqual(sent[0], sent[1]);
        await page.getByText("Ballot 1 of 1, the latest").waitFor();
    });
}

/** Moves to what is looked for, as a keyboard does. @param {import("playwright-core").Page} page @param {string} selector */
async function moves(page, selector) {
    for (let pressed = 0; pressed < 60; pressed++) {
        if (await page.evaluate((selector) => document.activeElement?.matches(selector), selector)) return;
        await page.keyboard.press("Tab");
    }
    assert.fail(`the keyboard does not reach ${selector}`);
}

/** The whole way with the keyboard. @param {import("playwright-core").Page} page */
async function types(page) {
    const keys = page.keyboard;
    const goesOn = async () => {
        const before = await page.locator("h1").innerText();
        await moves(page, "main .primary");
        await keys.press("Enter");
        await page.waitForFunction((before) => document.querySelector("h1")?.innerText !== before || document.querySelector(".notice.warning"), before);
        if ((await page.locator("h1").innerText()) !== before) return;
        await keys.press("Enter");
        await page.waitForFunction((before) => document.querySelector("h1")?.innerText !== before, before);
    };
    await goesOn();
    for (const [selector, key] of [["[type=radio]", "Space"], ["[type=checkbox]", "Space"], ["[type=radio]", "Space"], ["select", "1"], ["select", "1"], ["[type=number]", "3"], ["[type=number]", "ArrowUp"], ["[type=number]", "100"]]) {
        assert.equal(await page.evaluate(() => document.activeElement?.tagName), "H1", "the reader is not taken to the question");
        await moves(page, selector ?? "");
        if (key === "100") await keys.type("100");
        else await keys.press(key ?? "");
        await goesOn();
    }
    await page.locator("section.answer").first().waitFor();
    const said = await page.locator("section.answer").allInnerTexts();
    for (const [index, words] of ["Ada Okafor", "Beatriz Duarte", "Green Village", "1. Market Square", "1. River Song", "North Park: 3", "School path: 1", "Roads: 100"].entries()) {
        assert.ok(said[index]?.includes(words), `${said[index]} is not ${words}`);
    }
    await moves(page, "main > .buttons .primary");
    await keys.press("Enter");
    await page.locator(".tracker").waitFor();
    await moves(page, ".card .primary");
    await keys.press("Enter");
    await recorded(page);
}
