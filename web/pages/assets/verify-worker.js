// One of the threads that verify the record together: the verifier's module, and the files of the record that it needs.

import { caller } from "./module.js";

/** The election's address, with a slash at its end: this file lies in `assets` below it. */
const HERE = new URL("../", import.meta.url);

/** How long one request may take, and how often it is made. */
const PATIENCE = 30_000;
const ATTEMPTS = 3;

/** @type {import("./module.js").Call} */
let call;

/** @param {string} path @returns {Promise<Response>} */
async function get(path) {
    for (let attempt = 1; ; attempt++) {
        try {
            const response = await fetch(new URL(path, HERE), { credentials: "omit", signal: AbortSignal.timeout(PATIENCE) });
            if (response.ok || response.status === 404) return response;
            throw new TypeError(`${path}: ${response.status}`);
        } catch (error) {
            if (attempt === ATTEMPTS) throw error;
        }
    }
}

/** Gives the module a file, if the board has it. That it has not is for the verifier to say. @param {string} path */
async function give(path) {
    const response = await get(path);
    if (response.ok) return hand(path, response, false);
    // Of a log that grew, the full tile stands in the place of the partial one.
    const full = await (path.includes(".p/") ? get(path.replace(/\.p\/\d+$/, "")) : response);
    if (full.ok) await hand(path, full, true);
}

/** @param {string} path @param {Response} response @param {boolean} isFull */
async function hand(path, response, isFull) {
    done(call({ give: { path, is_full: isFull } }, new Uint8Array(await response.arrayBuffer())));
}

/** @param {import("./module.js").Answer} answer */
function done(answer) {
    if ("done" in answer) return answer.done;
    throw new TypeError("fault" in answer ? `${answer.fault.code}: ${answer.fault.detail}` : "nonsense");
}

/** @param {import("../../page").Errand} errand */
async function run({ module, files, bundle, question }) {
    if (module) call = caller(await WebAssembly.instantiate(module));
    for (const [path, bytes] of Object.entries(files ?? {})) done(call({ give: { path, is_full: false } }, bytes));
    if (bundle !== undefined) {
        /** @type {string[]} */
        const names = done(call({ names: { bundle } }));
        // Helpers need the entries alone.
        const needed = question && "help" in question ? names.slice(0, 1) : names;
        await Promise.all(needed.map(give));
    }
    return question && call(question);
}

// One errand after the other: the module has one memory.
let last = Promise.resolve();

addEventListener("message", (/** @type {MessageEvent} */ { data: { id, errand } }) => {
    last = last.then(async () => {
        try {
            postMessage({ id, answer: await run(errand) });
        } catch (error) {
            postMessage({ id, failure: String(error) });
        }
    });
});
