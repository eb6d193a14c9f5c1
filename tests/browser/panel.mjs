// SPDX-License-Identifier: Apache-2.0
// The panel in a real browser, behind the real server and the real plugin. Each test gets a window of an administrator.
import { readFileSync } from "node:fs";
import path from "node:path";
import { fits, leastContrast, must, noErrors, openPanel, windowOf, world } from "./lib.mjs";

const words = (language) =>
    JSON.parse(readFileSync(path.join(path.dirname(new URL(import.meta.url).pathname), `../../webapp-stub/words/${language}.json`), "utf8"));
const EN = words("en");
const LANGUAGES = ["ar", "de", "en", "es", "fr", "ja", "pt"];
const CONNECTED = EN.state_ready;

async function shown(panel, text) {
    await panel.getByText(text).first().waitFor();
}

async function said(panel, text) {
    await panel.getByRole("status").filter({ hasText: text }).waitFor();
}

// --- tests ---

async function showsHowItStands({ admin, bot, versions }) {
    const { page, panel } = await openPanel(admin);
    must((await page.evaluate(() => window.host.id)) === "openclaw", "it registers under another id");
    const registered = await page.evaluate(() => window.host.registered);
    must(registered.length === 1 && registered[0].key === "Status", `it registers ${JSON.stringify(registered)}`);
    await shown(panel, EN.all_well);
    const card = panel.getByRole("region", { name: `@${bot}` });
    await shown(card, CONNECTED);
    await shown(card, `OpenClaw ${versions.gateway}`);
    await shown(card, EN.channels_allowlist.replace("{people}", EN.everybody));
    await shown(card, "read-only");
    await shown(panel, EN.versions.split("{plugin}")[0] + versions.plugin);
    await shown(panel, `Mattermost ${versions.server}`);
    await shown(panel.getByRole("region", { name: EN.pairings }), EN.pairings_none);
    const tree = await panel.ariaSnapshot();
    for (const part of [`region "${EN.title}"`, `heading "${EN.title}" [level=3]`, `heading "@${bot}" [level=4]`, `button "${EN.doctor_run}"`, "status"]) {
        must(tree.includes(part), `a screen reader does not hear ${part}:\n${tree}`);
    }
    noErrors(page);
}

async function letsInByKeyboard({ admin }) {
    const { page, panel } = await openPanel(admin);
    await shown(panel, EN.all_well);
    const asking = await world("asks");
    const approve = panel.getByRole("button", { name: EN.approve_whom.replace("{name}", `@${asking.name}`) });
    await approve.waitFor(); // by itself
    await shown(panel, asking.code);
    await page.locator("body").click({ position: { x: 2, y: 2 } });
    for (let presses = 0; !(await approve.evaluate((one) => one === document.activeElement)); presses++) {
        must(presses < 40, "the button cannot be reached with Tab");
        await page.keyboard.press("Tab");
    }
    must((await approve.evaluate((one) => getComputedStyle(one).outlineStyle)) !== "none", "the focused button does not look so");
    await page.keyboard.press("Enter");
    await said(panel, EN.done_approved.replace("{name}", `@${asking.name}`));
    await approve.waitFor({ state: "detached" });
    await world("is_answered");
    noErrors(page);
}

async function turnsDown({ admin }) {
    const asking = await world("asks");
    const { page, panel } = await openPanel(admin);
    const table = panel.getByRole("table", { name: EN.pairings });
    await table.getByRole("row", { name: asking.code }).getByRole("button", { name: EN.deny_whom.replace("{name}", `@${asking.name}`) }).click();
    await said(panel, EN.done_denied.replace("{name}", `@${asking.name}`));
    await world("is_turned_down");
    noErrors(page);
}

// Two look at the same request; the second decision is told that there was a first.
async function decidedElsewhere({ admin }) {
    const asking = await world("asks");
    const { panel } = await openPanel(admin);
    const deny = panel.getByRole("button", { name: EN.deny_whom.replace("{name}", `@${asking.name}`) });
    await deny.waitFor();
    await world("denies_by_command");
    const held = await deny.elementHandle({ timeout: 1000 }).catch(() => null);
    if (held) {
        await held.click().catch(() => {}); // the list may just have learned of it
    }
    await deny.waitFor({ state: "detached" });
    const text = await panel.getByRole("status").innerText();
    must(text === "" || text === EN.result_earlier, `it says ${text}`);
}

async function sendsATestMessage({ admin, bot }) {
    const { page, panel } = await openPanel(admin);
    const button = panel.getByRole("button", { name: `${EN.test_send} (@${bot})` });
    await button.focus();
    await page.keyboard.press("Space");
    await said(panel, EN.test_sent.replace("{bot}", bot));
    await world("has_test_message");
    noErrors(page);
}

