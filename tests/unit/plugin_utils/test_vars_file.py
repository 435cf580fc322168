# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of variables: Ansible loads what was written, and runs nothing of it."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible_collections.telephony.xivo.plugins.plugin_utils.vars_file import vars_file
from hypothesis import example, given
from hypothesis import strategies as st

# Line ends of other alphabets, blanks at the ends, what is another thing to YAML, and what is a template to Ansible.
TEXTS = [
    *("\x85", "a\x85b\u2028c\u2029d", "\t\v\f\x1b[31m\x00\x7f", "  blanks  ", "\ufeffmark", "\ufffe\uffff", "\r\n", ""),
    *(
        "yes",
        "no",
        "~",
        "null",
        "0200",
        "1e3",
        "0x10",
        "1:30",
        "2026-11-27",
        ".inf",
        "=",
        "<<",
        "*a",
        "&a",
        "!x",
        "- a",
    ),
    *("it's", 'a "b" \\n', "a: b # c", "\U0001f600 é", "[a, {b: c}]", "%TAG", "@", "`", "|\n  x", "---\n...\n"),
    *("{{ 1 + 1 }}", "{% if true %}x{% endif %}", "{# gone #}", "{", "#jinja2:variable_start_string:'(('\n((1 + 1 }}"),
    "#jinja2:variable_start_string:'((', variable_end_string:'))'\n((1 + 1))",
]
texts = st.sampled_from(TEXTS) | st.text()
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts | st.sampled_from(["start", "name"]), inner),
)


def loaded(folder: Path, text: str) -> Any:
    """What a task gets of such a file: every value loaded, and read by Jinja."""
    file = folder / "vars.yml"
    file.write_bytes(text.encode())
    # Since ansible-core 2.19 only what is trusted is a template, as a file is that is given with -e or vars_files.
    trusted = inspect.signature(DataLoader.load_from_file).parameters.keys() & {"trusted_as_template"}
    variables = DataLoader().load_from_file(str(file), **dict.fromkeys(trusted, True))
    return Templar(loader=DataLoader(), variables={}).template(variables)


@pytest.mark.thorough
@given(values, st.lists(texts))
@example(TEXTS, TEXTS)
def test_what_is_written_is_loaded(tmp_path_factory: pytest.TempPathFactory, value: Any, comment: list[str]) -> None:
    assert loaded(tmp_path_factory.getbasetemp(), vars_file({"value": value}, comment)) == {"value": value}


def test_every_text_of_the_list_is_loaded(tmp_path: Path) -> None:
    variables = {"dial_plan": [{"name": text, "includes": [text], "ranges": [{"start": text}]} for text in TEXTS]}
    written = vars_file(variables, TEXTS)
    assert loaded(tmp_path, written) == variables
    # One line for each that is not a list or a dictionary, whatever its text.
    assert len(written.splitlines()) == 1 + len(TEXTS) + 1 + 5 * len(TEXTS)


def test_what_is_not_marked_is_read_by_jinja(tmp_path: Path) -> None:
    written = vars_file({"a": "{{ 1 + 1 }}"}, []).replace("!unsafe ", "")
    assert str(loaded(tmp_path, written)["a"]) == "2"


def test_people_can_read_it() -> None:
    context = {"name": "Comptabilite", "label": "Comptabilité", "enabled": True, "includes": [], "note": None}
    ranges = [{"start": "0100", "end": "0199", "did_length": 4}]
    assert vars_file(
        {"dial_plan": [{**context, "user_ranges": ranges, "description": "{{ x }}"}]}, ["Of a house."]
    ) == (
        "---\n"
        "# Of a house.\n"
        "dial_plan:\n"
        '  - name: "Comptabilite"\n'
        '    label: "Comptabilité"\n'
        "    enabled: true\n"
        "    includes: []\n"
        "    note: null\n"
        "    user_ranges:\n"
        '      - {start: "0100", end: "0199", did_length: 4}\n'
        '    description: !unsafe "{{ x }}"\n'
    )
