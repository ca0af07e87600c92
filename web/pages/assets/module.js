// The border to the Rust core: one call that takes bytes and gives bytes (web/border/src/lib.rs).

/**
 * @typedef {object} Border
 * @property {WebAssembly.Memory} memory
 * @property {(length: number) => number} reserve
 * @property {() => number} call
 * @property {() => number} output_length
 * @property {() => void} clear
 */

/** @typedef {{done: any} | {need: string[]} | {fault: import("../../page").Wrong}} Answer */

const NOTHING = new Uint8Array();

/** @typedef {(question: object, bytes?: Uint8Array) => Answer} Call a module, with a question and bytes that belong to it */

/**
 * Loads a module; gives the function that calls it.
 * @param {URL} url
 * @returns {Promise<Call>}
 */
export async function load(url) {
    const source = await WebAssembly.instantiateStreaming(fetch(url), {});
    return caller(source.instance);
}

/** @param {WebAssembly.Instance} instance @returns {Call} */
export function caller(instance) {
    const border = /** @type {Border} */ (/** @type {unknown} */ (instance.exports));
    return (question, bytes = NOTHING) => {
        const json = new TextEncoder().encode(JSON.stringify(question));
        const address = border.reserve(4 + json.length + bytes.length);
        // The memory may have grown, and the view of it is made anew each time.
        new DataView(border.memory.buffer).setUint32(address, json.length, true);
        const input = new Uint8Array(border.memory.buffer, address, 4 + json.length + bytes.length);
        input.set(json, 4);
        input.set(bytes, 4 + json.length);
        json.fill(0);
        const output = border.call();
        const answer = new Uint8Array(border.memory.buffer, output, border.output_length());
        const text = new TextDecoder().decode(answer);
        border.clear();
        return JSON.parse(text);
    };
}
