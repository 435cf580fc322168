# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP: one session for each server, errors as one family, secrets masked."""

from __future__ import annotations

import json
import re
import time
import traceback
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit

from ansible.module_utils.common.text.converters import to_text

from ..errors import (
    CertificateProblem,
    ConnectionProblem,
    RedirectProblem,
    RequestError,
    TimeoutProblem,
    UncertainError,
)
from .masking import Masker

try:
    import requests
except ImportError:
    HAS_REQUESTS = False
    REQUESTS_PROBLEM = traceback.format_exc()
else:
    HAS_REQUESTS = True
    REQUESTS_PROBLEM = ""

if TYPE_CHECKING:
    import typing as t

READ_TRIES = 4
# Not 504: a proxy says it of a server that is still at work on the request.
RETRIED = (429, 502, 503)
# A read is waited for, for as long as all tries of one that breaks off may take, but for no longer than this, in
# seconds, unless the timeout itself is longer.
LONGEST_READ = 120.0
LONGEST_PAUSE = 10.0  # seconds; a server that asks for more is not worth the wait of a whole play
# What one step of a path can hold: no slash, plain or quoted, nor what would end the path.
_STEP = re.compile(r"[^/\\%?#\s\x00-\x1f\x7f]+\Z")
# What an error of TLS speaks of where a certificate is not trusted, or is that of another host.
_CERTIFICATE = re.compile("certificate|hostname", re.IGNORECASE)
# What the web servers in use (nginx, Apache, cheroot, those written in Go) answer to plain HTTP on a port for HTTPS.
_WANTS_TLS = re.compile(r"plain HTTP|HTTP request to an HTTPS|only speaks HTTPS", re.IGNORECASE)
# A record of TLS that says no, where an answer of HTTP should begin.
_TLS_ALERT = "\\x15\\x03"


class Answer:
    """What a server answered. ``body`` is the JSON, or None where there is none."""

    def __init__(self, status: int, headers: t.Mapping[str, str], text: str) -> None:
        self.status = status
        self.headers = headers
        self.text = text
        self.is_json = False
        self.body: t.Any = None
        if text:
            try:
                self.body = json.loads(text)
                self.is_json = True
            except ValueError:
                pass

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