async function asksTheDoctor({ admin }) {
    const { page, panel } = await openPanel(admin);
    await panel.getByRole("button", { name: EN.doctor_run }).click();
    const list = panel.getByRole("list", { name: EN.doctor });
    await list.getByRole("listitem").first().waitFor();
    must((await list.getByRole("listitem").count()) >= 5, "the doctor found too little to be true");
    await said(panel, EN.doctor_found.split(":")[0]);
    noErrors(page);
}

async function pairsWithTheGateway({ admin }) {
    const { page, panel } = await openPanel(admin);
    await world("far_gateway");
    await shown(panel, EN.state_pairing);
    await shown(panel, EN.attention);
    const command = await panel.locator("code", { hasText: "openclaw devices approve" }).first().innerText();
    await panel.getByRole("button", { name: EN.copy }).first().click();
    await said(panel, EN.copied);
    must((await page.evaluate(() => navigator.clipboard.readText())) === command, "something else was copied");
    await shown(panel.getByRole("region", { name: EN.problems }), EN.level_error);
    await world("runs_command", { command });
    await shown(panel, EN.all_well);
    await world("near_gateway");
    noErrors(page);
}

async function narrowLightAndDark({ browser, people }) {
    for (const theme of ["light", "dark"]) {
        for (const width of [1000, 360]) {
            const context = await windowOf(browser, people.admin, { viewport: { width, height: 800 } });
            const { page, panel } = await openPanel(context, { theme });
            await shown(panel, EN.all_well);
            await panel.getByRole("button", { name: EN.doctor_run }).click();
            await panel.getByRole("list", { name: EN.doctor }).waitFor();
            await fits(page);
            const least = await leastContrast(page);
            must(least.ratio >= 4.5, `${theme}, ${width}: contrast ${least.ratio.toFixed(2)} of ${least.text}`);
            noErrors(page);
            await context.close();
        }
    }
}

async function inEveryLanguage({ admin }) {
    const { page, panel } = await openPanel(admin);
    await shown(panel, EN.all_well);
    for (const language of [...LANGUAGES, "en"]) {
        const own = words(language);
        await page.evaluate((next) => window.host.setLocale(next), language === "pt" ? "pt-BR" : language);
        await page.getByRole("heading", { name: own.title }).waitFor();
        await shown(panel, own.all_well);
        await panel.getByRole("button", { name: own.doctor_run }).waitFor();
        const [lang, direction] = await panel.evaluate((one) => [one.lang, getComputedStyle(one).direction]);
        must(lang === language && direction === (language === "ar" ? "rtl" : "ltr"), `${language}: ${lang}, ${direction}`);
        await fits(page);
    }
    await page.evaluate(() => window.host.setLocale("xx"));
    await page.getByRole("heading", { name: EN.title }).waitFor();
    noErrors(page);
}

