"""Runs a command some times, while folders below another are swapped for links to a third and back.

    swap.py FOLDER OUTSIDE COUNT ENOUGH DEPTH COMMAND...

The command is run until there were ENOUGH swaps, at most twenty times, in a folder that is empty again each time.
Only what is DEPTH levels below FOLDER is swapped, and FOLDER itself (0) only while there is something hidden in it, which
is when something is put together there. Each swap is one step (RENAME_EXCHANGE). How many there were goes into COUNT.
"""

import ctypes
import os
import shutil
import subprocess
import sys
import time

folder, outside, count_file, enough, depth, *command = sys.argv[1:]
libc = ctypes.CDLL(None, use_errno=True)
EXCHANGE = 2
NOWHERE = -100


def exchange(a, b):
    return libc.renameat2(NOWHERE, os.fsencode(a), NOWHERE, os.fsencode(b), EXCHANGE) == 0


def below(path, level):
    """Folders that are so many levels down; nothing where they are gone by now."""
    try:
        found = [e.path for e in os.scandir(path) if e.is_dir(follow_symlinks=False)]
    except OSError:
        return []
    return found if level == 1 else [inner for one in found for inner in below(one, level - 1)]


def hidden(path):
    try:
        return any(name.startswith(".pintle-") for name in os.listdir(path))
    except OSError:
        return False


def victims():
    if int(depth) == 0:
        return [folder] if hidden(folder) else []
    return below(folder, int(depth))


link = folder + ".link"
swaps = 0
exits = set()
for _ in range(20):
    if swaps >= int(enough):
        break
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        shutil.rmtree(path) if os.path.isdir(path) and not os.path.islink(path) else os.unlink(path)
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    while child.poll() is None:
        time.sleep(0.0005)
        for victim in victims() if swaps < 3 * int(enough) else []:
            # What is reached by a link does not know: the same few names in each place.
            os.symlink(outside, link)
            for _ in range(8):
                if exchange(victim, link):
                    swaps += 1
                    exchange(victim, link)
            if os.path.islink(link):
                os.unlink(link)
            else:
                # Its place is gone, so that it cannot go back.
                shutil.rmtree(link, ignore_errors=True)
    text = child.stderr.read().decode("utf-8", "replace")
    sys.stderr.write(text)
    exits.add(child.returncode)
with open(count_file, "w") as file:
    file.write(str(swaps))
sys.exit(max(exits, key=lambda code: (code not in (0, 1), code)))
