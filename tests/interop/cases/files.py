# SPDX-License-Identifier: Apache-2.0
"""Files of posts on their way to the agent, behind the real host code."""

import base64
import os

import procfs
from case import Context, case, equal
from turns import Question, connected, direct_channel

IMAGE_BYTES = 5 << 20
PROMISED_KIB = 32 * 1024 + 3 * IMAGE_BYTES // 1024  # of both processes together


@case("files: a large image goes along with a question, in no more memory than is promised", core=True)
def large_image(c: Context) -> None:
    with c.host_and_gateway({"AllowFrom": "*"}) as host:
        connected(host)
        channel = direct_channel(host)
        picture = b"\x89PNG\r\n\x1a\n" + os.urandom(IMAGE_BYTES)
        file = host.run(
            "upload", user="alice", channel=channel, name="big.png", data=base64.b64encode(picture).decode()
        )
        q = Question(host, channel, files=[file["file"]["id"]])
        q.answered(30)
        request = next(r for r in host.run("gateway")["runs"] if q.nonce in r["Message"])
        equal("what the message says of it", "big.png" in request["Message"], True)
        peak = sum(procfs.peak_kib(p.pid) for p in procfs.below(c.plugin.folder))
        print(f"                   peak of both processes: {peak} KiB")
        equal(f"{peak} KiB are within {PROMISED_KIB}", peak <= PROMISED_KIB, True)
