// A payee's statement: expected beside the target, period by period, with how each amount is made up.
class Statements {
  constructor(root, data) {
    this.root = root;
    this.data = data;
    this.words = [root.dataset.expected, root.dataset.actual];
    this.rows = data.payees.map(() => []);
    data.columns[0].forEach((payee, row) => this.rows[payee].push(row));
    this.codes = new Map(data.payees.map(([code], i) => [code, i]));
    this.labels = new Map(data.payees.map((_, i) => [this.label(i), i]));
    this.ways = new Map([...data.open.map((id) => [id, ["Why it differs", "#differences&row=" + encodeURIComponent(id)]]), ...data.known.map((id) => [id, ["It differs as accepted", "#known"]])]);
    const periods = [...new Set(data.columns[1])].map((p) => data.texts[p]).sort();
    this.payee = el("input", { type: "search", autocomplete: "off", list: "statement-payees", oninput: () => this.typed(), onchange: () => this.typed(true) });
    this.period = el("select", { onchange: () => this.go() }, el("option", { value: "" }, "all periods"), ...periods.map((p) => el("option", { value: p }, seen(p))));
    this.only = el("input", { type: "checkbox", onchange: () => this.draw() });
    this.list = el("datalist", { id: "statement-payees" });
    this.place = el("div", { class: "sheet" });
    this.status = el("p", { class: "status", role: "status" });
    const button = (text, step) => el("button", { type: "button", class: "plain", onclick: () => this.step(step) }, text);
    root.append(el("form", { class: "controls", "aria-label": "Choose a statement", onsubmit: (e) => e.preventDefault() },
      el("label", { class: "search" }, el("span", {}, "payee or name"), this.payee), this.list,
      el("label", {}, el("span", {}, "period"), this.period),
      el("label", { class: "tick" }, el("span", {}, "only what differs"), this.only),
      el("div", { class: "buttons" }, button("Previous payee", -1), button("Next payee", 1), el("button", { type: "button", class: "plain", onclick: () => this.print() }, "Print this statement"))),
    this.status, this.place);
    this.at = -1;
  }
  label(i) {
    const [code, name] = this.data.payees[i];
    return name && name !== code ? `${code} \u00b7 ${name}` : code;
  }
  typed(sure) {
    const text = this.payee.value.trim();
    const exactly = this.labels.get(text) ?? this.codes.get(text);
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const found = [];
    for (let i = 0; i < this.data.payees.length && found.length < 50; i++) {
      const content = this.label(i).toLowerCase();
      if (words.every((word) => content.includes(word))) found.push(i);
    }
    this.list.replaceChildren(...found.map((i) => el("option", { value: this.label(i) })));
    if (exactly !== undefined) this.go(exactly);
    else if (sure && found.length) this.go(found[0]);
    else if (text && !found.length) this.status.textContent = `No payee is called \u201c${seen(text)}\u201d.`;
  }
  step(by) {
    const count = this.data.payees.length;
    this.go((this.at + by + count) % count);
  }
  go(payee = this.at) {
    const words = new URLSearchParams({ payee: this.data.payees[payee][0] });
    if (this.period.value) words.set("period", this.period.value);
    history.replaceState(null, "", "#statements&" + words.toString().replace(/%(?![0-9A-F]{2})/g, "%25"));
    this.show(payee, this.period.value);
  }
  open(words) {
    const payee = words.get("payee");
    const at = payee === null ? this.at : this.codes.get(payee);
    if (at === undefined) {
      this.status.textContent = `There is no statement of \u201c${seen(payee)}\u201d.`;
      return;
    }
    this.show(at, words.get("period") || "");
  }
  show(payee, period) {
    this.at = payee;
    this.period.value = period;
    if (document.activeElement !== this.payee) this.payee.value = this.label(payee);
    this.draw();
  }
  row(i) {
    const [, period, plan, component, currency, expected, actual, parts, differences] = this.data.columns.map((column) => column[i]);
    const text = (n) => this.data.texts[n];
    return { period: text(period), last: this.data.last[period] || "", plan: text(plan), component: text(component), currency: text(currency), expected, actual: actual === 0 ? expected : actual, parts, differences: differences || [] };
  }
  draw() {
    const all = this.rows[this.at].map((i) => this.row(i));
    const rows = all.filter((row) => (!this.period.value || row.period === this.period.value) && (!this.only.checked || row.differences.length));
    const [code, name] = this.data.payees[this.at];
    const periods = [...new Set(rows.map((row) => row.period))].sort();
    const differing = rows.filter((row) => row.differences.length).length;
    this.status.textContent = `${rows.length.toLocaleString("en")} of ${all.length.toLocaleString("en")} amounts; ${differing ? differing.toLocaleString("en") + (differing === 1 ? " differs" : " differ") : "none differs"}`;
    const head = ["Plan and component", ...this.words.map((w) => w[0].toUpperCase() + w.slice(1)), "Difference"];
    const table = el("table", { class: "statement-table" },
      el("thead", {}, el("tr", {}, ...head.map((h, i) => el("th", { scope: "col", class: i ? "num" : false }, h)))),
      ...periods.map((period) => this.body(period, rows.filter((row) => row.period === period))),
      periods.length > 1 ? this.total(rows, "All shown periods", "tfoot") : "");
    this.place.replaceChildren(
      el("h3", {}, "Statement of ", el("bdi", {}, seen(name || code || "(blank)")), name && name !== code ? el("small", {}, " ", el("bdi", {}, seen(code))) : ""),
      rows.length ? el("div", { class: "scroll" }, table) : el("p", { class: "empty" }, "Nothing in this choice."));
  }
  body(period, rows) {
    const quotas = this.data.reached.filter((r) => r[0] === this.at);
    return el("tbody", {},
      el("tr", { class: "period" }, el("th", { colspan: 4, scope: "rowgroup" }, seen(period))),
      ...rows.map((row) => this.line(row, quotas)),
      ...this.total(rows, `Paid in ${period}`, "").children);
  }
  line(row, quotas) {
    const decimals = this.decimals(row.currency);
    const label = [row.plan || "above the plans", row.component].filter(Boolean).map(seen).join(" \u00b7 ");
    const said = this.made(row, decimals).concat(this.attained(row, quotas));
    const difference = exactText(exact(row.actual) - exact(row.expected));
    return el("tr", { class: row.differences.length ? "differs" : false },
      el("th", { scope: "row" }, el("bdi", {}, label), ...said.map((text) => el("span", { class: "note" }, seen(text))),
        ...row.differences.map((id) => this.why(id))),
      el("td", { class: "num" }, grouped(row.expected, decimals), " ", el("small", {}, row.currency)),
      el("td", { class: "num" }, grouped(row.actual, decimals), " ", el("small", {}, row.currency)),
      el("td", { class: "num" }, el("span", { class: "money " + tone(difference) }, exact(difference) ? signed(difference, decimals) : "\u2013")));
  }
  why(id) {
    const [text, href] = this.ways.get(id) || ["It differs within a tolerance", ""];
    return href ? el("a", { class: "note", href }, text) : el("span", { class: "note" }, text);
  }
  // Where the amount comes from, in sentences.
  made(row, decimals) {
    if (row.expected === "") return ["Nothing is expected here."];
    if (typeof row.parts === "number") return [`From ${row.parts.toLocaleString("en")} line${row.parts === 1 ? "" : "s"}.`];
    if (!row.parts.length) return [];
    return [row.parts.map(([label, lines, amount]) => {
      const text = this.data.texts[label];
      return `${grouped(amount, decimals)} ${row.currency} ` + (text === "lines" ? `from ${lines.toLocaleString("en")} line${lines === 1 ? "" : "s"}` : `by ${text}`);
    }).join(", ") + "."];
  }
  attained(row, quotas) {
    const { texts } = this.data;
    return quotas.filter((q) => texts[q[1]] === row.plan && texts[q[2]] === row.component && row.last && q[5] <= row.last && row.last <= q[6])
      .map(([, , , measure, period, , , measured, quota, currency, percent]) => {
        const decimals = this.decimals(texts[currency]);
        return `By the end of ${texts[period]}: ${texts[measure]} of ${grouped(measured, decimals)} against a quota of ${grouped(quota, decimals)}${texts[currency] ? " " + texts[currency] : ""}, ${percent}.`;
      });
  }
  total(rows, label, kind) {
    const sums = new Map();
    for (const row of rows) {
      const sum = sums.get(row.currency) || [0n, 0n];
      sums.set(row.currency, [sum[0] + exact(row.expected), sum[1] + exact(row.actual)]);
    }
    const lines = [...sums].map(([currency, [expected, actual]]) => {
      const decimals = this.decimals(currency);
      return el("tr", { class: "subtotal" }, el("th", { scope: "row" }, label),
        el("td", { class: "num" }, grouped(exactText(expected), decimals), " ", el("small", {}, currency)), el("td", { class: "num" }, grouped(exactText(actual), decimals), " ", el("small", {}, currency)),
        el("td", { class: "num" }, el("span", { class: "money " + tone(exactText(actual - expected)) }, actual === expected ? "\u2013" : signed(exactText(actual - expected), decimals))));
    });
    return el(kind || "tbody", {}, ...lines);
  }
  decimals(currency) {
    return currency ? this.data.decimals[currency] ?? 2 : 0;
  }
  print() {
    document.body.classList.add("one-statement");
    addEventListener("afterprint", () => document.body.classList.remove("one-statement"), { once: true });
    window.print();
  }
}

async function startStatements() {
  const root = document.getElementById("statement");
  if (!root) return null;
  const bytes = await unpacked(document.getElementById("statement-data").textContent);
  const statements = new Statements(root, JSON.parse(new TextDecoder().decode(bytes)));
  const first = document.querySelector('#statements table a[href^="#statements"]');
  const chosen = first ? new URLSearchParams(first.getAttribute("href").split("&").slice(1).join("&")).get("payee") : null;
  statements.show(statements.codes.get(chosen) ?? 0, "");
  return statements;
}
