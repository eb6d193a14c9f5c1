# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL and the real Mattermost server on loopback, with all they write in one work folder."""

import json
import os
import pwd
import shutil
import signal
import subprocess

from . import cache, packages, rest, wait
from .processes import environment, free_port, retry, run
from .progress import step

MODULE = os.path.join(os.path.dirname(__file__), "..", "..", "real-server")
SERVER_MODULE = "github.com/mattermost/mattermost/server/v8"
# The server looks for these folders beside itself; they come with its module.
DATA_FOLDERS = ("i18n", "templates", "fonts")
START_SECONDS = 120


def build():
    """The folder with the server's executable and data; built on first use (about five minutes)."""
    go_version = subprocess.run(
        ["go", "env", "GOVERSION"], capture_output=True, text=True, check=True, cwd=MODULE
    ).stdout.strip()
    sources = [os.path.join(MODULE, name) for name in ("go.mod", "go.sum", "main.go")]
    name = "mattermost-" + cache.key_of(sources, go_version)
    if cache.find(name):
        return cache.find(name)

    def go_build(target):
        with step("downloading the Mattermost server's sources (first time only)"):
            retry(3, lambda: run(["go", "mod", "download"], "go mod download", cwd=MODULE))
        jobs = os.environ.get("OPENCLAW_BUILD_JOBS", str(os.cpu_count() or 1))
        with step("building the Mattermost server (first time only, about five minutes)"):
            run(
                [
                    "nice",
                    "go",
                    "build",
                    "-p",
                    jobs,
                    "-ldflags=-s -w",
                    "-o",
                    os.path.join(target, "mattermost"),
                    ".",
                ],
                "go build of the server",
                cwd=MODULE,
            )
        listed = run(["go", "list", "-m", "-f", "{{.Dir}}", SERVER_MODULE], "go list", cwd=MODULE)
        for folder in DATA_FOLDERS:
            shutil.copytree(os.path.join(listed.strip(), folder), os.path.join(target, folder))
            run(["chmod", "-R", "u+w", os.path.join(target, folder)], "chmod")

    return cache.make(name, go_build)


class Database:
    """PostgreSQL in a folder of its own. When we are root, which it refuses to be, user postgres runs it."""

    def __init__(self, workspace):
        self.port = free_port()
        programs = packages.postgres_bin()
        folder = workspace.make("postgres")
        data = os.path.join(folder, "data")
        identity = {}
        if os.geteuid() == 0:
            entry = pwd.getpwnam("postgres")
            os.chown(folder, entry.pw_uid, entry.pw_gid)
            identity = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        run(
            [
                os.path.join(programs, "initdb"),
                "-D",
                data,
                "-A",
                "trust",
                "-U",
                "mm",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
            ],
            "initdb",
            cwd="/",
            **identity,
        )
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": folder,
            "fsync": "off",
            "full_page_writes": "off",
            "shared_buffers": "64MB",
            "max_connections": 60,
        }
        options = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        # SIGINT is PostgreSQL's fast shutdown: it does not wait for connections.
        self.child = workspace.start(
            [os.path.join(programs, "postgres"), "-D", data, *options],
            "postgres.log",
            stop_signal=signal.SIGINT,
            cwd="/",
            **identity,
        )
        ready = [
            os.path.join(programs, "pg_isready"),
            "-q",
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
            "-U",
            "mm",
            "-d",
            "postgres",
        ]

        def up():
            self.child.must_live()
            return subprocess.run(ready, check=False).returncode == 0

        wait.until(up, START_SECONDS, "PostgreSQL to start")
        run(
            [os.path.join(programs, "createdb"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "mm", "mm"],
            "createdb",
        )

    def query(self, sql):
        """The rows of a query, each a list of texts."""
        address = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "mm", "-d", "mm"]
        listed = run(["psql", "-X", "-A", "-t", "-F", "\t", "-c", sql, *address], "psql")
        return [line.split("\t") for line in listed.splitlines() if line]

    def url(self):
        return f"postgres://mm@127.0.0.1:{self.port}/mm?sslmode=disable&connect_timeout=10"


