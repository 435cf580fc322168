# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finding out what a server is, and saying so where it is none or cannot be reached."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import flask
import pytest
import trustme

from tests.simulator.__main__ import make_server
from tests.unit.bench import Bench, bench

ELSEWHERE = "https://other.example.com/"


class Stranger:
    """A web server that is no telephone system: it answers `answer` to everything."""

    answer: Any = ""
    url = ""


@pytest.fixture(scope="module")
def stranger() -> Iterator[Stranger]:
    found = Stranger()
    app = flask.Flask("stranger", static_folder=None)

    @app.route("/", defaults={"path": ""})
    @app.route("/<path:path>", methods=["GET", "POST", "HEAD", "DELETE"])
    def everything(path: str) -> Any:
        return found.answer

    server = make_server(app, "127.0.0.1", 0)
    threading.Thread(target=server.serve, daemon=True).start()
    found.url = f"http://127.0.0.1:{server.bind_addr[1]}"
    yield found
    server.stop()


FOUND = {
    "xivo-2018": {"product": "xivo", "api": "xivo-webservice"},
    "xivo-16.15": {"product": "xivo", "api": "xivo-confd"},
    "wazo-22.13": {"product": "wazo", "api": "wazo-confd"},
    "wazo-26.09": {"product": "wazo", "api": "wazo-confd"},
}


def test_what_it_is_costs_at_most_one_request(anywhere: Bench) -> None:
    asked = {}
    for product in ("auto", FOUND[anywhere.name]["product"]):
        anywhere.forget()
        result = anywhere.context(name="default", product=product)
        asked[product] = len(anywhere.requests())
        assert {key: result["server"][key] for key in ("product", "api")} == FOUND[anywhere.name]
        assert result["server"]["url"].startswith(anywhere.url)
    assert asked["auto"] - asked[FOUND[anywhere.name]["product"]] == (1 if anywhere.name.startswith("xivo") else 0)


def test_the_answer_that_told_is_not_asked_for_again(anywhere: Bench) -> None:
    anywhere.info()
    paths = [(e["method"], e["path"], e["query"]) for e in anywhere.requests() if "/token" not in e["path"]]
    assert len(paths) == len(set(paths))


@pytest.mark.parametrize(
    ("server", "path", "body"),
    [
        ("xivo-16.15", "/0.1/token", {"backend": "xivo_service"}),
        ("wazo-22.13", "/api/auth/0.1/token", {}),
        ("wazo-26.09", "/api/auth/0.1/token", {}),
    ],
)
def test_a_given_token_tells_too(benches: Callable[[str], Bench], server: str, path: str, body: dict[str, str]) -> None:
    there = benches(server)
    token = there.make_token(path, body)
    there.connection |= {"username": None, "password": None, "token": token}
    assert there.done(name="x")["server"]["api"] == FOUND[server]["api"]


def test_a_token_where_only_the_web_service_has_contexts(webservice: Bench) -> None:
    webservice.connect_to_confd()
    token = webservice.make_token("/0.1/token", {"backend": "xivo_service"})
    webservice.connection |= {"username": None, "password": None, "token": token}
    assert "no contexts in this xivo-confd (HTTP 404)" in webservice.refused(name="new")


def test_a_confd_without_contexts_gives_way_to_the_web_service(webservice: Bench) -> None:
    webservice.connect_to_confd()
    result = webservice.done(name="new", includes=["default"])
    assert result["server"]["api"] == "xivo-webservice"


def test_a_confd_that_is_down_does_not(xivo1615: Bench, closed_port: int) -> None:
    xivo1615.connection["confd_url"] = f"http://127.0.0.1:{closed_port}/1.1"
    for product in ("auto", "xivo"):
        message = xivo1615.refused(name="new", product=product)
        assert f"http://127.0.0.1:{closed_port} cannot be reached" in message


def test_the_web_service_comes_first_where_both_are_given(xivo1615: Bench) -> None:
    xivo1615.connection["webservices_url"] = xivo1615.url + "/"
    result = xivo1615.done(name="New", includes=["default"])
    assert result["server"] == {"product": "xivo", "api": "xivo-webservice", "url": xivo1615.url}


def test_addresses_that_are_not_the_usual_ones(wazo: Bench, closed_port: int) -> None:
    wazo.connection |= {
        "host": "wazo.example.com:1",
        "confd_url": f"{wazo.url}/api/confd/1.1/",
        "auth_url": f"{wazo.url}/api/auth/0.1/",
    }
    assert wazo.done(name="x")["server"]["url"] == f"{wazo.url}/api/confd/1.1"


