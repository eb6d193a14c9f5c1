# SPDX-License-Identifier: Apache-2.0
"""A machine with a real systemd: this one's files under an overlay, in namespaces of its own, on the same loopback. What happens there
changes nothing here, and it ends with us. It needs root and util-linux; systemd's own units but the journal stay away."""

import os
import shutil
import subprocess

from . import wait
from .processes import command_of, run
from .progress import Failure

BOOT_SECONDS = 30
TARGET = """[Unit]
Description=What the test needs of a machine
DefaultDependencies=no
Wants=systemd-journald.service
"""
# Runs in the new namespaces: $1 the machine's folder, $2 its control group, from which the cgroup namespace is made.
BOOT = """set -e
root=$1/root
mount -t tmpfs tmpfs "$1/upper"
mkdir "$1/upper/files" "$1/upper/work"
mount -t overlay -o "lowerdir=/,upperdir=$1/upper/files,workdir=$1/upper/work" overlay "$root"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t tmpfs -o mode=755 tmpfs "$root/sys/fs/cgroup"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
    touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
mount -t tmpfs tmpfs "$root/dev/shm"
ln -s /proc/self/fd "$root/dev/fd"
rm -rf "$root"/usr/lib/systemd/system/*.wants "$root"/etc/systemd/system/*.wants "$root/var/log/journal"
cp -a "$1/files/." "$root/"
cd "$root"
pivot_root . mnt
exec chroot . /usr/lib/systemd/systemd --system --unit=e2e.target --show-status=0
"""


def missing():
    """Why there can be no such machine here; None when there can."""
    if os.geteuid() != 0:
        return "only root can make a machine"
    if not os.path.exists("/usr/lib/systemd/systemd"):
        return "systemd is not installed"
    command = ["unshare", "--mount", "--pid", "--cgroup", "--fork", "true"]
    probe = subprocess.run(command, capture_output=True, text=True)
    return None if probe.returncode == 0 else f"the kernel refuses namespaces ({probe.stderr.strip()})"


class Machine:
    def __init__(self, workspace):
        self.workspace, self.folder = workspace, workspace.make("machine")
        self.files = workspace.make("machine", "files")  # what is laid over this machine's files before it boots
        self.control = workspace.make("machine", "cgroup")
        self.child = self.pid = None
        for name in ("root", "upper"):
            workspace.make("machine", name)
        self.write("etc/systemd/system/e2e.target", TARGET)

    def write(self, path, text, mode=0o644):
        full = os.path.join(self.files, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w") as file:
            file.write(text)
        os.chmod(full, mode)
        return full

    def copy(self, source, path):
        full = os.path.join(self.files, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        shutil.copy(source, full)

    def boot(self):
        run(["mount", "-t", "cgroup2", "cgroup2", self.control], "mounting the control groups")
        self.group = os.path.join(self.control, os.path.basename(self.workspace.folder))
        os.mkdir(self.group)
        script = 'echo $$ >"$2/cgroup.procs"; exec unshare --mount --pid --fork --kill-child --cgroup --uts --ipc \
                  --propagation private sh -c "$3" boot "$1"'
        env = {"container": "e2e", "PATH": os.environ["PATH"]}
        command = ["sh", "-c", script, "machine", self.folder, self.group, BOOT]
        self.child = self.workspace.start(command, "machine.log", env=env)
        wait.until(self._find, BOOT_SECONDS, "systemd as the machine's first process")
        wait.until(self._booted, BOOT_SECONDS, "the machine's start")

    def _booted(self):
        return self.try_call("systemctl", "is-active", "-q", "e2e.target")[0] == 0

    def _find(self):
        self.child.must_live()
        with open(f"/proc/{self.child.pid}/task/{self.child.pid}/children") as file:
            born = file.read().split()
        self.pid = born[0] if born and (command_of(born[0]) or "").startswith("/usr/lib/systemd/systemd") else None
        return self.pid

    def try_call(self, *command):
        """(exit code, what it printed) of a command in the machine."""
        done = subprocess.run(
            ["nsenter", f"--target={self.pid}", "--mount", "--pid", "--cgroup", "--uts", "--ipc", "--root", *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return done.returncode, done.stdout

    def call(self, *command):
        code, text = self.try_call(*command)
        if code != 0:
            raise Failure(f"in the machine “{' '.join(command)}” failed ({code}): {text}\n{self.journal()}")
        return text

    def journal(self):
        return self.try_call("journalctl", "--no-pager", "--output=short-monotonic", "--lines=40")[1]

    def end(self):
        if self.child is not None:
            self.child.kill()
        wait.until(self._group_gone, BOOT_SECONDS, "the end of the machine's processes")
        run(["umount", self.control], "unmounting the control groups")

    def _group_gone(self):
        try:
            for folder, _, _ in os.walk(self.group, topdown=False):
                os.rmdir(folder)
        except OSError:
            return False
        return True
