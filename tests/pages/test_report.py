# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of telephony.xivo.report, made by the playbook and looked at in a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.telephony.xivo.plugins.module_utils.servers.xivo.webservice import stored_text
from playwright.sync_api import Page, expect

from tests.pages.conftest import Looker, accessibility_problems
from tests.playbook import Play, Ran, play
from tests.simulated import simulator

DEFAULT = {"name": "default", "includes": ["to-extern"]}
HOSTILE = "</script><script>document.title = 'taken'</script><b>\"'&amp;"
# Conflicts, a cycle, numbers that are used, a label that would like to be markup.
SMALL: list[dict[str, Any]] = [
    {
        "name": "Comptabilite",
        "label": "Comptabilité",
        "includes": ["default"],
        "user_ranges": [{"start": "2001", "end": "2090"}],
        "group_ranges": [{"start": "2091", "end": "2094"}],
        "conference_room_ranges": [{"start": "2095", "end": "2099"}],
    },
    {"name": "direction", "label": HOSTILE, "includes": ["Comptabilite", "bureau", "default"]},
    {"name": "bureau", "label": "Bureau", "includes": ["direction"], "user_ranges": [{"start": "2080", "end": "2082"}]},
]
USERS = [{"firstname": f"Anne{n}", "context": "Comptabilite", "extension": str(2001 + n)} for n in range(9)]
LARGE: list[dict[str, Any]] = [
    {
        "name": f"service-{n}",
        "label": f"Service {n}",
        "includes": ["default", "service-1"] if n % 10 == 0 and n else ["default"],
        "user_ranges": [{"start": str(20000 + n * 100), "end": str(20089 + n * 100)}],
        "group_ranges": [{"start": str(20090 + n * 100), "end": str(20093 + n * 100)}],
    }
    for n in range(197)
]
# The first can call twenty others: such a list in each row would be longer than the rest of the page.
CHAIN: list[dict[str, Any]] = [{"name": f"maillon-{n}", "includes": [f"maillon-{n + 1}"]} for n in range(20)]
CHAIN += [{"name": "maillon-20", "label": "Dernier", "includes": []}]
# Differs from what is there: one context is missing, one has another label, the rest is not declared.
DECLARED = {
    "dial_plan": [{"name": "Comptabilite", "label": "Compta"}, {"name": "Atelier", "label": "Atelier"}],
}


