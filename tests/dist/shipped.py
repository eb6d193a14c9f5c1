# SPDX-License-Identifier: Apache-2.0
"""What the checks of the two kinds of tarballs share: running, judging programs, and going through a list of checks."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VERSION = re.search(r"^VERSION := (\S+)$", (ROOT / "Makefile").read_text(), re.M).group(1)


class Unmet(Exception):
    """A check that does not hold; its text says what was found."""


def expect(condition, found):
    if not condition:
        raise Unmet(found)


def run(*command, **options):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60, **options)


def in_empty_chroot(program, *arguments):
    """Runs the program in a folder that holds nothing else, with an empty environment."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(program, Path(folder) / "program")
        chroot = [shutil.which("chroot") or "/usr/sbin/chroot", folder, "/program", *arguments]
        if os.geteuid() != 0:
            chroot = ["unshare", "-r", *chroot]
        return run("env", "-i", *chroot, stdin=subprocess.DEVNULL)


def expect_members(tar, top, is_program):
    """One top folder, sorted, owned by nobody; programs can be run, nothing else can. Returns the names."""
    members = tar.getmembers()
    names = [member.name for member in members]
    expect(all(name == top or name.startswith(f"{top}/") for name in names), "more than one top folder")
    expect(names == sorted(names, key=lambda name: name.split("/")), "names are not sorted")
    for member in members:
        wanted = 0o755 if member.isdir() or is_program(member.name) else 0o644
        expect(member.isdir() or member.isfile(), f"{member.name} is neither folder nor file")
        expect(member.mode == wanted, f"{member.name} has mode {member.mode:o}, not {wanted:o}")
        expect((member.uid, member.gid) == (0, 0), f"{member.name} is owned by {member.uid}:{member.gid}")
    return set(names)


def expect_licences(top):
    notice = (top / "NOTICE").read_text()
    for path in re.findall(r"licenses/\S+", notice):
        expect((top / path).is_file(), f"NOTICE names {path}, which is not there")
    for path in (top / "licenses").iterdir():
        expect(path.name == "sources.txt" or f"licenses/{path.name}" in notice, f"NOTICE does not name licenses/{path.name}")


def expect_static(program, machine):
    kind = run("file", "-b", program).stdout
    expect("static" in kind and "stripped" in kind and "not stripped" not in kind, f"{program.name}: {kind.strip()}")
    expect(machine in kind, f"{program.name}: {kind.strip()}")


def expect_hardened(program):
    header = run("readelf", "-hlW", program).stdout
    expect(re.search(r"Type:\s+DYN", header), f"{program.name} is not position independent")
    expect("INTERP" not in header, f"{program.name} wants a dynamic loader")
    expect("GNU_RELRO" in header, f"{program.name} has no RELRO")
    expect(re.search(r"GNU_STACK.*\sRW\s", header), f"{program.name} has an executable stack")
    expect(not re.search(r"LOAD.*\sRWE\s", header), f"{program.name} has memory that is writable and executable")


def expect_no_machine_paths(program):
    content = program.read_bytes()
    for path in (str(ROOT), str(Path.home()) + "/", "/tmp/tmp."):
        expect(path.encode() not in content, f"{program.name} holds the path {path}")


def expect_starts(done, name):
    expect(done.returncode == 0 and VERSION in done.stdout, f"{name}: {done.returncode} {done.stdout}{done.stderr}")


def on_arm64(program):
    return run("qemu-aarch64-static", program, "--version", env={}, stdin=subprocess.DEVNULL)


def go_through(checks):
    """checks: pairs of a function and what it shows. Prints them and their sums; returns the exit code."""
    failed = 0
    for check, what in checks:
        started = time.monotonic()
        try:
            check()
            verdict, reason = "ok", ""
        except (Unmet, OSError, subprocess.SubprocessError) as error:
            failed += 1
            verdict, reason = "FAIL", f": {error}"
        print(f"  {verdict:4} {what} ({(time.monotonic() - started) * 1000:.0f} ms){reason}", flush=True)
    print(f"{len(checks) - failed} passed, {failed} failed")
    return 1 if failed else 0


def need(tarball, target):
    if not tarball.is_file():
        sys.exit(f"no {tarball.relative_to(ROOT)}; run 'make {target}' first")
