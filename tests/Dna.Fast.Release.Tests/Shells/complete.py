"""complete.py bash|zsh FILE LINE: types LINE and a tab into an interactive shell that has the completion FILE loaded, and prints the words that the
command line then consists of, one a line. The shell is a real one at a pseudo-terminal; only the command dna is a function, which says its words."""
import os
import pty
import re
import select
import shutil
import signal
import sys
import tempfile
import time

SECONDS_MAX = 60


def read_until(terminal, pattern, deadline, seen=b""):
    while not re.search(pattern, seen):
        ready, _, _ = select.select([terminal], [], [], max(0, deadline - time.monotonic()))
        if not ready:
            sys.exit(f"the shell said nothing like {pattern!r}, but: {seen!r}")
        try:
            chunk = os.read(terminal, 65536)
        except OSError:
            chunk = b""
        if not chunk:
            sys.exit(f"the shell ended: {seen!r}")
        seen += chunk
    return seen


def main():
    shell, file, line = sys.argv[1:]
    folder = tempfile.mkdtemp()
    said = 'dna() { printf "<<<"; printf "%s|" "$@"; printf ">>>\\n"; }\n'
    if shell == "bash":
        start = os.path.join(folder, "rc")
        text = f"PS1='at: '\nbind 'set bell-style none'\n{said}. '{file}'\n"
        command = ["bash", "--noprofile", "--rcfile", start, "-i"]
    else:
        start = os.path.join(folder, ".zshrc")
        shutil.copy(file, os.path.join(folder, "_dna"))
        text = f"PS1='at: '\nunsetopt prompt_sp prompt_cr beep\nunset zle_bracketed_paste\nfpath=('{folder}' $fpath)\nautoload -Uz compinit\ncompinit -D -u\n{said}"
        command = ["zsh", "-i"]
    with open(start, "w", encoding="utf-8") as rc:
        rc.write(text)
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.environ.update(ZDOTDIR=folder, HOME=folder, TERM="dumb", LC_ALL="C.UTF-8")
        os.execvp(command[0], command)
    deadline = time.monotonic() + SECONDS_MAX
    try:
        read_until(terminal, rb"at: ", deadline)
        os.write(terminal, line.encode() + b"\t")
        # What a tab adds is one word: the shell adds a space after it. Then the line is run, whatever it became.
        seen = read_until(terminal, re.escape(line.encode()) + rb"\S+ |\x07", deadline)
        os.write(terminal, b"\n")
        seen = read_until(terminal, rb"<<<.*?>>>", deadline, seen)
        print(re.search(rb"<<<(.*?)\|?>>>", seen).group(1).decode().replace("|", "\n"))
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        shutil.rmtree(folder)


main()