class House:
    """A simulated server, and reports of it."""

    def __init__(self, name: str, url: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self.server = (name, url)

    def play(self, playbook: str | Play, variables: dict[str, Any]) -> Ran:
        return play(self.folder, playbook, "-e", json.dumps(variables), server=self.server)

    def fill(self, contexts: list[dict[str, Any]], users: list[dict[str, Any]]) -> None:
        tasks = [{"telephony.xivo.xivo_contexts": {"contexts": contexts, "conflicts": "ignore"}}]
        tasks += [{"telephony.xivo.xivo_users": {"users": users}}] if users else []
        self.play({"tasks": tasks}, {}).succeeded()

    def report(self, file: str, **variables: Any) -> Path:
        self.play("telephony.xivo.report", {"report_file": file, **variables}).succeeded()
        return self.folder / file


@pytest.fixture(scope="module", params=["xivo-2018", "wazo-26.09"])
def small(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with simulator(request.param) as url:
        house = House(request.param, url, tmp_path_factory.mktemp("small"))
        house.fill(SMALL, USERS)
        house.report("plain.html")
        house.report("fr.html", report_language="fr", **DECLARED)
        yield house


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with simulator("wazo-26.09") as url:
        house = House("wazo-26.09", url, tmp_path_factory.mktemp("large"))
        house.fill([DEFAULT, *LARGE], [])
        yield house.report("large.html")


def row(page: Page, label: str) -> Any:
    return page.locator("tbody tr").filter(has=page.locator("th", has_text=re.compile(f"^{re.escape(label)}")))


def shown(page: Page) -> list[str]:
    """The labels of the rows that the filter leaves."""
    return page.locator("tbody tr:visible th").evaluate_all("cells => cells.map(c => c.firstChild.textContent)")


def test_what_it_shows(small: House, looker: Looker) -> None:
    with looker.open(small.folder / "plain.html") as page:
        assert page.locator("html").get_attribute("lang") == "en"
        expect(page.locator("h1")).to_have_text("Dial plan")
        cells = row(page, "Comptabilité").locator("td")
        expect(cells.nth(0)).to_have_text("internal")
        expect(cells.nth(1)).to_contain_text("users 2001–2090 81 free")
        expect(cells.nth(1)).to_contain_text("conference rooms 2095–2099 5 free")
        # Through default.
        expect(cells.nth(3)).not_to_have_text("–")
        [conflict] = page.locator(".conflicts li").all()
        expect(conflict).to_contain_text("Comptabilité users 2001–2090 and Bureau users 2080–2082")
        expect(page.locator("#changes ~ p")).to_contain_text("No plan was declared")


def test_the_map_is_to_scale(small: House, looker: Looker) -> None:
    with looker.open(small.folder / "plain.html", viewport={"width": 1400, "height": 900}) as page:
        segment = page.locator('.segment.user[title*="2001–2090"]')
        lane = segment.locator("xpath=..").bounding_box()
        box = segment.bounding_box()
        assert lane and box
        assert box["width"] / lane["width"] == pytest.approx(0.090, abs=0.002)
        assert (box["x"] - lane["x"]) / lane["width"] == pytest.approx(0.001, abs=0.002)
        # 2001 to 2009 are used, a tenth of it.
        used = segment.locator("i").bounding_box()
        assert used and used["width"] / box["width"] == pytest.approx(0.1, abs=0.02)
        # What shares numbers lies below.
        other = page.locator('.segment.user[title*="2080–2082"]').bounding_box()
        assert other and other["y"] >= box["y"] + box["height"]


def test_a_label_is_text(small: House, looker: Looker) -> None:
    with looker.open(small.folder / "plain.html") as page:
        assert page.title() != "taken"
        # XiVO's forms take tags out of a text, and leave the rest.
        assert (stored_text(HOSTILE) if small.name == "xivo-2018" else HOSTILE) in shown(page)


def test_the_filter(small: House, looker: Looker) -> None:
    with looker.open(small.folder / "plain.html") as page:
        everything = shown(page)
        for typed, left in (
            ("comptabilite", ["Comptabilité"]),
            ("COMPTABILITÉ", ["Comptabilité"]),
            ("2081", ["Comptabilité", "Bureau"]),
            ("nobody", []),
            ("", everything),
        ):
            page.fill("#filter-text", typed)
            assert sorted(shown(page)) == sorted(left), typed
            expect(page.locator("#shown")).to_have_text(f"{len(left)} of {len(everything)} contexts are shown.")
        page.check("#filter-conflicts")
        assert sorted(shown(page)) == ["Bureau", "Comptabilité"]
        page.uncheck("#filter-conflicts")
        page.select_option("#filter-type", "outcall")
        assert len(shown(page)) == 1
        # The map follows: an outgoing context has no numbers.
        assert page.locator(".axis .line:visible").count() == 0


def test_the_graph(small: House, looker: Looker) -> None:
    with looker.open(small.folder / "plain.html") as page:
        assert page.locator(".include.cycle").count() == 2
        expect(page.locator("#graph ~ ul li")).to_contain_text("Bureau")
        node = page.locator('.node[data-context="Bureau" i]')
        node.focus()
        assert page.locator(".graph.look .include.on").count() == 2
        page.keyboard.press("Enter")
        # The browser goes there in its own time.
        expect(page).to_have_url(re.compile(r"#context-bureau$", re.IGNORECASE))


def test_in_french_with_a_plan(small: House, looker: Looker) -> None:
    with looker.open(small.folder / "fr.html") as page:
        assert page.locator("html").get_attribute("lang") == "fr"
        expect(page.locator("h1")).to_have_text("Plan de numérotation")
        actions = page.locator("article h3 small").all_inner_texts()
        assert sorted(actions) == ["absent du serveur", "différent", "non déclaré", "non déclaré"]
        changed = page.locator("article", has_text="différent")
        expect(changed.locator(".removed").last).to_have_text("- label: Comptabilité")
        expect(changed.locator(".added").last).to_have_text("+ label: Compta")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("file", ["plain.html", "fr.html"])
def test_accessible(small: House, looker: Looker, file: str, scheme: Any) -> None:
    with looker.open(small.folder / file, color_scheme=scheme) as page:
        assert accessibility_problems(page) == []
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
        assert dark == (scheme == "dark")


def test_print_and_telephone(small: House, looker: Looker) -> None:
    with looker.open(small.folder / "fr.html", viewport={"width": 390, "height": 800}) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.emulate_media(media="print")
        expect(page.locator("form")).to_be_hidden()
        assert page.pdf().startswith(b"%PDF")


def test_without_scripts(small: House, looker: Looker) -> None:
    with looker.open(small.folder / "plain.html", java_script_enabled=False) as page:
        expect(page.locator("form")).to_be_hidden()
        expect(page.locator("tbody tr").first).to_be_visible()
        expect(page.locator(".axis .segment").first).to_be_visible()


def test_two_hundred_contexts(large: Path, looker: Looker) -> None:
    with looker.open(large, viewport={"width": 1280, "height": 900}) as page:
        assert len(shown(page)) == 200
        # A line for each thousand numbers, and the graph no higher than a few screens.
        assert page.locator(".axis .line").count() == 21
        graph = page.locator(".graph").bounding_box()
        assert graph and graph["width"] < 1280 and graph["height"] < 2500
        assert page.locator(".node").count() == 200
        page.fill("#filter-text", "35042")
        assert shown(page) == ["Service 150"]
        assert page.locator(".axis .line:visible").count() == 1
        assert accessibility_problems(page) == []


def test_a_long_list_is_folded(tmp_path: Path, looker: Looker) -> None:
    with simulator("wazo-26.09") as url:
        house = House("wazo-26.09", url, tmp_path)
        house.fill(CHAIN, [])
        file = house.report("chain.html")
    with looker.open(file) as page:
        cell = row(page, "maillon-0").locator("td").nth(3)
        expect(cell.locator("summary")).to_have_text("19")
        expect(cell.get_by_text("Dernier")).to_be_hidden()
        cell.locator("summary").click()
        expect(cell.get_by_text("Dernier")).to_be_visible()


def test_a_language_that_there_is_not(small: House) -> None:
    ran = small.play("telephony.xivo.report", {"report_language": "de"})
    assert "The report is written in en or fr, not in de." in ran.output
    assert ran.status == 2


def test_a_plan_that_cannot_be(small: House, looker: Looker) -> None:
    file = small.report("wrong.html", dial_plan=[{"name": "Comptabilité"}])
    with looker.open(file) as page:
        expect(page.locator("#changes ~ pre")).to_contain_text("Write name: Comptabilite")
