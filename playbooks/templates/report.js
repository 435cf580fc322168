// Copyright (c) 2026, telephony.xivo contributors
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
"use strict";
// The page shows everything without this; it adds the filter, and shows the arrows of one context alone.
(() => {
  const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const rows = [...document.querySelectorAll("tbody tr[data-context]")];
  const texts = rows.map((row) => plain(row.cells[0].textContent + " " + row.cells[2].textContent));
  const others = [...document.querySelectorAll(".segment[data-context], .node[data-context]")];
  const lines = [...document.querySelectorAll(".axis .line")];
  const [text, type, conflicts, shown] = ["filter-text", "filter-type", "filter-conflicts", "shown"].map((id) =>
    document.getElementById(id)
  );

  // A number is looked for in the ranges: 2050 finds 2001–2090.
  const ranges = rows.map((row) => [...row.querySelectorAll(".number")].map((r) => r.textContent.split("–")));
  const holds = (number) => ([start, end = start]) =>
    number.length === start.length && start <= number && number <= end;

  function filter() {
    const wanted = plain(text.value.trim());
    const found = new Set();
    rows.forEach((row, i) => {
      const fits =
        (texts[i].includes(wanted) || (/^\d+$/.test(wanted) && ranges[i].some(holds(wanted)))) &&
        (!type.value || row.dataset.type === type.value) &&
        (!conflicts.checked || "conflict" in row.dataset);
      row.hidden = !fits;
      if (fits) found.add(row.dataset.context);
    });
    others.forEach((item) => item.classList.toggle("dim", !found.has(item.dataset.context)));
    lines.forEach((line) => line.classList.toggle("empty", !line.querySelector(".segment:not(.dim)")));
    shown.value = shown.dataset.text.replace("{shown}", found.size).replace("{total}", rows.length);
  }

  const form = document.querySelector(".filter");
  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  filter();

  const graph = document.querySelector(".graph");
  const look = (box) => {
    graph.classList.toggle("look", box !== null);
    for (const line of graph.querySelectorAll(".include"))
      line.classList.toggle("on", line.dataset.from === box || line.dataset.to === box);
  };
  for (const box of graph.querySelectorAll(".box")) {
    for (const event of ["pointerenter", "focusin"]) box.addEventListener(event, () => look(box.dataset.box));
    for (const event of ["pointerleave", "focusout"]) box.addEventListener(event, () => look(null));
  }
})();
