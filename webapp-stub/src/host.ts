// SPDX-License-Identifier: Apache-2.0
// What Mattermost's web app gives to plugins: its React, its store, where it lives, and the page's cookies.
import type * as ReactTypes from "react";

export type Words = Record<string, string>;

// As far as we look into the web app's state. All of it may be absent.
export interface HostState {
    entities?: {
        users?: { currentUserId?: string; profiles?: Record<string, { locale?: string }> };
        general?: { config?: { DefaultClientLocale?: string } };
    };
}

export interface HostStore {
    getState(): HostState;
    subscribe(listener: () => void): () => void;
}

export interface Registry {
    registerAdminConsoleCustomSetting(
        key: string,
        component: ReactTypes.ComponentType<SettingProps>,
        options?: { showTitle: boolean },
    ): void;
}

// What the System Console passes to a custom setting; ours keeps no value, so that little of it matters.
export interface SettingProps {
    id?: string;
    disabled?: boolean;
}

declare global {
    interface Window {
        React: typeof ReactTypes;
        basename?: string;
        registerPlugin(id: string, plugin: object): void;
    }
}

export const React: typeof ReactTypes = window.React;

// "/chat" when Mattermost lives below a path, else "".
export function basePath(): string {
    return (window.basename || "").replace(/\/+$/, "");
}

export function cookie(name: string): string {
    for (const part of document.cookie.split(";")) {
        const [key, ...value] = part.trim().split("=");
        if (key === name) {
            return decodeURIComponent(value.join("="));
        }
    }
    return "";
}

// The locale of the person at the screen: her own, else the server's, else the browser's.
export function localeOf(store: HostStore | null): string {
    const entities = store?.getState()?.entities;
    const id = entities?.users?.currentUserId || "";
    return entities?.users?.profiles?.[id]?.locale || entities?.general?.config?.DefaultClientLocale || navigator.language || "en";
}
