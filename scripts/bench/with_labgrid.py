"""Waits for one text after the other with labgrid's QEMU driver, 60 s for each: MILESTONE… -- COMMAND…"""

import re
import shlex
import sys
import tempfile

from labgrid import Environment
from labgrid.driver import QEMUDriver
from pexpect import EOF, TIMEOUT

milestones, command = sys.argv[1 : sys.argv.index("--")], sys.argv[sys.argv.index("--") + 1 :]

# labgrid has parameters of its own for these, and gives the machine a console.
named = {"-machine": None, "-cpu": None, "-m": None, "-kernel": None, "-append": None, "-serial": None}
others = []
words = iter(command[1:])
for word in words:
    if word in named:
        named[word] = next(words)
    else:
        others.append(word)

with tempfile.NamedTemporaryFile("w", suffix=".yaml") as config:
    config.write(
        f"targets: {{main: {{resources: {{}}}}}}\ntools: {{qemu: {command[0]}}}\nimages: {{kernel: {named['-kernel']}}}\n"
    )
    config.flush()
    target = Environment(config.name).get_target("main")
    driver = QEMUDriver(
        target,
        "qemu",
        qemu_bin="qemu",
        machine=named["-machine"],
        cpu=named["-cpu"],
        memory=named["-m"],
        kernel="kernel" if named["-kernel"] else None,
        boot_args=named["-append"],
        extra_args=shlex.join(others),
    )
    target.activate(driver)
    driver.on()
    try:
        for milestone in milestones:
            driver.expect(re.escape(milestone), timeout=60)
        print("seen")
    except (TIMEOUT, EOF) as trouble:
        print(type(trouble).__name__)
    finally:
        driver.off()
