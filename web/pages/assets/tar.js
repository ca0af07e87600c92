// A tar of a few files, as POSIX.1-1988 (ustar) writes it.

const BLOCK = 512;

/** @param {Record<string, string | Uint8Array<ArrayBuffer>>} files */
export function tar(files) {
    const parts = Object.entries(files).flatMap(([name, file]) => {
        const content = typeof file === "string" ? new TextEncoder().encode(file) : file;
        return [header(name, content.length), content, new Uint8Array(-content.length & (BLOCK - 1))];
    });
    return new Blob([...parts, new Uint8Array(2 * BLOCK)]);
}

/** @param {string} name @param {number} size */
function header(name, size) {
    const block = new Uint8Array(BLOCK);
    const write = (/** @type {number} */ at, /** @type {string} */ text) => block.set(new TextEncoder().encode(text), at);
    const octal = (/** @type {number} */ number, /** @type {number} */ digits) => number.toString(8).padStart(digits, "0");
    write(0, name);
    write(100, `${octal(0o644, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0${octal(size, 11)}\0${octal(0, 11)}\0`);
    write(156, "0");
    write(257, "ustar\x0000");
    // The sum of all bytes, with spaces in its own place.
    write(148, " ".repeat(8));
    write(148, `${octal(block.reduce((sum, byte) => sum + byte, 0), 6)}\0 `);
    return block;
}
