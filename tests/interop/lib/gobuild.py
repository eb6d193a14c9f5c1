# SPDX-License-Identifier: Apache-2.0
"""Builds the test-side Go programs once and keeps them in the cache.

A program is found again by the hash of what it was made of: its sources, its go.mod and go.sum, and the Go version.
Nothing depends on the cache: with it gone, everything is built anew.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DOWNLOAD_TRIES = 5


class BuildError(Exception):
    """A program could not be built; the text says why."""


def cache_dir() -> Path:
    default = Path.home() / ".cache" / "mattermost-plugin-openclaw"
    return Path(os.environ.get("OPENCLAW_CACHE") or default)


def go_version() -> str:
    if shutil.which("go") is None:
        raise BuildError(
            "Go is not installed: install Go 1.26.7 or newer (https://go.dev/dl) and put it on the PATH"
        )
    return subprocess.run(
        ["go", "env", "GOVERSION"], check=True, capture_output=True, text=True
    ).stdout.strip()


def build(name: str, files: dict[str, Path], package: str = ".", generate: list[str] | None = None) -> Path:
    """Builds one program and returns its path.

    files maps the name in the build folder to the source file (go.mod and go.sum included). generate is a command
    that runs in the build folder before the compiler.
    """
    digest = hashlib.sha256()
    for part in (go_version(), package, repr(generate)):
        digest.update(part.encode() + b"\0")
    for rel in sorted(files):
        digest.update(rel.encode() + b"\0" + hashlib.sha256(files[rel].read_bytes()).digest())
    target = cache_dir() / "go" / f"{name}-{digest.hexdigest()[:24]}"
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(target.parent / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            compile_into(target, name, files, package, generate)
    return target


def compile_into(
    target: Path, name: str, files: dict[str, Path], package: str, generate: list[str] | None
) -> None:
    started = time.monotonic()
    print(f"building {name} …", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="openclaw-go-") as work:
        for rel, source in files.items():
            to = Path(work) / rel
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, to)
        env = dict(os.environ, CGO_ENABLED="0", GOWORK="off")
        for attempt in range(1, DOWNLOAD_TRIES + 1):
            # Not `go mod download`: that brings what only other packages of the modules need, too.
            done = subprocess.run(
                ["go", "list", "-deps", package], cwd=work, env=env, capture_output=True, text=True
            )
            if done.returncode == 0:
                break
            print(
                f"downloading Go modules failed (try {attempt} of {DOWNLOAD_TRIES}): {done.stderr.strip()}",
                file=sys.stderr,
            )
        else:
            raise BuildError(f"{name}: the Go modules could not be downloaded")
        if generate:
            run(name, generate, work, env)
        out = str(Path(work) / ".out" / name)
        run(
            name,
            ["go", "build", "-mod=readonly", "-trimpath", "-ldflags", "-s -w", "-o", out, package],
            work,
            env,
        )
        part = target.with_suffix(f".{os.getpid()}")
        shutil.copy2(out, part)
        os.replace(part, target)
    print(f"building {name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)


def run(name: str, command: list[str], work: str, env: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=work, env=env, capture_output=True, text=True)
    if done.returncode != 0:
        raise BuildError(f"{name}: `{' '.join(command)}` failed:\n{done.stdout}{done.stderr}")


def folder_files(folder: Path) -> dict[str, Path]:
    """All Go sources and module files below a folder, by their path in it."""
    names = ("go.mod", "go.sum")
    found = [p for p in folder.rglob("*") if p.is_file() and (p.suffix == ".go" or p.name in names)]
    return {str(p.relative_to(folder)): p for p in found}
