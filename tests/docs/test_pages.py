# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the pages say of files, options, commands and errors is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from ansible_collections.telephony.xivo.plugins.module_utils.arguments import connection_spec

from tests.docs.pages import KINDS, PAGES, README, ROOT, USE, blocks_of, name_of

ERRORS = ROOT / "docs/errors.md"
WIDTH = 120
PAGE = pytest.mark.parametrize("page", PAGES, ids=name_of)


@PAGE
def test_blocks_are_of_a_known_sort(page: Path) -> None:
    assert {block.kind for block in blocks_of(page)} <= {*KINDS, USE}
    assert page.read_text(encoding="utf-8").count("```") == 2 * sum(b.kind in KINDS for b in blocks_of(page))
    for block in blocks_of(page):
        if block.kind == "yaml":
            assert yaml.safe_load(block.text), f"{block.file} is empty"


@PAGE
def test_no_line_is_too_long(page: Path) -> None:
    lines = page.read_text(encoding="utf-8").splitlines()
    # A row of a table cannot be folded.
    assert [line for line in lines if len(line) > WIDTH and not line.startswith("|")] == []


@PAGE
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]*)\)", page.read_text(encoding="utf-8")):
        if target.startswith("https://"):
            continue  # nothing is asked of other hosts
        path, _hash, anchor = target.partition("#")
        file = page.parent / path if path else page
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.M)
            assert anchor in {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings}, target


@PAGE
def test_variables_of_the_environment_are_read(page: Path) -> None:
    known = {f"XIVO_{option.upper()}" for option in connection_spec()}
    for path in ROOT.glob("plugins/*/*.py"):
        known |= set(re.findall(r"\"(XIVO_[A-Z_]+)\"", path.read_text(encoding="utf-8")))
    assert set(re.findall(r"\bXIVO_[A-Z]\w+", page.read_text(encoding="utf-8"))) <= known


@PAGE
def test_make_targets_are_there(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:^|`|\$ )make ([a-z][a-z-]*)", page.read_text(encoding="utf-8"), re.M):
        assert re.search(rf"^{target}:.*##", makefile, re.M), target


def test_the_pages_are_linked_from_the_readme() -> None:
    text = README.read_text(encoding="utf-8")
    pages = [name_of(page) for page in PAGES if page.is_relative_to(ROOT / "docs")]
    assert [page for page in pages if f"({page})" not in text] == []


def test_each_connection_option_is_in_the_table() -> None:
    text = (ROOT / "docs/connection.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| `(XIVO_\w+)` \|", text, re.M)
    assert rows == [(option, f"XIVO_{option.upper()}") for option in connection_spec()]


# Errors. The page shows each as the source has it, with … where the source puts something in.


def test_each_error_is_explained_and_each_explained_one_exists() -> None:
    shown = set(errors_shown())
    raised = {text for path in sources() for text in messages_of(path)}
    assert len(raised) > 50
    assert sorted(raised - shown) == []
    assert sorted(shown - raised) == []


def errors_shown() -> Iterator[str]:
    """Each line of a text block, with those that follow it further in."""
    for block in blocks_of(ERRORS):
        if block.kind == "text":
            for entry in re.split(r"\n(?! )", block.text.rstrip("\n")):
                yield " ".join(entry.split())


def sources() -> set[Path]:
    """The filters, the actions, and the files of module_utils that these and the modules use."""
    found = {path for kind in ("modules", "action", "filter") for path in ROOT.glob(f"plugins/{kind}/*.py")}
    todo = set(found)
    while todo:
        path = todo.pop()
        new = set(imported_by(path)) - found
        found |= new
        todo |= new
    return {path for path in found if path.parent.name != "modules"}


def imported_by(path: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom) or not node.module:
            continue
        if node.level:
            base = path.parents[node.level - 1] / node.module.replace(".", "/")
        elif node.module.startswith("ansible_collections.telephony.xivo."):
            base = ROOT / node.module.removeprefix("ansible_collections.telephony.xivo.").replace(".", "/")
        else:
            continue
        if base.with_suffix(".py").is_file():
            yield base.with_suffix(".py")
        else:
            yield from (file for alias in node.names if (file := base / f"{alias.name}.py").is_file())


def messages_of(path: Path) -> Iterator[str]:
    """The texts of a file that are for a person: all that have three words and a sentence's mark, docstrings apart."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    # What a plugin says in its documentation, and the parts of an f-string.
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id.isupper():
            skipped |= {id(child) for child in ast.walk(node.value)}
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(child) for child in node.values}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(v.value) if isinstance(v, ast.Constant) else "…" for v in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "\n" not in node.value:  # no diff
            text = re.sub(r"%0?\*?[sdr]", "…", node.value)
        else:
            continue
        text = " ".join(text.split())
        if len(re.findall(r"[a-z]{2,}", text)) >= 3 and re.search(r"[.:?]( |$)", text):
            yield text
