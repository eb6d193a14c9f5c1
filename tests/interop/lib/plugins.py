# SPDX-License-Identifier: Apache-2.0
"""Plugins as folders: unpacked from a tarball as the server does it, or the Go yardstick."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import gobuild

ROOT = Path(__file__).resolve().parents[3]
YARDSTICK = ROOT / "tests" / "bench" / "yardstick"


class PluginError(Exception):
    """There is no plugin to test."""


@dataclass
class Plugin:
    """A plugin that stands in a folder of its own below plugins."""

    plugins: Path
    id: str

    @property
    def folder(self) -> Path:
        return self.plugins / self.id

    def executables(self) -> list[Path]:
        return [p for p in (self.folder / "server" / "dist").iterdir() if os.access(p, os.X_OK)]


def tarball() -> Path:
    """The tarball that `make dist` made last."""
    found = sorted((ROOT / "dist").glob("openclaw-[0-9]*.tar.gz"), key=lambda p: p.stat().st_mtime)
    if not found:
        raise PluginError("dist/openclaw-[0-9]*.tar.gz is missing: run `make dist` first")
    return found[-1]


def unpack(archive: Path, plugins: Path) -> Plugin:
    plugins.mkdir(parents=True, exist_ok=True)
    subprocess.run(["tar", "-xzf", str(archive), "-C", str(plugins)], check=True)
    tops = [p for p in plugins.iterdir() if p.is_dir()]
    if len(tops) != 1:
        raise PluginError(f"{archive.name}: one top folder is expected, found {[p.name for p in tops]}")
    manifest = json.loads((tops[0] / "plugin.json").read_text())
    return Plugin(plugins, manifest["id"])


def copy(folder: Path, plugins: Path) -> Plugin:
    """Takes an unpacked plugin; its files are copied, so that a case may move them about."""
    manifest = json.loads((folder / "plugin.json").read_text())
    shutil.copytree(folder, plugins / manifest["id"], symlinks=True)
    return Plugin(plugins, manifest["id"])


def yardstick(plugins: Path) -> Plugin:
    """Builds the Go plugin and lays it out as a bundle."""
    program = gobuild.build("yardstick", gobuild.folder_files(YARDSTICK))
    plugin = Plugin(plugins, "refplugin")
    dist = plugin.folder / "server" / "dist"
    dist.mkdir(parents=True)
    shutil.copyfile(YARDSTICK / "plugin.json", plugin.folder / "plugin.json")
    shutil.copy2(program, dist / "plugin-linux-amd64")
    return plugin
