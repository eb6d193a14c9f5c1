// SPDX-License-Identifier: Apache-2.0
// The plugin's HTTP addresses: what they answer, and the ways in which they do not.
import { basePath, cookie } from "./host";

export interface Connection {
    state?: string;
    code?: string;
    sentence?: string;
    command?: string;
    server_version?: string;
    default_agent?: string;
}

export interface Tools {
    state: string;
    sentence: string;
    command: string;
    offered: number;
    taken: number;
}

export interface Policy {
    dm: string;
    dm_people: number;
    channels: string;
    channel_people: number;
    chatmode: string;
    permission_mode: string;
    agent: string;
}

export interface Account {
    id: string;
    bot_username: string;
    gateway: Connection;
    control?: Connection;
    tools?: Tools;
    policy?: Policy;
}

export interface Problem {
    level: string;
    message: string;
    detail: string;
    remedy?: string;
    link?: string;
    first_ms: number;
    last_ms: number;
    count: number;
}

export interface Status {
    version: string;
    server_version: string;
    clustered: boolean;
    node: string;
    started_ms: number;
    settings_usable: boolean;
    accounts: Account[];
    counters: Record<string, number>;
    problems: Problem[];
}

export interface Pairing {
    account: string;
    bot_username: string;
    key: string;
    code: string;
    user_id: string;
    username: string;
    asked_ms: number;
    ends_ms: number;
}

export interface Pairings {
    pairings: Pairing[];
    more: number;
}

export interface Finding {
    check: string;
    title: string;
    level: string;
    account: string;
    cause: string;
    remedy: string;
    setting: string;
    command: string;
    link: string;
}

export interface Report {
    took_ms: number;
    counts: Record<string, number>;
    findings: Finding[];
}

// What a person can do something about. Each is a key of the catalogues: "error_away" …
export type Trouble = "away" | "expired" | "forbidden" | "absent" | "other";

export class ApiError extends Error {
    trouble: Trouble;
    result: string; // the plugin's word for what hindered it, "" when it gave none

    constructor(trouble: Trouble, message: string, result = "") {
        super(message);
        this.trouble = trouble;
        this.result = result;
    }
}

const WAIT_MS = 15000;

function troubleOf(status: number): Trouble {
    if (status === 401) {
        return "expired";
    }
    if (status === 403) {
        return "forbidden";
    }
    // No such plugin at work, plugins turned off, a proxy whose server is gone.
    if (status === 404 || status === 501) {
        return "absent";
    }
    return status === 502 || status === 503 || status === 504 ? "away" : "other";
}

async function call<T>(method: string, path: string, body?: object): Promise<T> {
    const limit = new AbortController();
    const timer = window.setTimeout(() => limit.abort(), WAIT_MS);
    const headers: Record<string, string> = { "X-Requested-With": "XMLHttpRequest" };
    if (body) {
        headers["Content-Type"] = "application/json";
        headers["X-CSRF-Token"] = cookie("MMCSRF");
    }
    try {
        const answer = await fetch(`${basePath()}/plugins/openclaw/api/v1/${path}`, {
            method,
            headers,
            credentials: "same-origin",
            cache: "no-store",
            body: body && JSON.stringify(body),
            signal: limit.signal,
        });
        const json = await answer.json().catch(() => null);
        if (!answer.ok) {
            // With words of the plugin's own it is not the plugin that is away or absent.
            const own = typeof json?.error === "string";
            const trouble = troubleOf(answer.status);
            const plain = trouble === "expired" || trouble === "forbidden" || !own;
            throw new ApiError(plain ? trouble : "other", own ? json.error : `HTTP ${answer.status}`, json?.result);
        }
        if (json === null || typeof json !== "object") {
            throw new ApiError("away", "no JSON"); // a proxy's or login page
        }
        return json as T;
    } catch (error) {
        throw error instanceof ApiError ? error : new ApiError("away", String(error));
    } finally {
        window.clearTimeout(timer);
    }
}

export const api = {
    status: () => call<Status>("GET", "status"),
    pairings: () => call<Pairings>("GET", "pairings"),
    doctor: () => call<Report>("GET", "doctor"),
    decide: (p: Pairing, approve: boolean) =>
        call<{ text: string }>("POST", "pairings/decide", { account: p.account, key: p.key, approve }),
    testMessage: (account: string) => call<{ bot_username: string }>("POST", "test-message", { account }),
};
