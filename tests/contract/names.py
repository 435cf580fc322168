# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the recordings call things, and what the simulator calls the same things.

Ids, uuids and tokens are made anew by each server. Where an answer of the simulator stands beside the recorded one, the
two values at the same place become a pair; later requests and expected answers are translated with these pairs. A value
that is already paired with another one is not learnt again, so that it shows up as a difference.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
TOKEN = re.compile(r"<TOKEN:[^>]+>")
# In error texts: ('context_id': 72, 'extension_id': 2), ('id': 61), 'associated_ids': [1]
ID_IN_TEXT = re.compile(r"'(?:(?P<kind>\w+)_)?ids?': ['\[]?(?P<value>\d+)")
# ... is associated with a user ('extension_id': 67, 'associated_id': '116'): only the text tells the kind.
ASSOCIATED = re.compile(r"(?P<before>associated with a (?P<kind>\w+) \(.*'associated_ids?': ['\[]?)(?P<value>\d+)")
# A link or Location, from the version on: what stands before it depends on where the server sits.
LINK = re.compile(r"^https?://[^/]+(?:/.*)?(?=/\d\.\d/)")
# Keys whose value is a list or object of the same kind of thing as the one around it.
WRAPPERS = {"items", "data"}
# What a server makes up for lines and endpoints, and the form that it has.
PROVISIONING_CODE = re.compile(r"\d{6}")
BY_CHANCE = {
    "name": re.compile(r"[a-z0-9]{8}"),
    "provisioning_code": PROVISIONING_CODE,
    "provisioning_extension": PROVISIONING_CODE,
}
UUID_KIND = "uuid"
TOKEN_KIND = "token"


def kind_of(word: str) -> str:
    """One name for a kind of object: ``context``, ``contexts`` and ``context_id`` all speak of contexts."""
    word = word.removesuffix("_id")
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word.removesuffix("s")


def kind_of_path(path: str) -> str:
    """The kind of object that a path is about: its last segment that is no id."""
    segments = [s for s in path.split("/") if s and not s.isdigit() and not UUID.fullmatch(s) and not TOKEN.match(s)]
    return kind_of(segments[-1]) if segments else ""


