# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a request is let in: a token that is made and deleted, one that was given, HTTP Basic or Digest, or nothing."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

from ansible.module_utils.common.text.converters import to_text

from ..errors import RequestError, TelephonyError

try:
    import requests.auth
except ImportError:
    requests = None  # type: ignore[assignment]  # Session says so, before anything here is used

MYPY = False
if MYPY:
    import typing as t  # noqa: F401

    from .session import Answer, Session  # noqa: F401

LIFE = 3600  # seconds; only matters where the deletion at the end cannot be made


class Access(object):
    """No authentication: a server that lets this address in."""

    def headers(self):
        # type: () -> t.Dict[str, str]
        return {}

    def auth(self):
        # type: () -> t.Any
        return None

    def renew(self):
        # type: () -> bool
        """After a 401: get new credentials. False means that the ones in use are still good, or all there are."""
        return False

    def close(self):
        # type: () -> None
        """Leave nothing behind on the server."""


class BasicAccess(Access):
    def __init__(self, username, password):
        # type: (str, str) -> None
        # As bytes: requests would encode text as latin-1, and refuse what that does not hold.
        self._auth = requests.auth.HTTPBasicAuth(to_text(username).encode("utf-8"), to_text(password).encode("utf-8"))

    def auth(self):
        # type: () -> t.Any
        return self._auth


class DigestAccess(Access):
    """The session keeps the cookie of the challenge, without which xivo-confd refuses the answer to it."""

    def __init__(self, username, password):
        # type: (str, str) -> None
        self._auth = requests.auth.HTTPDigestAuth(username, password)

    def auth(self):
        # type: () -> t.Any
        return self._auth


class GivenToken(Access):
    def __init__(self, session, token):
        # type: (Session, str) -> None
        session.hide(token)
        self._token = token

    def headers(self):
        # type: () -> t.Dict[str, str]
        return {"X-Auth-Token": self._token}


class MadeToken(Access):
    """A token of xivo-auth or wazo-auth, deleted at the end: a user of Wazo 26 may have 100 of them, then no more."""

    def __init__(self, session, auth_url, username, password, life=LIFE):
        # type: (Session, str, str, str, int) -> None
        self._session = session
        self._url = auth_url.rstrip("/") + "/token"
        self._basic = BasicAccess(username, password)
        self._token = None  # type: t.Optional[str]
        self._body = {"expiration": life}  # type: t.Dict[str, t.Any]
        self._username = username
        self.auth_url = auth_url.rstrip("/")
        self.is_xivo = False

    def ask(self):
        # type: () -> Answer
        """Ask for a token; the answer tells what server this is.

        xivo-auth wants a backend named and answers 500 without one; Wazo 22 refuses that name.
        """
        answer = self._session.send("POST", self._url, json_body=self._body, auth=self._basic.auth())
        if answer.status == 500 and not self.is_xivo:
            self.name_backend()
            answer = self._session.send("POST", self._url, json_body=self._body, auth=self._basic.auth())
        return answer

    def name_backend(self):
        # type: () -> None
        self.is_xivo = True
        self._body["backend"] = "xivo_service"

    def take(self, answer):
        # type: (Answer) -> None
        """Take the token out of an answer. Raises RequestError where there is none."""
        data = answer.body.get("data") if isinstance(answer.body, dict) else None
        if answer.ok and isinstance(data, dict) and data.get("token"):
            self._token = to_text(data["token"])
            self._session.hide(self._token)
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
        raise RequestError(
            "%s gave no token: HTTP %d, %s." % (self.auth_url, answer.status, self._session.masked(reason_of(answer))),
            answer.status,
        )

    def release(self):
        # type: () -> str
        """Return the token, which is then not deleted at the end."""
        token, self._token = self._token or "", None
        return token

    def headers(self):
        # type: () -> t.Dict[str, str]
        if self._token is None:
            self.take(self.ask())
        return {"X-Auth-Token": self._token or ""}

    def renew(self):
        # type: () -> bool
        if self._token is None:
            return False
        if self._session.read(self._url + "/" + self._token, method="HEAD").status != 404:
            return False
        self._token = None
        return True

    def close(self):
        # type: () -> None
        if self._token is None:
            return
        token, self._token = self._token, None
        try:
            self._session.read(self._url + "/" + token, method="DELETE", headers={"X-Auth-Token": token})
        except TelephonyError:
            # The work is done; what is left of the token ends by itself after LIFE.
            pass


def reason_of(answer):
    # type: (Answer) -> str
    """Return what a server said, whichever shape it has. HTML pages say nothing that helps, and an SQL statement shows
    what nobody should see: its parameters can be passwords."""
    return _said(answer).split("[SQL")[0].strip()


def _said(answer):
    # type: (Answer) -> str
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