def test_the_wrong_product(webservice: Bench, wazo26: Bench) -> None:
    assert "gave no token: HTTP 404" in webservice.refused(name="new", product="wazo")
    assert "is neither a XiVO nor a Wazo server" in wazo26.refused(name="new", product="xivo", **usual_ports(wazo26))


def usual_ports(server: Bench) -> dict[str, Any]:
    return {"confd_url": f"{server.url}/1.1", "auth_url": f"{server.url}/0.1"}


@pytest.mark.parametrize(
    "answer",
    [
        "<h1>It works!</h1>",
        ({"hello": "world"}, 200),
        ([], 200),
        (["nothing"], 404),
        ("", 204),
        ("", 500),
        ({"items": []}, 403),
        ("null", 200, {"Content-Type": "application/json"}),
        ("Unauthorized", 401),
    ],
)
@pytest.mark.parametrize("product", ["auto", "xivo", "wazo"])
@pytest.mark.parametrize("credentials", ["password", "token", "nothing"])
def test_neither(webservice: Bench, stranger: Stranger, answer: Any, product: str, credentials: str) -> None:
    stranger.answer = answer
    webservice.connection["host"] = stranger.url
    if credentials != "password":
        webservice.connection |= {"username": None, "password": None}
    if credentials == "token":
        webservice.connection |= {"token": "some-token", "confd_url": f"{stranger.url}/1.1"}
    message = webservice.refused(name="new", product=product)
    assert "fault of the collection" not in message
    assert message


def test_neither_says_what_was_seen_where(webservice: Bench, stranger: Stranger) -> None:
    stranger.answer, host = "<h1>It works!</h1>", stranger.url
    message = webservice.refused(name="new", host=host)
    assert f"{host} is neither a XiVO nor a Wazo server that this collection knows." in message
    assert f"{host}/api/auth/0.1: HTTP 200" in message
    assert f"{host}: HTTP 200 without the header X-XIVO-WS-VERSION" in message


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("product", ["auto", "xivo", "wazo"])
def test_a_redirect_is_told_and_not_followed(webservice: Bench, stranger: Stranger, status: int, product: str) -> None:
    stranger.answer, host = ("", status, {"Location": ELSEWHERE}), stranger.url
    message = webservice.refused(name="new", host=host, product=product)
    assert f"{host} redirects to {ELSEWHERE}. Give https://other.example.com as the host." in message


def test_a_redirect_to_the_same_place_elsewhere(webservice: Bench, stranger: Stranger) -> None:
    """As from http to https: what is advised is a host, not the address of one service on it."""
    target = "https://other.example.com:8443/api/auth/0.1/token"
    stranger.answer, host = ("", 301, {"Location": target}), stranger.url
    message = webservice.refused(name="new", host=host)
    assert message == f"{host} redirects to {target}. Give https://other.example.com:8443 as the host."


@pytest.mark.parametrize(
    "location",
    ["/index.php/login", "/login", "login", "", "//sso.example.com/realms/house", "https://sso.example.com/login?to=/"],
)
@pytest.mark.parametrize("product", ["auto", "xivo", "wazo"])
def test_a_redirect_to_a_login_is_no_host(webservice: Bench, stranger: Stranger, location: str, product: str) -> None:
    stranger.answer, host = ("", 302, {"Location": location}), stranger.url
    message = webservice.refused(name="new", host=host, product=product)
    assert "as a web page does for a login, and is no API" in message
    assert "as the host" not in message


def test_a_host_on_which_nobody_listens(anywhere: Bench, closed_port: int) -> None:
    url = f"http://127.0.0.1:{closed_port}"
    for product in ("auto", "xivo", "wazo"):
        addresses = {"host": url, "confd_url": None, "auth_url": None, "product": product}
        message = anywhere.refused(name="new", **addresses)
        assert f"{url} cannot be reached: " in message
        assert "Connection refused. Check host" in message
        assert "HTTPConnection" not in message


