// SPDX-License-Identifier: Apache-2.0
// Plays the web app's part: loads the plugin's bundle from where the server says it is, and shows the setting that it registers.
(() => {
    const wish = new URLSearchParams(location.search);
    const listeners = new Set();
    let locale = wish.get("locale") || "en";
    document.documentElement.dataset.theme = wish.get("theme") || "light";

    const store = {
        getState: () => ({ entities: { users: { currentUserId: "me", profiles: { me: { locale } } }, general: { config: {} } } }),
        subscribe: (listener) => {
            listeners.add(listener);
            return () => listeners.delete(listener);
        },
    };
    window.host = {
        registered: [],
        listeners,
        setLocale(next) {
            locale = next;
            listeners.forEach((listener) => listener());
        },
        leave() {}, // the person goes to another page
    };
    const registry = {
        registerAdminConsoleCustomSetting(key, component, options) {
            window.host.registered.push({ key, options });
            const root = ReactDOM.createRoot(document.getElementById("console"));
            root.render(React.createElement(component, { id: `PluginSettings.Plugins.openclaw.${key.toLowerCase()}`, disabled: false }));
            window.host.leave = () => root.unmount();
        },
    };
    window.registerPlugin = (id, plugin) => {
        window.host.id = id;
        plugin.initialize(registry, store);
    };

    fetch("/api/v4/plugins/webapp", { credentials: "same-origin" })
        .then((answer) => answer.json())
        .then((plugins) => {
            // The server names it as it lay in old versions; the web app looks where it lies now.
            const ours = plugins.find((one) => one.id === "openclaw").webapp.bundle_path.replace("/static/", "/static/plugins/");
            const script = document.createElement("script");
            script.src = ours;
            document.head.appendChild(script);
        });
})();
