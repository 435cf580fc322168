# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finding out which server this is, and which of its APIs to use."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

from ansible.module_utils.common.text.converters import to_text

from ..arguments import ADDRESSES
from ..errors import CertificateProblem, ConnectionProblem, InputError, RedirectProblem, RequestError, TelephonyError
from ..transport.access import (
    LIFE,
    Access,
    BasicAccess,
    DigestAccess,
    GivenToken,
    MadeToken,
    is_token,
    request_token,
    restarting,
)
from .wazo.server import WazoServer
from .xivo.confd import XivoConfdServer
from .xivo.webservice import VERSION_HEADER, XivoWebserviceServer, confd_down

if TYPE_CHECKING:
    import typing as t

    from ..transport.session import Answer, Session
    from .base import Server
    from .confd.server import ConfdServer

WAZO_CONFD = "/api/confd/1.1"
WAZO_AUTH = "/api/auth/0.1"
XIVO_CONFD_PORT, XIVO_AUTH_PORT = 9486, 9497
_NO_ADDRESS = re.compile(r"[\s?#\\\x00-\x1f\x7f-\x9f]")
_LOCAL = ("localhost", "127.0.0.1", "[::1]")


def connect(params: t.Mapping[str, t.Any], session: Session) -> Server:
    """Return the server that the connection options lead to.

    Where the product is ``auto``, this costs one request on a XiVO, and none that is not needed anyway on a Wazo.
    Raises ConnectionProblem, RequestError or InputError.
    """
    finder = _Finder(params, session)
    try:
        return finder.find()
    except Exception:
        finder.access.close()
        raise


def keep_token(params: t.Mapping[str, t.Any], session: Session) -> tuple[str, str]:
    """Make a token that is not deleted at the end, and return it with the address of the service that gave it."""
    finder = _Finder(params, session)
    asked: dict[str, MadeToken] = {}

    def ask(url: str) -> Answer:
        asked[url] = finder.token_of(url, params["expiration"])
        return asked[url].ask()

    url, answer = finder.first_auth(
        ask,
        lambda answer: answer.ok or answer.status in (400, 401, 429),
        lambda url, answer: asked[url].refusal(answer).text,
    )
    asked[url].take(answer)
    return asked[url].release(), url


def delete_token(params: t.Mapping[str, t.Any], session: Session) -> None:
    """Delete a token wherever it was made; one that is gone already is none to delete."""
    finder = _Finder(params, session)
    token = finder.token
    if token is None:
        return
    session.masker.hide(token)
    finder.first_auth(
        lambda url: request_token(session, "DELETE", f"{url}/token", token),
        lambda answer: answer.status < 500,
        lambda url, answer: f"{url} did not delete the token: HTTP {answer.status}. {restarting()}",
    )