def test_a_host_that_takes_the_connection_and_says_nothing(webservice: Bench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        message = webservice.refused(name="new", host=url, timeout=0.05)
    assert url in message
    assert "timed out" in message.lower()


@pytest.mark.parametrize("host", ["nosuch.invalid", "https://nosuch.invalid", "http://[::1", "http://", "not a host"])
def test_a_host_that_is_no_host(webservice: Bench, host: str) -> None:
    message = webservice.refused(name="new", host=host)
    assert "fault of the collection" not in message


@pytest.mark.parametrize("host", ["", "  "])
def test_an_empty_host(webservice: Bench, host: str) -> None:
    assert webservice.refused(name="new", host=host) == "The option host is empty."


def test_a_username_without_its_password(anywhere: Bench) -> None:
    anywhere.connection["password"] = None
    assert "The option password is missing" in anywhere.refused(name="new")


def test_bad_input_is_refused_before_anything_is_asked(anywhere: Bench) -> None:
    message = anywhere.refused(name="x", user_ranges=[{"start": "20", "end": "1"}])
    assert message.startswith("Context 'x': user range 20-1: start and end must have the same number of digits")
    message = anywhere.refused(anywhere.range, context="x", type="user", start="2x")
    assert "is not a number" in message
    assert anywhere.requests() == []


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Bench, Path]]:
    folder = tmp_path_factory.mktemp("tls")
    with bench("wazo-26.09", tls=folder) as server:
        yield server, folder


def test_https_to_a_port_that_speaks_http(wazo26: Bench) -> None:
    """What comes back is no certificate that could be trusted or not."""
    host = wazo26.url.removeprefix("http://")
    message = wazo26.refused(name="new", host=host)
    assert f"https://{host} cannot be reached over HTTPS: " in message
    assert "http:// before the host" in message


@pytest.mark.parametrize("product", ["auto", "xivo", "wazo"])
@pytest.mark.parametrize(
    "said",
    [
        "<center><h1>400 Bad Request</h1></center><center>The plain HTTP request was sent to HTTPS port</center>",
        "Reason: You're speaking plain HTTP to an SSL-enabled server port.",
        "Client sent an HTTP request to an HTTPS server.",
        "The client sent a plain HTTP request, but this server only speaks HTTPS on this port.",
    ],
    ids=["nginx", "Apache", "Go", "cheroot"],
)
def test_http_to_a_port_that_speaks_https(webservice: Bench, stranger: Stranger, said: str, product: str) -> None:
    stranger.answer, host = (said, 400), stranger.url
    message = webservice.refused(name="new", host=host, product=product, **urls_below(host, product))
    assert message == f"{host} speaks HTTPS, and was asked in plain HTTP. Write https:// before the host."


def urls_below(host: str, product: str) -> dict[str, str]:
    return {"confd_url": f"{host}/1.1", "auth_url": f"{host}/0.1"} if product == "xivo" else {}


