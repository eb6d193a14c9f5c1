// SPDX-License-Identifier: Apache-2.0
// Draws posts: as much Markdown as they use, attachments with their buttons. Everything becomes text nodes.
function element(name, className, ...children) {
    const made = document.createElement(name);
    if (className) {
        made.className = className;
    }
    made.append(...children);
    return made;
}

// **bold**, `code`, @name
function inline(text) {
    return text.split(/(\*\*[^*]+\*\*|`[^`]+`|@[a-z][\w.-]*)/).map((part) => {
        if (part.startsWith("**")) {
            return element("strong", "", part.slice(2, -2));
        }
        if (part.startsWith("`")) {
            return element("code", "", part.slice(1, -1));
        }
        const words = part.replace(/\\([\\`*_{}[\]()#+.!|~>-])/g, "$1");
        return part.startsWith("@") ? element("span", "mention", words) : words;
    });
}

function markdown(text) {
    const blocks = [];
    const lines = text.split("\n");
    for (let at = 0; at < lines.length; at++) {
        const fence = /^(`{3,})/.exec(lines[at]);
        if (fence) {
            const end = lines.findIndex((line, index) => index > at && line.startsWith(fence[1]));
            const last = end < 0 ? lines.length : end;
            blocks.push(element("pre", "", element("code", "", lines.slice(at + 1, last).join("\n"))));
            at = last;
        } else if (/^[-*] /.test(lines[at])) {
            const list = element("ul", "");
            for (; at < lines.length && /^[-*] /.test(lines[at]); at++) {
                list.append(element("li", "", ...inline(lines[at].slice(2))));
            }
            at--;
            blocks.push(list);
        } else if (lines[at].trim()) {
            const heading = /^#+ (.*)/.exec(lines[at]);
            blocks.push(heading ? element("p", "", element("strong", "", ...inline(heading[1]))) : element("p", "", ...inline(lines[at])));
        }
    }
    return blocks;
}

function attachment(one) {
    const actions = (one.actions || []).map((action) => {
        if (action.type === "select") {
            return element("select", "", element("option", "", action.name));
        }
        return element("button", action.style || "", action.name);
    });
    return element("div", "attachment", ...markdown(one.pretext || ""), ...markdown(one.text || ""), element("div", "", ...actions));
}

function drawPost(post, person) {
    const time = new Date(post.create_at).toISOString().slice(11, 16);
    const head = element("div", "", element("span", "name", person.name));
    if (person.is_bot) {
        head.append(element("span", "tag", "BOT"));
    }
    head.append(element("span", "time", post.note || time));
    const attached = (post.props?.attachments || []).map(attachment);
    const body = element("div", "body", head, ...markdown(post.message), ...attached);
    return element("div", `post${post.root_id ? " reply" : ""}`, element("div", `face${person.is_bot ? " bot" : ""}`, person.name[0].toUpperCase()), body);
}

// strands: [{title, posts}] side by side; people: id → {name, is_bot}
window.draw = (strands, people) => {
    document.getElementById("posts").replaceChildren(
        ...strands.map(({ title, posts }) => element("div", "strand", element("h1", "", title), ...posts.map((post) => drawPost(post, people[post.user_id])))),
    );
};
