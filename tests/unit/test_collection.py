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
