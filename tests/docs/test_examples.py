# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the documentation shows is run: the blocks of its pages in order, and the EXAMPLES of the plugins.

How a block is treated is in pages.py. A playbook that a command of its page runs is left to that; any other is run
where it stands. Each run for real is followed by a second one, which must change nothing.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.desk import Desk, changes_by_play, missing_from
from tests.docs.pages import PAGES, README, ROOT, USE, Block, blocks_of, name_of
from tests.simulated import SERVERS

XIVO, WAZO = "xivo-2018", "wazo-26.09"
# The server whose outputs a page shows.
SHOWS = {"docs/simulator.md": WAZO}
# Others that its playbooks are for.
ALSO = {"README.md": [server for server in SERVERS if server != XIVO]}
RUNS = [(page, SHOWS.get(name_of(page), XIVO)) for page in PAGES]
RUNS += [(page, server) for page in PAGES for server in ALSO.get(name_of(page), [])]
# Wazo has no entities.
ONLY = {"xivo_entity": (XIVO,), "xivo_entity_info": (XIVO,)}
PLUGINS = [*sorted(ROOT.glob("plugins/modules/*.py")), *sorted(ROOT.glob("plugins/filter/*.py"))]


def label(case: Any) -> str:
    return name_of(case) if isinstance(case, Path) else str(case)


