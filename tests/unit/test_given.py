# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ranges that are written as text, and numbers that are not."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.numbers import KINDS, option_of, parse_range
from ansible_collections.telephony.xivo.plugins.module_utils.given import as_meant, range_of
from ansible_collections.telephony.xivo.plugins.module_utils.registry import KINDS as RESOURCES
from ansible_collections.telephony.xivo.plugins.module_utils.registry import declared_spec, whole_spec
from ansible_collections.telephony.xivo.plugins.modules import (
    xivo_context,
    xivo_context_range,
    xivo_contexts,
    xivo_incall,
    xivo_users,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.bench import Bench
from tests.unit.domain.strategies import ranges
from tests.unit.engine.dial_plans import plan, refused

SPEC = xivo_context.SPEC
WHY = "YAML reads 0200 without quotes as 128, 20:01 as 1201 and yes as true."


@given(st.data(), st.sampled_from(KINDS))
def test_what_the_diff_shows_of_a_range_is_that_range(data: st.DataObject, kind: str) -> None:
    found = data.draw(ranges(tuple(range(1, 17)), kind))
    assert parse_range(range_of(str(found)), kind) == found
    shown = {option_of(kind): [str(found), found.public(kind)]}
    meant, warning = as_meant(shown, SPEC)
    assert [parse_range(item, kind) for item in meant[option_of(kind)]] == [found, found]
    assert warning == ""
    assert as_meant(meant, SPEC) == (meant, "")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (["2101-2190"], [("2101", "2190")]),
        ([" 2101 - 2190 "], [("2101", "2190")]),
        (["0200", {"start": "0300", "end": "0309"}], [("0200", "0200"), ("0300", "0309")]),
        ("2101-2190", [("2101", "2190")]),
        ("2101-2190,2200", [("2101", "2190"), ("2200", "2200")]),
        ([2101], [("2101", "2101")]),
        (2101, [("2101", "2101")]),
        ([{"start": "2101-2190"}], [("2101", "2190")]),
        ([], []),
    ],
)
def test_lists_of_ranges(written: Any, meant: list[tuple[str, str]]) -> None:
    found, _warning = as_meant({"user_ranges": written}, SPEC)
    assert [(item["start"], item["end"]) for item in found["user_ranges"]] == meant


@pytest.mark.parametrize("written", ["start=2101 end=2190", ['{"start": "2101"}'], {"start": "1"}, None])
def test_what_ansible_itself_reads_is_left_to_it(written: Any) -> None:
    assert as_meant({"user_ranges": written}, SPEC) == ({"user_ranges": written}, "")


def test_a_start_alone_may_be_a_whole_range() -> None:
    spec = xivo_context_range.SPEC
    found, _warning = as_meant({"start": "0145678000-0145678099 (did_length 4)"}, spec)
    assert found == {"start": "0145678000", "end": "0145678099", "did_length": 4}
    both = {"start": "2101-2190", "end": "2195"}
    assert as_meant(both, spec)[0] == both


@pytest.mark.parametrize(
    ("module", "text", "names"),
    [
        (
            xivo_contexts,
            "contexts: [{name: oct, label: yes, user_ranges: [{start: 0200, end: 0277}]}, {name: x, includes: [0100]}]",
            "contexts[0].label, contexts[0].user_ranges[0].start, contexts[0].user_ranges[0].end, "
            "contexts[1].includes[0]",
        ),
        (xivo_context, "user_ranges: [0200, '0300']", "user_ranges[0]"),
        (xivo_context_range, "{context: oct, type: group, start: 20:01, end: 20:59}", "start, end"),
        (
            xivo_users,
            "users: [{extension: 02001, voicemail: {password: 0123}}]",
            "users[0].extension, users[0].voicemail.password",
        ),
        (
            xivo_incall,
            "{context: in, extension: 8001, destination: {type: user, name: 2.5}}",
            "extension, destination.name",
        ),
    ],
)
def test_what_yaml_did_not_read_as_text_is_named(module: Any, text: str, names: str) -> None:
    _found, warning = as_meant(yaml.safe_load(text), module.SPEC)
    assert set(warning.partition(". YAML")[0].removeprefix("Not written as text: ").split(", ")) == set(
        names.split(", ")
    )
    assert WHY in warning


def test_in_quotes_there_is_nothing_to_say() -> None:
    text = "{name: x, label: 'yes', enabled: yes, timeout: 3, incall_ranges: [{start: '0100', did_length: 4}]}"
    assert as_meant(yaml.safe_load(text), SPEC)[1] == ""


def test_ranges_as_text_on_a_server(anywhere: Bench) -> None:
    context = {"name": "Bureau", "user_ranges": ["3001-3090", {"start": "3095"}], "group_ranges": "3091-3094"}
    incalls = {"name": "from-extern", "incall_ranges": ["0145678000-0145678099 (did_length 4)"]}
    said = [as_meant(options, SPEC)[0] for options in (context, incalls)]
    assert plan(anywhere, said)["changed"]
    assert plan(anywhere, said)["changed"] is False
    [shown] = anywhere.info(name="Bureau")["contexts"]
    assert shown["user_ranges"] == [{"start": "3001", "end": "3090"}, {"start": "3095", "end": "3095"}]
    wrong = as_meant({"name": "Bureau", "user_ranges": ["3001..3090"]}, SPEC)[0]
    assert "user range 3001..3090: the start '3001..3090' is not a number" in refused(anywhere, [wrong])


@pytest.mark.parametrize("value", [True, False, 7, 1.5])
@pytest.mark.parametrize("many", [False, True])
def test_what_stands_in_place_of_a_dictionary_is_refused_in_words(value: object, many: bool) -> None:
    spec = whole_spec(RESOURCES["user"]) if many else declared_spec(RESOURCES["user"])
    user = {"firstname": "Anne", "voicemail": value}
    meant, _untold = as_meant({"users": [user]} if many else user, spec)
    messages = ArgumentSpecValidator(spec).validate(meant).error_messages
    assert any("voicemail" in message for message in messages), messages
    assert any("dictionary requested" in message for message in messages), messages
