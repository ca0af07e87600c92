// The page's other thread: the Rust core, and the files of the record that it asks for. What is secret stays in here and in
// the page that asks; this thread talks to the board only to fetch files of the public record.

import { load } from "./module.js";

/** The election's address, with a slash at its end: this file lies in `assets` below it. */
const HERE = new URL("../", import.meta.url);

/** The files that are shown to whoever asks why the board is not believed. */
const EVIDENCE = ["log.vkey", "checkpoint"];

/** @type {Record<string, string>} */
const seen = {};

/** The answer to a question may need files, which may need others; none of them twice. */
const MOST_ROUNDS = 64;

/** How long one request may take. */
const PATIENCE = 30_000;

/** @type {ReturnType<typeof load> | undefined} */
let core;

/** The core; if it could not be fetched, the next question fetches it again. */
async function loaded() {
    core ??= chooseModule().then((name) => load(new URL(name, import.meta.url)));
    try {
        return await core;
    } catch (error) {
        core = undefined;
        throw error;
    }
}

/** Elections whose allocations have range proofs need a larger module. The core finds out if this is a lie. */
async function chooseModule() {
    const response = await get("manifest").catch(() => undefined);
    if (!response?.ok) return "tabella.wasm";
    /** @type {import("../../page").Manifest} */
    const manifest = await response.json();
    const isRanged = manifest.contests.some(({ kind }) => kind.name === "allocation" && kind.range);
    return isRanged ? "tabella-range.wasm" : "tabella.wasm";
}

/** @param {string} path */
function get(path) {
    return fetch(new URL(path, HERE), { cache: "no-cache", credentials: "omit", signal: AbortSignal.timeout(PATIENCE) });
}

/**
 * A file of the record. A partial tile that a full one has superseded is not there any more: the full one is.
 * @param {string} path
 */
async function file(path) {
    let response = await get(path);
    if (response.status === 404 && path.includes(".p/")) response = await get(path.replace(/\.p\/\d+$/, ""));
    // Voting has not begun: the core is told by no bytes.
    if (response.status === 409 && path === "opening") return new Uint8Array();
    if (!response.ok) throw new TypeError(`${path}: ${response.status}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (EVIDENCE.includes(path)) seen[path] = new TextDecoder().decode(bytes);
    return bytes;
}

/**
 * Asks the core, and fetches what it needs to answer.
 * @param {Record<string, unknown>} question one call with its parameters
 */
async function answer(question) {
    const call = await loaded();
    // Each of these is about the board as it is now.
    if ("look" in question || "enter" in question) {
        call({ give: { path: "checkpoint" } }, await file("checkpoint"));
    }
    for (let round = 0; round < MOST_ROUNDS; round++) {
        const answered = call(question);
        if (!("need" in answered)) return "fault" in answered ? { ...answered, evidence: { ...seen } } : answered;
        const files = await Promise.all(answered.need.map(async (path) => /** @type {const} */ ([path, await file(path)])));
        for (const [path, bytes] of files) call({ give: { path } }, bytes);
    }
    throw new TypeError("the core asks for more and more files");
}

// One question after the other: the core has one memory.
let last = Promise.resolve();

addEventListener("message", (/** @type {MessageEvent} */ { data: { id, question } }) => {
    last = last.then(async () => {
        try {
            postMessage({ id, answer: await answer(question) });
        } catch (error) {
            // Not reached, cut off, or no module: the page says so, and tries again when the voter does.
            postMessage({ id, failure: String(error) });
        }
    });
});
