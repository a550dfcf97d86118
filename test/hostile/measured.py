"""Runs a command and writes to a file what it took: seconds of the processor, KiB at the most, exit code or signal."""

import json
import os
import sys
import time

report, limit, *command = sys.argv[1:]
begin = time.monotonic()
child = os.fork()
if child == 0:
    os.setpgid(0, 0)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        print(error, file=sys.stderr)
        os._exit(127)
late = False
while True:
    done, status, usage = os.wait4(child, os.WNOHANG)
    if done:
        break
    if time.monotonic() - begin > float(limit):
        late = True
        os.killpg(child, 9)
        _, status, usage = os.wait4(child, 0)
        break
    time.sleep(0.005)
with open(report, "w") as file:
    json.dump(
        {
            "cpu": usage.ru_utime + usage.ru_stime,
            "wall": time.monotonic() - begin,
            "memory": usage.ru_maxrss,
            "late": late,
            "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
        },
        file,
    )
sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
