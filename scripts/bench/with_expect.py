"""Waits for one text after the other on QEMU's console, 60 s for each, as scripts do: MILESTONE… -- COMMAND…"""

import sys
import time

import pexpect

milestones, command = sys.argv[1 : sys.argv.index("--")], sys.argv[sys.argv.index("--") + 1 :]
qemu = pexpect.spawn(command[0], command[1:], timeout=60, encoding="utf-8", codec_errors="replace")
waiting = time.monotonic()
try:
    for milestone in milestones:
        waiting = time.monotonic()
        qemu.expect_exact(milestone)
    print("seen")
except (pexpect.TIMEOUT, pexpect.EOF) as trouble:
    print(f"{type(trouble).__name__} after {time.monotonic() - waiting:.2f} s")
finally:
    qemu.close(force=True)
