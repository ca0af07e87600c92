// What is the same around every page: its name, the ways to the other pages, and the languages.

import { el } from "./dom.js";
import { again } from "./step.js";
import { LANGUAGES, language, speak, start, t } from "./words.js";

/** The other places, from wherever this page is. */
const PLACES = { vote: "./#", track: "./#track", check: "check", observe: "observe" };

/**
 * Loads the words and draws the frame around the page of this name.
 * @param {keyof typeof PLACES} page
 * @param {string[]} [words] folders of words that this page alone needs
 */
export async function frame(page, words) {
    await start(words);
    draw(page);
}

/** @param {keyof typeof PLACES} page */
function draw(page) {
    // A link to where the reader is already leads to its beginning.
    const onclick = (/** @type {Event & {currentTarget: HTMLAnchorElement}} */ { currentTarget: link }) =>
        void (link.href === location.href && dispatchEvent(new Event("hashchange")));
    const places = Object.entries(PLACES).map(([name, href]) =>
        el("a", { href, onclick, "aria-current": name === page && "page" }, t(`place.${name}`)),
    );
    const others = Object.entries(LANGUAGES).filter(([tag]) => tag !== language());
    const languages = others.map(([tag, name]) => {
        const onclick = async () => {
            await speak(/** @type {import("./words.js").Language} */ (tag));
            draw(page);
            again();
            /** @type {HTMLElement | null} */ (document.querySelector("header button"))?.focus();
        };
        return el("button", { type: "button", lang: tag, className: "plain", onclick }, name);
    });
    document.querySelector("header")?.replaceChildren(
        el("a", { className: "skip", href: "#main" }, t("skip")),
        el("span", { className: "mark" }, "Tabella"),
        el("nav", { "aria-label": t("places") }, ...places),
        el("div", { className: "languages" }, ...languages),
    );
    document.querySelector("footer")?.replaceChildren(el("p", {}, t("footer")));
}
