# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One playbook finds its contexts on every server, whoever makes the names."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.bench import Bench
from tests.unit.engine.dial_plans import Phones, done, plan, play, refused

PLAYBOOK = """
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.include_role:
        name: telephony.xivo.xivo_context
      vars:
        xivo_context_departments:
          - name: rh
            label: Ressources humaines
            first_number: "2001"
            users:
              - {firstname: Anne, lastname: Durand, email: anne@example.com, voicemail: {}}
              - {firstname: Bob, lastname: Petit, context: rh, voicemail: {number: "2050", context: rh}}
            groups:
              - {name: rh-tous, members: [anne@example.com]}
          - {name: gone, state: absent}
    - telephony.xivo.xivo_context: {name: trap-a, label: Trap A}
    - telephony.xivo.xivo_context: {name: trap-a, group_ranges: [{start: "8001", end: "8010"}]}
      when: not ansible_check_mode
    - telephony.xivo.xivo_context_range: {context: Trap A, type: user, start: "8101", end: "8110"}
      when: not ansible_check_mode
    - telephony.xivo.xivo_user: {firstname: Cyril, lastname: Roux, context: TRAP_A, extension: auto}
      when: not ansible_check_mode
"""


def test_one_playbook_for_all_servers(anywhere: Bench, tmp_path: Path) -> None:
    text = PLAYBOOK
    if anywhere.name == "xivo-16.15":  # its REST API has no includes
        text = text.replace("      vars:\n", "      vars:\n        xivo_context_includes: []\n", 1)
    (tmp_path / "playbook.yml").write_text(text, encoding="utf-8")
    before = len(anywhere.info()["contexts"])
    anywhere.forget()
    play(anywhere, tmp_path, "playbook.yml", "--check")
    assert anywhere.writes() == []
    play(anywhere, tmp_path, "playbook.yml")
    assert "changed=0" in play(anywhere, tmp_path, "playbook.yml")
    assert len(anywhere.info()["contexts"]) == before + 2
    [trap] = anywhere.info(name="trap-a")["contexts"]
    assert (trap["label"], len(trap["group_ranges"]), len(trap["user_ranges"])) == ("Trap A", 1, 1)


VENTES = {"name": "Ventes-Nord", "label": "Ventes Nord", "user_ranges": [{"start": "7001", "end": "7010"}]}


@pytest.mark.parametrize(
    "label", ["Ventes Nord", "Service des ressources humaines et de la formation", "General", "***", "Зал 1", "Cœur"]
)
def test_what_is_read_can_be_declared_anywhere(wazo26: Bench, anywhere: Bench, label: str) -> None:
    done(wazo26, [{"name": "one", "label": label}, {"name": "two", "label": "Zwei", "includes": ["one"]}])
    read = [context for context in wazo26.info()["contexts"] if context["label"] in (label, "Zwei")]
    assert not plan(wazo26, read)["changed"]
    [handle] = [context["name"] for context in read if context["label"] == label]
    assert not wazo26.context(name="Zwei", includes=[handle]).get("failed")
    anywhere.reset()
    if anywhere.name == "xivo-16.15":  # its REST API has no includes
        read = [context for context in read if context["label"] == label]
    done(anywhere, read)
    # Also by that name alone, in another task.
    assert [context["label"] for context in anywhere.info(name=handle)["contexts"]] == [label]


def test_twins_have_a_way_out(wazo26: Bench) -> None:
    done(wazo26, [VENTES])
    twin = {"name": "anything", "label": "ventes nord", "type": "internal"}
    Phones(wazo26).ask("POST", "contexts", twin)
    message = refused(wazo26, [VENTES])
    assert "2 contexts are meant by 'Ventes-Nord'" in message
    assert "with state: absent" in message
    one, other = (
        wazo26.info(name=context["name"])["identities"][context["name"]]["uuid"]
        for context in wazo26.info(name="Ventes-Nord")["contexts"]
    )
    assert one in message
    # In one task: the one goes, and the other is then the only one that is meant.
    done(wazo26, [VENTES, {"name": other, "state": "absent"}])
    assert [c["label"] for c in wazo26.info(name="Ventes-Nord")["contexts"]] == ["Ventes Nord"]
    assert not plan(wazo26, [VENTES, {"name": other, "state": "absent"}])["changed"]


def test_two_labels_of_one_slug(anywhere: Bench) -> None:
    both = [{"name": "vn", "label": "Ventes Nord"}, {"name": "vn2", "label": "ventes-nord"}]
    if anywhere.name == "wazo-26.09":
        assert "'vn' and 'vn2' are one and the same context." in refused(anywhere, both)
    else:
        done(anywhere, both)
        assert "2 contexts are meant by 'Ventes-Nord'" in refused(
            anywhere, [{"name": "x", "includes": ["Ventes-Nord"]}]
        )


def test_a_label_that_changes(wazo26: Bench) -> None:
    done(wazo26, [{"name": "rh", "label": "RH"}])
    result = done(wazo26, [{"name": "rh", "label": "Ressources humaines"}])
    assert "Write 'Ressources-humaines' in other tasks" in result["warnings"][0]
    assert plan(wazo26, [{"name": "rh", "label": "Ressources humaines"}])["warnings"] == []


def test_a_label_alone_does_not_lead_to_another_label(wazo22: Bench) -> None:
    done(wazo22, [{"name": "vn", "label": "Ventes Nord"}])
    result = done(wazo22, [VENTES])
    assert "'Ventes-Nord' leads by its label to the context with the name vn, label" in result["warnings"][0]
    assert "found by its label only" in refused(wazo22, [{"name": "Ventes-Nord", "label": "Ventes"}])
    assert done(wazo22, [{"name": "Ventes-Nord", "state": "absent"}])["plan"]["delete"] == ["vn"]


def test_a_name_comes_before_a_label_of_another(anywhere: Bench) -> None:
    crossed = [{"name": "nord", "label": "Sud et Est"}, {"name": "sud-et-est", "label": "Ailleurs"}]
    if anywhere.name == "wazo-26.09":
        assert "one and the same" in refused(anywhere, crossed)
    else:
        done(anywhere, crossed[:1])
        # Declared beside each other, each is its own.
        done(anywhere, crossed)
        assert len(anywhere.info(name="sud-et-est")["contexts"]) == 1


def test_a_name_that_only_a_wazo_makes(anywhere: Bench) -> None:
    name = "ctx-master-internal-00000000-1111-2222-3333-444444444444"
    message = refused(anywhere, [{"name": name, "label": "Ventes Nord"}])
    assert "Write Ventes-Nord in its place" in message


def test_what_a_purge_spares_is_called_in_any_way(anywhere: Bench) -> None:
    done(anywhere, [{"name": "vn", "label": "Ventes Nord"}])
    fresh = ["*default*", "*extern*", "*incall*", "*outcall*", "*switchboard*"]
    for pattern in ("Ventes Nord", "Ventes-Nord", "ventes-*", "VENTES_NORD"):
        result = plan(anywhere, [], check_mode=True, purge=True, purge_exclude=[*fresh, pattern], max_deletions=9)
        assert result["plan"]["delete"] == [], pattern
    result = plan(anywhere, [], check_mode=True, purge=True, purge_exclude=fresh, max_deletions=9)
    assert len(result["plan"]["delete"]) == 1
