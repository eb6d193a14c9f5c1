# SPDX-License-Identifier: Apache-2.0
"""Who may include whom (docs/architecture.md): the arrows between modules run one way."""

import re

# A module may include those of later rows, and those of its own row as long as no circle comes of it.
CORE_ROWS = [
    {"main"},
    {"turn", "interactions", "outbound", "admin"},
    {"inbound", "session", "reply", "delivery"},
    {"account"},
    {"gateway", "chat", "store", "config"},
    {"net"},
    {"words"},
    {"link"},
    {"base"},
]
SHARED = {"base", "link"}
# What some modules must not see of the outside.
OUTSIDE = [
    ("server", re.compile(r"^((curl|openssl)/|yaml\.h|pcre2\.h)"), "the shim links neither libcurl, OpenSSL, libyaml nor PCRE2"),
    ("server/wire", re.compile(r"^(nng/|cJSON|cjson/)"), "wire is pure: no nng, no JSON"),
    ("c-core/base", re.compile(r"^((curl|openssl|nng)/|yaml\.h)"), "base is shared with the shim and stays plain"),
    ("c-core/link", re.compile(r"^((curl|openssl)/|yaml\.h)"), "link is shared with the shim"),
]
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')


def row_of(module):
    return next((number for number, row in enumerate(CORE_ROWS) if module in row), None)


def module_of(file):
    """c-core/turn/turn.c → turn; c-core/main.c → main; server/wire/gob.c → wire; server/supervisor.c → server."""
    if len(file.parts) > 2:
        return file.parts[1]
    return "main" if file.parts[0] == "c-core" else "server"


def wrong_in_core(module, other):
    if row_of(module) is None:
        return f"module {module} stands in no row of tests/style/arrows.py"
    if row_of(other) is None:
        return f"{other} is no module of the core"
    if row_of(other) < row_of(module):
        return f"{module} must not include {other}"
    return None


def wrong_in_shim(root, module, other):
    if other in SHARED:
        return None
    if (root / "c-core" / other).is_dir():
        return f"the shim must not include the core's {other}"
    if module == "wire" and other != "wire":
        return f"wire must not include {other}"
    if module == "schema" and other not in {"wire", "schema"}:
        return f"schema must not include {other}"
    return None


def circle(edges):
    """One circle among modules of the same row, as a list of names, or None."""
    for start in sorted({a for a, _ in edges}):
        paths = [[start]]
        while paths:
            path = paths.pop()
            for a, b in edges:
                if a != path[-1]:
                    continue
                if b == start:
                    return path + [start]
                if b not in path:
                    paths.append(path + [b])
    return None


def check_arrows(root, files):
    same_row = {}
    for file in files:
        module = module_of(file)
        for number, line in enumerate((root / file).read_text().split("\n"), 1):
            found = INCLUDE.match(line)
            if not found:
                continue
            kind, name = found.groups()
            if kind == "<":
                for folder, pattern, why in OUTSIDE:
                    if str(file).startswith(folder + "/") and pattern.match(name):
                        yield f"{file}:{number}: {name}: {why}"
                continue
            other = name.split("/")[0] if "/" in name else "server" if file.parts[0] == "server" else "main"
            if other == module:
                continue
            if file.parts[0] == "server":
                wrong = wrong_in_shim(root, module, other)
            else:
                wrong = wrong_in_core(module, other)
                if wrong is None and row_of(other) == row_of(module):
                    same_row.setdefault((module, other), f"{file}:{number}")
            if wrong:
                yield f"{file}:{number}: {wrong}"
    found = circle(same_row)
    if found:
        yield f"{same_row[(found[0], found[1])]}: modules include each other in a circle: {' → '.join(found)}"
