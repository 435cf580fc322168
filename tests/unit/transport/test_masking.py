# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets in what a server says, in whatever spelling, and what else is left as it is."""

from __future__ import annotations

import base64
import html
import json
import unicodedata
from urllib.parse import quote, quote_plus

import pytest
from ansible_collections.telephony.xivo.plugins.module_utils.transport.masking import LONG, MASK, Masker, visible
from hypothesis import given
from hypothesis import strategies as st

SECRETS = st.text(st.sampled_from("aZ09-_~/+= %&?#'\"\\<>\r\n\té€😀\x1b"), min_size=LONG, max_size=20)
SPELLINGS = {
    "plain": lambda secret: secret,
    "URL": quote,
    "URL, every sign": lambda secret: quote(secret, safe=""),
    "URL, small letters": lambda secret: "".join(f"%{octet:02x}" for octet in secret.encode()),
    "URL, twice": lambda secret: quote(quote(secret, safe=""), safe=""),
    "form": quote_plus,
    "JSON": lambda secret: json.dumps(secret)[1:-1],
    "JSON, as text": lambda secret: json.dumps(secret, ensure_ascii=False)[1:-1],
    "JSON of PHP": lambda secret: json.dumps(secret)[1:-1].replace("/", r"\/"),
    "JSON in JSON": lambda secret: json.dumps(json.dumps(secret))[3:-3],
    "Python": lambda secret: repr(secret)[1:-1],
    "Python, bytes": lambda secret: repr(secret.encode())[2:-1],
    "HTML": html.escape,
}


def masker(*secrets: str) -> Masker:
    made = Masker()
    for secret in secrets:
        made.hide(secret)
    return made


@given(st.sampled_from(sorted(SPELLINGS)), SECRETS)
def test_every_spelling_of_a_secret_is_masked(spelling: str, secret: str) -> None:
    said = f"/token/{SPELLINGS[spelling](secret)} is refused"
    masked = masker(secret).masked(said)
    assert SPELLINGS[spelling](secret) not in masked
    assert masked == f"/token/{MASK} is refused"


@pytest.mark.parametrize(
    ("secret", "said", "shown"),
    [
        # As a word of its own, however short.
        ("4711", "the PIN 4711 is too easy", f"the PIN {MASK} is too easy"),
        ("4711", '{"password": "4711"}', f'{{"password": "{MASK}"}}'),
        ("4711", "/x%2F4711%2F", f"/x%2F{MASK}%2F"),
        ("a", "password='a'", f"password='{MASK}'"),
        ("a", "a is not a valid name", "a is not a valid name"),
        ("20", "at most 20 digits, not '20'", f"at most 20 digits, not '{MASK}'"),
        ("true", "that is true, enabled=true", f"that is true, enabled={MASK}"),
        # Not as a part of another one.
        ("2001", "12001 20011 10.2001.1 a-2001-b 2001", f"12001 20011 10.2001.1 a-2001-b {MASK}"),
        ("0001", "ff945a77-0001-4b00-8000-b50001fdcd79", "ff945a77-0001-4b00-8000-b50001fdcd79"),
        ("secret", "Secretariat, secretariat", "Secretariat, secretariat"),
        ("Comptabilite", "the context 'Comptabilite'", f"the context '{MASK}'"),
        # Nothing to be told from the text around it.
        ("-", "one-two", "one-two"),
        ("", "nothing", "nothing"),
    ],
)
def test_a_short_secret_is_masked_as_a_whole_word(secret: str, said: str, shown: str) -> None:
    assert masker(secret).masked(said) == shown


def test_the_longer_of_two_secrets_comes_first() -> None:
    basic = base64.b64encode(b"admin:4711").decode()
    assert (
        masker("4711", "x4711x4711x", basic).masked(f"x4711x4711x Basic {basic} 4711") == f"{MASK} Basic {MASK} {MASK}"
    )


def test_the_secrets_of_a_task_are_no_matter_to_the_next() -> None:
    made = masker("the-password")
    made.hide("2001", of_task=True)
    assert made.masked("2001 the-password") == f"{MASK} {MASK}"
    made.task_ended()
    assert made.masked("2001 the-password") == f"2001 {MASK}"


@given(st.text(st.characters()))
def test_nothing_that_steers_a_terminal_is_left(text: str) -> None:
    shown = visible(text)
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") and c not in "\n\t"]
    assert visible(shown) == shown
    assert len(shown.splitlines()) == len(text.split("\n")) - text.endswith("\n") - (not text)


def test_letters_of_all_languages_stay() -> None:
    text = "Comptabilité, 会計, محاسبة, 😀\tx\n"
    assert visible(text) == text
