// A real browser, and what must hold for every page in it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { chromium } from "playwright-core";

/** Debian's package. */
const CHROMIUM = "/usr/bin/chromium";

const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** The narrowest page that must work, in CSS pixels. */
const NARROW = 320;

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** WCAG 2.2 AA, and what axe advises beside it. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** How long something may take to appear on a busy machine, in milliseconds. */
const PATIENCE = 20_000;

/** @param {string} address of the election */
export async function openBrowser(address) {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET });
    const home = new URL(address).origin;
    /** @type {string[]} */
    const complaints = [];

    return {
        /**
         * A device of its own, on which nothing was seen before; its pages are watched.
         * @param {import("playwright-core").BrowserContextOptions} [options]
         */
        async device(options = {}) {
            const context = await browser.newContext({ locale: "en-GB", viewport: { width: NARROW, height: 720 }, ...options });
            context.setDefaultTimeout(PATIENCE);
            context.on("request", (request) => {
                const url = new URL(request.url());
                if (url.protocol !== "blob:" && url.origin !== home) complaints.push(`a request to ${url.origin}`);
                if (/[0-9A-Z]{4}(-[0-9A-Z]{4}){6}/i.test(url.pathname + url.search) && !/\/ballots\//.test(url.pathname)) {
                    complaints.push(`what may be a code in ${url.pathname}${url.search}`);
                }
            });
            await context.addInitScript(() => {
                document.addEventListener("securitypolicyviolation", (event) => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`));
            });
            context.on("console", (message) => {
                if (message.text().startsWith("CSP:") || message.text().includes("Content Security Policy")) complaints.push(message.text());
            });
            context.on("weberror", (error) => complaints.push(String(error.error())));
            return context;
        },
        /** What no page may do: requests elsewhere, cookies, violations of the policy, errors that nobody caught. */
        async judge() {
            for (const context of browser.contexts()) assert.deepEqual(await context.cookies(), []);
            assert.deepEqual(complaints, []);
        },
        close: () => browser.close(),
    };
}

/**
 * What must hold in every state of a page: nothing to scroll sideways, and nothing that axe finds.
 * @param {import("playwright-core").Page} page
 * @param {string} state
 */
export async function inspect(page, state) {
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= (page.viewportSize()?.width ?? 0), `${state} is ${width} wide`);
    assert.ok(await page.evaluate(() => document.title !== "" && document.querySelectorAll("h1").length === 1), `${state} has no heading`);
    // Through the debugger: the policy of the page lets no such script in.
    if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
    const found = await page.evaluate(
        // @ts-expect-error axe comes from above
        async (rules) => (await window.axe.run({ runOnly: rules })).violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`),
        RULES,
    );
    assert.deepEqual(found, [], state);
}
