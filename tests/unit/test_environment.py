# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of the environment counts beside the options of a task."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.telephony.xivo.plugins.module_utils.arguments import connection_spec
from ansible_collections.telephony.xivo.plugins.module_utils.environment import completed, same_server
from ansible_collections.telephony.xivo.plugins.module_utils.run import outcome
from hypothesis import assume, given
from hypothesis import strategies as st

OPTIONS = tuple(connection_spec())
URLS = ("confd_url", "auth_url", "webservices_url")
HOSTS = ("a.example.com", "b.example.com")
# Each spelled in every way that means the same.
SPELLED = {
    host: (host, f"https://{host}", f"{host.upper()}/", f"https://{host}:443", f" {host}. ", f"HTTPS://{host}/")
    for host in HOSTS
}


def environment(values: dict[str, str]) -> dict[str, str]:
    return {f"XIVO_{option.upper()}": value for option, value in values.items()}


@st.composite
def settings(draw: st.DrawFn, source: str, *needed: str) -> dict[str, str]:
    """Connection options that say where they come from: no value of one source is one of another's."""
    found = {}
    for option in {*needed, *draw(st.sets(st.sampled_from(OPTIONS)))}:
        if option == "host":
            found[option] = draw(st.sampled_from([spelled for host in HOSTS for spelled in SPELLED[host]]))
        elif option in URLS:
            found[option] = f"https://{draw(st.sampled_from(HOSTS))}:9486/{source}"
        else:
            found[option] = draw(st.sampled_from([f"{option} of the {source}", "the same"]))
    return found


def host_of(value: str) -> str:
    return value.strip().lower().removeprefix("https://").split("/")[0].split(":")[0].rstrip(".")


@given(
    settings("task", "host"), st.sampled_from(["host", *URLS]).flatmap(lambda needed: settings("environment", needed))
)
def test_nothing_of_the_environment_of_another_server(options: dict[str, str], said: dict[str, str]) -> None:
    assume("host" not in said or host_of(said["host"]) != host_of(options["host"]))
    result, _note = completed(options, environment(said))
    assert result == {**{key: said[key] for key in ("timeout",) if key in said}, **options}


@given(settings("task"), settings("environment", "host"))
def test_no_account_reaches_a_server_that_its_environment_does_not_name(
    options: dict[str, str], said: dict[str, str]
) -> None:
    """Without the option host too: then an address of the task may lead elsewhere."""
    options.pop("host", None)
    result, _note = completed(options, environment(said))
    if any(host_of(options[url]) != host_of(said["host"]) for url in URLS if url in options):
        assert {**result, "timeout": ""} == {**options, "timeout": ""}
    else:
        assert result["host"] == said["host"]


@given(settings("task"), settings("environment"))
def test_an_option_that_is_given_stays(options: dict[str, str], said: dict[str, str]) -> None:
    result, _note = completed(options, environment(said))
    assert {option: result[option] for option in options} == options
    assert set(result) <= set(options) | set(said)


@given(settings("task"), settings("environment"))
def test_an_account_is_of_one_piece(options: dict[str, str], said: dict[str, str]) -> None:
    result, _note = completed(options, environment(said))
    taken = {option for option in result if option not in options}
    if {"username", "password"} & set(options):
        assert "token" not in taken
    if "password" in taken and "username" in said:
        assert result["username"] == said["username"]


@given(settings("environment"))
def test_the_environment_alone_is_enough(said: dict[str, str]) -> None:
    assert completed({}, environment(said)) == (said, "")


@given(settings("task"), settings("environment"), st.sampled_from(HOSTS), st.data())
def test_the_environment_of_the_same_server_counts(
    options: dict[str, str], said: dict[str, str], host: str, data: st.DataObject
) -> None:
    both = [data.draw(st.sampled_from(SPELLED[host])) for _unused in range(2)]
    options, said = options | {"host": both[0]}, said | {"host": both[1]}
    result, _note = completed(options, environment(said))
    account = {"username", "password", "token"}
    assert result == {**said, **options} or account & set(options)
    assert {k: v for k, v in result.items() if k not in account} == {
        k: v for k, v in (said | options).items() if k not in account
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.example.com", "A.Example.Com"),
        ("a.example.com", "https://a.example.com"),
        ("a.example.com", "https://a.example.com:443/"),
        ("http://a.example.com", "http://a.example.com:80"),
        ("a.example.com:8443", "https://a.example.com:8443/"),
        ("a.example.com", " a.example.com.\n"),
        ("[::1]", "https://[::1]:443"),
        ("https://proxy.example.com/lyon", "https://proxy.example.com/lyon/"),
    ],
)
def test_one_server_spelled_in_two_ways(one: str, other: str) -> None:
    assert [same_server(*pair) for pair in ((one, other), (other, one))] == [True, True]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.example.com", "b.example.com"),
        ("a.example.com", "a.example.com:8443"),
        # A password that is meant for HTTPS is not for everybody who listens.
        ("a.example.com", "http://a.example.com"),
        ("a.example.com", "a.example.com.evil.example.org"),
        ("a.example.com", "a.example.com@b.example.com"),
        ("a.example.com", "https://b.example.com/a.example.com"),
        ("https://proxy.example.com/lyon", "https://proxy.example.com/paris"),
        ("localhost", "127.0.0.1"),
        ("a.example.com:port", "a.example.com"),
        ("[::1", "[::1]"),
        ("", "a.example.com"),
    ],
)
def test_two_servers(one: str, other: str) -> None:
    assert [same_server(*pair) for pair in ((one, other), (other, one))] == [False, False]


