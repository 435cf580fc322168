# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which names are taken, and what to write instead of the others."""

from __future__ import annotations

import pytest
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.names import (
    RESERVED,
    fold,
    label_problem,
    name_for,
    name_problem,
    salted_name_for,
    slug,
    suggest,
    without_accents,
)
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize("name", ["a", "Comptabilite", "from-extern", "__switchboard_directory", "2e_etage", "x" * 39])
def test_good_name(name: str) -> None:
    assert name_problem(name) is None


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("Comptabilité", "Comptabilite"),
        ("Comptabilite\u0301", "Comptabilite"),  # the accent as a character of its own
        ("Service après-vente", "Service_apres-vente"),
        (" Ventes ", "Ventes"),
        ("R&D", "R_D"),
        ("ventes\n", "ventes"),
        ("É" * 50, "E" * 39),
    ],
)
def test_bad_name_with_the_name_and_label_to_write(name: str, better: str) -> None:
    problem = name_problem(name)
    assert problem is not None
    assert f"The name '{name}' cannot be the internal name of a context." in problem
    assert f"Write name: {better} and label: '{name}'." in problem


@pytest.mark.parametrize("name", ["", " ", "é́ ".strip("é"), "会議", "général"])
def test_bad_name_that_has_no_better_one(name: str) -> None:
    problem = name_problem(name)
    assert problem is not None
    assert "Use only the letters a-z and A-Z, digits, '_' and '-'." in problem
    assert "Write name" not in problem


def test_too_long() -> None:
    assert name_problem("x" * 40) == f"The name '{'x' * 40}' has 40 characters; 39 is the most that a server takes."


@pytest.mark.parametrize("name", [*sorted(RESERVED), "General", "XiVO-features", "xivo-anything", "Xivo-x"])
def test_reserved(name: str) -> None:
    assert name_problem(name) == f"The name '{name}' is reserved by the telephone system itself; choose another one."


@given(st.text())
def test_what_is_suggested_is_a_name_or_nothing(text: str) -> None:
    better = suggest(text)
    problem = name_problem(better)
    assert problem is None or better == "" or "reserved" in problem


@given(st.text())
def test_comparing_forms_are_stable(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert without_accents(without_accents(text)) == without_accents(text)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Ventes Nord", "ventes-nord"),
        ("Ventes-Nord", "ventes-nord"),
        ("ventes_nord", "ventes-nord"),
        ("  VENTES -- (Nord) ", "ventes-nord"),
        ("Été", "ete"),
        ("E\u0301te\u0301", "ete"),
        ("Cœur & Œuvre", "coeur-oeuvre"),
        ("ﬁxe", "fixe"),
        ("Straße", "strasse"),
        ("Smørrebrød", "smorrebrod"),
        ("R&D 2e étage", "r-d-2e-etage"),
        ("Comp\u00adta", "compta"),  # a soft hyphen shows nothing
        ("☎\ufe0f Accueil", "accueil"),
        ("Бухгалтерия №1", "бухгалтерия-no1"),
        ("कि", "कि"),  # its vowel is a mark
        ("***", "***"),
        ("", ""),
        (" ", ""),
    ],
)
def test_slug(text: str, form: str) -> None:
    assert slug(text) == form
    assert slug(form) == form


@given(st.text())
def test_a_slug_is_stable_and_knows_no_case(text: str) -> None:
    assert slug(slug(text)) == slug(text)
    assert slug(without_accents(text)) == slug(text)


@given(st.text())
def test_the_name_of_a_label_leads_back_to_it(label: str) -> None:
    name = name_for(label)
    if name is not None:
        assert name_problem(name) is None
        assert slug(name) == slug(label)


@given(st.text("abé -_.", min_size=1, max_size=39).filter(lambda label: label.strip(" -_.")))
def test_a_short_label_of_letters_has_a_name(label: str) -> None:
    assert name_for(label) is not None


@given(st.text(), st.text())
def test_a_salted_name_is_one_for_every_server(label: str, salt: str) -> None:
    name = salted_name_for(label, salt)
    assert name_problem(name) is None
    assert name != salted_name_for(label, salt + "x")


@given(st.text("abcéèçÉÈÇôŌ", min_size=1))
def test_accents_and_case_do_not_count(text: str) -> None:
    assert fold(text) == fold(text.upper()) == fold(without_accents(text))


@pytest.mark.parametrize(
    ("label", "minimum", "in_bytes", "length"),
    [
        ("ab", 3, False, 2),
        ("", 1, False, 0),
        (" ", 1, False, 1),
        ("   ", 3, True, 3),
        ("x" * 129, 1, False, 129),
        ("é" * 65, 3, True, 130),
        ("x" * 129, 0, False, 129),
    ],
)
def test_bad_label(label: str, minimum: int, in_bytes: bool, length: int) -> None:
    problem = label_problem(label, minimum, in_bytes)
    assert problem is not None
    unit = "bytes" if in_bytes else "characters"
    assert f"has {length} {unit}; this server takes {minimum} to 128." in problem


@pytest.mark.parametrize(
    ("label", "minimum", "in_bytes"),
    [("Comptabilité", 3, True), ("éa", 3, True), ("a", 1, False), ("", 0, False), ("é" * 128, 1, False)],
)
def test_good_label(label: str, minimum: int, in_bytes: bool) -> None:
    assert label_problem(label, minimum, in_bytes) is None


@pytest.mark.parametrize("label", ["Compta\n", "Comp\tta", "\x7fCompta"])
def test_a_label_of_one_line(label: str) -> None:
    problem = label_problem(label)
    assert problem is not None
    assert "holds a line break or a tab. Write it on one line." in problem
