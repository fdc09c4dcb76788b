// The table of differences: filter, sort, page and open rows.  What is shown is in the address.
const PAGE = 100;
const PRINT = 1000;

class Table {
  constructor(data, root) {
    this.data = data;
    this.root = root;
    this.view = readView("");
    this.timer = 0;
    root.hidden = false;
    this.controls = el("form", { class: "controls", role: "search", "aria-label": "Filter the differences", onsubmit: (e) => e.preventDefault() });
    this.status = el("p", { class: "status", role: "status", "aria-live": "polite" });
    this.holder = el("div", { class: "scroll" });
    this.pager = el("nav", { class: "pager", "aria-label": "Pages of the table" });
    root.append(this.controls, this.status, this.holder, this.pager);
  }
  get grain() {
    return this.data.grains.find((grain) => grain.name === this.view.grain) || this.data.grains[0];
  }
  // Shows what the address says.  A row named there decides grain and page, if the filters let it through.
  show(view) {
    this.view = view;
    let found = -1;
    if (view.row) {
      const owner = this.data.grains.find((grain) => (found = grain.find(view.row)) >= 0);
      if (owner) view.grain = owner.name;
      else view.row = "";
    } else if (view.group && !view.grain) {
      const owner = this.data.grains.find((g) => { for (let i = 0; i < g.count; i++) if (g.get("group", i) === view.group) return true; return false; });
      if (owner) view.grain = owner.name;
    }
    this.drawControls();
    this.refresh(found);
  }
  change(part) {
    this.view = { ...this.view, page: 1, row: "", ...part };
    this.keepAddress();
    this.refresh();
  }
  keepAddress() {
    history.replaceState(null, "", writeView(this.view));
  }
  refresh(find = -1) {
    this.rows = this.grain.matching(this.view);
    if (find >= 0) {
      const place = this.rows.indexOf(find);
      if (place >= 0) this.view.page = Math.floor(place / PAGE) + 1;
    }
    this.pages = Math.max(1, Math.ceil(this.rows.length / PAGE));
    this.view.page = Math.min(this.view.page, this.pages);
    this.draw();
  }
  drawControls() {
    const { grain, view } = this;
    const parts = [];
    const select = (label, value, choices, change) => {
      const box = el("select", { onchange: (e) => change(e.target.value) }, ...choices.map(([key, text]) => el("option", { value: key, selected: key === value }, text)));
      return el("label", {}, el("span", {}, label), box);
    };
    if (this.data.grains.length > 1) {
      parts.push(select("compared", grain.name, this.data.grains.map((g) => [g.name, `${g.name} (${g.count.toLocaleString("en")})`]), (name) => {
        this.view = { ...this.view, grain: name, filters: {}, group: "", sort: "", page: 1, row: "" };
        this.keepAddress();
        this.drawControls();
        this.refresh();
      }));
    }
    const search = el("input", { type: "search", id: "search", value: view.q, placeholder: "Any text, e.g. a document", autocomplete: "off", spellcheck: "false", oninput: (e) => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.change({ q: e.target.value }), 80);
    } });
    parts.push(el("label", { class: "search" }, el("span", {}, "search"), search));
    for (const facet of grain.facets) {
      const choices = grain.choices(facet.path).map(([value, n]) => [`=${value}`, `${value || "(none)"} (${n.toLocaleString("en")})`]);
      const value = facet.name in view.filters ? `=${view.filters[facet.name]}` : "";
      const box = select(facet.name, value, [["", "all"], ...choices], (chosen) => {
        const filters = { ...this.view.filters };
        if (chosen) filters[facet.name] = chosen.slice(1);
        else delete filters[facet.name];
        this.change({ filters });
      });
      box.querySelector("select").dataset.facet = facet.name;
      parts.push(box);
    }
    const groups = grain.choices("group").filter(([id]) => id);
    if (groups.length) {
      const box = select("cause", view.group, [["", "all"], ...groups.map(([id, n]) => [id, `${this.data.causes[id] || id} (${n.toLocaleString("en")})`])], (group) => this.change({ group }));
      box.classList.add("wide");
      parts.push(box);
    }
    const clear = el("button", { type: "button", class: "plain", onclick: () => {
      this.view = { ...readView("#differences"), grain: this.grain.name };
      this.keepAddress();
      this.drawControls();
      this.refresh();
    } }, "Clear");
    const save = el("button", { type: "button", class: "plain", onclick: () => this.saveCsv() }, "Save these rows as CSV");
    parts.push(el("div", { class: "buttons" }, clear, save));
    this.controls.replaceChildren(...parts);
  }
  columns() {
    const { grain } = this;
    const keys = grain.keys.map((name) => ({ label: name, path: "k." + name }));
    const extra = ["kind", "product"].map((name) => grain.facets.find((f) => f.name.toLowerCase() === name)).filter((f) => f && !f.path.startsWith("k."));
    return [...keys, ...extra.map((f) => ({ label: f.name, path: f.path })), { label: "class", path: "class" },
      { label: "expected", path: "expected", amount: true }, { label: "actual", path: "actual", amount: true },
      { label: "difference", path: "difference", amount: true, sign: true }, { label: "currency", path: "currency" }];
  }
  draw(most = PAGE) {
    const { grain, view, rows } = this;
    const columns = this.columns();
    const start = most === PAGE ? (view.page - 1) * PAGE : 0;
    const head = el("tr", {}, el("th", { scope: "col" }, el("span", { class: "unseen" }, "details")), ...columns.map((column) => this.header(column)));
    const body = el("tbody");
    for (const row of rows.slice(start, start + most)) body.append(...this.line(row, columns));
    if (!rows.length) body.append(el("tr", {}, el("td", { colspan: columns.length + 1, class: "empty" }, "No difference matches these filters.")));
    const foot = el("tfoot");
    const first = columns.findIndex((column) => column.amount);
    for (const [currency, sums] of grain.totals(rows)) {
      const decimals = this.data.decimals[currency] ?? 2;
      foot.append(el("tr", {}, el("th", { scope: "row", colspan: first + 1 }, `${sums.near ? "Sum, to 12 decimals," : "Sum"} of ${rows.length.toLocaleString("en")} ${rows.length === 1 ? "row" : "rows"}`),
        el("td", { class: "num" }, grouped(exactText(sums.expected), decimals)), el("td", { class: "num" }, grouped(exactText(sums.actual), decimals)),
        el("td", { class: "num total" }, el("span", { class: "money " + tone(exactText(sums.difference)) }, signed(exactText(sums.difference), decimals))), el("td", {}, currency)));
    }
    this.holder.replaceChildren(el("table", { class: "rows main", onkeydown: (e) => this.key(e) },
      el("caption", { class: "unseen" }, `Differences of ${grain.name}`), el("thead", {}, head), body, foot));
    const shown = Math.min(most, rows.length - start);
    this.status.textContent = rows.length === grain.count
      ? (grain.count === 1 ? `The only differing row of ${grain.name}` : `All ${grain.count.toLocaleString("en")} differing ${grain.name}`) : `${rows.length.toLocaleString("en")} of ${grain.count.toLocaleString("en")} differing ${grain.name}`;
    if (rows.length > shown) this.status.textContent += `; rows ${(start + 1).toLocaleString("en")} to ${(start + shown).toLocaleString("en")} are shown`;
    this.drawPager();
  }
  header(column) {
    const { view } = this;
    const up = view.sort === column.path;
    const down = view.sort === "-" + column.path;
    const next = column.amount ? (down ? column.path : "-" + column.path) : up ? "-" + column.path : column.path;
    return el("th", { scope: "col", class: column.amount ? "num" : null, "aria-sort": up ? "ascending" : down ? "descending" : null },
      el("button", { type: "button", class: "sort", "data-path": column.path, onclick: () => {
        this.change({ sort: next });
        this.holder.querySelector(`button.sort[data-path="${CSS.escape(column.path)}"]`).focus();
      } }, column.label, el("span", { "aria-hidden": "true" }, up ? " \u25b2" : down ? " \u25bc" : "")));
  }
  line(row, columns) {
    const { grain } = this;
    const id = grain.get("id", row);
    const open = this.view.row === id;
    const decimals = this.data.decimals[grain.get("currency", row)] ?? 2;
    const name = grain.keys.map((key) => grain.get("k." + key, row)).filter(Boolean).join(" ");
    const button = el("button", { type: "button", class: "open", "aria-expanded": open ? "true" : "false", "aria-label": `Details of ${name}`, "data-id": id }, open ? "\u25be" : "\u25b8");
    const line = el("tr", { class: open ? "row open" : "row", onclick: () => { if (!String(getSelection())) this.toggle(id); } }, el("td", { class: "opener" }, button));
    for (const column of columns) {
      const text = grain.get(column.path, row);
      if (!column.amount) line.append(el("td", {}, text ?? ""));
      else if (column.sign) line.append(el("td", { class: "num" }, el("span", { class: "money " + tone(text) }, signed(text, decimals)), ...others(grain, row, true)));
      else if (column.path === "actual") line.append(el("td", { class: "num" }, ...actualOf(grain, row, decimals)));
      else line.append(el("td", { class: "num" }, grouped(text, decimals)));
    }
    if (!open) return [line];
    return [line, el("tr", { class: "detail-row" }, el("td", { colspan: columns.length + 1 }, detailOf(this.data, grain, row)))];
  }
  toggle(id) {
    this.view.row = this.view.row === id ? "" : id;
    this.keepAddress();
    this.draw();
    this.focus(id);
  }
  focus(id) {
    const button = this.holder.querySelector(`button.open[data-id="${CSS.escape(id)}"]`);
    if (button) button.focus();
    return button;
  }
  key(event) {
    const buttons = [...this.holder.querySelectorAll("button.open")];
    const place = buttons.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    if (event.key === "Escape" && this.view.row) {
      event.preventDefault();
      this.toggle(this.view.row);
    } else if (place >= 0 && step) {
      event.preventDefault();
      buttons[Math.max(0, Math.min(buttons.length - 1, place + step))].focus();
    }
  }
  drawPager() {
    const go = (page, text) => el("button", { type: "button", class: "plain", disabled: page < 1 || page > this.pages, onclick: () => {
      this.change({ page });
      this.root.scrollIntoView();
    } }, text);
    const { page } = this.view;
    this.pager.replaceChildren(...(this.pages > 1
      ? [go(page - 1, "Previous"), el("span", {}, `Page ${page.toLocaleString("en")} of ${this.pages.toLocaleString("en")}`), go(page + 1, "Next")] : []));
  }
  saveCsv() {
    const columns = [...this.columns(), { label: "rule", path: "o.rule" }, { label: "base", path: "o.base" }, { label: "rate", path: "o.rate" }, { label: "group", path: "group" }];
    const cell = (value) => {
      let text = String(value ?? "");
      if (/^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text) && !/^[+-]?\d+(\.\d+)?%?$/.test(text)) text = "'" + text;
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    const lines = [columns.map((column) => cell(column.label)), ...this.rows.map((row) => columns.map((column) => cell(this.grain.get(column.path, row))))];
    const address = URL.createObjectURL(new Blob([lines.map((line) => line.join(",") + "\n").join("")], { type: "text/csv" }));
    el("a", { href: address, download: "differences_shown.csv" }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  }
}
