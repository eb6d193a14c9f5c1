# SPDX-License-Identifier: Apache-2.0
"""What the machine must have. Debian packages are installed; what is no Debian 12 package is named."""

import glob
import os
import re
import shutil
import subprocess

from .processes import environment, retry, run
from .progress import Failure, step

TOOLS = {
    "go": (
        "go version",
        (1, 21),
        "Go 1.21 or newer (it fetches the 1.26 that is needed) builds the Mattermost server. Get it from "
        "https://go.dev/dl/ and put it in PATH.",
    ),
    "npm": (
        "npm --version",
        (9, 0),
        "Node with npm 9 or newer installs the OpenClaw gateway. Get it from https://nodejs.org/ "
        "(it brings its own newer Node for the gateway).",
    ),
}


def version_of(command):
    try:
        result = subprocess.run(command.split(), capture_output=True, text=True, check=False)
    except OSError:
        return None
    found = re.search(r"(\d+)\.(\d+)", result.stdout)
    return (int(found[1]), int(found[2])) if result.returncode == 0 and found else None


def postgres_bin():
    """The folder with PostgreSQL's server programs, newest version, or None."""
    found = glob.glob("/usr/lib/postgresql/*/bin/postgres")
    found.sort(key=lambda path: int(re.search(r"/(\d+)/", path)[1]))
    return os.path.dirname(found[-1]) if found else None


def missing_packages():
    wanted = []
    if not postgres_bin():
        wanted.append("postgresql")
    if not shutil.which("make"):
        wanted.append("make")
    return wanted


def install(names):
    if not shutil.which("apt-get"):
        raise Failure(f"These packages are missing and there is no apt-get: {' '.join(names)}")
    if os.geteuid() != 0:
        raise Failure(f"These packages are missing; install them as root: apt-get install {' '.join(names)}")
    apt = ["apt-get", "-q", "-o", "Acquire::Retries=5", "-o", "DPkg::Lock::Timeout=300"]
    # In runlevel 1 packages do not start their services: Debian's own PostgreSQL shall not run because of us.
    quiet = environment(DEBIAN_FRONTEND="noninteractive", RUNLEVEL="1")
    with step(f"installing Debian packages: {' '.join(names)}"):
        retry(3, lambda: run([*apt, "update"], "apt-get update", env=quiet))
        retry(
            3,
            lambda: run(
                [*apt, "install", "-y", "--no-install-recommends", *names], "apt-get install", env=quiet
            ),
        )


def ensure():
    """Everything that the real parts need is there afterwards, or a Failure says what to do."""
    for name, (command, least, remedy) in TOOLS.items():
        version = version_of(command)
        if version is None or version < least:
            have = "not found" if version is None else "version " + ".".join(map(str, version))
            raise Failure(f"{name}: {have}. {remedy}")
    missing = missing_packages()
    if missing:
        install(missing)
