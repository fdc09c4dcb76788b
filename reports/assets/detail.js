// One row in full: our calculation beside the row that the target exported.
function pairs(list) {
  const shown = list.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return el("dl", { class: "pairs" }, ...shown.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, fullText(value)))));
}

function minus(text) {
  return text && text.replace(/-(?=\d)/g, MINUS);
}

function ourSide(grain, row, decimals) {
  const get = (name) => grain.get("o." + name, row);
  const currency = grain.get("currency", row) || "";
  const side = el("section", { class: "side ours" },
    el("h3", {}, "Our side: what the plan says"),
    el("p", { class: "amount" }, grouped(grain.get("expected", row), decimals), el("small", {}, currency)));
  if (!grain.paths("o.", row).some((path) => grain.get(path, row) !== null)) {
    side.append(el("p", { class: "note" }, grain.get("expected", row)
      ? "The record holds no derivation of this row; see what it follows from."
      : "Nothing is expected here: no row on our side."));
    return side;
  }
  const lines = get("lines") || [];
  if (get("base") && get("rate")) {
    const line = el("p", { class: "formula" });
    const part = (label, text) => el("span", {}, el("small", {}, label), text);
    line.append(part("base", `${grouped(get("base"), get("base_currency") ? decimals : 0)} ${get("base_currency") || "units"}`),
      el("b", { "aria-label": "times" }, "\u00d7"), part("rate", get("rate")));
    if (get("unrounded")) line.append(el("b", { "aria-label": "equals" }, "="), part("unrounded", minus(get("unrounded"))));
    line.append(el("b", { "aria-label": "gives" }, "\u2192"),
      part("expected", `${grouped(grain.get("expected", row), decimals)} ${currency}`));
    side.append(line);
  }
  const file = get("plan_file");
  side.append(pairs([
    [lines.length ? "Made of" : "Rule", minus(get("rule"))], ["Plan", [get("plan"), get("component")].filter(Boolean).join(", ")],
    ["Stated at", file ? file + (get("plan_line") ? ":" + get("plan_line") : "") : ""],
    ["Rounding", (get("rounding") || []).join("; ")], ["Payee", get("payee")], ["Period", get("period")], ["Deal", get("deal")],
    ["Record", get("record")], ["Line", get("line")], [lines.length ? "Days" : "Date", get("date")],
  ]));
  const sentences = get("sentences") || [];
  if (sentences.length) {
    side.append(el("h4", {}, "How it comes about"), el("ol", { class: "sentences" }, ...sentences.map((s) => el("li", {}, fullText(s)))));
  }
  return side;
}

const FEW_LINES = 25;
const MOST_CELLS = 200;

// The lines that a payout is made of, with every cap, rounding, draw and balance, and their sum.
function statement(data, grain, row) {
  const lines = grain.get("o.lines", row) || [];
  if (!lines.length) return [];
  const currency = grain.get("currency", row) || "";
  const decimals = data.decimals[currency] ?? 2;
  const rest = grain.get("o.rest", row);
  const restLines = Number(grain.get("o.rest_lines", row)) || 0;
  const all = [...lines.map((line) => line[5]), rest];
  const sum = exactText(all.reduce((total, amount) => total + exact(amount), 0n));
  const near = all.some(isFraction);
  const expected = grain.get("expected", row);
  const equal = exact(sum) === exact(expected);
  const count = lines.length + restLines;
  const ownFile = grain.get("o.plan_file", row);
  const body = lines.map(([label, about, base, unit, rate, amount, rule, file, line]) => el("tr", {},
    el("th", { scope: "row" }, cellText(label), about ? el("span", { class: "note" }, cellText(about)) : null),
    el("td", { class: "num" }, base ? `${grouped(base, unit ? decimals : 0)} ${unit || "units"}` : ""),
    el("td", { class: "num" }, rate), el("td", { class: "num" }, grouped(amount, decimals)),
    el("td", {}, cellText(minus(rule))), el("td", { class: "place" }, !file ? "" : file === ownFile && line ? `line ${line}` : file + (line ? ":" + line : ""))));
  if (restLines) {
    body.push(el("tr", { class: "quiet" }, el("th", { scope: "row", colspan: 3 }, `${restLines.toLocaleString("en")} more lines, as one sum`),
      el("td", { class: "num" }, grouped(rest, decimals)), el("td", {}), el("td", {})));
  }
  const few = count <= FEW_LINES;
  const head = ["line", "base", "rate", "amount", "rule", "stated at"].map((text, i) =>
    el("th", { scope: "col", class: i > 0 && i < 4 ? "num" : null }, text));
  return [el("details", { class: "statement-lines", open: few },
    el("summary", {}, el("b", {}, `Our side, line by line: ${count.toLocaleString("en")} ${count === 1 ? "line" : "lines"}`),
      near ? null : el("span", { class: "check " + (equal ? "good" : "bad") },
        equal ? `\u2713 they add up to the expected ${grouped(expected, decimals)} ${currency}` : "\u2717 they don't add up to what is expected")),
    el("div", { class: "scroll" }, el("table", { class: "cells lines" },
      el("caption", { class: "unseen" }, "The lines of this payout"),
      el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...body),
      el("tfoot", {}, el("tr", {}, el("th", { scope: "row", colspan: 3 }, "Expected payout"),
        el("td", { class: "num" }, grouped(expected, decimals)), el("td", {}), el("td", {}))))))];
}

