// Making elements. There is no way here, nor anywhere else, to make them of text: text is only ever text.

import { t } from "./words.js";

/** @typedef {Node | string | null | undefined | false} Child */

/**
 * An element with properties, attributes (those with a `-`, `for`, `role` …) and children.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Record<string, any>} [given]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(name, given = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(given)) {
        if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
        else if (key in element) Reflect.set(element, key, value);
        else if (value !== false && value !== undefined) element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
    return element;
}

/** Those of the nodes that are there. @param {...(Node | null | undefined | false)} nodes @returns {Node[]} */
export const some = (...nodes) => nodes.filter((node) => node instanceof Node);

/** @param {string} text @param {() => void} onclick @param {string} [kind] */
export const button = (text, onclick, kind = "") => el("button", { type: "button", className: kind, onclick }, text);

/** @param {...Child} children */
export const p = (...children) => el("p", {}, ...children);

/**
 * A fact beside its name, in a list of them.
 * @param {...[string, Child] | null | false} pairs
 */
export function facts(...pairs) {
    const rows = pairs.filter((pair) => pair !== null && pair !== false);
    return el("dl", { className: "facts" }, ...rows.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

/** A tracker or fingerprint: eight groups, four on a line where the line is short. @param {string} text */
export function code(text) {
    const [, first = text, second = ""] = /^((?:\w+-){4})(.+)$/.exec(text) ?? [];
    return el("code", { className: "code", dir: "ltr" }, el("span", {}, first), el("span", {}, second));
}

/** A box that says something important. @param {string} kind @param {...Child} children */
export const notice = (kind, ...children) => el("div", { className: `notice ${kind}` }, ...children);

/**
 * Shows a step in place of the one before, and moves the reader to its heading.
 * @param {Node[]} nodes
 * @param {boolean} [isFirst] whether the reader has just come, and is at the beginning anyway
 */
export function show(nodes, isFirst = false) {
    const main = /** @type {HTMLElement} */ (document.querySelector("main"));
    main.replaceChildren(...nodes);
    const heading = main.querySelector("h1");
    if (heading) document.title = `${heading.textContent} – Tabella`;
    if (isFirst || !heading) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    window.scrollTo(0, 0);
}

/** Says something to those who do not see it. @param {string} text */
export function announce(text) {
    const region = document.querySelector("#live");
    if (region) region.textContent = text;
}

/**
 * A link that saves a file.
 * @param {string} name
 * @param {BlobPart} content
 * @param {string} label
 */
export function file(name, content, label) {
    const href = URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
    return el("a", { className: "button", href, download: name }, label);
}

/**
 * A QR code of the core.
 * @param {import("../../page").Picture} picture
 * @param {string} label
 */
export function picture({ side, path }, label) {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    const attributes = { viewBox: `0 0 ${side} ${side}`, role: "img", "aria-label": label, class: "qr", "shape-rendering": "crispEdges" };
    for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
    const drawn = document.createElementNS(space, "path");
    drawn.setAttribute("d", path);
    svg.append(drawn);
    return svg;
}

/**
 * What is wrong with what was filled in, above it, where the reader is taken.
 * @param {string} text
 */
export function mistake(text) {
    const box = el("div", { className: "notice wrong", role: "alert", tabIndex: -1 }, el("strong", {}, t("mistake.title")), p(text));
    queueMicrotask(() => box.focus());
    return box;
}
