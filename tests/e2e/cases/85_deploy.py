# SPDX-License-Identifier: Apache-2.0
"""make deploy uploads over the installed plugin and enables it; a wrong token or a missing one is named."""

import os
import subprocess

from lib.plugin import ROOT
from lib.progress import Failure


def deploy(**variables):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MM_")}
    return subprocess.run(
        ["make", "--no-print-directory", "deploy"],
        cwd=ROOT,
        env={**kept, **variables},
        capture_output=True,
        text=True,
        timeout=180,
    )


def must_fail(done, word):
    if done.returncode == 0 or word not in done.stderr:
        raise Failure(
            f"make deploy ended with {done.returncode} and said {done.stderr!r}, where {word!r} was expected"
        )


def run(world):
    site = world.server.url
    must_fail(deploy(MM_SERVICESETTINGS_SITEURL=site), "MM_ADMIN_TOKEN")
    must_fail(deploy(MM_ADMIN_TOKEN=world.admin.token), "MM_SERVICESETTINGS_SITEURL")
    must_fail(deploy(MM_SERVICESETTINGS_SITEURL=site, MM_ADMIN_TOKEN="x" * 26), "401")
    must_fail(deploy(MM_SERVICESETTINGS_SITEURL=site, MM_ADMIN_TOKEN=world.alice.token), "403")
    connections = world.near.count()
    done = deploy(MM_SERVICESETTINGS_SITEURL=site, MM_ADMIN_TOKEN=world.admin.token)
    if done.returncode != 0:
        raise Failure(f"make deploy: {done.stdout}{done.stderr}")
    world.wait_ready(world.near, connections)
    world.must_answer(world.alice)