class Session:
    """Keeps connections open and knows which texts must never show."""

    def __init__(
        self,
        validate_certs: bool = True,
        ca_path: str | None = None,
        timeout: float = 30.0,
        pause: t.Callable[[float], None] = time.sleep,
    ) -> None:
        if not HAS_REQUESTS:
            raise ConnectionProblem("The Python library requests is missing where this task runs.")
        self._http = requests.Session()
        # Nothing but what a server asks for is sent as credentials: a netrc entry for the host would replace it.
        self._http.auth = lambda request: request
        # Given with each request: on the session, requests lets REQUESTS_CA_BUNDLE of the environment override it.
        self._verify = (ca_path or True) if validate_certs else False
        self._timeout = timeout
        self._pause = pause
        # What is hidden in what a server or a library says, before it becomes part of a message.
        self.masker = Masker()
        # Who has answered, and so speaks what we speak.
        self._answered: set[str] = set()

    def masked(self, text: t.Any) -> str:
        return self.masker.masked(text)

    def wait(self, seconds: float) -> None:
        """Wait before another look at what somebody else is doing."""
        self._pause(seconds)

    def close(self) -> None:
        self._http.close()

    def read(self, url: str, method: str = "GET", **options: t.Any) -> Answer:
        """GET, or another method that may be repeated; tried again after a broken connection or a passing error.

        Not after a time-out: the server would work on the first one still, and be slower with each.
        """
        pause = 0.5
        patience = max(self._timeout, min(READ_TRIES * self._timeout, LONGEST_READ))
        for left in range(READ_TRIES - 1, -1, -1):
            try:
                answer = self.send(method, url, patience=patience, **options)
            except TimeoutProblem as error:
                raise RequestError(
                    f"{error.text} It was not asked again, for it may still be at work on this. Set the option "
                    f"timeout to more than {self._timeout:g} seconds (or XIVO_TIMEOUT) to wait longer."
                ) from error
            except UncertainError as error:
                if not left:
                    raise RequestError(error.text) from error
                wait = pause
            else:
                if answer.status not in RETRIED or not left:
                    return answer
                wait = _retry_after(answer, pause)
            self._pause(min(wait, LONGEST_PAUSE))
            pause *= 2
        raise AssertionError("unreachable")

    def write(self, method: str, url: str, **options: t.Any) -> Answer:
        """Send a write, once. Only a 429 is tried again: it says that nothing was done."""
        for left in range(READ_TRIES - 1, -1, -1):
            answer = self.send(method, url, **options)
            if answer.status != 429 or not left:
                return answer
            self._pause(min(_retry_after(answer, 0.5 * 2 ** (READ_TRIES - 1 - left)), LONGEST_PAUSE))
        raise AssertionError("unreachable")

    def send(
        self,
        method: str,
        url: str,
        json_body: t.Any = None,
        params: t.Mapping[str, str] | None = None,
        headers: t.Mapping[str, str] | None = None,
        auth: t.Any = None,
        patience: float | None = None,
        shown: str | None = None,
    ) -> Answer:
        """Send one request, once, and wait for the answer for ``patience`` seconds, or else for the timeout.

        ``shown`` is the URL in messages, where there is a secret in it. Raises UncertainError where no whole answer
        came, ConnectionProblem where the request never left.
        """
        patience = patience or self._timeout
        shown = shown or url
        sent = {"Accept": "application/json"}
        data = None
        if json_body is not None:
            sent["Content-Type"] = "application/json"
            data = json.dumps(json_body).encode("utf-8")
        sent.update(headers or {})
        try:
            response = self._http.request(
                method,
                url,
                data=data,
                params=params,
                headers=sent,
                auth=auth,
                timeout=(self._timeout, patience),
                verify=self._verify,
                allow_redirects=False,
            )
            # Wazo's errors in plain text do not name an encoding; everything that these servers send is UTF-8.
            answer = Answer(response.status_code, response.headers, to_text(response.content, errors="replace"))
        except requests.exceptions.SSLError as error:
            if not _CERTIFICATE.search(to_text(error)):
                raise ConnectionProblem(
                    "%s cannot be reached over HTTPS: %s. Check its port; if it speaks plain HTTP, write http:// "
                    "before the host." % (_origin(url), self.masked(_reason(error)))
                ) from error
            raise CertificateProblem(
                "The certificate of %s is not trusted: %s. Set ca_path to the file of the authority that signed it; "
                "validate_certs: false would accept any server." % (_origin(url), self.masked(_reason(error)))
            ) from error
        except (requests.exceptions.ConnectTimeout, requests.exceptions.InvalidURL) as error:
            raise ConnectionProblem(
                "%s cannot be reached: %s. Check host, its port, and the network in between."
                % (_origin(url), self.masked(_reason(error)))
            ) from error
        except requests.exceptions.ConnectionError as error:
            if _never_sent(error):
                raise ConnectionProblem(
                    "%s cannot be reached: %s. Check host, its port, and the network in between."
                    % (_origin(url), self.masked(_reason(error)))
                ) from error
            if _speaks_tls(url, error):
                raise self._wants_tls(url) from error
            raise self._no_answer(method, shown, error, patience) from error
        except (UnicodeError, requests.exceptions.InvalidHeader):
            # Not with the error's own text, which may quote a secret.
            raise RequestError(
                f"The username or the token holds a letter that HTTP cannot carry ({_origin(url)})."
            ) from None
        except requests.exceptions.RequestException as error:
            raise self._no_answer(method, shown, error, patience) from error
        except OSError as error:
            raise CertificateProblem(f"The file of ca_path cannot be used: {to_text(error).rstrip('.')}.") from error
        if answer.status == 400 and url.startswith("http://") and _WANTS_TLS.search(answer.text):
            raise self._wants_tls(url)
        self._answered.add(_origin(url))
        if 300 <= answer.status < 400 and answer.status != 304:
            raise self._redirected(url, to_text(answer.headers.get("Location") or ""))
        return answer

    def _no_answer(self, method: str, url: str, error: Exception, patience: float) -> UncertainError:
        if _timed_out(error):
            return TimeoutProblem(f"{method} {url} timed out: no whole answer came within {patience:g} seconds.")
        text = f"{method} {url} got no complete answer: {self.masked(_reason(error))}."
        if url.startswith("http://") and _origin(url) not in self._answered:
            text += " If this port speaks HTTPS, write https:// before the host."
        return UncertainError(text)

    def _wants_tls(self, url: str) -> ConnectionProblem:
        origin = _origin(url)
        return ConnectionProblem(f"{origin} speaks HTTPS, and was asked in plain HTTP. Write https:// before the host.")

    def _redirected(self, url: str, location: str) -> RedirectProblem:
        """Advise another host only where a whole host is sent elsewhere, and not where one page is: to a login."""
        asked, target = urlsplit(url), urlsplit(urljoin(url, location))
        moved = (target.scheme, target.netloc) != (asked.scheme, asked.netloc)
        if location and moved and target.path in ("", "/", asked.path):
            return RedirectProblem(
                "%s redirects to %s. Give %s://%s as the host."
                % (_origin(url), self.masked(location), target.scheme, self.masked(target.netloc)),
                whole_host=True,
            )
        return RedirectProblem(
            "%s redirects to %s, as a web page does for a login, and is no API."
            % (url, self.masked(location or "another address")),
            whole_host=False,
        )