class _Finder:
    def __init__(self, params: t.Mapping[str, t.Any], session: Session) -> None:
        def given(option: str) -> str | None:
            # A credential of AWX that was left empty arrives as an empty text.
            return to_text(params[option]).strip() or None if params.get(option) else None

        for option in ADDRESSES:
            _check_address(option, given(option))
        self.session = session
        self.product = params["product"]
        self.base = _base(to_text(params["host"]))
        self.confd_url = given("confd_url")
        self.auth_url = given("auth_url")
        self.webservices_url = given("webservices_url")
        self.username = given("username")
        self.password = to_text(params["password"]) if params.get("password") else None
        self.token = given("token")
        self.tenant = given("tenant")
        self.access = Access()
        self.seen: list[str] = []
        self.unreached: ConnectionProblem | None = None
        self.silent = 0
        # What is said in place of "neither": a service that is there and does not work.
        self.ill: str | None = None
        # The address of a xivo-confd without contexts.
        self.bare_xivo: str | None = None
        session.masker.hide(self.password)
        if self.username and self.password:
            # As HTTP Basic sends them.
            basic = base64.b64encode(f"{self.username}:{self.password}".encode())
            session.masker.hide(to_text(basic))
        if self.username and self.password is None:
            raise InputError("The option password is missing; the username alone opens nothing.")
        if self.token and not is_token(self.token):
            raise InputError(
                "The option token holds something that no token has: those of XiVO and Wazo are letters, digits and "
                "hyphens. Give the token alone, without quotes, line ends or an address around it."
            )

    def find(self) -> Server:
        if self.product == "wazo":
            return self._wazo()
        if self.product == "auto" and not self.webservices_url:
            wazo = self._maybe_wazo()
            if wazo:
                return wazo
        return self._xivo()

    # Wazo

    def _wazo(self) -> Server:
        if self.token:
            self.access = GivenToken(self.session, self.token)
        elif self.username:
            self.access = self.token_of(self.auth_url or self.base + WAZO_AUTH)
        else:
            raise InputError("A Wazo server wants username and password, or a token.")
        server = self._wazo_server()
        advice = "This is no Wazo: set product to xivo, or leave it out."
        try:
            server.keep(server.list_contexts())
        except RequestError as error:
            if error.status != 404:
                raise
            raise ConnectionProblem(f"{error.text} {advice}") from error
        if not self._lists_tenants(server):
            raise ConnectionProblem(f"{server.url} lists contexts that have no tenant. {advice}")
        return server

    def _wazo_server(self) -> WazoServer:
        return WazoServer(
            self.session,
            self.access,
            self.confd_url or self.base + WAZO_CONFD,
            self.auth_url or self.base + WAZO_AUTH,
            self.tenant,
        )

    def token_of(self, url: str, life: int = LIFE) -> MadeToken:
        """Return a token that is yet to be made, at an address of wazo-auth, or of xivo-auth, or of either."""
        maybe_xivo = self.product != "wazo" and url != self.base + WAZO_AUTH
        made = MadeToken(self.session, url, self.username or "", self.password or "", life, maybe_xivo)
        if maybe_xivo and (self.product == "xivo" or not self.auth_url):
            made.name_backend()
        return made

    def _maybe_wazo(self) -> Server | None:
        """Return the Wazo server, or None where this is none; what a XiVO's xivo-auth answered is kept."""
        if self.token:
            self.access = GivenToken(self.session, self.token)
            server = self._wazo_server()
            try:
                server.keep(server.list_contexts())
            except RequestError as error:
                if error.status == 401:
                    raise
                if (error.status or 0) >= 500:
                    self.ill = self.ill or error.text
                self.note(server.url, error.text)
                return None
            except CertificateProblem:
                raise
            except ConnectionProblem as error:
                self._unless_elsewhere(error)
                return None
            except (KeyError, TypeError, ValueError):
                self.note(server.url, "the answer is no list of contexts")
                return None
            # xivo-confd 16.15 lists contexts too, at an address that was given.
            return server if self._lists_tenants(server) else None
        if not self.username:
            return None  # no Wazo lets anyone in without
        access = self.token_of(self.auth_url or self.base + WAZO_AUTH)
        try:
            answer = access.ask()
        except CertificateProblem:
            raise
        except ConnectionProblem as error:
            self._unless_elsewhere(error)
            return None
        if answer.status == 500 and answer.is_json:
            raise access.refusal(answer)
        if not answer.is_json or answer.status not in (200, 401, 429):
            if answer.status >= 500:
                self.ill = access.refusal(answer).text
            self.note(access.auth_url, "HTTP %d" % answer.status)
            return None
        access.take(answer)
        self.access = access
        return None if access.is_xivo else self._wazo_server()

    @staticmethod
    def _lists_tenants(server: WazoServer) -> bool:
        contexts = server.contexts()
        server.keep(contexts)
        return not contexts or any(context.tenant for context in contexts)

    def _unless_elsewhere(self, error: ConnectionProblem) -> None:
        """Go on after a host that does not answer only where the options name other addresses too, but always after a
        page that is no API: on a XiVO this is one of its web interface."""
        if isinstance(error, RedirectProblem) and not error.whole_host:
            self.note(self.base, error.text)
            return
        if not (self.confd_url or self.webservices_url):
            raise error
        self.silence(self.base, error)

    # XiVO

    def _xivo(self) -> Server:
        if self.webservices_url and self.token and not self.username:
            raise InputError(
                "XiVO's web service takes no token. Give username and password, or leave webservices_url out to use "
                "xivo-confd with the token."
            )
        wants_confd = bool(self.confd_url or self.auth_url or self.token)
        if self.webservices_url or not wants_confd:
            server = self._xivo_webservice(self.webservices_url or self.base)
            if server:
                return server
        if not self.webservices_url:
            server = self._xivo_confd()
            if server:
                return server
            # Only in place of a confd that has no contexts: one that is down for a while is no reason for another API.
            if wants_confd and not self.unreached and (self.username or not self.token):
                server = self._xivo_webservice(self.base)
                if server:
                    return server
        raise self.nothing_found()

    def nothing_found(self) -> ConnectionProblem:
        """Return the error that says what was tried, and how it was answered."""
        if self.ill:
            return ConnectionProblem(self.ill)
        if self.unreached and len(self.seen) == self.silent:
            return self.unreached
        if self.bare_xivo:
            text = (
                "%s answered as a XiVO: its xivo-confd is at %s. What is missing is the web service for contexts: %s. "
                "Newer XiVO have none, and then no interface by which contexts could be managed. If its web interface "
                "has another address, set webservices_url." % (self.base, self.bare_xivo, "; ".join(self.seen))
            )
            return ConnectionProblem(text if self.username else f"{text} It wants username and password, no token.")
        text = (
            "%s is neither a XiVO nor a Wazo server that this collection knows. %s. Check host, and set confd_url, "
            "auth_url or webservices_url if its services do not sit at their usual addresses."
            % (self.webservices_url or self.base, "; ".join(self.seen))
        )
        if not self.username and not self.token:
            text += " No username and no token is given: a Wazo lets nobody in without."
        return ConnectionProblem(text)

    def first_auth(
        self,
        ask: t.Callable[[str], Answer],
        fits: t.Callable[[Answer], bool],
        why: t.Callable[[str, Answer], str],
    ) -> tuple[str, Answer]:
        """Ask where tokens may be made, one place after the other, until one answers as such a service does. ``why``
        says what is wrong with one that does not work."""
        if self.auth_url:
            urls = [self.auth_url.rstrip("/")]
        else:
            wazo, xivo = self.base + WAZO_AUTH, self._xivo_auth_url()
            urls = {"wazo": [wazo], "xivo": [xivo]}.get(self.product, [wazo, xivo])
        for url in urls:
            try:
                answer = ask(url)
            except CertificateProblem:
                raise
            except ConnectionProblem as error:
                self.silence(url, error)
                continue
            if answer.is_json and fits(answer):
                return url, answer
            if answer.status >= 500:
                self.ill = self.ill or why(url, answer)
            self.note(url, "HTTP %d" % answer.status)
        raise self.nothing_found()

    def _xivo_auth_url(self) -> str:
        return self.auth_url or "https://%s:%d/0.1" % (_host_of(self.base), XIVO_AUTH_PORT)

    def _xivo_webservice(self, url: str) -> Server | None:
        access = BasicAccess(self.username, self.password or "") if self.username else Access()
        # Without an account, the service lets in the machine that it runs on, under another name.
        mode = "private" if not self.username and _host_of(url) in _LOCAL else "restricted"
        server = XivoWebserviceServer(self.session, access, url, mode, self._xivo_companion)
        try:
            answer = server.ask("list")
        except CertificateProblem:
            raise
        except ConnectionProblem as error:
            self.silence(url, error)
            return None
        down = confd_down(self.session, url, answer)
        if down:
            raise ConnectionProblem(down)
        if VERSION_HEADER not in answer.headers:
            self.note(url, "HTTP %d without the header %s" % (answer.status, VERSION_HEADER))
            return None
        self.access.close()  # a token of xivo-auth, if one was made, is of no use here
        self.access = access
        server.keep(server.contexts_of(answer))
        return server

    def _xivo_companion(self) -> ConfdServer:
        """Return the xivo-confd beside a web service, for what only it can tell."""
        self.access = Access()
        return XivoConfdServer(self.session, self._xivo_access(), self._xivo_confd_url())

    def _xivo_confd_url(self) -> str:
        return self.confd_url or "https://%s:%d/1.1" % (_host_of(self.base), XIVO_CONFD_PORT)

    def _xivo_confd(self) -> Server | None:
        url = self._xivo_confd_url()
        server: XivoConfdServer | None = None
        try:
            server = XivoConfdServer(self.session, self._xivo_access(), url)
            server.keep(server.list_contexts())
            return server
        except CertificateProblem:
            raise
        except ConnectionProblem as error:
            self.silence(url, error)
        except RequestError as error:
            if error.status != 404:
                raise
            self.note(url, "no contexts in this xivo-confd (HTTP 404)")
            if server is not None and self._tells_a_uuid(server):
                self.bare_xivo = url
        return None

    @staticmethod
    def _tells_a_uuid(server: XivoConfdServer) -> bool:
        """Tell whether it is a xivo-confd that answers, and not just anything with a 404."""
        try:
            infos = server.request("GET", "/infos").body
        except TelephonyError:
            return False
        return isinstance(infos, dict) and "uuid" in infos

    def _xivo_access(self) -> Access:
        if isinstance(self.access, (MadeToken, GivenToken)):
            return self.access
        if self.token:
            self.access = GivenToken(self.session, self.token)
        elif self.username:
            access = MadeToken(self.session, self._xivo_auth_url(), self.username, self.password or "")
            access.name_backend()
            try:
                access.take(access.ask())
            except CertificateProblem:
                raise
            except ConnectionProblem:
                if self.auth_url:
                    raise
                # Without xivo-auth there is the older way in, with the same account.
                self.access = DigestAccess(self.username, self.password or "")
            else:
                self.access = access
        return self.access

    def silence(self, url: str, error: ConnectionProblem) -> None:
        self.unreached = self.unreached or error
        self.silent += 1
        self.note(url, error.text)

    def note(self, url: str, text: str) -> None:
        self.seen.append(f"{url}: {text.rstrip('.')}" if url not in text else text.rstrip("."))


def _check_address(option: str, address: str | None) -> None:
    """Refuse an address that holds an account, or what would make another address of it. It is never quoted here."""
    if address is None:
        return
    where = f"The option {option} (or XIVO_{option.upper()} of the environment)"
    if "@" in address.replace("%40", "@"):
        raise InputError(f"{where} holds a user, before an '@'. Give username and password as options of their own.")
    if _NO_ADDRESS.search(address):
        raise InputError(
            f"{where} is no address of a server: it holds a blank, a '?', a '#', a backslash or a control character. "
            "Write a host, or https://HOST:PORT."
        )


def _base(host: str) -> str:
    host = host.strip().rstrip("/")
    if not host:
        raise InputError("The option host is empty.")
    return host if "://" in host else "https://" + host


def _host_of(url: str) -> str:
    """Return the host of an address without its port; an IPv6 address keeps its brackets."""
    host = url.split("://", 1)[-1].split("/", 1)[0].rsplit("@", 1)[-1]
    if host.startswith("["):
        return host.split("]", 1)[0] + "]"
    return host.split(":", 1)[0]