class Reader:
    """Somebody who does what a page shows."""

    def __init__(self, desk: Desk, blocks: list[Block], compares: bool) -> None:
        self.desk = desk
        self.blocks = blocks
        self.compares = compares
        self.typed = [shlex.split(command) for b in blocks if b.kind == "console" for command, _shown in b.commands]

    def read(self) -> None:
        for block in self.blocks:
            if block.kind == "yaml":
                self.save(block)
            elif block.kind == "console":
                for command, shown in block.commands:
                    self.type(command, shown, block.line)
            elif block.kind == USE:
                number, _in, context = block.text.split()
                self.desk.extension(number, context)

    def save(self, block: Block) -> None:
        self.desk.write(block.file, block.text)
        if is_playbook(block.text) and not any(block.file in words for words in self.typed):
            self.twice(["ansible-playbook", block.file])

    def type(self, command: str, shown: str, line: int) -> None:
        words = shlex.split(command)
        fails = "failed=1" in shown
        if not self.compares and (words[0] != "ansible-playbook" or "--check" in words):
            return  # the same on every server, or about its output only
        if words[0] == "ansible-playbook" and "--check" not in words and not fails:
            printed = self.twice(words)
        else:
            if words[0] == "ansible-galaxy":
                # What the page has one do in a checkout.
                self.desk.run(["ansible-galaxy", "collection", "build", str(ROOT)])
            status, printed = self.desk.run(words)
            assert bool(status) == fails, f"line {line}: {command}\n{printed}"
        if self.compares:
            missing = missing_from(printed, shown)
            assert missing is None, f"line {line}: not printed:\n{missing}\nbut:\n{printed}"

    def twice(self, words: list[str]) -> str:
        """Run a playbook, and again in the same breath, which saves a second."""
        at = playbook_at(words)
        status, printed = self.desk.run([*words[:at], words[at], *words[at:]])
        assert status == 0, f"{shlex.join(words)}\n{printed}"
        changes = changes_by_play(printed)
        again = changes[len(changes) // 2 :]
        assert again and not any(again), f"{shlex.join(words)} changed something again:\n{printed}"
        return printed


def playbook_at(words: list[str]) -> int:
    """Where the playbook stands in a command."""
    taking = {"-i", "-e", "--extra-vars", "--limit"}
    return next(at for at, word in enumerate(words) if at and not word.startswith("-") and words[at - 1] not in taking)


def is_playbook(text: str) -> bool:
    data = yaml.safe_load(text)
    return isinstance(data, list) and any("hosts" in play or "import_playbook" in play for play in data)


@pytest.mark.parametrize(("page", "server"), RUNS, ids=label)
def test_a_page(page: Path, server: str, desk: Callable[[str], Desk]) -> None:
    Reader(desk(server), blocks_of(page), compares=server == SHOWS.get(name_of(page), XIVO)).read()


def test_each_playbook_is_run_for_real() -> None:
    """One that commands of a page run only in check mode, or before it is there, would never be."""
    for page in PAGES:
        saved: list[str] = []
        left: set[str] = set()
        for block in blocks_of(page):
            if block.kind == "yaml" and is_playbook(block.text):
                saved.append(block.file)
            for command, _shown in block.commands if block.kind == "console" else ():
                words = shlex.split(command)
                if words[0] != "ansible-playbook":
                    continue
                playbook = words[playbook_at(words)]
                known = playbook in saved or playbook.startswith("telephony.xivo.")
                assert known, f"{name_of(page)}, line {block.line}: {command}: no such playbook yet"
                left = (left | {playbook}) if "--check" in words else (left - {playbook})
        assert not left, f"{name_of(page)}: only checked: {left}"
        assert len(saved) == len(set(saved)), f"{name_of(page)}: two playbooks of one name"


EXAMPLES = [(plugin, server) for plugin in PLUGINS for server in ONLY.get(plugin.stem, (XIVO, WAZO))]


@pytest.mark.parametrize(("plugin", "server"), EXAMPLES, ids=label)
def test_the_examples_of_a_plugin(plugin: Path, server: str, desk: Callable[[str], Desk]) -> None:
    """Each task succeeds, and on one server is done twice, where the second time changes nothing."""
    here = desk(server)
    tasks = examples_of(plugin)
    secrets = set(re.findall(r"\{\{ (\w+_(?:password|pin)) \}\}", str(tasks)))
    before = yaml.safe_load((ROOT / "tests/docs/before.yml").read_text(encoding="utf-8")).get(plugin.stem, [])
    if plugin.stem != "xivo_context":  # whose first example makes the department that the others are about
        before.insert(0, examples_of(ROOT / "plugins/modules/xivo_context.py")[0])
    play = {
        "name": "Examples",
        "hosts": "localhost",
        "gather_facts": False,
        "vars": {"dial_plan": [{"name": "Comptabilite"}], **dict.fromkeys(secrets, "4711")},
        "tasks": before + [done for task in tasks for done in ((task, again(task)) if server == XIVO else (task,))],
    }
    here.write("examples.yml", yaml.safe_dump([play], sort_keys=False, allow_unicode=True))
    status, printed = here.run(["ansible-playbook", "examples.yml"])
    assert status == 0, printed


def examples_of(plugin: Path) -> list[dict[str, Any]]:
    match = re.search(r'^EXAMPLES = r"""\n(.*?)^"""$', plugin.read_text(encoding="utf-8"), re.M | re.S)
    assert match, f"{plugin.name} has no examples"
    tasks = yaml.safe_load(match[1])
    assert tasks and all("name" in task for task in tasks)
    return list(tasks)


def again(task: dict[str, Any]) -> dict[str, Any]:
    # A secret that is always set anew is a change each time. The result has a name of its own, as what a later example
    # reads is that of the first time.
    if "block" in task:  # which cannot be registered itself
        return {**task, "block": [again(one) if "register" not in one else one for one in task["block"]]}
    expected = "false" if "'always'" in str(task) else "again is changed"
    return {
        **task,
        "name": f"Again: {task['name']}",
        "register": "again",
        "failed_when": f"again is failed or {expected}",
    }


def test_the_readme_names_every_module_and_role() -> None:
    text = README.read_text(encoding="utf-8")
    kinds = [("plugins/modules", "*.py"), ("roles", "*"), ("playbooks", "*.yml"), ("plugins/filter", "*.py")]
    names = [path.stem for folder, pattern in kinds for path in (ROOT / folder).glob(pattern)]
    assert names
    assert [name for name in names if f"`{name}`" not in text and f"`telephony.xivo.{name}`" not in text] == []
