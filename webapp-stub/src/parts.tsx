// SPDX-License-Identifier: Apache-2.0
// The parts of the panel. All texts of others are text nodes: React escapes them.
import type { Account, Connection, Finding, Pairing, Policy, Problem, Report, Status, Tools } from "./api";
import { React } from "./host";
import type { Key, Language } from "./words";

// The plugin's names of states, as the catalogues call them.
const STATES: Record<string, Key> = {
    idle: "state_idle",
    connecting: "state_connecting",
    "waiting for the challenge": "state_connecting",
    "waiting for the hello": "state_connecting",
    ready: "state_ready",
    "backing off": "state_backoff",
    "waiting for pairing": "state_pairing",
    halted: "state_halted",
    off: "state_off",
    "waiting for approval of its tools": "state_unapproved",
};
const PASSING = ["state_idle", "state_connecting", "state_off"];

export function isWell(status: Status): boolean {
    const fine = (state?: string) => state === "ready" || state === "off";
    return (
        status.settings_usable &&
        status.accounts.length > 0 &&
        status.accounts.every((a) => fine(a.gateway.state) && fine(a.control?.state ?? "off") && fine(a.tools?.state ?? "off"))
    );
}

interface Common {
    words: Language;
    say(text: string): void;
}

// Copies; where the browser gives no clipboard (plain HTTP), through a selection.
async function copy(text: string): Promise<boolean> {
    try {
        await navigator.clipboard.writeText(text);
        return true;
    } catch {
        const field = document.createElement("textarea");
        field.value = text;
        field.style.position = "fixed";
        field.style.opacity = "0";
        document.body.appendChild(field);
        field.select();
        const done = document.execCommand("copy");
        field.remove();
        return done;
    }
}

export function Command({ command, words, say }: Common & { command: string }) {
    return (
        <div>
            <p>{words.text("run_this")}</p>
            <div className="ocp-row">
                <code>{command}</code>
                <button type="button" onClick={async () => say(words.text((await copy(command)) ? "copied" : "copy_failed"))}>
                    {words.text("copy")}
                </button>
            </div>
        </div>
    );
}

function Line({ name, link, more, ...common }: Common & { name: Key; link: Connection | Tools; more?: string }) {
    const state: Key = STATES[link.state ?? ""] ?? "state_none";
    const tone = state === "state_ready" ? "ocp-good" : PASSING.includes(state) ? "ocp-dim" : "ocp-bad";
    return (
        <>
            <dt>{common.words.text(name)}</dt>
            <dd>
                <span className={tone}>{common.words.text(state)}</span>
                {more ? <span className="ocp-dim"> · {more}</span> : null}
                {link.sentence && state !== "state_ready" ? (
                    <p>
                        <bdi>{link.sentence}</bdi>
                    </p>
                ) : null}
                {link.command ? <Command command={link.command} {...common} /> : null}
            </dd>
        </>
    );
}

function Rules({ policy, words }: { policy: Policy; words: Language }) {
    const who = (kind: string, policyName: string, people: number) => {
        const key = `${kind}_${policyName}`;
        const count = people < 0 ? words.text("everybody") : people;
        return words.has(key) ? words.text(key, { people: count }) : policyName;
    };
    return (
        <>
            <dt>{words.text("rule_dm")}</dt>
            <dd>{who("dm", policy.dm, policy.dm_people)}</dd>
            <dt>{words.text("rule_channels")}</dt>
            <dd>{who("channels", policy.channels, policy.channel_people)}</dd>
            <dt>{words.text("rule_permission")}</dt>
            <dd>
                <code>{policy.permission_mode}</code>
            </dd>
            <dt>{words.text("rule_agent")}</dt>
            <dd>{policy.agent ? <code>{policy.agent}</code> : words.text("agent_default")}</dd>
        </>
    );
}

interface BotProps extends Common {
    account: Account;
    sendTest(account: Account): void;
}

export function Bot({ account, sendTest, ...common }: BotProps) {
    const { words } = common;
    const { gateway, control, tools, policy } = account;
    const version = gateway.server_version ? `OpenClaw ${gateway.server_version}` : "";
    return (
        <section className="ocp-bot" aria-label={`@${account.bot_username}`}>
            <h4>
                <bdi>@{account.bot_username}</bdi>
            </h4>
            <dl>
                <Line name="gateway" link={gateway} more={version} {...common} />
                {control ? <Line name="control" link={control} {...common} /> : null}
                {tools ? (
                    <Line name="tools" link={tools} more={words.text("tools_taken", { ...tools })} {...common} />
                ) : null}
                {policy ? <Rules policy={policy} words={words} /> : null}
            </dl>
            <button type="button" aria-label={`${words.text("test_send")} (@${account.bot_username})`} onClick={() => sendTest(account)}>
                {words.text("test_send")}
            </button>
        </section>
    );
}

