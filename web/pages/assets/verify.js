// The verification of the whole record in this browser. One thread judges it in its order; the others examine the proofs of
// bundles from its end, and the first takes their word for those (specs/checks.md#shared).

import { Failure, Fault, seed, thread } from "./core.js";
import { HERE } from "./server.js";

/** @typedef {import("../../page").Report} Report */

/** The verdict, and the report as it is shown and as it is saved. @typedef {{report: Report, json: string, text: string}} Verified */

const MODULE = new URL("tabella-verify.wasm", import.meta.url);

/** The numbers of the checks that a report has. */
const CHECKS = 19;

/** As many threads as the machine runs at once. */
export const threads = () => Math.max(1, navigator.hardwareConcurrency || 1);

/**
 * @param {object} wanted
 * @param {string | null} wanted.expected the fingerprint, as it was typed
 * @param {boolean} wanted.unfinished whether the election may go on
 * @param {number} wanted.workers how many threads
 * @param {AbortSignal} wanted.signal
 * @param {(done: number, of: number) => void} wanted.progress
 * @returns {Promise<Verified>}
 */
export async function verify({ expected, unfinished, workers, signal, progress }) {
    const [module, checkpoint, key] = await Promise.all([compiled(signal), file("checkpoint", signal), file("log.vkey", signal)]);
    if (!checkpoint) throw new Failure("no checkpoint");
    const files = { checkpoint, ...(key && { "log.vkey": key }) };
    const crew = Array.from({ length: workers }, hire);
    try {
        const begin = () => ({ module, files, question: { begin: { expected, unfinished, seed: seed() } } });
        const stopped = new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
        const answer = await Promise.race([together(crew, begin, progress), stopped]);
        return believable(answer, new TextDecoder().decode(checkpoint));
    } finally {
        crew.forEach((worker) => worker.dismiss());
    }
}

/** @param {AbortSignal} signal */
async function compiled(signal) {
    try {
        return await WebAssembly.compileStreaming(fetch(MODULE, { cache: "no-cache", credentials: "omit", signal }));
    } catch (error) {
        throw signal.aborted ? error : new Failure(String(error));
    }
}

/** A note of the record, if there is one. @param {string} path @param {AbortSignal} signal */
async function file(path, signal) {
    try {
        const response = await fetch(new URL(path, HERE), { cache: "no-cache", credentials: "omit", signal });
        if (response.ok) return new Uint8Array(await response.arrayBuffer());
        if (response.status === 404) return null;
        throw new TypeError(`${path}: ${response.status}`);
    } catch (error) {
        throw signal.aborted ? error : new Failure(String(error));
    }
}

/** Another thread. */
function hire() {
    const worker = thread("verify-worker.js");
    /** @type {Map<number, {resolve: (done: any) => void, reject: (error: Error) => void}>} */
    const waiting = new Map();
    let count = 0;
    worker.addEventListener("message", ({ data: { id, answer, failure } }) => {
        const asked = waiting.get(id);
        waiting.delete(id);
        if (failure !== undefined) asked?.reject(new Failure(failure));
        else if (answer?.fault) asked?.reject(new Fault(answer.fault));
        else if (answer && "done" in answer) asked?.resolve(answer.done);
        else asked?.reject(new Failure("nonsense"));
    });
    worker.addEventListener("error", ({ message }) => waiting.forEach(({ reject }) => reject(new Failure(message))));
    return {
        /** @param {import("../../page").Errand} errand @returns {Promise<any>} */
        ask(errand) {
            const id = count++;
            const answered = new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
            worker.postMessage({ id, errand });
            return answered;
        },
        dismiss: () => worker.terminate(),
    };
}

/**
 * @param {ReturnType<typeof hire>[]} crew
 * @param {() => import("../../page").Errand} begin
 * @param {(done: number, of: number) => void} progress
 */
async function together([judge, ...helpers], begin, progress) {
    if (!judge) throw new Failure("no thread");
    /** @type {{bundles: number}} */
    const { bundles } = await judge.ask(begin());
    /** What is known of bundles that the judge has not come to. @type {Map<number, Promise<object | null>>} */
    const found = new Map();
    let [now, end, done] = [0, bundles, 0];
    // The judge does two things with a bundle, examine and count it; helpers take the first from it.
    const tell = (/** @type {number} */ parts) => progress((done += parts), 2 * bundles);

    const help = async (/** @type {ReturnType<typeof hire>} */ helper) => {
        await helper.ask(begin());
        let first = 0;
        while (!(await helper.ask({ bundle: first, question: { read: { bundle: first } } })).can_help) if (++first >= bundles) return;
        while (end - 1 > Math.max(now, first)) {
            const bundle = --end;
            const finding = helper.ask({ bundle, question: { help: { bundle } } });
            found.set(bundle, finding);
            await finding;
            tell(1);
        }
    };

    const all = async () => {
        for (; now < bundles; now++) {
            const finding = await found.get(now);
            if (finding) await judge.ask({ question: { take: { help: finding } } });
            await judge.ask({ bundle: now, question: { read: { bundle: now } } });
            tell(found.has(now) ? 1 : 2);
        }
        return judge.ask({ bundle: null, question: { report: {} } });
    };

    const judged = all();
    // Who fails, fails for all: a verdict comes from nobody but the judge.
    return Promise.race([judged, ...helpers.map((helper) => help(helper).then(() => judged))]);
}

/**
 * Takes the answer apart; nobody shows a verdict that its own report does not bear out, or a report on another record.
 * @param {any} answer
 * @param {string} checkpoint
 * @returns {Verified}
 */
function believable(answer, checkpoint) {
    try {
        const { verdict, json, text } = answer;
        /** @type {Report} */
        const report = JSON.parse(json);
        const isComplete = report.report === 1 && report.checks.length === CHECKS && report.checks.every(({ id }, place) => id === String(place + 1));
        const isClean = report.checks.every(({ status, failures }) => status !== "fail" && failures.length === 0);
        const [, size, root = ""] = checkpoint.split("\n");
        const isOfThis = report.record !== null && String(report.record.size) === size && report.record.root === hexadecimal(root);
        const isBorneOut = report.verdict === verdict && (verdict === "valid" ? isClean && isOfThis : verdict === "invalid" && !isClean);
        if (isComplete && isBorneOut && typeof text === "string") return { report, json, text };
    } catch {
        // No report.
    }
    throw new Failure("nonsense");
}

/** @param {string} base64 */
const hexadecimal = (base64) => Array.from(atob(base64), (letter) => letter.charCodeAt(0).toString(16).padStart(2, "0")).join("");
