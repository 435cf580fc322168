# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is meant by a name, on each sort of server."""

from __future__ import annotations

import pytest
from ansible_collections.telephony.xivo.plugins.module_utils.domain.contexts import (
    NAMES_KEPT,
    NAMES_LOWERED,
    NAMES_MADE,
    Context,
    Directory,
    declaration_of,
    differences,
)
from ansible_collections.telephony.xivo.plugins.module_utils.domain.numbers import Range
from ansible_collections.telephony.xivo.plugins.module_utils.errors import InputError

UUIDS = [f"0000000{n}-1111-2222-3333-444444444444" for n in range(10)]


def made(number: int, label: str | None) -> Context:
    name = f"ctx-master-internal-{UUIDS[number]}"
    return Context(name, label=label, type="internal", key=number, uuid=UUIDS[number], tenant="T")


COMPTA, VENTES, NAMELESS = made(1, "Comptabilité"), made(2, "Ventes"), made(3, None)
MADE = Directory([COMPTA, VENTES, NAMELESS], NAMES_MADE)


@pytest.mark.parametrize(
    ("handle", "label", "found"),
    [
        ("Comptabilite", None, COMPTA),
        ("comptabilite", None, COMPTA),
        ("COMPTABILITÉ", None, COMPTA),
        ("compta", "Comptabilité", COMPTA),
        ("compta", "comptabilite", COMPTA),
        (COMPTA.name, None, COMPTA),
        (COMPTA.name, "Ventes", COMPTA),  # what the server calls it comes before any label
        (UUIDS[2], None, VENTES),
        (UUIDS[2].upper(), None, VENTES),
        (UUIDS[3], None, NAMELESS),
        ("compta", None, None),
        ("None", None, None),
        ("", None, None),
    ],
)
def test_where_the_server_makes_the_names(handle: str, label: str | None, found: Context | None) -> None:
    assert MADE.find(handle, label) is found


def test_two_labels_that_match_are_listed() -> None:
    twins = Directory([made(4, "Été"), made(5, "ETE"), VENTES], NAMES_MADE)
    with pytest.raises(InputError) as caught:
        twins.find("ete")
    for context in twins.contexts[:2]:
        assert f"name {context.name}, uuid {context.uuid}, label '{context.label}', tenant T" in caught.value.text
    assert "Give the name or the uuid" in caught.value.text
    assert "Ventes" not in caught.value.text
    assert twins.find(UUIDS[4]) is twins.contexts[0]


def test_a_name_and_a_label_that_mean_two_contexts() -> None:
    with pytest.raises(InputError) as caught:
        MADE.find("Ventes", "Comptabilité")
    assert COMPTA.name in caught.value.text
    assert VENTES.name in caught.value.text


def test_case_counts_where_names_are_kept() -> None:
    kept = Directory([Context("Compta"), Context("compta")], NAMES_KEPT)
    assert kept.find("Compta") is kept.contexts[0]
    assert kept.find("compta") is kept.contexts[1]
    assert kept.find("COMPTA") is None
    assert Directory([Context("x", label="Compta")], NAMES_KEPT).find("Compta", "Compta") is None


def test_case_does_not_count_where_the_server_lowers() -> None:
    lowered = Directory([Context("compta"), Context("Ventes"), Context("ventes")], NAMES_LOWERED)
    assert lowered.find("COMPTA") is lowered.contexts[0]
    assert lowered.find("Ventes") is lowered.contexts[1]  # made by REST, which keeps capitals
    with pytest.raises(InputError, match="2 contexts are meant by 'VENTES'"):
        lowered.find("VENTES")


@pytest.mark.parametrize(
    ("contexts", "handle"),
    [
        ([made(1, "Comptabilité")], "Comptabilite"),
        ([made(1, "Comptabilité"), made(2, "comptabilite")], None),  # two are meant
        ([made(1, "Service après-vente")], None),  # no name
        ([made(1, "general")], None),  # reserved
        ([made(1, None)], None),
        ([Context("default", label="Défaut", uuid=UUIDS[1], key=1)], "default"),  # from before an upgrade
    ],
)
def test_handle_leads_back(contexts: list[Context], handle: str | None) -> None:
    directory = Directory(contexts, NAMES_MADE)
    assert directory.handle(contexts[0]) == (handle or contexts[0].name)
    assert directory.find(directory.handle(contexts[0])) is contexts[0]


def test_includes_are_shown_by_handle_and_rows_to_nowhere_as_they_are() -> None:
    context = VENTES.replace(includes=[COMPTA.name, "nowhere"])
    directory = Directory([COMPTA, context], NAMES_MADE)
    assert directory.public(context, False)["includes"] == ["Comptabilite", "nowhere"]


def test_left_out_and_empty_are_two_things() -> None:
    declared = declaration_of({"name": "x", "user_ranges": [], "group_ranges": None, "includes": []})
    assert declared.ranges["user"] == ()
    assert declared.ranges["group"] is None
    assert declared.includes == ()
    current = Context("x", label="X", ranges={"user": [Range("1", "1", 0)], "group": [Range("2", "2", 0)]})
    after = declared.over(current)
    assert after.ranges["user"] == ()
    assert after.ranges["group"] == current.ranges["group"]
    assert after.label == "X"


def test_every_problem_of_a_declaration_is_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        declaration_of(
            {
                "name": "x",
                "user_ranges": [{"start": "9", "end": "1"}],
                "incall_ranges": [{"start": "a"}],
                "includes": ["default", "default"],
            }
        )
    assert caught.value.problems == [
        "Context 'x': user range 9-1: the start is greater than the end.",
        "Context 'x': incall range a: the start 'a' is not a number; use the digits 0 to 9 only.",
        "Context 'x': includes lists 'default' twice.",
    ]


def test_a_description_of_null_is_an_empty_one() -> None:
    assert differences(Context("x", description=None), Context("x", description="")) == []