// In a regression our side is the row as it was before the change.
function beforeSide(grain, row, decimals) {
  const side = el("section", { class: "side ours" },
    el("h3", {}, grain.words.ours),
    el("p", { class: "amount" }, grouped(grain.get("expected", row), decimals), el("small", {}, grain.get("currency", row) || "")));
  const flat = grain.get("b.cells", row) || [];
  if (!flat.length) {
    side.append(el("p", { class: "note" }, grain.words.oursNone));
    return side;
  }
  const field = grain.get("field", row);
  const cells = Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]).filter(([, text]) => text);
  side.append(el("p", { class: "exported-at" }, `${seen(grain.get("b.file", row))}, line ${grain.get("b.line", row)}`));
  side.append(el("table", { class: "cells exported" },
    el("caption", { class: "unseen" }, "The row before the change"),
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "column"), el("th", { scope: "col" }, "as exported"))),
    el("tbody", {}, ...cells.slice(0, MOST_CELLS).map(([name, text]) => el("tr", { class: name === field ? "differs" : null },
      el("th", { scope: "row" }, el("bdi", {}, seen(name))), el("td", {}, fullText(text)))))));
  return side;
}

function theirSide(grain, row, decimals) {
  const side = el("section", { class: "side theirs" },
    el("h3", {}, grain.words ? grain.words.theirs : "Their side: what the target exported"),
    el("p", { class: "amount" }, ...actualOf(grain, row, decimals), grain.get("other", row) ? null : el("small", {}, grain.get("currency", row) || "")));
  const file = grain.get("t.file", row);
  const flat = grain.get("t.cells", row);
  const cells = flat ? Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]).filter(([, text]) => text)
    : grain.paths("t.r.", row).map((path) => [path.slice(4), grain.get(path, row)]).filter(([, text]) => text !== null);
  if (!file && !cells.length) {
    side.append(el("p", { class: "note" }, grain.words ? grain.words.theirsNone : "The target exported no such row."));
    return side;
  }
  const field = grain.get("field", row);
  const trouble = grain.get("trouble", row);
  if (trouble) side.append(el("p", { class: "warn" }, `This row can't be read: ${seen(trouble)}`));
  const also = grain.get("also", row);
  if (also) side.append(el("p", { class: "warn" }, `Besides the amount: ${seen(also)}`));
  side.append(el("p", { class: "source" }, `${seen(file)}, line ${grain.get("t.line", row)}`));
  side.append(el("table", { class: "cells exported" },
    el("caption", { class: "unseen" }, "The exported row"),
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "column"), el("th", { scope: "col" }, "as exported"))),
    el("tbody", {}, ...cells.slice(0, MOST_CELLS).map(([name, text]) => {
      const differs = name === field;
      return el("tr", { class: differs ? "differs" : null },
        el("th", { scope: "row" }, el("bdi", {}, seen(name)), differs ? el("span", { class: "flag" }, " \u2260 differs") : null),
        el("td", {}, fullText(text)));
    }))));
  if (cells.length > MOST_CELLS) {
    side.append(el("p", { class: "note" }, `${(cells.length - MOST_CELLS).toLocaleString("en")} more columns, in the export itself.`));
  }
  return side;
}

