# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a request is let in: a token that is made and deleted, one that was given, HTTP Basic or Digest, or nothing."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

from ansible.module_utils.common.text.converters import to_text

from ..errors import RequestError, TelephonyError
from .masking import MASK
from .session import address

try:
    import requests.auth
except ImportError:
    requests = None  # type: ignore[assignment]  # Session says so, before anything here is used

if TYPE_CHECKING:
    import typing as t

    from .session import Answer, Session

LIFE = 3600  # seconds; only matters where the deletion at the end cannot be made


# Of a token that is part of a header and of an address. Those of both products are uuids.
_TOKEN = re.compile(r"[A-Za-z0-9._~+=-]*[A-Za-z0-9_~+=-][A-Za-z0-9._~+=-]*\Z")


def is_token(text: str) -> bool:
    return _TOKEN.match(text) is not None


def request_token(session: Session, method: str, url: str, token: str, **options: t.Any) -> Answer:
    """Ask something of a token, below the address where tokens are made."""
    return session.read(address(url, token), method=method, shown=f"{url}/{MASK}", **options)


class Access:
    """No authentication: a server that lets this address in."""

    is_somebody = False

    def headers(self) -> dict[str, str]:
        return {}

    def auth(self) -> t.Any:
        return None

    def renew(self) -> bool:
        """After a 401: get new credentials. False means that the ones in use are still good, or all there are."""
        return False

    def close(self) -> None:
        """Leave nothing behind on the server."""


class BasicAccess(Access):
    is_somebody = True

    def __init__(self, username: str, password: str) -> None:
        # As bytes: requests would encode text as latin-1, and refuse what that does not hold.
        self._auth = requests.auth.HTTPBasicAuth(to_text(username).encode("utf-8"), to_text(password).encode("utf-8"))

    def auth(self) -> t.Any:
        return self._auth


class DigestAccess(Access):
    """The session keeps the cookie of the challenge, without which xivo-confd refuses the answer to it."""

    is_somebody = True

    def __init__(self, username: str, password: str) -> None:
        self._auth = requests.auth.HTTPDigestAuth(username, password)

    def auth(self) -> t.Any:
        return self._auth


class GivenToken(Access):
    is_somebody = True

    def __init__(self, session: Session, token: str) -> None:
        session.masker.hide(token)
        self._token = token

    def headers(self) -> dict[str, str]:
        return {"X-Auth-Token": self._token}


class MadeToken(Access):
    """A token of xivo-auth or wazo-auth, deleted at the end: a user of Wazo 26 may have 100 of them, then no more."""

    is_somebody = True

    def __init__(
        self,
        session: Session,
        auth_url: str,
        username: str,
        password: str,
        life: int = LIFE,
        maybe_xivo: bool = False,
    ) -> None:
        self._session = session
        self._url = auth_url.rstrip("/") + "/token"
        self._basic = BasicAccess(username, password)
        self._token: str | None = None
        self._body: dict[str, t.Any] = {"expiration": life}
        self._username = username
        self.auth_url = auth_url.rstrip("/")
        self.is_xivo = False
        # Whether xivo-auth may be at that address too.
        self._maybe_xivo = maybe_xivo

    def ask(self) -> Answer:
        """Ask for a token; the answer tells what server this is.

        xivo-auth wants a backend named and answers 500 without one; Wazo 22 refuses that name. Of a wazo-auth, a 500
        is not asked again: each leaves a token behind.
        """
        answer = self._session.send("POST", self._url, json_body=self._body, auth=self._basic.auth())
        if answer.status == 500 and self._maybe_xivo and not self.is_xivo:
            self.name_backend()
            answer = self._session.send("POST", self._url, json_body=self._body, auth=self._basic.auth())
        return answer

    def name_backend(self) -> None:
        self.is_xivo = True
        self._body["backend"] = "xivo_service"

    def take(self, answer: Answer) -> None:
        """Take the token out of an answer. Raises RequestError where there is none."""
        data = answer.body.get("data") if isinstance(answer.body, dict) else None
        token = data.get("token") if isinstance(data, dict) else None
        if answer.ok and isinstance(token, str) and is_token(token):
            self._token = token
            self._session.masker.hide(self._token)
            return
        if answer.status == 401:
            raise RequestError(
                "%s refused the username '%s' with this password (%s)."
                % (self.auth_url, self._username, self._session.masked(reason_of(answer))),
                401,
            )
        if answer.status == 429:
            raise RequestError(
                "%s gives no more tokens to '%s' (%s). Delete the ones that other programs left behind, "
                "or use an account of its own for Ansible."
                % (self.auth_url, self._username, self._session.masked(reason_of(answer))),
                429,
            )
        raise self.refusal(answer)

    def refusal(self, answer: Answer) -> RequestError:
        """Return the error that says why there is no token, whoever is to blame but the account."""
        text = f"{self.auth_url} gave no token: HTTP {answer.status}, {self._session.masked(reason_of(answer))}."
        if answer.status == 500 and answer.is_json and not self.is_xivo:
            text += (
                " A wazo-auth answers so while its message broker (RabbitMQ) is down, and leaves a token behind each "
                "time, which ends by itself after %d seconds. Have the broker started, then run the task again. The "
                "xivo-auth of a XiVO answers so where product is wazo." % self._body["expiration"]
            )
        elif answer.status >= 500:
            text += f" {restarting()}"
        return RequestError(text, answer.status)

    def release(self) -> str:
        """Return the token, which is then not deleted at the end."""
        token, self._token = self._token or "", None
        return token

    def headers(self) -> dict[str, str]:
        if self._token is None:
            self.take(self.ask())
        return {"X-Auth-Token": self._token or ""}

    def renew(self) -> bool:
        if self._token is None:
            return False
        if request_token(self._session, "HEAD", self._url, self._token).status != 404:
            return False
        self._token = None
        return True

    def close(self) -> None:
        if self._token is None:
            return
        token, self._token = self._token, None
        # The work is done; what is left of the token ends by itself after LIFE.
        with contextlib.suppress(TelephonyError):
            request_token(self._session, "DELETE", self._url, token, headers={"X-Auth-Token": token})


def nobody() -> str:
    """Return what to say where nobody logged in."""
    return (
        "No username and no token is given, and it lets nobody in without. Set username and password (XIVO_USERNAME, "
        "XIVO_PASSWORD), or token."
    )


def restarting() -> str:
    """Return what to say of a service of tokens that is away, and will be back."""
    return "The service that gives tokens is down, or is being restarted. Run the task again in a moment."


def reason_of(answer: Answer) -> str:
    """Return what a server said, whichever shape it has. HTML pages say nothing that helps, and an SQL statement shows
    what nobody should see: its parameters can be passwords."""
    return _said(answer).split("[SQL")[0].strip()


def _said(answer: Answer) -> str:
    body = answer.body
    if isinstance(body, list):
        return "; ".join(to_text(part) for part in body)
    if isinstance(body, dict):
        for key in ("reason", "message"):
            if body.get(key):
                said = body[key] if isinstance(body[key], list) else [body[key]]
                return "; ".join(to_text(s) for s in said)
    text = answer.text.strip()
    if not text or text.startswith("<"):
        return "no reason given"
    return text[:300]