class Names:
    """Pairs of a recorded value and the simulated one, by kind."""

    def __init__(self) -> None:
        self._simulated: dict[tuple[str, str], str] = {}
        self._recorded: dict[tuple[str, str], str] = {}

    def pair(self, kind: str, recorded: object, simulated: object, again: bool = False) -> None:
        old, new = str(recorded), str(simulated)
        if not again and ((kind, old) in self._simulated or (kind, new) in self._recorded):
            return
        self._simulated[kind, old] = new
        self._recorded[kind, new] = old

    def simulated(self, kind: str, recorded: object) -> str:
        return self._simulated.get((kind, str(recorded)), str(recorded))

    def knows(self, kind: str, recorded: object) -> bool:
        return (kind, str(recorded)) in self._simulated

    # Learning

    def learn(self, recorded: Any, simulated: Any, kind: str) -> None:
        """Pair what stands at the same places of two answers about the same thing."""
        if isinstance(recorded, dict) and isinstance(simulated, dict):
            for key in recorded.keys() & simulated.keys():
                self._learn_value(key, recorded[key], simulated[key], kind)
        elif isinstance(recorded, list) and isinstance(simulated, list):
            for one, other in zip(recorded, simulated, strict=False):
                self.learn(one, other, kind)
        elif isinstance(recorded, str) and isinstance(simulated, str):
            self._learn_text(recorded, simulated)

    def _learn_value(self, key: str, recorded: Any, simulated: Any, kind: str) -> None:
        if isinstance(recorded, dict | list):
            self.learn(recorded, simulated, kind_within(kind, key, recorded))
        elif (of := id_kind(key, kind)) and is_id(recorded) and is_id(simulated):
            self.pair(of, recorded, simulated)
        elif isinstance(recorded, str) and isinstance(simulated, str):
            if TOKEN.fullmatch(recorded) or (key == "token" and UUID.fullmatch(recorded)):
                # The recordings give one name to every new token, so the last one counts.
                self.pair(TOKEN_KIND, recorded, simulated, again=True)
            elif (chance := BY_CHANCE.get(key)) and chance.fullmatch(recorded) and chance.fullmatch(simulated):
                self.pair(chance.pattern, recorded, simulated)
            else:
                self._learn_text(recorded, simulated)

    def _learn_text(self, recorded: str, simulated: str) -> None:
        """Uuids also stand inside texts, as in the names that newer servers make."""
        ours, theirs = UUID.findall(recorded), UUID.findall(simulated)
        if ours and len(ours) == len(theirs) and UUID.sub("", recorded) == UUID.sub("", simulated):
            for one, other in zip(ours, theirs, strict=True):
                # An error may say again what was asked, which is nobody's uuid.
                if one.lower() != other.lower():
                    self.pair(UUID_KIND, one.lower(), other.lower())

    # Translating

    def text(self, text: str, kind: str = "") -> str:
        """A text of the recording in the simulator's terms; ``kind`` is what a bare ``'id'`` in it speaks of."""

        def uuid(match: re.Match[str]) -> str:
            found = match.group()
            if self.knows(TOKEN_KIND, found):
                return self.simulated(TOKEN_KIND, found)
            new = self.simulated(UUID_KIND, found.lower())
            return new.upper() if found.isupper() else new

        def number(match: re.Match[str]) -> str:
            of = kind_of(match["kind"]) if match["kind"] else kind
            prefix = match.group()[: match.start("value") - match.start()]
            return prefix + self.simulated(of, match["value"])

        text = TOKEN.sub(lambda match: self.simulated(TOKEN_KIND, match.group()), text)
        text = ASSOCIATED.sub(
            lambda match: match["before"] + self.simulated(kind_of(match["kind"]), match["value"]), text
        )
        return ID_IN_TEXT.sub(number, UUID.sub(uuid, text))

    def path(self, path: str) -> str:
        segments = path.split("/")
        for at in range(1, len(segments)):
            if segments[at].isdigit():
                # 061 is 61, and has to stay an oddly written number.
                bare = segments[at].lstrip("0") or "0"
                zeros = segments[at][: len(segments[at]) - len(bare)]
                segments[at] = zeros + self.simulated(kind_of(segments[at - 1]), bare)
            else:
                segments[at] = self.text(segments[at])
        return "/".join(segments)

    def query(self, query: str | None, path: str) -> str:
        if not query:
            return ""
        pairs = parse_qsl(query, keep_blank_values=True)
        kind = kind_of_path(path)
        translated = [
            (key, self.simulated(of, value) if (of := id_kind(key, kind)) and is_id(value) else self.text(value))
            for key, value in pairs
        ]
        return query if translated == pairs else urlencode(translated)

    def value(self, value: Any, kind: str, key: str = "") -> Any:
        """A JSON value of the recording in the simulator's terms."""
        if isinstance(value, dict):
            return {k: self.value(v, kind_within(kind, k, v), k) for k, v in value.items()}
        if isinstance(value, list):
            return [self.value(item, kind, key) for item in value]
        if (of := id_kind(key, kind)) and is_id(value):
            new = self.simulated(of, value)
            return new if isinstance(value, str) else int(new)
        if isinstance(value, str):
            if link := LINK.match(value):
                return self.path(value[link.end() :])
            if (chance := BY_CHANCE.get(key)) and self.knows(chance.pattern, value):
                return self.simulated(chance.pattern, value)
            return self.text(value, kind)
        return value


def id_kind(key: str, kind: str) -> str | None:
    """What kind of object the number under ``key`` identifies, in an object of ``kind``; None for other keys."""
    if key == "id":
        return kind
    if key.endswith("_id"):
        return kind_of(key)
    # The PHP service
    return key.removesuffix("id") if key == "entityid" else None


def is_id(value: object) -> bool:
    return not isinstance(value, bool) and (isinstance(value, int) or (isinstance(value, str) and value.isdigit()))


def kind_within(kind: str, key: str, value: object) -> str:
    """The kind of object that ``value`` is about, found under ``key`` in one of ``kind``."""
    return kind_of(key) if isinstance(value, dict | list) and key not in WRAPPERS else kind
