# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables as a YAML file that Ansible loads as the very same values, whoever typed them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

# A file of variables is read by Jinja. The second is a header that gives a text brackets of its own; since
# ansible-core 2.19 it makes a template of a text without any of the usual ones.
TEMPLATE = re.compile(r"\{|\A#jinja2:")
UNSAFE = "!unsafe"


def vars_file(variables: Mapping[str, Any], comment: Iterable[str]) -> str:
    """Return a YAML document of variables, below lines of comment.

    Every text stands in double quotes, with escapes for what a reader of YAML would change, and is marked as no
    template where it could be one. Long lines are not folded.
    """
    lines = "".join(f"# {printable(line)}\n" for line in comment)
    body = yaml.dump(
        _plain(variables), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=float("inf"), encoding=None
    )
    return f"---\n{lines}{body}"


def printable(text: str) -> str:
    """Return a text for a comment or a terminal: what could end its line, or steer the terminal, is left out."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _plain(value: Any) -> Any:
    """Return the same value of Python's own types: Ansible has texts, lists and numbers that remember things."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    # "".join makes a plain copy: str() of a text that Ansible has marked returns the marked one.
    return "".join(iter(str(value)))


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent lists inside dictionaries too, as in every playbook."""
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        """Write a value out wherever it stands."""
        return True

    def text(self, value: str) -> yaml.ScalarNode:
        return yaml.ScalarNode(UNSAFE if TEMPLATE.search(value) else "tag:yaml.org,2002:str", value, style='"')

    def dictionary(self, value: Mapping[str, Any]) -> yaml.MappingNode:
        pairs = []
        for key, item in value.items():
            name = self.represent_data(key)
            if key.isidentifier() and key.isascii() and key.islower():
                name.style = None  # quotes only where YAML wants them
            pairs.append((name, self.represent_data(item)))
        # A range stands on one line.
        return yaml.MappingNode("tag:yaml.org,2002:map", pairs, flow_style="start" in value)


_Dumper.add_representer(str, _Dumper.text)
_Dumper.add_representer(dict, _Dumper.dictionary)
