# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the copies in ``recordings`` were made: ``python -m tests.contract.trim FOLDER [NAME…]``.

FOLDER holds the recordings as they were taken. Only keys that no replay reads are dropped; every exchange stays, since
each can matter to the state that a later one finds.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tests.contract.scope import SCOPE

RECORDINGS = Path(__file__).parent / "recordings"
DROPPED = {"seconds", "seconds_5_runs", "side_effects", "note", "reason", "response_bytes"}
# Of the answers' headers, those that the replay compares or follows.
HEADERS = {"content-type", "location", "www-authenticate", "x-xivo-ws-version", "allow"}


def trim(line: str) -> str:
    exchange = {key: value for key, value in json.loads(line).items() if key not in DROPPED and value is not None}
    headers = exchange.get("response_headers", {})
    exchange["response_headers"] = {key: value for key, value in headers.items() if key in HEADERS}
    return json.dumps(exchange, separators=(",", ":"))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.contract.trim", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", default=sorted(SCOPE))
    options = parser.parse_args()
    for name in options.names:
        lines = (options.folder / f"{name}.jsonl").read_text("utf-8").splitlines()
        (RECORDINGS / f"{name}.jsonl").write_text("".join(trim(line) + "\n" for line in lines), "utf-8")


if __name__ == "__main__":
    main()
