// What voters do at the page, in the order in which they do it. Nothing here depends on the language.

import assert from "node:assert/strict";

/** @typedef {import("playwright-core").Page} Page */

/** A look at a state of the page. @typedef {(page: Page, state: string) => Promise<void>} Look */

/** @type {Look} */
const pass = async () => {};

/** The button that leads on. @param {Page} page */
export const onward = (page) => page.locator("main .primary").last();

/** Opens the page as the letter's link does. @param {Page} page @param {string} address @param {string} code */
export async function comes(page, address, code) {
    await page.goto(`${address}/#${code}`);
    await page.locator(".notice.good").waitFor();
    assert.equal(new URL(page.url()).hash, "", "the code stays in the address");
}

/** How each question of the village is answered: a vote that could be more, so that the page warns. @type {((page: Page, choice: number) => Promise<void>)[]} */
const ANSWERS = [
    async (page, choice) => page.locator("[type=radio]").nth(choice).check(),
    async (page, choice) => page.locator("[type=checkbox]").nth(choice).check(),
    async (page, choice) => {
        await page.locator("[type=radio]").first().check();
        await page.locator("[type=checkbox]:visible").nth(choice).check();
    },
    async (page, choice) => void (await page.locator("select").nth(choice).selectOption("1")),
    async (page, choice) => void (await page.locator("select").nth(choice).selectOption("1")),
    async (page, choice) => page.locator("[type=number]").nth(choice).fill("4"),
    async (page, choice) => page.locator("[type=number]").nth(choice).fill("3"),
    async (page, choice) => page.locator("[type=number]").nth(choice).fill("100"),
];

/** Answers all questions, up to the review. @param {Page} page @param {number} [choice] @param {Look} [look] */
export async function chooses(page, choice = 0, look = pass) {
    await onward(page).click();
    for (const [index, answer] of ANSWERS.entries()) {
        await page.locator("form fieldset").first().waitFor();
        const question = await page.locator("h1").innerText();
        await answer(page, choice);
        await look(page, `question ${index + 1}`);
        await onward(page).click();
        // Told of what is left to give, or shown what comes next.
        await page.waitForFunction((before) => document.querySelector("h1")?.innerText !== before || document.querySelector(".notice.warning"), question);
        if ((await page.locator("h1").innerText()) !== question) continue;
        await look(page, `question ${index + 1}, warned`);
        await onward(page).click();
        await page.waitForFunction((before) => document.querySelector("h1")?.innerText !== before, question);
    }
    await page.locator("section.answer").first().waitFor();
}

/** Encrypts; gives the tracker. @param {Page} page */
export async function encrypts(page) {
    await onward(page).click();
    return tracker(page);
}

/** The tracker that the page shows. @param {Page} page */
export const tracker = (page) => page.locator(".tracker").innerText();

/** Casts, and waits for the receipt. @param {Page} page */
export async function casts(page) {
    await page.locator(".card .primary").click();
    await recorded(page);
}

/** Waits until the page says that it is recorded. @param {Page} page */
export async function recorded(page) {
    await page.locator(".way li[aria-current]:last-child").waitFor();
    await page.locator(".keepsakes").waitFor();
}

/** A receipt in which one letter of a hash differs. @param {string} receipt */
export function changed(receipt) {
    return receipt.replace(/\n(.)(?=[A-Za-z0-9+/]{42}=\n)/, (_, letter) => `\n${letter === "A" ? "B" : "A"}`);
}

/** Has it opened. @param {Page} page @param {Look} [look] */
export async function checks(page, look = pass) {
    await page.locator(".card button:not(.primary)").click();
    await look(page, "before opening");
    await onward(page).click();
    await page.locator(".keepsakes").waitFor();
}

/** All steps from the letter to the receipt; gives the tracker. @param {Page} page @param {string} address @param {string} code @param {number} [choice] */
export async function votes(page, address, code, choice) {
    await comes(page, address, code);
    await chooses(page, choice);
    const shown = await encrypts(page);
    await casts(page);
    assert.equal(await tracker(page), shown, "the tracker is not the one of before");
    return shown;
}

/** Asks for a ballot by its tracker. @param {Page} page @param {string} address @param {string} tracker */
export async function tracks(page, address, tracker) {
    await page.goto(`${address}/#track`);
    await page.locator("#tracker").fill(tracker);
    await onward(page).click();
    await page.locator("main .facts").waitFor();
    return page.locator("main").innerText();
}
