// Words in the reader's language. All of them stand in i18n/*.json; what the election's authority wrote is shown as it is.

import { keepLanguage, language as chosen } from "./store.js";

/** The languages there are, by the names that their readers know. The first is for everybody else. */
export const LANGUAGES = { en: "English", zh: "中文" };

/** @typedef {keyof typeof LANGUAGES} Language */
/** @typedef {string | Record<string, string>} Entry a text, or one for each plural form of `n` */

/** @type {Record<string, Entry>} */
let catalogue = {};
/** @type {Language} */
let current = "en";
let numbers = new Intl.NumberFormat(current);
let plurals = new Intl.PluralRules(current);

/** The language now. */
export const language = () => current;

/** The folders of words: those that all pages need, and those of this page. */
let folders = ["i18n"];

/**
 * Loads the words of the language that was chosen here, or that the browser prefers.
 * @param {string[]} own folders of words that other pages do not need
 */
export async function start(own = []) {
    folders = ["i18n", ...own];
    const wanted = [chosen(), ...navigator.languages].map((tag) => tag?.split("-")[0]);
    await speak(/** @type {Language} */ (wanted.find((tag) => tag && tag in LANGUAGES) ?? "en"), false);
}

/** @param {Language} language @param {boolean} [isChosen] */
export async function speak(language, isChosen = true) {
    const words = folders.map(async (folder) => (await fetch(new URL(`${folder}/${language}.json`, import.meta.url))).json());
    catalogue = Object.assign({}, ...(await Promise.all(words)));
    current = language;
    numbers = new Intl.NumberFormat(language);
    plurals = new Intl.PluralRules(language);
    document.documentElement.lang = language;
    document.documentElement.dir = String(catalogue["direction"] ?? "ltr");
    if (isChosen) keepLanguage(language);
}

/**
 * The text of a key, with `{name}` filled in; `n` chooses the plural form.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
    const entry = catalogue[key] ?? key;
    const form = typeof entry === "string" ? entry : (entry[plurals.select(Number(values["n"]))] ?? entry["other"] ?? key);
    return form.replace(/\{(\w+)\}/g, (_, name) => {
        const value = values[name];
        return typeof value === "number" ? numbers.format(value) : String(value ?? "");
    });
}

/** @param {number} number */
export const formatted = (number) => numbers.format(number);

/** @param {string[]} parts */
export const listed = (parts) => new Intl.ListFormat(current).format(parts);

/**
 * What a fault's code means to the reader.
 * @param {string} code
 * @param {number[]} [found]
 * @param {string} [otherwise] the key for codes without words of their own
 */
export function fault(code, found = [], otherwise = "fault.other") {
    const [n = 0, m = 0] = found;
    return `fault.${code}` in catalogue ? t(`fault.${code}`, { n, m }) : t(otherwise, { code });
}
