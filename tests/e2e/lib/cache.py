# SPDX-License-Identifier: Apache-2.0
"""What is dear to make, kept in ${OPENCLAW_CACHE:-~/.cache/mattermost-plugin-openclaw}."""

import fcntl
import hashlib
import os
import platform
import shutil
import tempfile


def folder():
    return os.environ.get("OPENCLAW_CACHE") or os.path.expanduser("~/.cache/mattermost-plugin-openclaw")


def key_of(files, *words):
    """A short name for the content of some files and some words (versions)."""
    digest = hashlib.sha256(platform.machine().encode())
    for path in files:
        with open(path, "rb") as file:
            digest.update(b"\0" + os.path.basename(path).encode() + b"\0" + file.read())
    for word in words:
        digest.update(b"\0" + word.encode())
    return digest.hexdigest()[:16]


def find(name):
    """The cached folder of that name, or None."""
    path = os.path.join(folder(), name)
    return path if os.path.isdir(path) else None


def make(name, build):
    """The folder `name` in the cache; build(folder) fills it once. Only a complete one gets the name."""
    target = os.path.join(folder(), name)
    os.makedirs(folder(), exist_ok=True)
    with open(os.path.join(folder(), name + ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two runs at once: the second one waits and finds it made
        if not os.path.isdir(target):
            making = tempfile.mkdtemp(prefix=name + ".", dir=folder())
            try:
                build(making)
                os.chmod(making, 0o755)
                os.rename(making, target)
            except BaseException:
                shutil.rmtree(making, ignore_errors=True)
                raise
    return target
