// The end of the voting, and what observers see of it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { inspect } from "./browser.js";
import { chooses, encrypts, onward, tracks, votes } from "./voter.js";

/** @param {() => import("./pages.test.js").World} world */
export function judgesClosing(world) {
    test("what comes too late is refused, what was cast is counted, and observers see it live", async () => {
        const { town, browser } = world();
        const device = await browser.device();
        const page = await device.newPage();
        const counted = await votes(page, town.address, town.code());
        const observer = await (await browser.device()).newPage();
        await observer.goto(`${town.address}/observe`);
        await observer.locator(".live:not(.off)").waitFor();
        const number = () => observer.locator(".numbers strong").first().innerText();
        const before = Number(await number());
        const late = await (await browser.device()).newPage();
        await votes(late, town.address, town.code());
        await observer.waitForFunction((before) => Number(document.querySelector(".numbers strong")?.textContent) === before + 1, before);

        await late.locator(".buttons button:not(.plain)").click();
        await late.locator(".notice.info").waitFor();
        await chooses(late, 1);
        await encrypts(late);
        await town.does("close");
        await observer.locator(".way li[aria-current]:nth-child(3)").waitFor();
        await inspect(observer, "observing the tally");
        await late.locator(".card .primary").click();
        await late.locator(".notice.wrong", { hasText: "too late" }).waitFor();
        await inspect(late, "refused");
        assert.equal(await late.evaluate(() => Object.values({ ...localStorage }).some((text) => /"waiting":\{/.test(text))), false);
        await onward(late).click();

        await page.goto(`${town.address}/`);
        await page.getByText("Voting has ended").waitFor();
        assert.equal(await page.locator("#code").count(), 0);
        await inspect(page, "ended");
        assert.match(await tracks(page, town.address, counted), /It is counted/);
    });

    test("observers see the trustees at work, and the end", async () => {
        const { town, browser } = world();
        const observer = await (await browser.device()).newPage();
        await observer.goto(`${town.address}/observe`);
        await observer.getByText("Decryption shares of trustees").waitFor();
        await town.does("decrypt");
        await town.does("publish");
        await observer.locator(".way li[aria-current]:last-child").waitFor();
        await inspect(observer, "observing the end");
    });
}
