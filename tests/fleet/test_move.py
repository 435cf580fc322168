# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From XiVO to Wazo with one plan: the playbooks of the guide, from one simulated server to another."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.fleet.fleet import ROOT, servers
from tests.playbook import play

FILL = """
- hosts: localhost
  gather_facts: false
  pre_tasks:
    - telephony.xivo.xivo_context:
        name: default
        label: Appels internes
        user_ranges: [{start: "1001", end: "1010"}]
  post_tasks:
    - telephony.xivo.xivo_user: {firstname: Chloé, lastname: Roux, context: default, extension: auto, voicemail: {}}
  roles:
    - role: telephony.xivo.xivo_context
      vars:
        xivo_context_departments:
          - name: Comptabilite
            label: Comptabilité
            first_number: "2001"
            users:
              - {firstname: Anne, lastname: Durand, email: anne.durand@example.com, voicemail: {password: "4711"}}
              - {firstname: Bernard, lastname: Petit}
              - {firstname: !unsafe "{{ 1 + 1 }}", lastname: O'Neil}
          - name: Direction
            first_number: "2301"
            includes: [Comptabilite, default]
"""


class Admin:
    """Somebody with a folder, who works on one server and then on another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        page = (ROOT / "docs/xivo_to_wazo.md").read_text(encoding="utf-8")
        for name, text in re.findall(r"^```yaml\n# ([\w.]+)\n(.*?)^```$", page, re.M | re.S):
            (folder / name).write_text(text)
        (folder / "fill.yml").write_text(FILL)

    def play(self, server: str, url: str, playbook: str, *words: str) -> str:
        return play(self.folder, playbook, *words, server=(server, url)).succeeded()


@pytest.mark.parametrize("wazo", ["wazo-22.13", "wazo-26.09"])
def test_the_same_file_on_both(tmp_path: Path, wazo: str) -> None:
    admin = Admin(tmp_path)
    with servers(["xivo-2018", wazo]) as (old, new):
        admin.play("xivo-2018", old, "fill.yml")
        admin.play("xivo-2018", old, "telephony.xivo.export", "-e", "export_file=dial_plan.yml")
        assert "changed=0" in admin.play("xivo-2018", old, "move.yml")
        assert "changed=1" in admin.play(wazo, new, "move.yml")
        assert "changed=0" in admin.play(wazo, new, "move.yml")
        # The Wazo's own export says the same, and may go back to the XiVO.
        admin.play(wazo, new, "telephony.xivo.export", "-e", "export_file=back.yml")
        assert "changed=0" in admin.play(wazo, new, "move.yml", "-e", "@back.yml")
        ranges = re.compile(r'start: "\d+", end: "\d+"')
        assert sorted(ranges.findall((tmp_path / "back.yml").read_text())) == sorted(
            ranges.findall((tmp_path / "dial_plan.yml").read_text())
        )

        export = ["telephony.xivo.export", "-e", "export_people_file=people.yml"]
        admin.play("xivo-2018", old, *export)
        assert "4711" not in (tmp_path / "people.yml").read_text()
        assert "changed=0" in admin.play("xivo-2018", old, "people_import.yml", "-e", "@people.yml")
        assert "changed=1" in admin.play(wazo, new, "people_import.yml", "-e", "@people.yml")
        assert "changed=0" in admin.play(wazo, new, "people_import.yml", "-e", "@people.yml")
        (tmp_path / "people.yml").rename(tmp_path / "before.yml")
        admin.play(wazo, new, *export)
        exported = [(tmp_path / name).read_text().lower().splitlines()[2:] for name in ("before.yml", "people.yml")]
        assert exported[0] == exported[1]
        assert 'context: "Appels-internes"' in (tmp_path / "people.yml").read_text()
        assert '!unsafe "{{ 1 + 1 }}"' in (tmp_path / "people.yml").read_text()
        numbers = re.compile(r"extension: .(\d+).")
        assert sorted(numbers.findall((tmp_path / "people.yml").read_text())) == ["1001", "2001", "2002", "2003"]
