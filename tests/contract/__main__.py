# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replay the recordings of real servers against the simulator: ``python -m tests.contract [NAME…]``."""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from pathlib import Path

from tests.contract.replay import Outcome, Replay, Report
from tests.contract.scope import SCOPE

# Of the exchanges in scope, how many have to be the same.
LEAST = 0.97
COLUMNS = ("file", "exchanges", "in scope", "same", "listed exceptions", "unlisted")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.contract", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SCOPE)}; default: all")
    parser.add_argument("--show", metavar="CASE", help="show the exchanges of the cases that match this expression")
    parser.add_argument("--most", type=int, default=20, help="unlisted differences told per file (default 20)")
    parser.add_argument("-v", "--verbose", action="store_true", help="tell all of them, and whole")
    options = parser.parse_args(arguments)
    names = [Path(name).name.removesuffix(".jsonl") for name in options.names] or list(SCOPE)
    if unknown := [name for name in names if name not in SCOPE]:
        parser.error(f"no recording in scope: {', '.join(unknown)}")

    began = time.monotonic()
    reports = [Replay(name).run() for name in names]
    if options.show:
        for report in reports:
            for outcome in report.outcomes:
                if re.search(options.show, outcome.case):
                    show(report, outcome)
        return 0

    for report in reports:
        tell(report, options.most, options.verbose)
    table([row(report) for report in reports])
    failures = verdict(reports)
    for failure in failures:
        print(f"FAILED: {failure}")
    print(f"contract: {'failed' if failures else 'passed'} in {time.monotonic() - began:.1f} s")
    return 1 if failures else 0


def verdict(reports: list[Report]) -> list[str]:
    failures = []
    for report in reports:
        if report.unlisted:
            failures.append(f"{report.name}: {len(report.unlisted)} unlisted differences")
        failures += [f"{report.name}: exceptions.yml: {stale}" for stale in report.stale]
        scope = len(report.in_scope)
        same = scope - len(report.different)
        if not scope or same / scope < LEAST:
            failures.append(f"{report.name}: {same} of {scope} in scope are the same, which is less than {LEAST:.0%}")
    return failures


def row(report: Report) -> tuple[str, ...]:
    scope, different, unlisted = len(report.in_scope), len(report.different), len(report.unlisted)
    share = f"{scope - different} ({(scope - different) / scope:.1%})" if scope else "0"
    numbers = (len(report.outcomes), scope, share, different - unlisted, unlisted)
    return (report.name, *map(str, numbers))


def table(rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(cells[at]) for cells in [COLUMNS, *rows]) for at in range(len(COLUMNS))]
    for cells in [COLUMNS, *rows]:
        first, *others = (cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
        print("  ".join([first.strip().ljust(widths[0]), *others]))


def tell(report: Report, most: int, verbose: bool) -> None:
    """The unlisted differences, shortly; those of one kind of request together."""
    unlisted = report.unlisted
    if verbose:
        for outcome in report.different:
            if outcome.listed:
                print(f"{report.name} line {outcome.line} {outcome.case}: listed exception: {outcome.listed}")
    if not unlisted:
        return
    print(f"== {report.name}: {len(unlisted)} unlisted differences")
    families = Counter(outcome.case.rpartition(".")[0] or outcome.case for outcome in unlisted)
    print("   " + ", ".join(f"{family} {count}" for family, count in families.most_common(12)))
    for outcome in unlisted if verbose else unlisted[:most]:
        print(f"-- line {outcome.line} {outcome.case}: {outcome.sent.splitlines()[0]}")
        for line in outcome.diff():
            print("   " + (line if verbose else line[:160]))
    if not verbose and len(unlisted) > most:
        print(f"   … and {len(unlisted) - most} more (-v tells all, --show CASE one of them)")
    print()


def show(report: Report, outcome: Outcome) -> None:
    state = "same" if outcome.same else f"listed exception: {outcome.listed}" if outcome.listed else "different"
    print(f"== {report.name} line {outcome.line} {outcome.case}: {outcome.verdict}, {state}")
    print(outcome.sent or "(not sent)")
    for title, answer in (("recorded, in the simulator's terms", outcome.expected), ("simulated", outcome.got)):
        print(f"-- {title}: {answer}")
    if not outcome.same:
        print("-- difference:")
        print("\n".join(outcome.diff()))
    print()


if __name__ == "__main__":
    sys.exit(main())
