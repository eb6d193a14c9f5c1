// SPDX-License-Identifier: Apache-2.0
// The pictures of the documentation: the panel as the browser shows it, and conversations from the real posts of the real
// server, drawn on a small page of ours (posts.html).
import { statSync } from "node:fs";
import path from "node:path";
import { log, must, openPanel, windowOf, world } from "./lib.mjs";

const MAX_BYTES = 100 * 1024;
const SCENES = ["conversation", "streaming", "buttons", "approval"];

async function keep(target, folder, name) {
    const file = path.join(folder, `${name}.png`);
    await target.screenshot({ path: file, animations: "disabled" });
    const bytes = statSync(file).size;
    must(bytes < MAX_BYTES, `${name}.png has ${bytes} bytes`);
    log(`  drew ${name}.png (${bytes} bytes)`);
}

export async function draw(browser, { people }, folder) {
    const context = await windowOf(browser, people.admin, { viewport: { width: 820, height: 600 } });
    const page = await context.newPage();
    await page.goto("/__posts");
    for (const name of SCENES) {
        const scene = await world("scene", { name });
        await page.evaluate(({ strands, people }) => window.draw(strands, people), scene);
        await keep(page.locator("#posts"), folder, name);
    }
    await context.close();
    await world("settle");
    await world("asks");
    for (const theme of ["light", "dark"]) {
        const wide = await windowOf(browser, people.admin, { viewport: { width: 860, height: 900 } });
        const { panel } = await openPanel(wide, { theme });
        await panel.getByRole("table").waitFor();
        await keep(panel, folder, `panel-${theme}`);
        await wide.close();
    }
}
