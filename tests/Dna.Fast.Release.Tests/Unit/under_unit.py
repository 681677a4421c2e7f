"""under_unit.py UNIT STATE PROGRAM [ARGUMENT]...: runs PROGRAM under the restrictions that UNIT has it under, without systemd: as the unit's kind of user
with no rights, in a mount namespace where all is read-only but STATE and the temporary folder, with /proc as the unit has it, and behind the same filter
of system calls: those of SystemCallFilter, MemoryDenyWriteExecute, RestrictAddressFamilies, RestrictNamespaces, RestrictRealtime, LockPersonality and
RestrictSUIDSGID. Needs root and python3-seccomp; run it below "unshare --mount --pid --fork --ipc"."""
import ctypes
import errno
import os
import re
import subprocess
import sys

import seccomp

USER = 64001
PROT_WRITE, PROT_EXEC, SHM_EXEC = 2, 4, 0o100000
# CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET.
CLONE_NAMESPACES = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
BY_ARGUMENT = ["mmap", "mprotect", "pkey_mprotect", "shmat", "socket", "clone"]
REFUSED = ["clone3", "unshare", "setns", "personality", "sched_setscheduler"]
FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10, "AF_NETLINK": 16}


def settings(path):
    found = {}
    with open(path, encoding="utf-8") as unit:
        for line in unit:
            match = re.match(r"([A-Za-z]+)=(.*)$", line.strip())
            if match:
                found.setdefault(match.group(1), []).append(match.group(2))
    return found


def calls_of(name):
    """The system calls of a set such as @system-service, sets within it included."""
    if not name.startswith("@"):
        return {name}
    listed = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True).stdout
    calls = set()
    for line in listed.splitlines()[1:]:
        word = line.strip()
        if word and not word.startswith("#"):
            calls |= calls_of(word)
    return calls


def allowed(lines):
    """The first line says whether the list allows; a later one adds to it, or with ~ takes away."""
    calls = set()
    for line in lines:
        words = set().union(*(calls_of(word) for word in line.lstrip("~").split()))
        calls = calls - words if line.startswith("~") else calls | words
    # systemd's own list of what everything needs.
    return calls | calls_of("@default")


def filter_of(unit):
    rules = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
    # For this script's own last step.
    for call in allowed(unit["SystemCallFilter"]) | {"execve"}:
        try:
            seccomp.resolve_syscall(seccomp.Arch.NATIVE, call)
        except ValueError:
            continue
        if call in BY_ARGUMENT or call in REFUSED:
            continue
        try:
            rules.add_rule(seccomp.ALLOW, call)
        except (RuntimeError, OSError, ValueError):
            continue  # Not a call of this processor.
    assert unit["MemoryDenyWriteExecute"] == ["yes"] and unit["RestrictNamespaces"] == ["yes"]
    mask = seccomp.MASKED_EQ
    # Of these only what follows is allowed; the rest is refused as everything else is.
    rules.add_rule(seccomp.ALLOW, "mmap", seccomp.Arg(2, mask, PROT_WRITE, 0))
    rules.add_rule(seccomp.ALLOW, "mmap", seccomp.Arg(2, mask, PROT_WRITE | PROT_EXEC, PROT_WRITE))
    rules.add_rule(seccomp.ALLOW, "mprotect", seccomp.Arg(2, mask, PROT_EXEC, 0))
    rules.add_rule(seccomp.ALLOW, "pkey_mprotect", seccomp.Arg(2, mask, PROT_EXEC, 0))
    rules.add_rule(seccomp.ALLOW, "shmat", seccomp.Arg(2, mask, SHM_EXEC, 0))
    rules.add_rule(seccomp.ALLOW, "clone", seccomp.Arg(0, mask, CLONE_NAMESPACES, 0))
    for family in unit["RestrictAddressFamilies"][0].split():
        rules.add_rule(seccomp.ALLOW, "socket", seccomp.Arg(0, seccomp.EQ, FAMILIES[family]))
    # As systemd: its flags lie in memory where no filter looks, and the C library then takes clone.
    rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    return rules


def main():
    path, state, *command = sys.argv[1:]
    unit = settings(path)
    rules = filter_of(unit)

    def mount(*words):
        subprocess.run(["mount", *words], check=True)

    mount("--make-rprivate", "/")
    mount("--bind", state, state)
    os.chown(state, USER, USER)
    os.chmod(state, 0o700)
    # The root itself; what is mounted below it stays as it is, the state folder writable.
    mount("-o", "remount,bind,ro", "/")
    mount("-t", "tmpfs", "-o", "mode=1777", "tmpfs", "/var/tmp")
    mount("-t", "proc", "-o", "nosuid,nodev,noexec,subset=pid,hidepid=invisible", "proc", "/proc")
    os.setgroups([])
    # The bounding set first: it takes a right that the next step gives away.
    library = ctypes.CDLL(None, use_errno=True)
    for capability in range(64):
        library.prctl(24, capability, 0, 0, 0)
    os.setresgid(USER, USER, USER)
    os.setresuid(USER, USER, USER)
    library.prctl(38, 1, 0, 0, 0)
    os.umask(0o077)
    rules.load()
    os.execve(command[0], command, {"XDG_STATE_HOME": os.path.dirname(state), "PATH": "/usr/bin"})


main()
