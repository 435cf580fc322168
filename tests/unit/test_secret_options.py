# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is shown in place of a secret option, and that nothing else is touched."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.telephony.xivo.plugins.module_utils.registry import KINDS, declared_spec, whole_spec
from ansible_collections.telephony.xivo.plugins.module_utils.secret_options import (
    HIDDEN,
    censored,
    masked_options,
    secret_values,
    without_values,
)
from ansible_collections.telephony.xivo.plugins.modules import xivo_users

ANNE = {"firstname": "Anne", "extension": "1001", "voicemail": {"number": "1001", "password": "1001"}}


def test_a_secret_is_hidden_at_its_own_place_only() -> None:
    given = {
        "users": [ANNE, {"firstname": "Bob", "sip_password": "Anne"}],
        "password": "users",
        "token": "",
        "host": "h",
    }
    assert censored(xivo_users.SPEC, given) == {
        "users": [
            ANNE | {"voicemail": {"number": "1001", "password": HIDDEN}},
            {"firstname": "Bob", "sip_password": HIDDEN},
        ],
        "password": HIDDEN,
        "token": "",
        "host": "h",
    }


@pytest.mark.parametrize(
    "given",
    [
        {"voicemail": 4711},
        {"voicemail": "password=4711"},
        {"voicemail": ["4711"]},
        {"voicemail": {"pasword": "4711"}},
        {"voicemail": {"password": 4711}},
        {"sip_pasword": "4711"},
        {"sip_password": ["4711"]},
        {"sip_password": {"a": "4711"}},
    ],
)
def test_a_secret_in_the_wrong_place_or_shape_is_hidden(given: dict[str, Any]) -> None:
    one, many = declared_spec(KINDS["user"]), whole_spec(KINDS["user"])
    for spec, options in ((one, given), (many, {"users": [given]}), (many, {"users": given})):
        assert "4711" not in json.dumps(censored(spec, options))


@pytest.mark.parametrize("option", ["host", "confd_url", "auth_url", "webservices_url"])
@pytest.mark.parametrize("address", ["http://admin:4711@host", "admin:4711@host", "http://admin%3A4711%40host"])
def test_an_address_with_an_account_in_it_is_hidden(option: str, address: str) -> None:
    assert censored(xivo_users.SPEC, {option: address}) == {option: HIDDEN}
    assert censored(xivo_users.SPEC, {option: "https://host:9486/1.1"}) == {option: "https://host:9486/1.1"}


def test_the_secrets_of_all_levels() -> None:
    given = {"users": [ANNE, {"sip_password": "x"}, {"voicemail": None}], "password": "p", "token": None}
    assert sorted(secret_values(xivo_users.SPEC, given)) == ["1001", "p", "x"]


def test_what_was_masked_is_found_at_all_levels_but_in_the_account() -> None:
    given = {"users": [{"voicemail": {"password": HIDDEN}}, {"firstname": "x********y"}], "password": "********"}
    first, second = masked_options(given)
    assert first.startswith(f"The option users[0].voicemail.password holds '{HIDDEN}'")
    assert second.startswith("The option users[1].firstname holds '********'")
    assert masked_options({"users": [{"firstname": "*******"}]}) == []


def test_a_message_of_ansible_that_quotes_a_value() -> None:
    said = "Value '47'11' in the sub parameter field 'voicemail' must be a dict, not 'int'"
    assert without_values(said) == "The value in the sub parameter field 'voicemail' must be a dict, not 'int'"
