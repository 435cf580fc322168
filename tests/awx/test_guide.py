# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What docs/awx.md says is so."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml

from tests.awx.conftest import ROOT
from tests.awx.controller import Controller
from tests.awx.jobs import Launcher
from tests.awx.test_jobs import ACCOUNTANTS, DEPARTMENT, PLAN
from tests.awx.test_setup import FILES, PLAYBOOK
from tests.docs.desk import missing_from
from tests.docs.pages import blocks_of

PAGE = ROOT / "docs/awx.md"
TEXT = PAGE.read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under the row `heading`."""
    table = TEXT.split(f"{heading}\n")[1].split("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[1:]]


def test_what_is_set_up(controller: Controller) -> None:
    sorts = {"job template": "job_templates", "inventory": "inventories"}
    shown = rows("| in AWX | name | what it is |")
    # The one of these that is made only for those who name an image.
    named = [(sort, name) for sort, name, _what in shown if sort != "execution environment"]
    for sort, name in named:
        assert controller.named(sorts.get(sort, sort.replace(" ", "_") + "s"), name)
    made = [name for sort in controller.objects for name in controller.objects[sort]]
    # The organization was there; the inventory source has the name of the project.
    assert len(named) == len(made) - 2


def test_the_variables_of_the_playbook() -> None:
    header = PLAYBOOK.read_text(encoding="utf-8").split("\n- name:")[0]
    assert [row[0].strip("`") for row in rows("| variable | what it is |")] == re.findall(
        r"^# (awx_\w+) ", header, re.M
    )


def test_the_form() -> None:
    survey = json.loads((FILES / "survey_department.json").read_text(encoding="utf-8"))["spec"]
    shown = [
        (question, variable.strip("`"))
        for question, variable, _for in rows("| question | variable | for the accountants |")
    ]
    assert shown == [(question["question_name"], question["variable"]) for question in survey]


def test_the_artifacts(controller: Controller) -> None:
    given = {}
    for template in controller.objects["job_templates"].values():
        [play] = yaml.safe_load((ROOT / "playbooks" / template["playbook"]).read_text(encoding="utf-8"))
        [data] = [
            task["ansible.builtin.set_stats"]["data"] for task in play["tasks"] if "ansible.builtin.set_stats" in task
        ]
        given |= {name: template["name"].removeprefix("Telephony: ") for name in data}
    assert {name.strip("`"): of for name, of, _holds in rows("| artifact | of | what it holds, by server |")} == given


def test_the_files() -> None:
    named = set(re.findall(r"`([a-z_]+\.(?:yml|json))`", TEXT))
    here = {path.name for path in FILES.iterdir()}
    assert here <= named
    assert named - here <= {path.name for path in ROOT.iterdir()} | {"execution-environment.yml"}


def test_the_outputs(launcher: Launcher) -> None:
    texts = [block.text for block in blocks_of(PAGE) if block.kind == "text"]
    printed: list[str] = []

    def launch(*arguments: Any, **options: Any) -> None:
        [job] = launcher.launch(*arguments, **options)
        printed.append(re.sub(r"\x1b\[[0-9;]*m", "", job.output))

    launch(PLAN, check=True, limit="lyon:geneve")
    launch(DEPARTMENT, ACCOUNTANTS, limit="lyon")
    launch(DEPARTMENT, {**ACCOUNTANTS, "department_first_number": "9950"}, limit="lyon")
    # The others are the error without awx.awx, which has a test in test_setup.py, and a setting of AWX.
    error, *shown, setting = texts
    assert error.startswith("couldn't resolve module/action 'awx.awx.organization'.")
    assert setting.startswith("[")
    assert len(shown) == len(printed)
    for one, output in zip(shown, printed, strict=True):
        assert missing_from(output, one) is None, output


def test_its_menus_name_the_inputs_of_the_credential() -> None:
    fields = yaml.safe_load(Path(FILES / "credential_type_inputs.yml").read_text(encoding="utf-8"))["fields"]
    labels = {field["label"] for field in fields}
    assert {"Username", "Password", "Token", "Certificate authority", "Trust any certificate"} <= labels
    assert all(f"*{label}*" in TEXT for label in labels - {"Tenant", "Server"})
