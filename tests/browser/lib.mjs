// SPDX-License-Identifier: Apache-2.0
// The browser, the page that plays the web app, and what the tests ask the world behind it for (run, on the other end of
// standard input and output: a line of JSON each way).
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import path from "node:path";

const here = path.dirname(new URL(import.meta.url).pathname);
const require = createRequire(path.join(process.env.NODE_MODULES, "package.json"));
const { chromium } = require("playwright-core");

export const WAIT_MS = 30000;
export const PAGE = "/admin_console/plugins/plugin_openclaw";

export function fail(text) {
    throw new Error(text);
}

export function must(condition, text) {
    if (!condition) {
        fail(text);
    }
}

// --- the world ---

const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

// Has run do something, and gives what it answers.
export async function world(action, values = {}) {
    process.stdout.write(`${JSON.stringify({ action, ...values })}\n`);
    const { value, done } = await answers.next();
    must(!done, "the world has ended");
    const answer = JSON.parse(value);
    must(!answer.error, answer.error);
    return answer.value;
}

export const log = (text) => process.stderr.write(`${text}\n`);

// --- the browser ---

const FILES = {
    "/__host/host.css": ["host.css", "text/css"],
    "/__host/host.js": ["host.js", "text/javascript"],
    "/__host/posts.js": ["posts.js", "text/javascript"],
    "/__host/posts.css": ["posts.css", "text/css"],
};
const PACKAGED = {
    "/__host/react.js": "react/umd/react.production.min.js",
    "/__host/react-dom.js": "react-dom/umd/react-dom.production.min.js",
};

async function serveHost(route) {
    const { pathname } = new URL(route.request().url());
    if (FILES[pathname]) {
        const [name, contentType] = FILES[pathname];
        return route.fulfill({ contentType, body: readFileSync(path.join(here, name)) });
    }
    if (PACKAGED[pathname]) {
        const body = readFileSync(path.join(process.env.NODE_MODULES, PACKAGED[pathname]));
        return route.fulfill({ contentType: "text/javascript", body });
    }
    return route.fulfill({ status: 404, body: "" });
}

export async function start() {
    return chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

// A browser window of a person who has logged in as the web app does it: the session is a cookie.
export async function windowOf(browser, person, options = {}) {
    const context = await browser.newContext({
        baseURL: process.env.SERVER,
        locale: "en-US",
        timezoneId: "UTC",
        viewport: { width: 1000, height: 900 },
        ...options,
    });
    context.setDefaultTimeout(WAIT_MS);
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    if (person) {
        const answer = await context.request.post("/api/v4/users/login", {
            data: { login_id: person.name, password: person.password },
            headers: { "X-Requested-With": "XMLHttpRequest" },
        });
        must(answer.ok(), `login of ${person.name}: ${answer.status()}`);
    }
    await context.route("**/__host/**", serveHost);
    // The rules that Mattermost's own page sets for scripts.
    const headers = { "Content-Security-Policy": "frame-ancestors 'self'; script-src 'self'" };
    for (const [place, file] of [[PAGE, "host.html"], ["/__posts", "posts.html"]]) {
        await context.route(
            (url) => url.pathname === place,
            (route) => route.fulfill({ contentType: "text/html; charset=utf-8", headers, body: readFileSync(path.join(here, file)) }),
        );
    }
    return context;
}

// Opens the plugin's page; gives the page and the panel on it. Errors of scripts fail the test that looks (noErrors).
export async function openPanel(context, wish = {}) {
    const page = await context.newPage();
    page.errors = [];
    page.on("pageerror", (error) => page.errors.push(String(error)));
    page.on("console", (message) => {
        // "Failed to load resource" is the browser's note on an answer that is an error: the tests make some.
        if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
            page.errors.push(message.text());
        }
    });
    await page.goto(`${PAGE}?${new URLSearchParams(wish)}`);
    const panel = page.locator("section.ocp");
    await panel.waitFor({ timeout: 20000 }).catch(() => fail(`no panel; scripts said ${page.errors.join("; ")}`));
    return { page, panel };
}

export function noErrors(page) {
    must(page.errors.length === 0, `the page's scripts failed: ${page.errors.join("; ")}`);
}

// --- looking ---

// No part of the page is cut off or wants to be scrolled sideways.
export async function fits(page) {
    const wide = await page.evaluate(() => {
        const limit = document.documentElement.clientWidth;
        return [...document.querySelectorAll(".ocp, .ocp *")]
            .filter((one) => one.tagName !== "STYLE" && !one.closest("thead") && one.getBoundingClientRect().right > limit + 1)
            .map((one) => `${one.tagName}.${one.className}`);
    });
    must(wide.length === 0, `wider than the window: ${wide.join(", ")}`);
}

// The smallest contrast of a text with what is behind it (WCAG 2.1), and where.
export async function leastContrast(page) {
    return page.evaluate(() => {
        const canvas = document.createElement("canvas");
        canvas.width = canvas.height = 1;
        const brush = canvas.getContext("2d", { willReadFrequently: true });
        const paint = (colours) => {
            brush.clearRect(0, 0, 1, 1);
            for (const colour of colours) {
                brush.fillStyle = colour;
                brush.fillRect(0, 0, 1, 1);
            }
            return [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3);
        };
        const light = (rgb) => {
            const [r, g, b] = rgb.map((one) => (one / 255 <= 0.03928 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4));
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        let least = { ratio: 99, text: "" };
        for (const one of document.querySelectorAll(".ocp *")) {
            const text = [...one.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join("").trim();
            if (!text || one.tagName === "STYLE" || !one.getClientRects().length) {
                continue;
            }
            const layers = [];
            for (let at = one; at; at = at.parentElement) {
                layers.unshift(getComputedStyle(at).backgroundColor);
            }
            const [front, back] = [light(paint([...layers, getComputedStyle(one).color])), light(paint(layers))];
            const ratio = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
            if (ratio < least.ratio) {
                least = { ratio, text: `${one.tagName}.${one.className} ${text.slice(0, 40)}` };
            }
        }
        return least;
    });
}
