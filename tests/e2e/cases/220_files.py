# SPDX-License-Identifier: Apache-2.0
"""Files both ways: images and texts reach the model, the agent's files its posts; others are refused."""

import json
import os
import secrets
import struct
import zlib

from lib.answers import Asked, play
from lib.progress import Failure
from lib.rest import request


def png(size=64):
    """A picture of noise, so that each is another one."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data))
            + kind
            + data
            + struct.pack(">I", zlib.crc32(kind + data) & 0xFFFFFFFF)
        )

    rows = b"".join(b"\0" + secrets.token_bytes(3 * size) for _ in range(size))
    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def upload(person, channel_id, name, data):
    path = f"/files?channel_id={channel_id}&filename={name}"
    headers = {"Content-Type": "application/octet-stream"}
    return person.post(path, data, headers=headers)["file_infos"][0]["id"]


def ask_with_files(world, person):
    channel_id, mark = world.direct(person), secrets.token_hex(8)
    content = f"A line of the file, {secrets.token_hex(8)}."
    files = [
        upload(person, channel_id, "picture.png", png()),
        upload(person, channel_id, "notes.txt", (content + "\n").encode()),
        upload(person, channel_id, "things.bin", bytes(range(256)) * 40),
    ]
    asked = Asked(world, person, play({"text": f"{mark} was seen."}), file_ids=files)
    return asked, mark, content


def check_given(world, asked, mark, content):
    asked.one_post(f"{mark} was seen.")
    body = world.gateway.model.request_with(mark)
    parts = [part for message in body["messages"] for part in message["content"] if isinstance(part, dict)]
    images = [part for part in parts if part.get("type") == "image_url"]
    if len(images) != 1 or not images[0]["image_url"]["url"].startswith("data:image/"):
        raise Failure(f"the model was given {len(images)} images instead of one")
    text = json.dumps(body["messages"])
    for wanted in (content, "notes.txt", "things.bin"):
        if wanted not in text:
            raise Failure(f"the model was not told of {wanted!r}")


def in_workspace(world, name, data):
    with open(os.path.join(world.workspace.path("gateway", "workspace"), name), "wb") as file:
        file.write(data)


def attached(world, person, post):
    """{name: content} of a post's files."""
    found = {}
    for info in post.get("metadata", {}).get("files") or []:
        status, _, data = request(world.server.url, "GET", f"/api/v4/files/{info['id']}", None, person.token)
        if status != 200:
            raise Failure(f"a file of the answer cannot be read: HTTP {status}")
        found[info["name"]] = data
    return found


def ask_for(world, person, text):
    return Asked(world, person, play({"text": text, "piece": 10, "pace": 60}))


def run(world):
    asker, taker, wordless, nosy = world.crowd(4)
    given = ask_with_files(world, asker)
    picture, table = png(), b"a,b\n1,2\n"
    in_workspace(world, "picture.png", picture)
    in_workspace(world, "table.csv", table)
    both = ask_for(
        world, taker, "Here are the picture and the table.\nMEDIA:./picture.png\nMEDIA:./table.csv"
    )
    alone = ask_for(world, wordless, "MEDIA:./picture.png")
    refused = ask_for(world, nosy, "Here are the accounts of this machine.\nMEDIA:/etc/passwd")

    check_given(world, *given)
    post = both.one_post("Here are the picture and the table.")
    if attached(world, taker, post) != {"picture.png": picture, "table.csv": table}:
        raise Failure(f"the answer has other files: {post.get('metadata', {}).get('files')}")
    post = alone.one_post("")
    if attached(world, wordless, post) != {"picture.png": picture}:
        raise Failure(f"the answer without words has other files: {post.get('metadata', {}).get('files')}")
    posts = refused.settled("answered")
    if len(posts) != 1 or posts[0].get("file_ids") or "root:" in posts[0]["message"]:
        raise Failure(f"a file outside the workspace was attached: {posts}")
    if "could not be attached" not in posts[0]["message"]:
        raise Failure(f"nobody was told that a file is missing: {posts[0]['message']!r}")