ACCOUNT = {"username": "ansible", "password": "of-ansible"}
TABLE: list[tuple[str, dict[str, Any], dict[str, str], dict[str, Any]]] = [
    ("an account for every server that the inventory names", {"host": "a"}, ACCOUNT, {"host": "a"} | ACCOUNT),
    ("an address without a host is of no known server", {"host": "a"}, ACCOUNT | {"auth_url": "https://a:9497"}, {}),
    ("None is left out", {"host": "a", "username": None}, ACCOUNT, {"host": "a"} | ACCOUNT),
    (
        "an empty text says that there is none",
        {"host": "a", "token": "", "tenant": ""},
        {"token": "t"} | ACCOUNT,
        ACCOUNT,
    ),
    ("a token beside the account: the web service of a XiVO takes none", {"token": "t"}, ACCOUNT, ACCOUNT),
    ("the password is of this username", {"username": "ansible"}, ACCOUNT, ACCOUNT),
    ("the password is of another username", {"username": "admin"}, ACCOUNT, {"username": "admin"}),
    ("the password of no named user", {"username": "admin"}, {"password": "p"}, {"password": "p"}),
    ("no account at all", {"username": ""}, ACCOUNT | {"token": "t"}, {"username": ""}),
    ("the password as an option", {"password": "p"}, ACCOUNT | {"token": "t"}, {"username": "ansible"}),
    (
        "an address on the same host",
        {"confd_url": "https://A:9486/1.1"},
        {"host": "a"} | ACCOUNT,
        {"host": "a"} | ACCOUNT,
    ),
    ("an address elsewhere", {"confd_url": "https://b:9486/1.1"}, {"host": "a"} | ACCOUNT, {}),
    ("certificates are of a server", {"host": "b"}, {"host": "a", "validate_certs": "false", "ca_path": "a.pem"}, {}),
    ("so is the product", {"host": "b"}, {"host": "a", "product": "wazo"}, {}),
    ("an empty variable is left out", {"host": "b"}, {"host": "", "tenant": ""} | ACCOUNT, ACCOUNT),
]


@pytest.mark.parametrize(("options", "said", "wanted"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_what_combines_with_what(options: dict[str, Any], said: dict[str, str], wanted: dict[str, Any]) -> None:
    result, _note = completed(options, environment(said))
    assert result == {key: value for key, value in options.items() if value is not None} | wanted


def test_other_options_are_no_connection_options() -> None:
    given_ = {"host": "b", "name": None, "_ansible_check_mode": True}
    assert completed(given_, environment({"host": "a", "name": "x"}))[0] == given_


NO_HOST = "No server is named. Give the option host, or set the variable XIVO_HOST of the environment."


def failure(options: dict[str, str], said: dict[str, str]) -> str:
    whole, unused = completed(options, environment(said))
    params = {**dict.fromkeys(OPTIONS), "product": "wazo", "validate_certs": True, "timeout": 1.0, **whole}
    message: str = outcome({}, params, True, False, lambda _params, _check, connect: connect() and {}, unused=unused)[
        "msg"
    ]
    return message


def test_what_does_not_count_is_said_where_it_is_lacking() -> None:
    said = {"host": "https://admin:hidden@a.example.com", **ACCOUNT}
    message = failure({"host": "b.example.com"}, said)
    assert message.endswith(
        "XIVO_USERNAME and XIVO_PASSWORD of the environment do not count: XIVO_HOST is a.example.com, and host is "
        "b.example.com."
    )
    assert "hidden" not in message
    assert "do not count" not in failure({"host": "127.0.0.1:1", "username": "u", "password": "p"}, said)
    assert failure({}, ACCOUNT) == NO_HOST
    assert failure({"confd_url": "http://b.example.com:1"}, {"host": "a.example.com", "tenant": "t"}) == (
        f"{NO_HOST} XIVO_HOST and XIVO_TENANT of the environment do not count: XIVO_HOST is a.example.com, and "
        "confd_url is at http://b.example.com:1."
    )
    assert "XIVO_PASSWORD of the environment does not count: another username" in failure(
        {"host": "b.example.com", "username": "admin"}, ACCOUNT
    )
    assert "host is b.example.com, and beside XIVO_AUTH_URL there is no XIVO_HOST that says the same." in failure(
        {"host": "b.example.com"}, {"auth_url": "https://b.example.com/api/auth/0.1", **ACCOUNT}
    )
