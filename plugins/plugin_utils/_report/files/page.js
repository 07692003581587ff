/* Copyright (c) 2026 the netops.keepalive contributors
 * GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Filter, search, sort and copy. Without any of it the page can be read all the same. */
"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const tools = document.querySelector(".tools");
  const chips = all(".chip");
  const hosts = all(".host").map((element) => ({
    element,
    name: element.dataset.name,
    status: element.dataset.status,
    rank: Number(element.dataset.rank),
    list: element.querySelector(".listeners"),
    listeners: all(".listener", element).map((item) => ({
      element: item,
      verdict: item.dataset.verdict,
      rank: Number(item.dataset.rank),
      port: Number(item.dataset.port),
      drop: Number(item.dataset.drop),
      title: item.querySelector(".who b").textContent,
    })),
  }));
  const total = hosts.reduce((sum, host) => sum + host.listeners.length, 0);

  for (const button of all(".copy")) {
    button.hidden = false;
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".copy");
    if (button) copy(button);
  });
  addEventListener("beforeprint", () => openAll(true));
  if (!tools) return;

  const { search, sort, open, reset } = tools.elements;
  const status = tools.querySelector("[role=status]");
  const noMatch = document.getElementById("no-match");
  tools.hidden = false;
  tools.addEventListener("submit", (event) => event.preventDefault());
  search.addEventListener("input", filter);
  sort.addEventListener("change", arrange);
  open.addEventListener("click", () => openAll(open.textContent === "Open all"));
  reset.addEventListener("click", () => {
    search.value = "";
    for (const chip of chips) chip.setAttribute("aria-pressed", "false");
    filter();
    search.focus();
  });
  for (const chip of chips) {
    chip.disabled = false;
    chip.addEventListener("click", () => {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      filter();
    });
  }
  search.value = "";
  sort.value = "rank";
  filter();

  function filter() {
    const pressed = chips.filter((chip) => chip.getAttribute("aria-pressed") === "true");
    const verdicts = new Set(pressed.map((chip) => chip.dataset.verdict).filter(Boolean));
    const statuses = new Set(pressed.map((chip) => chip.dataset.status).filter(Boolean));
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const host of hosts) {
      const rest = words.filter((word) => !host.name.toLowerCase().includes(word));
      let some = 0;
      for (const listener of host.listeners) {
        const wanted = pressed.length === 0 || verdicts.has(listener.verdict) || statuses.has(host.status);
        const visible = wanted && (rest.length === 0 || rest.every((word) => text(listener).includes(word)));
        listener.element.hidden = !visible;
        some += visible ? 1 : 0;
      }
      const own = pressed.length === 0 || statuses.has(host.status);
      host.element.hidden = some === 0 && !(own && rest.every((word) => text(host).includes(word)) && host.listeners.length === 0);
      shown += some;
    }
    status.textContent = `${shown} of ${total} listeners`;
    reset.disabled = pressed.length === 0 && words.length === 0;
    noMatch.hidden = hosts.some((host) => !host.element.hidden);
  }

  /* Read once, and only when somebody searches. */
  function text(item) {
    item.text ??= item.element.textContent.toLowerCase();
    return item.text;
  }

  function arrange() {
    const names = new Intl.Collator("en", { numeric: true });
    const orders = {
      rank: (a, b) => a.rank - b.rank,
      host: (a, b) => a.rank - b.rank,
      title: (a, b) => names.compare(a.title, b.title),
      port: (a, b) => a.port - b.port,
      drop: (a, b) => b.drop - a.drop,
    };
    const order = orders[sort.value];
    for (const host of hosts) {
      host.listeners.sort((a, b) => order(a, b) || a.rank - b.rank || a.port - b.port);
      if (host.list) host.list.append(...host.listeners.map((listener) => listener.element));
    }
    const first = (a, b) => {
      const [left, right] = [a.listeners[0], b.listeners[0]];
      return left && right ? order(left, right) : (right ? 1 : 0) - (left ? 1 : 0);
    };
    hosts.sort((a, b) => {
      const chosen = { rank: a.rank - b.rank, host: 0 }[sort.value] ?? first(a, b);
      return chosen || names.compare(a.name, b.name);
    });
    document.querySelector(".hosts").append(...hosts.map((host) => host.element));
  }

  function openAll(wanted) {
    for (const details of all(".listener:not([hidden]) > details")) details.open = wanted;
    if (tools) tools.elements.open.textContent = wanted ? "Close all" : "Open all";
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
