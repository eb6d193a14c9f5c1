# SPDX-License-Identifier: Apache-2.0
"""The address of the buttons: forged clicks, other methods, too much and nobody's requests are refused, and change nothing."""

from lib import callbacks, pairing
from lib.progress import Failure

PATH = "/api/v1/pairing/decide"


def sent(world, person, body, **more):
    status, answered, _ = callbacks.send(world, person, PATH, body, **more)
    return status, answered


def run(world):
    world.apply(AllowFrom="", DMPolicy="pairing")
    world.wait_ready(world.near, world.near.count() - 1)
    person = pairing.newcomer(world)
    question, code = pairing.asks(world, person)
    context = {
        "kind": "pairing",
        "account": "default",
        "subject": "0123456789abcdef",
        "choice": "approve",
        "user": world.admin.id,
        "expires": 99999999999999,
        "token": "0" * 64,
    }
    for who, body, wanted in (
        (None, {"context": context}, 401),
        (world.admin, {"context": context}, 403),
        (person, {"context": {**context, "user": person.id}}, 403),
        (world.admin, {"context": {}}, 400),
        (world.admin, {}, 400),
        (world.admin, [], 400),
        (world.admin, b"null", 400),
        (world.admin, b"\xff\x00", 400),
        (world.admin, b"", 400),
        (world.admin, b"x" * (1 << 20), 413),
    ):
        status, _ = sent(world, who, body)
        if status != wanted:
            raise Failure(f"{body!r:.80} of {who and who.name}: HTTP {status} instead of {wanted}")
    status, headers = sent(world, world.admin, b"", method="GET")
    if status != 405 or headers.get("Allow") != "POST":
        raise Failure(f"GET: HTTP {status}, Allow: {headers.get('Allow')}")
    if world.in_plugin:  # whoever names somebody else in a header is still who their session says
        status, _ = sent(world, person, {"context": context}, headers={"Mattermost-User-Id": world.admin.id})
        if status != 403:
            raise Failure(f"a borrowed name: HTTP {status}")
    else:  # the body names anybody; that it comes from the server the secret shows, which nobody else knows
        for given in ("0" * 48, callbacks.secret(world)[:-1], "x"):
            status, _ = sent(world, world.admin, {"context": context}, secret_in_path=given)
            if status != 401:
                raise Failure(f"another secret: HTTP {status}")
    pairing.expect(world.command(world.admin, "/openclaw pairing list"), code)
    note = world.notice(world.admin, f"pairing approve {code}")
    world.click(world.admin, note, "deny")
    pairing.expect(world.command(world.admin, f"/openclaw pairing approve {code}"), "decided before")
    question.unanswered()
