// A village whose election is held by the real programs (xtask/src/town.rs).

import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";

const { TABELLA_XTASK: xtask, TABELLA_TARGET: target } = process.env;
if (!xtask || !target) throw new Error("run these tests with `cargo xtask browser`");

/** The program that judges evidence. */
export const VERIFIER = path.join(target, "debug", "tabella-verify");

/**
 * Opens an election with so many voters.
 * @param {number} voters
 * @param {string} plan what it is about (xtask/src/town.rs)
 */
export async function openTown(voters, plan = "village") {
    const town = spawn(xtask ?? "", ["town", path.join(target ?? "", "browser", plan), String(voters), plan], { stdio: ["pipe", "pipe", "inherit"] });
    const lines = createInterface({ input: town.stdout })[Symbol.asyncIterator]();
    const answer = async () => {
        const { value, done } = await lines.next();
        if (done) throw new Error("the town has ended");
        return JSON.parse(value);
    };
    /** @type {{address: string, fingerprint: string, codes: string[]}} */
    const { address, fingerprint, codes } = await answer();
    return {
        address,
        fingerprint,
        /** The code of a voter who has not come yet. */
        code() {
            const code = codes.pop();
            if (!code) throw new Error("there are too few voters");
            return code;
        },
        /** @param {string} command */
        async does(command) {
            town.stdin.write(`${command}\n`);
            await answer();
        },
        async ends() {
            town.stdin.end();
            if (town.exitCode === null) await once(town, "exit");
            if (town.exitCode !== 0) throw new Error(`the town ended with ${town.exitCode}`);
        },
    };
}
