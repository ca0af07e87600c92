// Asking the Rust core, which runs in a thread of its own.

/**
 * The core judged, and something is wrong: its code has words in the catalogue.
 */
export class Fault extends Error {
    /** @param {import("../../page").Wrong} wrong @param {Record<string, string | Uint8Array<ArrayBuffer>>} [evidence] files that show it */
    constructor(wrong, evidence = {}) {
        super(`${wrong.code}: ${wrong.detail}`);
        this.code = wrong.code;
        this.numbers = wrong.numbers;
        this.detail = wrong.detail;
        this.evidence = evidence;
    }
}

/** Something could not be fetched or started. It is no lie of the board, and may be tried again. */
export class Failure extends Error {}

/** @type {Worker | undefined} */
let worker;
let count = 0;
/** @type {Map<number, {resolve: (done: any) => void, reject: (error: Error) => void}>} */
const waiting = new Map();

/** All that can run beside a page. */
const THREADS = ["worker.js", "verify-worker.js"];

/** Lets nothing else run. */
const policy = window.trustedTypes?.createPolicy("tabella", { createScriptURL: address });

/** @param {string} file */
function address(file) {
    if (!THREADS.includes(file)) throw new TypeError(file);
    return new URL(file, import.meta.url).href;
}

/** Starts another thread. @param {string} file */
export const thread = (file) => new Worker(policy?.createScriptURL(file) ?? address(file), { type: "module", name: "tabella" });

function start() {
    const started = thread("worker.js");
    started.addEventListener("message", ({ data: { id, answer, failure } }) => {
        const asked = waiting.get(id);
        waiting.delete(id);
        if (failure !== undefined) asked?.reject(new Failure(failure));
        else if ("fault" in answer) asked?.reject(new Fault(answer.fault, answer.evidence));
        else asked?.resolve(answer.done);
    });
    started.addEventListener("error", (event) => {
        const failure = new Failure(event.message);
        for (const { reject } of waiting.values()) reject(failure);
        waiting.clear();
        // The next question starts another one.
        worker = undefined;
    });
    return started;
}

/**
 * Asks, and waits for what was asked for.
 * @template {keyof import("../../page").Calls} C
 * @param {C} call
 * @param {import("../../page").Calls[C][0]} parameters
 * @returns {Promise<import("../../page").Calls[C][1]>}
 */
export function ask(call, parameters) {
    worker ??= start();
    const id = count++;
    const answered = new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    worker.postMessage({ id, question: { [call]: parameters } });
    return answered;
}

/** 32 bytes of the browser's randomness, as the core takes them. */
export function seed() {
    const bytes = crypto.getRandomValues(new Uint8Array(32));
    const text = btoa(String.fromCharCode(...bytes));
    bytes.fill(0);
    return text;
}
