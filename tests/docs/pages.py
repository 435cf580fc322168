# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading the documentation: its pages, and the blocks of code in them.

Each sort of block has a rule, so that nothing is shown that is not tried:

``yaml``     a whole file; its first line is ``# NAME.yml``. What is a playbook is run.
``console``  ``$ COMMAND`` and what it prints, where ``...`` stands for lines left out. Run, and compared.
``shell``    commands that are not run, because they change the person's machine or run the tests; make targets exist.
``text``     an error or an output that is not a command's; errors.md has a test of its own.

Where an example needs somebody to use a number, an HTML comment says so, and the test does it there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
PAGES = [README, *sorted(ROOT.glob("docs/**/*.md")), *sorted(ROOT.glob("roles/*/README.md"))]
KINDS = ("yaml", "console", "shell", "text")
USE = "use"
_BLOCK = re.compile(
    r"^```(?P<kind>.*)\n(?P<text>(?:.*\n)*?)```$|^<!-- The test makes the extension (?P<use>\d+ in \w+) here\. -->$",
    re.M,
)
FILE = re.compile(r"# ([\w.-]+\.yml)\n")


@dataclass(frozen=True)
class Block:
    kind: str
    text: str
    line: int

    @property
    def file(self) -> str:
        """The name of the file that a block of YAML is."""
        match = FILE.match(self.text)
        assert match, f"line {self.line}: the first line of a YAML file is its name, as in '# department.yml'"
        return match[1]

    @property
    def commands(self) -> list[tuple[str, str]]:
        """Each command of a console, and what it prints."""
        parts = re.split(r"^\$ (.*(?:\\\n.*)*)\n", self.text, flags=re.M)
        assert not parts[0], f"line {self.line}: a console begins with '$ '"
        return [(command.replace("\\\n", ""), shown) for command, shown in zip(parts[1::2], parts[2::2], strict=True)]


def blocks_of(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order, with what the test does between them."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(USE, match["use"], line) if match["use"] else Block(match["kind"], match["text"], line)
        for match in _BLOCK.finditer(text)
        for line in (text.count("\n", 0, match.start()) + 1,)
    ]


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()
