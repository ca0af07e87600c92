// What the server is asked. Nothing that it says is believed: what matters is verified by the core.

import { Failure } from "./core.js";

/** The election's address, with a slash at its end. */
export const HERE = new URL("../", import.meta.url);

/** The address as letters write it. */
export const ADDRESS = HERE.href.replace(/\/$/, "");

/** How long one request may take. */
const PATIENCE = 30_000;

/** Codes with which a payload is refused now, and may be taken later. */
const LATER = new Set(["ballot_pending", "election_not_open", "election_closing"]);

/** The server refused, and said why. */
export class Problem extends Error {
    /** @param {number} status @param {string} code @param {number} [after] seconds until it may be tried again */
    constructor(status, code, after) {
        super(code);
        this.status = status;
        this.code = code;
        this.after = after;
    }

    /** Whether the same payload can never be taken: a rule forbids it (specs/server.md#problems). */
    get isFinal() {
        const isRule = this.status === 422 || this.status === 409 || this.status === 413 || this.code === "payload_malformed";
        return isRule && !LATER.has(this.code);
    }
}

/**
 * @param {string} path
 * @param {RequestInit} [init]
 */
async function request(path, init) {
    let response;
    try {
        const signal = AbortSignal.timeout(PATIENCE);
        response = await fetch(new URL(path, HERE), { cache: "no-cache", credentials: "omit", signal, ...init });
        const body = await response.json();
        if (response.ok) return body;
        const after = Number(response.headers.get("Retry-After")) || undefined;
        throw new Problem(response.status, String(body?.code ?? "internal"), after);
    } catch (error) {
        if (error instanceof Problem) throw error;
        // A server behind another that answers for it, with a page of its own.
        if (response && !response.ok) throw new Problem(response.status, "unavailable");
        throw new Failure(String(error));
    }
}

/** The bytes of base64. @param {string} text */
export const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** @returns {Promise<import("../../page").Status>} */
export const status = () => request("status");

/** What the server says of the manifest: something to show until the core has read the signed one. @returns {Promise<import("../../page").Manifest>} */
export const manifest = () => request("manifest");

/** @param {string} credential @returns {Promise<import("../../page").VoterView>} */
export const voter = (credential) => request(`voters/${encodeURIComponent(credential)}`);

/** @param {string} tracker @returns {Promise<import("../../page").BallotView>} */
export const ballot = (tracker) => request(`ballots/${encodeURIComponent(tracker)}`);

/** @param {number} index @returns {Promise<import("../../page").Numbered>} */
export const entry = (index) => request(`entries/${index}`);

/**
 * Hands in a payload. The same may be handed in again whenever no answer came.
 * @param {"ballot" | "challenge"} kind
 * @param {string} payload base64
 * @returns {Promise<import("../../page").Numbered>}
 */
export function submit(kind, payload) {
    return request(`entries/${kind}`, { method: "POST", headers: { "Content-Type": "application/cbor" }, body: bytes(payload) });
}