const HOSTILE = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>{count}[a](javascript:window.hacked=1)\u202e`;

function poisoned(value) {
    if (typeof value === "string") {
        return HOSTILE;
    }
    if (Array.isArray(value)) {
        return value.map(poisoned);
    }
    return value && typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, poisoned(one)])) : value;
}

// Whatever a gateway, a person or a proxy may say in whatever field.
async function foreignWordsAreText({ browser, people }) {
    const context = await windowOf(browser, people.admin);
    const asking = await world("asks");
    await context.route("**/plugins/openclaw/api/v1/*", async (route) => {
        try {
            const answer = await route.fetch();
            await route.fulfill({ response: answer, json: poisoned(await answer.json()) });
        } catch (error) {
            await route.abort().catch(() => {}); // the window may be closed already
        }
    });
    const { page, panel } = await openPanel(context);
    await panel.getByText(HOSTILE).first().waitFor();
    await panel.getByRole("button", { name: EN.doctor_run }).click();
    await panel.getByRole("list", { name: EN.doctor }).getByText(HOSTILE).first().waitFor();
    const odd = await panel.evaluate((one) => one.querySelectorAll("img, script, iframe, a, [onerror], [src], [href]").length);
    must(odd === 0, `${odd} elements came out of foreign words`);
    must((await page.evaluate(() => window.hacked)) === undefined, "foreign words were run");
    await fits(page);
    noErrors(page);
    await context.close();
    await world("denies_by_command", { code: asking.code });
}

async function nobodyElse({ browser, people }) {
    const stranger = await windowOf(browser, people.alice);
    const { panel } = await openPanel(stranger);
    await panel.getByRole("alert").filter({ hasText: EN.error_forbidden }).waitFor();
    must((await panel.getByRole("region").count()) === 0, "a stranger sees more than that");
    for (const [method, place] of [["GET", "status"], ["GET", "pairings"], ["GET", "doctor"], ["POST", "pairings/decide"], ["POST", "test-message"]]) {
        const csrf = (await stranger.cookies()).find((one) => one.name === "MMCSRF").value;
        const answer = await stranger.request.fetch(`/plugins/openclaw/api/v1/${place}`, {
            method,
            headers: { "X-CSRF-Token": csrf, "Content-Type": "application/json" },
            ...(method === "POST" ? { data: {} } : {}),
        });
        must(answer.status() === 403, `${place}: ${answer.status()} for somebody who is no administrator`);
    }
    await stranger.close();
}

// A page of another site can make the administrator's browser send a POST with her cookie, but not the token.
async function foreignSites({ browser, people }) {
    const context = await windowOf(browser, people.admin);
    for (const place of ["pairings/decide", "test-message"]) {
        for (const headers of [{ "Content-Type": "application/json" }, { "Content-Type": "text/plain" }, { "Content-Type": "application/json", "X-CSRF-Token": "guess" }]) {
            const answer = await context.request.fetch(`/plugins/openclaw/api/v1/${place}`, { method: "POST", headers, data: "{}" });
            must(answer.status() === 401, `${place} without the token: ${answer.status()}`);
        }
    }
    await context.close();
}

async function sessionEnds({ browser, people }) {
    const context = await windowOf(browser, people.admin);
    const { page, panel } = await openPanel(context);
    await shown(panel, EN.all_well);
    const csrf = (await context.cookies()).find((one) => one.name === "MMCSRF").value;
    const out = await context.request.post("/api/v4/users/logout", { headers: { "X-CSRF-Token": csrf } });
    must(out.ok(), `logout: ${out.status()}`);
    await panel.getByRole("alert").filter({ hasText: EN.error_expired }).waitFor();
    await shown(panel, EN.stale.split("{time}")[0]);
    noErrors(page);
    await context.close();
}

async function serverGoesAndComes({ browser, people }) {
    const context = await windowOf(browser, people.admin);
    const { page, panel } = await openPanel(context);
    await shown(panel, EN.all_well);
    const alert = panel.getByRole("alert");
    await context.setOffline(true);
    await alert.filter({ hasText: EN.error_away }).waitFor();
    await context.setOffline(false);
    await alert.waitFor({ state: "detached" });
    const ways = [
        [{ status: 502, body: "<html>Bad gateway</html>" }, EN.error_away],
        [{ status: 200, contentType: "text/html", body: "<html>a login page</html>" }, EN.error_away],
        [{ status: 404, body: "404 page not found" }, EN.error_absent],
    ];
    for (const [answer, text] of ways) {
        await context.route("**/plugins/openclaw/api/v1/*", (route) => route.fulfill(answer));
        await panel.getByRole("button", { name: EN.refresh }).click();
        await alert.filter({ hasText: text }).waitFor();
        await context.unroute("**/plugins/openclaw/api/v1/*");
        await panel.getByRole("button", { name: EN.refresh }).click();
        await alert.waitFor({ state: "detached" });
    }
    noErrors(page);
    await context.close();
}

async function leavesNothing({ admin }) {
    const { page, panel } = await openPanel(admin);
    await shown(panel, EN.all_well);
    await page.evaluate(() => window.host.leave());
    await panel.waitFor({ state: "detached" });
    must((await page.evaluate(() => window.host.listeners.size)) === 0, "it still listens to the store");
    let asked = 0;
    page.on("request", () => asked++);
    await page.waitForTimeout(6000); // longer than its pause: whoever still asked would have asked
    must(asked === 0, `${asked} questions after it was left`);
    noErrors(page);
}

async function pluginIsOff({ admin }) {
    const { panel } = await openPanel(admin);
    await shown(panel, EN.all_well);
    await world("disable");
    await panel.getByRole("alert").filter({ hasText: EN.error_absent }).waitFor();
    await world("enable");
    await panel.getByRole("alert").waitFor({ state: "detached" });
    await shown(panel, EN.all_well);
}

export const TESTS = [
    ["shows how it stands, in words, with names for screen readers", showsHowItStands],
    ["lets a person in by keyboard alone", letsInByKeyboard],
    ["turns a person down", turnsDown],
    ["knows that somebody else has decided", decidedElsewhere],
    ["sends a test message", sendsATestMessage],
    ["asks the doctor", asksTheDoctor],
    ["shows the gateway's approval as a command to copy", pairsWithTheGateway],
    ["light and dark, wide and narrow: fits, and can be read", narrowLightAndDark],
    ["speaks seven languages, one from right to left", inEveryLanguage],
    ["foreign words are text", foreignWordsAreText],
    ["is for system administrators only", nobodyElse],
    ["other sites cannot press its buttons", foreignSites],
    ["says that the session has ended", sessionEnds],
    ["says that the server is away, and goes on when it is back", serverGoesAndComes],
    ["leaves nothing behind", leavesNothing],
    ["says that the plugin is off", pluginIsOff],
];
