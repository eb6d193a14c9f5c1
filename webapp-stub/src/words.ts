// SPDX-License-Identifier: Apache-2.0
// The panel's texts in the languages of the plugin. Values are data: they are put in once, never read again.
import ar from "../words/ar.json";
import de from "../words/de.json";
import en from "../words/en.json";
import es from "../words/es.json";
import fr from "../words/fr.json";
import ja from "../words/ja.json";
import pt from "../words/pt.json";

export type Key = keyof typeof en;
type Catalogue = Record<Key, string>;

const CATALOGUES: Record<string, Catalogue> = { ar, de, en, es, fr, ja, pt };

export interface Language {
    tag: string;
    direction: "ltr" | "rtl";
    text(key: Key, values?: Record<string, string | number>): string;
    has(key: string): key is Key;
    time(ms: number): string;
}

// "pt-BR" → pt; what we do not speak → English.
export function languageOf(locale: string): Language {
    const short = locale.toLowerCase().split(/[-_]/)[0] || "en";
    const tag = Object.prototype.hasOwnProperty.call(CATALOGUES, short) ? short : "en";
    const catalogue = CATALOGUES[tag] as Catalogue;
    const clock = new Intl.DateTimeFormat(tag === short ? locale.replace("_", "-") : "en", { dateStyle: "short", timeStyle: "short" });
    return {
        tag,
        direction: tag === "ar" ? "rtl" : "ltr",
        text: (key, values = {}) => catalogue[key].replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole)),
        has: (key): key is Key => Object.prototype.hasOwnProperty.call(en, key),
        time: (ms) => clock.format(new Date(ms)),
    };
}
