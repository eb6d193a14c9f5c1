// SPDX-License-Identifier: Apache-2.0
// Runs the tests of panel.mjs, and draws the pictures into the folder PICTURES; with ONLY_PICTURES nothing else. Started by run;
// reports on standard error.
import { log, start, windowOf, world } from "./lib.mjs";
import { TESTS } from "./panel.mjs";
import { draw } from "./pictures.mjs";

const words = process.argv.slice(2);
const drawing = ["draws the pictures of the documentation", ({ browser, ...facts }) => draw(browser, facts, process.env.PICTURES)];
const tests = process.env.ONLY_PICTURES ? [drawing] : [...TESTS, drawing];
const chosen = tests.filter(([name]) => words.length === 0 || words.some((word) => name.includes(word)));
let passed = 0;
let failed = 0;
const browser = await start();
const facts = await world("facts");
for (const [name, test] of chosen) {
    const began = Date.now();
    const admin = await windowOf(browser, facts.people.admin);
    let problem = "";
    try {
        await world("settle");
        await test({ browser, admin, ...facts });
    } catch (error) {
        problem = `: ${error.stack ?? error}`;
    }
    await admin.close();
    problem ? failed++ : passed++;
    log(`  ${problem ? "FAIL" : "ok  "} ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)${problem}`);
}
await browser.close();
await world("done", { passed, failed });
process.exit(failed === 0 ? 0 : 1);
