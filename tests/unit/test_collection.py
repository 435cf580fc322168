# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the parts of the collection say of each other."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(path.stem for path in (ROOT / "plugins/modules").glob("xivo_*.py"))


def test_the_action_group_has_every_module() -> None:
    runtime = yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))
    assert MODULES
    assert runtime["action_groups"]["xivo"] == MODULES


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_an_integration_target(module: str) -> None:
    # With a prefix, because a target is a role, and the collection has a role xivo_context.
    assert (ROOT / "tests/integration/targets" / f"module_{module}" / "tasks/main.yml").is_file()


def test_every_file_says_whose_it_is_and_its_licence() -> None:
    kinds = {".py", ".yml", ".yaml", ".toml", ".cfg", ".md", ".txt", ".j2"}
    files = [
        path
        for path in ROOT.rglob("*")
        if path.suffix in kinds
        and path.is_file()
        and path.stat().st_size  # ansible-test wants an __init__.py to be empty
        and path.name != "GPL-3.0-or-later.txt"
        and path.name != "integration_config.yml"
        and not {".git", ".venv", "output"} & set(path.relative_to(ROOT).parts)
    ]
    bare = [
        str(path.relative_to(ROOT))
        for path in files
        if "SPDX-License-Identifier: GPL-3.0-or-later" not in "".join(path.open(encoding="utf-8").readlines()[:6])
    ]
    assert files
    assert bare == []