def configuration(port, database):
    """Only what differs from the server's defaults. Nothing here makes a connection beyond loopback."""
    return {
        "ServiceSettings": {
            "SiteURL": f"http://127.0.0.1:{port}",
            "ListenAddress": f"127.0.0.1:{port}",
            "EnableBotAccountCreation": True,
            "EnableUserAccessTokens": True,
            "EnableIncomingWebhooks": True,
            "EnableSecurityFixAlert": False,
            "AllowedUntrustedInternalConnections": "127.0.0.1 localhost",
        },
        "TeamSettings": {"EnableOpenServer": True, "EnableUserCreation": True},
        "SqlSettings": {"DriverName": "postgres", "DataSource": database.url(), "MaxOpenConns": 40},
        "FileSettings": {"DriverName": "local", "Directory": "./data/"},
        "LogSettings": {
            "EnableConsole": True,
            "ConsoleLevel": "DEBUG",
            "ConsoleJson": True,
            "EnableFile": False,
            "EnableDiagnostics": False,
            "EnableSentry": False,
        },
        "EmailSettings": {"SendEmailNotifications": False, "SendPushNotifications": False},
        "AnnouncementSettings": {"AdminNoticesEnabled": False, "UserNoticesEnabled": False},
        "PluginSettings": {
            "Enable": True,
            "EnableUploads": True,
            "Directory": "./plugins",
            "ClientDirectory": "./client/plugins",
            "EnableMarketplace": False,
            "EnableRemoteMarketplace": False,
            "AutomaticPrepackagedPlugins": False,
            "RequirePluginSignature": False,
        },
    }


class Server:
    """The Mattermost server. `log` is its console, one JSON object a line, the plugin's lines among them."""

    def __init__(self, workspace, built, database, port=None):
        self.workspace, self.port = workspace, free_port(port)
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = workspace.make("mattermost")
        for name in DATA_FOLDERS:
            os.symlink(os.path.join(built, name), os.path.join(self.folder, name))
        for name in ("config", "data", "plugins", "client/plugins"):
            workspace.make("mattermost", *name.split("/"))
        with open(os.path.join(self.folder, "client", "root.html"), "w") as file:
            file.write("<html></html>")  # the web app is not part of the module
        config = os.path.join(self.folder, "config", "config.json")
        with open(config, "w") as file:
            json.dump(configuration(self.port, database), file, indent=1)
        self.database = database
        self.log = workspace.path("mattermost.log")
        self.temp = workspace.make("mattermost", "tmp")
        self.command = [os.path.join(built, "mattermost"), "server", "-c", config]
        self.start()

    def start(self):
        self.child = self.workspace.start(
            self.command,
            "mattermost.log",
            cwd=self.folder,
            env=environment(MM_SERVICEENVIRONMENT="test", TMPDIR=self.temp),
            stop_seconds=30,
        )
        wait.until(self.up, START_SECONDS, "the Mattermost server to answer")

    def stop(self, crash=False):
        """crash: without a goodbye to anybody, its plugins included."""
        if crash:
            self.child.kill()
        else:
            self.child.stop()

    def up(self):
        self.child.must_live()
        try:
            return rest.request(self.url, "GET", "/api/v4/system/ping", seconds=2)[0] == 200
        except OSError:
            return False

    def log_position(self):
        return os.path.getsize(self.log)

    def log_text(self, since=0):
        """The log from byte `since` on, as it was written."""
        with open(self.log, "rb") as file:
            file.seek(since)
            return file.read().decode(errors="replace")

    def log_lines(self, since=0, contains=""):
        """The log's whole lines from byte `since` on that contain a text, decoded."""
        lines = []
        with open(self.log, "rb") as file:
            file.seek(since)
            for line in file:
                if line.endswith(b"\n") and contains.encode() in line:
                    try:
                        lines.append(json.loads(line))
                    except ValueError:
                        continue  # what is not the server's logger
        return lines

    def version(self):
        listed = run(["go", "list", "-m", SERVER_MODULE], "go list", cwd=MODULE)
        return listed.strip()


def start(workspace, port=None):
    built = build()
    with step("starting PostgreSQL"):
        database = Database(workspace)
    with step("starting the Mattermost server"):
        return Server(workspace, built, database, port)