@pytest.mark.parametrize("product", ["auto", "xivo", "wazo"])
@pytest.mark.parametrize(
    ("said", "told"),
    [
        (b"\x15\x03\x01\x00\x02\x02\x16", "speaks HTTPS, and was asked in plain HTTP. Write https:// before the host."),
        (b"", "If this port speaks HTTPS, write https:// before the host."),
    ],
)
def test_http_to_a_port_that_says_no_in_tls(webservice: Bench, product: str, said: bytes, told: str) -> None:
    """Not every server for HTTPS answers in plain HTTP that it is one."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            while True:
                try:
                    connection, _address = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    connection.sendall(said)

        threading.Thread(target=answer, daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        message = webservice.refused(name="new", host=url, product=product, **urls_below(url, product))
        listener.shutdown(socket.SHUT_RDWR)
    assert told in message


def test_a_wazo_and_nobody_who_logs_in(wazo26: Bench) -> None:
    message = wazo26.refused(name="new", username=None, password=None, **usual_ports(wazo26))
    assert "No username and no token is given: a Wazo lets nobody in without." in message


def test_a_certificate_that_is_not_trusted(secured: tuple[Bench, Path]) -> None:
    server, _folder = secured
    server.reset()
    for product in ("auto", "xivo", "wazo"):
        message = server.refused(name="new", product=product)
        assert f"The certificate of {server.url} is not trusted" in message
        assert "Set ca_path" in message
    assert server.requests() == []


def test_a_certificate_that_ca_path_makes_trusted(secured: tuple[Bench, Path]) -> None:
    server, folder = secured
    server.reset()
    server.connection["ca_path"] = str(folder / "ca.pem")
    server.done(name="Trusted")


def test_the_wrong_authority(secured: tuple[Bench, Path]) -> None:
    server, folder = secured
    server.reset()
    trustme.CA().cert_pem.write_to_path(str(folder / "other.pem"))
    assert "is not trusted" in server.refused(name="new", ca_path=str(folder / "other.pem"))
    for name in ("nosuch.pem", "server.key"):
        message = server.refused(name="new", ca_path=str(folder / name))
        assert "ca_path" in message
        assert "fault of the collection" not in message


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_validate_certs_off(secured: tuple[Bench, Path]) -> None:
    server, _folder = secured
    server.reset()
    server.connection["validate_certs"] = False
    server.done(name="Any")


def test_environment_of_requests_changes_nothing(
    secured: tuple[Bench, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A netrc entry for the host would replace the credentials, REQUESTS_CA_BUNDLE the option ca_path."""
    server, folder = secured
    server.reset()
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    trustme.CA().cert_pem.write_to_path(str(folder / "other.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(folder / "other.pem"))
    server.connection["ca_path"] = str(folder / "ca.pem")
    views, seen = server.app.view_functions, []
    for endpoint, view in list(views.items()):
        if endpoint.startswith("wazo-confd."):

            def listening(view: Any = view, **arguments: Any) -> Any:
                seen.append(flask.request.headers.get("Authorization"))
                return view(**arguments)

            monkeypatch.setitem(views, endpoint, listening)
    server.done(name="Trusted")
    assert set(seen) == {None}


# Nobody logs in


@pytest.mark.parametrize("server", ["xivo-16.15", "wazo-22.13", "wazo-26.09"])
def test_nobody_logs_in(benches: Callable[[str], Bench], server: str) -> None:
    """It is not a right that is missing."""
    there = benches(server)
    said = {
        "xivo": "No username and no token is given, and it lets nobody in without.",
        "wazo": "A Wazo server wants username and password, or a token.",
    }
    product = FOUND[server]["product"]
    assert said[product] in there.refused(name="new", username=None, password=None, product=product)
    assert "No username and no token is given" in there.refused(
        name="new", username=None, password=None, **usual_ports(there)
    )


def test_nobody_logs_in_to_the_web_service(webservice: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ansible_collections.telephony.xivo.plugins.module_utils.servers.connect._LOCAL", ())
    message = webservice.refused(name="new", username=None, password=None)
    assert message == (
        f"{webservice.url} was asked without an account (HTTP 401). No username and no token is given, and it lets "
        "nobody in without. Set username and password (XIVO_USERNAME, XIVO_PASSWORD), or token."
    )


# A service that gives tokens, and does not work


@pytest.mark.parametrize("product", ["auto", "wazo"])
def test_a_wazo_auth_without_its_broker(wazo: Bench, product: str) -> None:
    """A real one has made the token before it fails, so it is asked once."""
    wazo.arm("error_before", method="POST", path="/token$", times=100)
    message = wazo.refused(name="new", product=product)
    assert "gave no token: HTTP 500, Internal Server Error. A wazo-auth answers so while its message broker" in message
    assert "leaves a token behind each time, which ends by itself after 3600 seconds" in message
    assert [entry["path"] for entry in wazo.requests() if entry["method"] == "POST"] == ["/api/auth/0.1/token"]


@pytest.mark.parametrize("product", ["auto", "wazo"])
@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_wazo_auth_that_is_being_restarted(wazo: Bench, stranger: Stranger, status: int, product: str) -> None:
    stranger.answer = (f"<html><h1>{status} Bad Gateway</h1></html>", status)
    message = wazo.refused(name="new", host=stranger.url, product=product)
    assert message == (
        f"{stranger.url}/api/auth/0.1 gave no token: HTTP {status}, no reason given. The service that gives tokens is "
        "down, or is being restarted. Run the task again in a moment."
    )


def test_a_wazo_confd_that_is_being_restarted(wazo: Bench) -> None:
    token = wazo.make_token("/api/auth/0.1/token", {})
    for credentials in ({}, {"username": None, "password": None, "token": token}):
        wazo.arm("confd_down", path="/confd/", times=4)
        message = wazo.refused(name="new", **credentials)
        assert "was answered with HTTP 502: no reason given." in message
        assert "neither" not in message


# A XiVO that has lost its web service


GONE: dict[str, Any] = {
    "removed": ("<html><center><h1>404 Not Found</h1></center></html>", 404),
    "an application in its place": ("<!doctype html><html><app-root></app-root></html>", 200),
    "a login in its place": ("", 302, {"Location": "/index.php/login"}),
    "gone": ("<h1>Gone</h1>", 410),
    "forbidden": ("<html><h1>403 Forbidden</h1></html>", 403),
}


@pytest.mark.parametrize("how", GONE)
@pytest.mark.parametrize("product", ["auto", "xivo"])
def test_a_xivo_without_its_web_service(webservice: Bench, stranger: Stranger, how: str, product: str) -> None:
    stranger.answer = GONE[how]
    webservice.connect_to_confd()
    message = webservice.refused(name="new", host=stranger.url, product=product)
    assert f"{stranger.url} answered as a XiVO: its xivo-confd is at {webservice.url}/1.1." in message
    assert "What is missing is the web service for contexts: " in message
    assert "neither" not in message
    assert "as the host" not in message
