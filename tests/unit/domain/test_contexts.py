# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is meant by a name, on each sort of server."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.contexts import (
    NAMES_KEPT,
    NAMES_LOWERED,
    NAMES_MADE,
    Context,
    Directory,
    differences,
)
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.names import name_problem
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.numbers import Range
from ansible_collections.telephony.xivo.plugins.module_utils.errors import InputError
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.contexts import ContextDeclaration
from hypothesis import given
from hypothesis import strategies as st

UUIDS = [f"0000000{n}-1111-2222-3333-444444444444" for n in range(10)]


def made(number: int, label: str | None) -> Context:
    name = f"ctx-master-internal-{UUIDS[number]}"
    return Context(name, label=label, type="internal", id=number, uuid=UUIDS[number], tenant="T")


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


@pytest.mark.parametrize("names", [NAMES_KEPT, NAMES_LOWERED])
def test_a_label_leads_to_the_one_that_has_it_where_names_are_chosen(names: str) -> None:
    one, other = Context("vn", label="Ventes Nord"), Context("ventes-sud", label="Ventes Nord (2)")
    directory = Directory([one, other], names)
    assert directory.find("Ventes-Nord") is one
    assert directory.find("Ventes-Sud" if names == NAMES_LOWERED else "ventes-sud") is other
    # A label beside another name means nothing: many may have the same.
    assert directory.find("nouveau", "Ventes Nord") is None
    twins = Directory([one, replace(other, label="ventes nord")], names)
    assert twins.find("ventes nord") is None
    assert twins.unknown("ventes nord") == (
        "2 contexts are meant by 'ventes nord': name vn, label 'Ventes Nord'; name ventes-sud, label 'ventes nord'. "
        "Give the name of one of them in its place. One that is not wanted can be deleted by that, with state: absent."
    )


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
        ([made(1, "Comptabilité"), made(2, "comptabilite")], "Comptabilite-70b18b4e"),  # two are meant
        ([made(1, "Service après-vente")], "Service-apres-vente"),
        ([made(1, "Ventes Nord")], "Ventes-Nord"),
        ([made(1, "Cœur")], "Coeur"),
        ([made(1, "front_desk")], "front_desk"),
        ([made(1, "general")], "general-0feae16d"),  # reserved
        ([made(1, "Salon 会議")], "Salon-49fb9252"),  # the rest of it is lost
        ([made(1, "Service " * 10)], "Service-Service-Service-Servic-5bb11e86"),
        ([made(1, "***")], "ctx-596f4162"),
        ([made(1, "Ventes"), Context("Ventes", label="x", id=2)], "Ventes-1713ac84"),  # an older one has that name
        ([made(1, None)], "ctx-70b18b4e"),
        ([Context("default", label="Défaut", uuid=UUIDS[1], id=1)], "default"),  # from before an upgrade
    ],
)
def test_handle_leads_back(contexts: list[Context], handle: str) -> None:
    directory = Directory(contexts, NAMES_MADE)
    assert directory.handle(contexts[0]) == handle
    assert directory.find(directory.handle(contexts[0])) is contexts[0]


LABELS = st.one_of(
    st.none(),
    st.text(max_size=60),
    st.sampled_from(
        ["Ventes", "ventes", "Ventes Nord", "ventes-nord", "General", "xivo-a", "***", "!", "会議", "会 議"]
    ),
)


@given(st.lists(LABELS, max_size=8))
def test_every_context_has_a_handle_of_its_own_that_any_server_takes(labels: list[str | None]) -> None:
    contexts = [made(number, label) for number, label in enumerate(labels)]
    directory = Directory(contexts, NAMES_MADE)
    handles = [directory.handle(context) for context in contexts]
    assert len({handle.lower() for handle in handles}) == len(handles)
    for context, handle in zip(contexts, handles, strict=True):
        assert name_problem(handle) is None
        assert directory.find(handle) is context
        assert directory.find(handle.lower()) is context


@given(LABELS.filter(lambda label: label and label.strip()))
def test_a_handle_leads_to_the_same_label_on_another_server(label: str) -> None:
    handle = Directory([made(1, label)], NAMES_MADE).handle(made(1, label))
    other = made(2, label)
    assert Directory([other], NAMES_MADE).find(handle) is other


def test_includes_are_shown_by_handle_and_rows_to_nowhere_as_they_are() -> None:
    context = replace(VENTES, includes=(COMPTA.name, "nowhere"))
    directory = Directory([COMPTA, context], NAMES_MADE)
    assert directory.public(context, False)["includes"] == ["Comptabilite", "nowhere"]


def test_left_out_and_empty_are_two_things() -> None:
    declared = ContextDeclaration({"name": "x", "user_ranges": [], "group_ranges": None, "includes": []})
    assert declared.ranges["user"] == ()
    assert declared.ranges["group"] is None
    assert declared.includes == ()
    current = Context("x", label="X", ranges={"user": [Range("1", "1", 0)], "group": [Range("2", "2", 0)]})
    after = declared.over(current)
    assert after.ranges["user"] == ()
    assert after.ranges["group"] == current.ranges["group"]
    assert after.label == "X"


def test_every_problem_of_a_declaration_is_told_at_once() -> None:
    declared = ContextDeclaration(
        {
            "name": "x",
            "user_ranges": [{"start": "9", "end": "1"}],
            "incall_ranges": [{"start": "a"}],
            "includes": ["default", "default"],
        }
    )
    assert [*declared.doubts(), *declared.problems()] == [
        "Context 'x': user range 9-1: the start is greater than the end.",
        "Context 'x': incall range a: the start 'a' is not a number; use the digits 0 to 9 only.",
        "Context 'x': includes lists 'default' twice.",
    ]


def test_a_description_of_null_is_an_empty_one() -> None:
    assert differences(Context("x", description=None), Context("x", description="")) == []
