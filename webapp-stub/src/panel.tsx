// SPDX-License-Identifier: Apache-2.0
// The panel: asks the plugin every few seconds while somebody looks, and shows what it says.
import { api, ApiError } from "./api";
import type { Account, Pairing, Pairings, Report, Status } from "./api";
import { React, localeOf } from "./host";
import type { HostStore, SettingProps } from "./host";
import { Bot, Counters, Findings, PairingTable, Problems, isWell } from "./parts";
import { STYLE } from "./style";
import { languageOf } from "./words";
import type { Language } from "./words";

const EVERY_MS = 5000;

interface View {
    status: Status | null;
    pairings: Pairings;
    at_ms: number;
    error: ApiError | null;
}

const EMPTY: View = { status: null, pairings: { pairings: [], more: 0 }, at_ms: 0, error: null };

function sentenceOf(error: unknown, words: Language): string {
    const known = error instanceof ApiError ? error : new ApiError("other", String(error));
    const result = `result_${known.result}`;
    if (known.result && words.has(result)) {
        return words.text(result);
    }
    return words.text(`error_${known.trouble}`, { reason: known.message });
}

function useLanguage(store: HostStore | null): Language {
    const [locale, setLocale] = React.useState(() => localeOf(store));
    React.useEffect(() => store?.subscribe(() => setLocale(localeOf(store))), [store]);
    return React.useMemo(() => languageOf(locale), [locale]);
}

// What the plugin says, asked again and again. One question at a time; none while nobody can see the answer.
function useView(): [View, () => void] {
    const [view, setView] = React.useState<View>(EMPTY);
    const [asked, setAsked] = React.useState(0);
    React.useEffect(() => {
        let gone = false;
        let timer = 0;
        const ask = async () => {
            if (document.visibilityState !== "hidden") {
                try {
                    const [status, pairings] = await Promise.all([api.status(), api.pairings()]);
                    if (!gone) {
                        setView({ status, pairings, at_ms: Date.now(), error: null });
                    }
                } catch (error) {
                    if (!gone) {
                        setView((old) => ({ ...old, error: error instanceof ApiError ? error : new ApiError("other", String(error)) }));
                    }
                }
            }
            if (!gone) {
                timer = window.setTimeout(ask, EVERY_MS);
            }
        };
        void ask();
        return () => {
            gone = true;
            window.clearTimeout(timer);
        };
    }, [asked]);
    return [view, () => setAsked((n) => n + 1)];
}

function Doctor({ words, say }: { words: Language; say(text: string): void }) {
    const [report, setReport] = React.useState<Report | null>(null);
    const [busy, setBusy] = React.useState(false);
    const look = async () => {
        if (busy) {
            return;
        }
        setBusy(true);
        try {
            const found = await api.doctor();
            setReport(found);
            say(words.text("doctor_found", found.counts));
        } catch (error) {
            say(sentenceOf(error, words));
        }
        setBusy(false);
    };
    return (
        <section aria-label={words.text("doctor")}>
            <h4>{words.text("doctor")}</h4>
            <button type="button" aria-disabled={busy} onClick={look}>
                {words.text(busy ? "doctor_running" : "doctor_run")}
            </button>
            {report ? <p>{words.text("doctor_found", report.counts)}</p> : null}
            {report ? <Findings report={report} words={words} say={say} /> : null}
        </section>
    );
}

function Known({ view, words, say, again }: { view: View; words: Language; say(text: string): void; again(): void }) {
    const status = view.status as Status;
    const decide = async (p: Pairing, approve: boolean) => {
        try {
            await api.decide(p, approve);
            say(words.text(approve ? "done_approved" : "done_denied", { name: `@${p.username}` }));
        } catch (error) {
            say(sentenceOf(error, words));
        }
        again();
    };
    const sendTest = async (account: Account) => {
        try {
            const sent = await api.testMessage(account.id);
            say(words.text("test_sent", { bot: sent.bot_username }));
        } catch (error) {
            say(sentenceOf(error, words));
        }
    };
    const part = (title: string, content: React.ReactNode) => (
        <section aria-label={title}>
            <h4>{title}</h4>
            {content}
        </section>
    );
    return (
        <>
            {status.settings_usable ? null : <p className="ocp-note ocp-bad">{words.text("settings_unusable")}</p>}
            {status.accounts.length === 0 ? <p className="ocp-note ocp-warn">{words.text("no_bot")}</p> : null}
            {status.accounts.map((account) => (
                <Bot key={account.id} account={account} words={words} say={say} sendTest={sendTest} />
            ))}
            {part(words.text("pairings"), <PairingTable list={view.pairings.pairings} more={view.pairings.more} words={words} decide={decide} />)}
            {part(words.text("counters", { time: words.time(status.started_ms) }), <Counters status={status} words={words} />)}
            {part(words.text("problems"), <Problems list={status.problems} words={words} />)}
            <Doctor words={words} say={say} />
            <p className="ocp-dim">
                {words.text("versions", { plugin: status.version, server: status.server_version, node: status.node })}
            </p>
        </>
    );
}

export function makePanel(store: HostStore | null) {
    return function Panel(_props: SettingProps) {
        const words = useLanguage(store);
        const [view, again] = useView();
        const [said, say] = React.useState("");
        const { status, error } = view;
        const well = status !== null && error === null && isWell(status);
        return (
            <section className="ocp" dir={words.direction} lang={words.tag} aria-label={words.text("title")}>
                <style>{STYLE}</style>
                <div className="ocp-head">
                    <h3>{words.text("title")}</h3>
                    {status && !error ? (
                        <span className={`ocp-pill ${well ? "ocp-good" : "ocp-warn"}`}>
                            {well ? "✓ " : "! "}
                            {words.text(well ? "all_well" : "attention")}
                        </span>
                    ) : null}
                    <button type="button" onClick={again}>
                        {words.text("refresh")}
                    </button>
                </div>
                {error ? (
                    <div role="alert" className="ocp-note ocp-bad">
                        {sentenceOf(error, words)} {status ? words.text("stale", { time: words.time(view.at_ms) }) : null}
                    </div>
                ) : null}
                <p role="status" className="ocp-said ocp-note">
                    {said}
                </p>
                {status ? <Known view={view} words={words} say={say} again={again} /> : null}
                {status || error ? null : <p className="ocp-dim">{words.text("loading")}</p>}
            </section>
        );
    };
}
