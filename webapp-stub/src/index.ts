// SPDX-License-Identifier: Apache-2.0
// Registers the status panel as the setting "Status" of the plugin's page in the System Console (plugin.json).
import { makePanel } from "./panel";
import type { HostStore, Registry } from "./host";

class Plugin {
    initialize(registry: Registry, store?: HostStore) {
        registry.registerAdminConsoleCustomSetting("Status", makePanel(store ?? null), { showTitle: false });
    }

    uninitialize() {
        // Nothing is left: the panel's timers end when it is taken off the page.
    }
}

window.registerPlugin("openclaw", new Plugin());
