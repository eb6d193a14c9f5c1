// SPDX-License-Identifier: Apache-2.0
// Usage: node webapp-stub/check-words.mjs
// The catalogues in words/ say the same in every language: no key missing, unknown, empty or unused, the same placeholders.
import { readFileSync, readdirSync } from "node:fs";

const LANGUAGES = ["ar", "de", "en", "es", "fr", "ja", "pt"];
// Keys that the code puts together.
const COMPOSED = ["error_", "result_", "level_", "count_", "dm_", "channels_"];

const here = new URL(".", import.meta.url);
const read = (name) => readFileSync(new URL(name, here), "utf8");
const offences = [];
const say = (language, key, what) => offences.push(`words/${language}.json, ${key}: ${what}`);
const placeholders = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort().join(" ");

const present = readdirSync(new URL("words/", here)).sort().join(" ");
const wanted = LANGUAGES.map((language) => `${language}.json`).join(" ");
if (present !== wanted) {
    offences.push(`words/ holds ${present}, not ${wanted}`);
}
const english = JSON.parse(read("words/en.json"));
for (const language of LANGUAGES) {
    const text = read(`words/${language}.json`);
    const words = JSON.parse(text);
    for (const key of Object.keys(english)) {
        if (typeof words[key] !== "string" || words[key].trim() === "") {
            say(language, key, "is missing or empty");
        } else if (placeholders(words[key]) !== placeholders(english[key])) {
            say(language, key, `has the placeholders "${placeholders(words[key])}", not "${placeholders(english[key])}"`);
        }
    }
    for (const key of Object.keys(words).filter((key) => !(key in english))) {
        say(language, key, "is unknown in English");
    }
    const lines = text.split("\n").map((line) => /^ {4}"(\w+)":/.exec(line)?.[1]).filter(Boolean);
    for (const key of lines.filter((key, index) => lines.indexOf(key) !== index)) {
        say(language, key, "is there twice");
    }
}
const code = readdirSync(new URL("src/", here)).map((name) => read(`src/${name}`)).join("\n");
for (const key of Object.keys(english)) {
    if (!code.includes(`"${key}"`) && !COMPOSED.some((prefix) => key.startsWith(prefix))) {
        say("en", key, "is used nowhere");
    }
}
if (offences.length > 0) {
    console.error(offences.join("\n"));
    process.exit(1);
}
