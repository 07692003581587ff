/* Copyright (c) 2026 the netops.keepalive contributors
 * GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The view by host: filter, search, sort, copy. Only what is looked at becomes rows, as a fleet has tens of thousands. */
"use strict";
(() => {
  const AT_ONCE = 300; // listeners
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const tools = document.querySelector(".tools");

  for (const button of all(".copy, .show")) button.hidden = false;
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".copy");
    if (button) copy(button);
  });
  addEventListener("beforeprint", () => {
    for (const details of all(".finding > details")) details.open = true;
  });
  if (!tools) return;

  const data = JSON.parse(document.getElementById("data").textContent);
  const [judgement, title, where, reason, detail, sheet, port, processes, connections] = data.listeners;
  const names = new Intl.Collator("en", { numeric: true });
  const place = document.querySelector(".hosts");
  const moreHosts = document.getElementById("more-hosts");
  const noMatch = document.getElementById("no-match");
  const chips = all(".chip");
  const { search, sort, open, reset } = tools.elements;
  const status = tools.querySelector("[role=status]");
  const hosts = [];
  let finding = null;
  let found = [];
  let shown = 0;

  let first = 0;
  for (const [name, status_, tone, rank, message, size] of data.hosts) {
    const own = Array.from({ length: size }, (_nothing, index) => first + index);
    hosts.push({ name, status: status_, tone, rank, message, size, own, text: `${name} ${message}`.toLowerCase() });
    first += size;
  }
  const total = first;

  const dropOf = (index) => data.drawn[data.details[detail[index]][0]][2];
  const rankOf = (index) => data.judgements[judgement[index]][3];
  const orders = {
    rank: (a, b) => rankOf(a) - rankOf(b),
    host: (a, b) => rankOf(a) - rankOf(b),
    title: (a, b) => names.compare(data.texts[title[a]], data.texts[title[b]]),
    port: (a, b) => port[a] - port[b],
    drop: (a, b) => dropOf(b) - dropOf(a),
  };

  tools.hidden = false;
  document.getElementById("no-script").hidden = true;
  tools.addEventListener("submit", (event) => event.preventDefault());
  search.addEventListener("input", filter);
  sort.addEventListener("change", filter);
  moreHosts.addEventListener("click", showMore);
  open.addEventListener("click", () => openAll(open.textContent === "Open all"));
  reset.addEventListener("click", () => {
    clear();
    filter();
    search.focus();
  });
  for (const chip of chips) {
    chip.addEventListener("click", () => {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      filter();
    });
  }
  for (const button of all(".show")) {
    button.addEventListener("click", () => {
      clear();
      finding = button.dataset.finding;
      filter();
      tools.scrollIntoView();
    });
  }
  search.value = "";
  sort.value = "rank";
  filter();

  function clear() {
    search.value = "";
    finding = null;
    for (const chip of chips) chip.setAttribute("aria-pressed", "false");
  }

  /* A word is looked for once in each table, and then the columns say which listeners lead there. */
  function matching(word) {
    const texts = data.texts.map((text) => text.toLowerCase().includes(word));
    const sheets = data.sheets.map((facts) => facts.some(([label, text]) => texts[label] || texts[text]));
    const remedies = data.remedies.map(([text, lines, , source]) => texts[text] || texts[source] || lines.some((line) => line.toLowerCase().includes(word)));
    const details = data.details.map(([, remedy, id, limits]) => (remedy !== null && remedies[remedy]) || id === word || limits.some((limit) => texts[limit]));
    const judgements = data.judgements.map((one) => one[1].toLowerCase().includes(word));
    return (index) => texts[title[index]] || texts[where[index]] || texts[reason[index]] || judgements[judgement[index]]
      || details[detail[index]] || sheets[sheet[index]] || texts[connections[index]] || pidsOf(index).includes(word);
  }

  function filter() {
    const pressed = chips.filter((chip) => chip.getAttribute("aria-pressed") === "true");
    const verdicts = new Set(pressed.map((chip) => chip.dataset.verdict).filter(Boolean));
    const statuses = new Set(pressed.map((chip) => chip.dataset.status).filter(Boolean));
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean).map((word) => [word, matching(word)]);
    const order = orders[sort.value];
    let number = 0;
    found = [];
    for (const host of hosts) {
      const rest = words.filter(([word]) => !host.name.toLowerCase().includes(word));
      const ofHost = pressed.length === 0 || statuses.has(host.status);
      host.visible = host.own.filter((index) =>
        (ofHost || verdicts.has(data.judgements[judgement[index]][0]))
        && (finding === null || data.details[detail[index]][2] === finding)
        && rest.every(([, matches]) => matches(index)));
      const alone = host.size === 0 && ofHost && finding === null && rest.every(([word]) => host.text.includes(word));
      if (host.visible.length === 0 && !alone) continue;
      host.visible.sort((a, b) => order(a, b) || rankOf(a) - rankOf(b) || port[a] - port[b]);
      number += host.visible.length;
      found.push(host);
    }
    found.sort(byOrder(order));
    status.textContent = `${number} of ${total} ${status.dataset.about}`;
    reset.disabled = pressed.length === 0 && words.length === 0 && finding === null;
    noMatch.hidden = found.length > 0;
    place.replaceChildren();
    shown = 0;
    showMore();
    open.textContent = "Open all";
  }

  function byOrder(order) {
    const byFirst = (a, b) => {
      const [left, right] = [a.visible[0], b.visible[0]];
      return left !== undefined && right !== undefined ? order(left, right) : (right === undefined ? 0 : 1) - (left === undefined ? 0 : 1);
    };
    return (a, b) => ({ rank: a.rank - b.rank, host: 0 }[sort.value] ?? byFirst(a, b)) || names.compare(a.name, b.name);
  }

  function showMore() {
    const rows = document.createDocumentFragment();
    for (let listeners = 0; shown < found.length && listeners < AT_ONCE; shown++) {
      const host = found[shown];
      rows.append(hostSection({ ...host, tallies: tallies(host) }, shown, host.visible.map(rowOf)));
      listeners += host.visible.length + 1;
    }
    place.append(rows);
    moreHosts.hidden = shown === found.length;
    moreHosts.textContent = `Show more of the other ${found.length - shown} hosts`;
  }

  function tallies(host) {
    const numbers = new Map();
    for (const index of host.own) numbers.set(judgement[index], (numbers.get(judgement[index]) ?? 0) + 1);
    return [...numbers].sort(([a], [b]) => data.judgements[a][3] - data.judgements[b][3]).map(([key, number]) => {
      const [verdict, word, tone] = data.judgements[key];
      return { verdict, word, tone, number };
    });
  }

  function rowOf(index) {
    const [verdict, word, tone] = data.judgements[judgement[index]];
    const cells = data.drawn[data.details[detail[index]][0]][0];
    const text = (column) => data.texts[column[index]];
    return listenerRow({ verdict, word, tone, cells, title: text(title), where: text(where), reason: text(reason) }, () => detailsOf(index));
  }

  function detailsOf(index) {
    const [drawnAs, remedy, , limits] = data.details[detail[index]];
    const [, rows, , timeline] = data.drawn[drawnAs];
    const facts = data.sheets[sheet[index]].map(([label, text]) => [data.texts[label], data.texts[text]]);
    const own = [["Processes", pidsOf(index)], ["Open connections", data.texts[connections[index]]]];
    return {
      rows, timeline, facts: [...facts, ...own.filter(([, text]) => text)],
      limits: limits.map((limit) => data.texts[limit]),
      remedy: remedy === null ? null : withTexts(data.remedies[remedy]),
    };
  }

  function withTexts([text, lines, help, source]) {
    return { text: data.texts[text], lines, help, source: data.texts[source] };
  }

  /* The first pid, and the steps to the next ones. */
  function pidsOf(index) {
    let pid = 0;
    return [processes[index]].flat().filter(Boolean).map((step) => (pid += step)).join(", ");
  }

  function openAll(wanted) {
    for (const details of all(".listener > details")) details.open = wanted;
    open.textContent = wanted ? "Close all" : "Open all";
  }

  /* navigator.clipboard is missing where the page comes over plain HTTP; the old way works there. */
  async function copy(button) {
    const code = button.parentElement.querySelector("code");
    let done = false;
    try {
      await navigator.clipboard.writeText(code.textContent);
      done = true;
    } catch {
      getSelection().selectAllChildren(code);
      done = document.execCommand("copy");
    }
    button.textContent = done ? "Copied" : "Press Ctrl+C";
    setTimeout(() => (button.textContent = "Copy"), 2000);
  }
})();
