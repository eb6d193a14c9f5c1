# SPDX-License-Identifier: Apache-2.0
"""What the plugin has in its store, one value of each kind, for tests/states: what a release writes later ones must read."""

import binascii
import json
import re

from . import plugin

# A kind of key; what follows a dot names an account, a node, a gateway or a record.
KIND = re.compile(r"^(device_token\.control|device_token\.node|notice\.\w+|[a-z_]+)")
MASKS = (  # secrets of a throw-away server; still none goes into a file that is kept
    (re.compile(r'("seed":")[0-9a-f]{64}'), r"\g<1>" + "11" * 32),
    (re.compile(r'("secret":")[0-9a-f]{64}'), r"\g<1>" + "22" * 32),
    (re.compile(r'("token":")[^"]+'), r"\g<1>token-of-a-device"),
)


def all_values(world):
    rows = world.server.database.query(
        f"select pkey, encode(pvalue, 'hex') from pluginkeyvaluestore where pluginid = '{plugin.ID}'"
    )
    return {key: binascii.unhexlify(value).decode() for key, value in rows}


def write(world, path):
    chosen = {}
    for key, text in sorted(all_values(world).items()):
        kind = KIND.match(key)
        if kind is None or key.startswith(("mmi_", "purge.")) or key.endswith(".unreadable"):
            continue
        for pattern, mask in MASKS:
            text = pattern.sub(mask, text)
        known = chosen.get(kind.group(1))
        if known is None or len(text) > len(known[1]):  # the longest has the most in it
            chosen[kind.group(1)] = (key, text)
    with open(path, "w") as file:
        json.dump(dict(sorted(chosen.values())), file, indent=1, ensure_ascii=False)
        file.write("\n")
    return sorted(chosen)