def address(base: str, *parts: t.Any) -> str:
    """Return an address below another one: each part is one step of its path, and cannot be more.

    Raises RequestError where a part could lead elsewhere. Quoting alone does not help: web servers undo it before they
    look at the steps.
    """
    steps = [to_text(part) for part in parts]
    if any(not _STEP.match(step) or step in (".", "..") for step in steps):
        raise RequestError(f"Something that {_origin(base)} said, or a token, cannot be a part of an address.")
    return "/".join([base.rstrip("/"), *(quote(step, safe="") for step in steps)])


def _retry_after(answer: Answer, otherwise: float) -> float:
    try:
        return max(0.0, float(answer.headers.get("Retry-After", "")))
    except ValueError:
        return otherwise


def _origin(url: str) -> str:
    parts = url.split("/")
    return "/".join(parts[:3]) if len(parts) >= 3 else url


def _never_sent(error: Exception) -> bool:
    """Tell whether the connection was never made: then nothing can have been done."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return type(reason).__name__ in ("NewConnectionError", "ConnectTimeoutError", "NameResolutionError", "ProxyError")


def _timed_out(error: Exception) -> bool:
    """Tell whether an answer, or the rest of one, did not come in time."""
    causes = [error, *error.args]
    return any(type(cause).__name__ in ("ReadTimeout", "ReadTimeoutError") for cause in causes)


def _speaks_tls(url: str, error: Exception) -> bool:
    return url.startswith("http://") and _TLS_ALERT in repr(error)


def _reason(error: Exception) -> str:
    """Return the innermost cause in words, without the names of Python objects around it."""
    inner: t.Any = error
    while True:
        args = getattr(inner, "args", ())
        deeper = getattr(inner, "reason", None)
        if not isinstance(deeper, Exception):
            deeper = next((a for a in reversed(args) if isinstance(a, Exception)), None)
        if deeper is None:
            break
        inner = deeper
    text = to_text(inner).strip()
    text = re.sub(r"^(<[^>]*>|\w+\([^)]*\)): ", "", text)
    return text.rstrip(".") or type(inner).__name__