function related(data, grain, row) {
  const follows = grain.get("follows", row) || [];
  if (!follows.length) return [];
  let sum = 0n;
  let near = isFraction(grain.get("difference", row));
  let name = "finer differences";
  const other = data.grains.find((one) => one.name === grain.follows);
  const lines = follows.map((part) => {
    if (typeof part !== "number") {
      if (!data.settled[part]) return el("li", {}, seen(part));
      const [grainName, text, difference, currency, why] = data.settled[part];
      name = grainName;
      sum += exact(difference);
      near ||= isFraction(difference);
      return el("li", {}, el("span", {}, cellText(text), el("small", {}, ` (${why})`)),
        el("span", { class: "money " + tone(difference) }, signed(difference, data.decimals[currency] ?? 2)));
    }
    name = other.name;
    const difference = other.get("difference", part);
    sum += exact(difference);
    near ||= isFraction(difference);
    const id = other.get("id", part);
    const text = other.keys.map((key) => other.get("k." + key, part)).filter(Boolean).join(" \u00b7 ") || id;
    return el("li", {}, el("a", { href: "#differences&row=" + encodeURIComponent(id) }, cellText(text)),
      el("span", { class: "money " + tone(difference) }, signed(difference, data.decimals[other.get("currency", part)] ?? 2)));
  });
  const equal = sum === exact(grain.get("difference", row));
  const total = signed(exactText(sum), data.decimals[grain.get("currency", row)] ?? 2);
  return [el("section", { class: "follows" },
    el("h3", {}, `Follows from ${follows.length.toLocaleString("en")} ${follows.length === 1 ? "of the " : ""}${name}`,
      near ? null : el("span", { class: "check " + (equal ? "good" : "bad") },
        equal ? `\u2713 their sum ${total} is this difference` : `\u2717 their sum ${total} is not this difference`)),
    el("ul", {}, ...lines.slice(0, 200)),
    lines.length > 200 ? el("p", { class: "note" }, `${lines.length - 200} more, counted in the sum`) : null)];
}

function stageLabel(stage) {
  if (!stage) return null;
  return stage.startsWith("follows") ? el("span", { class: "label" }, stage)
    : el("span", { class: "label" }, el("i", {}, "first differs at"), " " + stage);
}

function detailOf(data, grain, row) {
  const decimals = data.decimals[grain.get("currency", row)] ?? 2;
  const difference = grain.get("difference", row);
  const group = grain.get("group", row);
  const cause = group && data.causes[group];
  const attributes = grain.paths("a.", row).filter((path) => grain.get(path, row) !== null);
  return el("div", { class: "detail" },
    el("p", { class: "detail-head" },
      el("span", { class: "money " + tone(difference) }, signed(difference, decimals), el("small", {}, grain.get("currency", row) || ""), ...others(grain, row, true)),
      cause ? el("span", {}, "Cause: ", el("a", { href: "#cause-" + group }, seen(cause))) : el("span", {}, "No common cause was found."),
      stageLabel(grain.get("stage", row))),
    el("div", { class: "sides" }, grain.words ? beforeSide(grain, row, decimals) : ourSide(grain, row, decimals), theirSide(grain, row, decimals)),
    ...related(data, grain, row),
    ...statement(data, grain, row),
    attributes.length ? el("p", { class: "labels" }, ...attributes.map((path) =>
      el("span", { class: "label" }, el("i", {}, el("bdi", {}, seen(path.slice(2)))), " ", cellText(grain.get(path, row))))) : null);
}
