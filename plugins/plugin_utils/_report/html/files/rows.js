/* Copyright (c) 2026 the netops.keepalive contributors
 * GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows of hosts and listeners. Every text gets into the page as text, never as HTML. */
"use strict";
const SVG = "http://www.w3.org/2000/svg";
const LONG = 240;

function fill(node, given) {
  for (const one of given.flat()) if (one !== null && one !== false) node.append(one);
  return node;
}

function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== false) node.setAttribute(key, value);
  return fill(node, children);
}

function drawn(name, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return fill(node, children);
}

const icon = (name) => drawn("svg", { class: "icon", "aria-hidden": "true" }, drawn("use", { href: `#i-${name}` }));
const MARKS = { over: "over the policy", differs: "not as in the policy" };
const hidden = (text) => el("span", { class: "sr" }, text);

function long(text) {
  if (text.length <= LONG) return el("bdi", {}, text);
  const short = [el("bdi", {}, text.slice(0, 120)), "… ", el("small", {}, `all ${text.length} characters`)];
  return el("details", { class: "long" }, el("summary", {}, short), el("bdi", {}, text));
}

function remedyOf({ text, lines, help, source }) {
  const code = el("pre", { tabindex: "0" }, el("code", {}, lines.map((line) => `${line}\n`)));
  const notes = { true: "The values of the host help here.", false: "The values of the host alone do not help here." };
  return el("div", { class: "remedy" },
    el("h4", {}, "Remedy"),
    text ? el("p", {}, text) : null,
    lines.length ? el("div", { class: "code" }, code, el("button", { type: "button", class: "copy" }, "Copy")) : null,
    help === null ? null : el("p", { class: "note" }, notes[help]),
    source ? el("div", { class: "note" }, "Source: ", long(source)) : null);
}

function table(rows) {
  const head = ["Time", "Interval", "Probes", "Drop after"].map((word) => el("th", { scope: "col" }, word));
  const body = rows.map(([label, values]) => el("tr", {},
    el("th", { scope: "row" }, label),
    values.map(([value, mark]) => el("td", { class: mark || false }, value, mark ? hidden(` (${MARKS[mark]})`) : null))));
  return el("table", { class: "values" }, el("thead", {}, el("tr", {}, el("td"), head)), el("tbody", {}, body));
}

function cell([label, value, policy, mark]) {
  return el("span", { class: mark ? `cell ${mark}` : "cell" },
    el("small", {}, label), " ", el("b", {}, value), mark ? hidden(` ${MARKS[mark]},`) : null, " ",
    el("small", { class: "of" }, policy === null ? "no policy" : `policy ${policy}`));
}

/* Marks are [percent of the width, seconds]; what is not known is null. */
function picture([title, planned, ticks, probes, drop, late, firstBy, dropBy, slack, description]) {
  const line = (className, from, to, y1, y2) => drawn("line", { class: className, x1: `${from}%`, x2: `${to}%`, y1, y2 });
  const text = (className, at, y, anchor, words, dx = 0) => drawn("text", { class: className, x: `${at}%`, y, dx, "text-anchor": anchor }, words);
  const parts = [
    slack && drawn("rect", { class: "slack", x: `${dropBy[0]}%`, y: 20, width: `${slack[0] - dropBy[0]}%`, height: 42 }),
    line("alive", 0, drop ? drop[0] : 100, 44, 44),
    line("axis", 0, 100, 62, 62),
    ticks.map(([at, seconds], index) => [
      line("axis", at, at, 62, 67),
      text("tick", at, 80, index === 0 ? "start" : at > 95 ? "end" : "middle", index === 0 ? `${seconds} s` : `${seconds}`),
    ]),
    firstBy && [
      line("limit soft", firstBy[0], firstBy[0], 20, 62),
      text("limit", firstBy[0], 31, firstBy[0] > 30 ? "end" : "start", `first by ${firstBy[1]} s`, firstBy[0] > 30 ? -6 : 6),
    ],
    dropBy && [
      line("limit", dropBy[0], dropBy[0], 20, 62),
      text("limit", dropBy[0], 14, dropBy[0] > 80 ? "end" : dropBy[0] < 12 ? "start" : "middle", `policy: dropped by ${dropBy[1]} s`),
    ],
    probes.map(([at]) => drawn("circle", { class: planned ? "planned" : "probe", cx: `${at}%`, cy: 44, r: 5 })),
    drop && drawn("svg", { "aria-hidden": "true", class: late ? "drop late" : "drop", x: `${drop[0]}%`, y: 44 }, drawn("path", { d: "M-6-6L6 6M6-6L-6 6" })),
  ];
  return el("figure", { class: "timeline" },
    el("figcaption", {}, title),
    drawn("svg", { role: "img", "aria-label": description }, parts.flat(2).filter(Boolean)),
    el("p", { class: "description" }, description));
}

function more({ remedy, timeline, rows, facts, limits }) {
  return el("div", { class: "more" },
    remedy && remedyOf(remedy),
    timeline && picture(timeline),
    el("div", { class: "known" },
      rows.length ? table(rows) : null,
      el("dl", {}, facts.map(([label, text]) => el("div", {}, el("dt", {}, label), el("dd", {}, long(text))))),
      limits.length ? [el("h4", {}, "Not known"), el("ul", { class: "limits" }, limits.map((limit) => el("li", {}, el("bdi", {}, limit))))] : []));
}

function listenerRow(listener, details) {
  const node = el("details", {}, el("summary", {},
    el("span", { class: `badge ${listener.tone}` }, icon(listener.verdict), listener.word),
    el("span", { class: "who" },
      el("b", {}, el("bdi", {}, listener.title)), " ", el("bdi", { class: "place" }, listener.where),
      el("span", { class: "reason" }, listener.reason)),
    el("span", { class: "cells" }, listener.cells.map(cell)),
    icon("more")));
  node.addEventListener("toggle", () => node.open && node.childElementCount === 1 && node.append(more(details())));
  return el("li", { class: `listener ${listener.tone}` }, node);
}

function hostSection(host, number, listeners) {
  const status = host.status === "ok" ? null : el("span", { class: `badge ${host.tone}` },
    icon(host.status === "unproven" ? "unreadable" : "failed"), host.status[0].toUpperCase() + host.status.slice(1));
  const heading = el("h3", { id: `host-${number}` }, el("bdi", {}, host.name), status, host.tallies.map((one) =>
    el("span", { class: `tally ${one.tone}` }, icon(one.verdict), String(one.number), hidden(` ${one.word}`))));
  return el("section", { class: "host", "data-name": host.name, "aria-labelledby": `host-${number}` },
    heading,
    host.status !== "ok" && host.message ? el("div", { class: "message" }, long(host.message)) : null,
    listeners.length ? el("ul", { class: "listeners" }, listeners) : null,
    host.status === "ok" && host.size === 0 ? el("p", { class: "nothing" }, "No listeners.") : null);
}
