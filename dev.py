#!/usr/bin/env python3
"""The commands of LabPark. They need nothing but Python; `make VERB` is the same as `python3 dev.py VERB`.

run      start LabPark with its demo park (HOST, PORT, INSTANCE_PATH and DATABASE_URL are honoured)
test     inspect the code, then run all tests on SQLite and PostgreSQL; arguments go to pytest (-k award)
prove    races, crashes and laws over many rounds, on both databases; the log goes to docs/proof/
bench    measure
setup    make .venv and install everything, without starting anything
lock     write requirements*.txt anew from requirements*.in (--upgrade for newer versions)
clean    remove what the inspectors and tests left behind (.venv and instance stay)
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence

from commands.checking import bench, clean, prove, test
from commands.environment import keep_bytecode, lock, setup
from commands.serving import run
from commands.terminal import Refused, say

VERBS = {"run": run, "test": test, "prove": prove, "bench": bench, "setup": setup, "lock": lock, "clean": clean}


def main(arguments: Sequence[str]) -> int:
    verb, *rest = arguments or ["help"]
    if verb not in VERBS:
        say((__doc__ or "").strip())
        return 0 if verb in ("help", "-h", "--help") else 2
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    keep_bytecode()
    try:
        return VERBS[verb](rest)
    except Refused as refusal:
        print(refusal, file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