interface PairingProps {
    list: Pairing[];
    more: number;
    words: Language;
    decide(p: Pairing, approve: boolean): void;
}

export function PairingTable({ list, more, words, decide }: PairingProps) {
    if (list.length === 0) {
        return <p className="ocp-dim">{words.text("pairings_none")}</p>;
    }
    const button = (p: Pairing, approve: boolean) => (
        <button
            type="button"
            className={approve ? "ocp-main" : ""}
            aria-label={words.text(approve ? "approve_whom" : "deny_whom", { name: `@${p.username}` })}
            onClick={() => decide(p, approve)}
        >
            {words.text(approve ? "approve" : "deny")}
        </button>
    );
    const columns: Key[] = ["col_person", "col_bot", "col_code", "col_asked", "col_decision"];
    return (
        <>
            <table aria-label={words.text("pairings")}>
                <thead>
                    <tr>
                        {columns.map((key) => (
                            <th key={key} scope="col">
                                {words.text(key)}
                            </th>
                        ))}
                    </tr>
                </thead>
                <tbody>
                    {list.map((p) => (
                        <tr key={`${p.account} ${p.key}`}>
                            <td>
                                <bdi>@{p.username}</bdi>
                            </td>
                            <td>
                                <bdi>@{p.bot_username}</bdi>
                            </td>
                            <td>
                                <code>{p.code}</code>
                            </td>
                            <td>{words.time(p.asked_ms)}</td>
                            <td>
                                <div className="ocp-row">
                                    {button(p, true)}
                                    {button(p, false)}
                                </div>
                            </td>
                        </tr>
                    ))}
                </tbody>
            </table>
            {more > 0 ? <p>{words.text("pairings_more", { count: more })}</p> : null}
        </>
    );
}

export function Counters({ status, words }: { status: Status; words: Language }) {
    const keys = ["answered", "refused", "expired", "failed", "open", "core_starts"] as const;
    return (
        <dl className="ocp-counts">
            {keys.map((key) => (
                <div key={key}>
                    <dt>{words.text(`count_${key}`)}</dt>
                    <dd>{status.counters[key] ?? 0}</dd>
                </div>
            ))}
        </dl>
    );
}

function Level({ level, words }: { level: string; words: Language }) {
    const key = `level_${level}`;
    const tone = level === "good" ? "ocp-good" : level === "wrong" || level === "error" ? "ocp-bad" : "ocp-warn";
    return <strong className={tone}>{words.has(key) ? words.text(key) : level}: </strong>;
}

function Remedy({ text, link, words }: { text?: string; link?: string; words: Language }) {
    return text || link ? (
        <p>
            <strong>{words.text("what_to_do")}</strong> {text ? <bdi>{text}</bdi> : null} {link ? <code>{link}</code> : null}
        </p>
    ) : null;
}

export function Problems({ list, words }: { list: Problem[]; words: Language }) {
    if (list.length === 0) {
        return <p className="ocp-dim">{words.text("problems_none")}</p>;
    }
    return (
        <ul>
            {list.map((p, index) => (
                <li key={index}>
                    <Level level={p.level} words={words} />
                    <bdi>{p.message}</bdi>
                    {p.detail ? (
                        <p className="ocp-dim">
                            <bdi>{p.detail}</bdi>
                        </p>
                    ) : null}
                    <Remedy text={p.remedy} link={p.link} words={words} />
                    <p className="ocp-dim">{words.text("problem_times", { count: p.count, time: words.time(p.last_ms) })}</p>
                </li>
            ))}
        </ul>
    );
}

const WORST_FIRST = ["wrong", "unknown", "note", "good"];

export function Findings({ report, ...common }: Common & { report: Report }) {
    const { words } = common;
    const rank = (f: Finding) => WORST_FIRST.indexOf(f.level);
    const list = [...report.findings].sort((a, b) => rank(a) - rank(b));
    return (
        <ul aria-label={words.text("doctor")}>
            {list.map((f, index) => (
                <li key={index}>
                    <Level level={f.level} words={words} />
                    <bdi>{f.title}</bdi>
                    {f.account ? <span className="ocp-dim"> · {words.text("account", { name: f.account })}</span> : null}
                    <p>
                        <bdi>{f.cause}</bdi>
                    </p>
                    {f.setting ? <p className="ocp-dim">{words.text("setting", { name: f.setting })}</p> : null}
                    {f.level === "good" ? null : <Remedy text={f.remedy} link={f.link} words={words} />}
                    {f.command ? <Command command={f.command} {...common} /> : null}
                </li>
            ))}
        </ul>
    );
}
