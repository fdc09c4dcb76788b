// The table of differences: filter, sort, group, page and open rows.  What is shown is in the address.
const PAGE = 100;
const PRINT = 1000;
const AMOUNTS = ["expected", "actual", "difference"];

class Table {
  constructor(data, root) {
    this.data = data;
    this.root = root;
    this.view = readView("");
    this.rows = null;
    this.turn = 0;
    this.timer = 0;
    root.hidden = false;
    this.controls = el("form", { class: "controls", role: "search", "aria-label": "Filter the differences", onsubmit: (e) => e.preventDefault() });
    this.chips = el("ul", { class: "filters-used", "aria-label": "Filters in use" });
    this.status = el("p", { class: "status", role: "status", "aria-live": "polite" });
    this.holder = el("div", { class: "scroll" });
    this.pager = el("nav", { class: "pager", "aria-label": "Pages of the table" });
    root.append(this.controls, this.chips, this.status, this.holder, this.pager);
  }
  get grain() {
    return this.data.grains.find((grain) => grain.name === this.view.grain) || this.data.grains[0];
  }
  // Shows what the address says.  A row named there decides grain and page, if the filters let it through.
  async show(view) {
    let found = -1;
    if (view.row) {
      const owner = await this.ownerOf(view.row);
      if (owner) [view.grain, found] = [owner.grain.name, owner.row];
      else view.row = "";
    } else if (view.group && !view.grain) {
      const owner = this.data.grains.find((grain) => grain.groups.some(([id]) => id === view.group));
      if (owner) view.grain = owner.name;
    }
    this.view = view;
    this.drawControls();
    await this.refresh(found);
  }
  async ownerOf(id) {
    for (const grain of this.data.grains) {
      const near = grain.head.id.indexOf(id);
      if (near >= 0) return { grain, row: near };
    }
    for (const grain of this.data.grains) {
      await grain.need(["id"]);
      const row = grain.find(id);
      if (row >= 0) return { grain, row };
    }
    return null;
  }
  change(part) {
    this.view = { ...this.view, page: 1, row: "", ...part };
    this.keepAddress();
    return this.refresh().catch((error) => this.failed(error));
  }
  keepAddress() {
    history.replaceState(null, "", writeView(this.view));
  }
  failed(error) {
    this.status.textContent = `These rows can't be shown: ${error.message}. The CSV files beside this page hold all of them.`;
  }
  async refresh(find = -1) {
    const turn = ++this.turn;
    const { grain, view } = this;
    const wanted = grain.wanted(view);
    if (wanted.some((path) => grain.columns[path] && !grain.loaded.has(path))) {
      this.status.textContent = "Reading the rows \u2026";
      await grain.need(wanted);
    }
    if (turn !== this.turn) return;
    this.rows = wanted.length ? grain.matching(view) : allRows(grain.count);
    this.groups = view.by.length ? sortedGroups(grain.grouped(view, this.rows), view.sort) : null;
    if (find >= 0) {
      const place = this.rows.indexOf(find);
      if (place >= 0) this.view.page = Math.floor(place / PAGE) + 1;
      else this.view.row = "";
    }
    this.pages = Math.max(1, Math.ceil((this.groups || this.rows).length / PAGE));
    this.view.page = Math.min(this.view.page, this.pages);
    const shown = this.groups ? [] : this.rows.subarray((this.view.page - 1) * PAGE, this.view.page * PAGE);
    if (shown.some((row) => row >= grain.head.id.length)) {
      const paths = ["id", "other", ...this.columns().map((column) => column.path)];
      if (paths.some((path) => grain.columns[path] && !grain.loaded.has(path))) this.status.textContent = "Reading the rows \u2026";
      await grain.need(paths);
      if (turn !== this.turn) return;
    }
    this.draw();
    if (this.view.row) await this.fillDetail();
  }
  drawControls() {
    const { grain, view } = this;
    const parts = [];
    const select = (label, value, choices, change) => {
      const box = el("select", { onchange: (e) => change(e.target.value) }, ...choices.map(([key, text]) => el("option", { value: key, selected: key === value }, text)));
      return el("label", {}, el("span", {}, label), box);
    };
    const start = (part) => {
      this.view = { ...readView("#differences"), grain: this.grain.name, ...part };
      this.keepAddress();
      this.drawControls();
      this.refresh().catch((error) => this.failed(error));
    };
    if (this.data.grains.length > 1) {
      parts.push(select("compared", grain.name, this.data.grains.map((g) => [g.name, `${seen(g.name)} (${g.count.toLocaleString("en")})`]), (name) => start({ grain: name })));
    }
    const search = el("input", { type: "search", id: "search", value: view.q, placeholder: "Any text, e.g. a document", autocomplete: "off", spellcheck: "false", title: "Looks in keys, labels, amounts, causes, rules and the exported row (press / to come here)", oninput: (e) => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.change({ q: e.target.value }), 80);
    } });
    parts.push(el("label", { class: "search" }, el("span", {}, "search"), search));
    for (const facet of grain.facets) {
      const choices = facet.choices.map(([value, n]) => [`=${value}`, `${seen(value) || "(none)"} (${n.toLocaleString("en")})`]);
      choices.sort((a, b) => (sortable(a[0]) < sortable(b[0]) ? -1 : 1));
      const value = facet.name in view.filters ? `=${view.filters[facet.name]}` : "";
      const box = select(seen(facet.name), value, [["", "all"], ...choices], (chosen) => {
        const filters = { ...this.view.filters };
        if (chosen) filters[facet.name] = chosen.slice(1);
        else delete filters[facet.name];
        this.change({ filters });
      });
      box.querySelector("select").dataset.facet = facet.name;
      parts.push(box);
    }
    if (grain.groups.length) {
      const box = select("cause", view.group, [["", "all"], ...grain.groups.map(([id, n]) => [id, `${seen(this.data.causes[id] || id)} (${n.toLocaleString("en")})`])], (group) => this.change({ group }));
      box.classList.add("wide");
      parts.push(box);
    }
    const names = grain.fields.map(([name]) => [name, seen(name)]);
    const groupBox = (label, place, first) => {
      const box = select(label, view.by[place] || "", [["", first], ...names], (name) => {
        const by = [...this.view.by];
        if (name) by[place] = name;
        else by.splice(place);
        this.change({ by: [...new Set(by)], sort: "" }).then(() => this.drawControls());
      });
      box.querySelector("select").dataset.by = String(place);
      return box;
    };
    parts.push(groupBox("group by", 0, "single rows"));
    if (view.by.length) parts.push(groupBox("then by", 1, "\u2013"));
    const clear = el("button", { type: "button", class: "plain", onclick: () => start({}) }, "Clear");
    const save = el("button", { type: "button", class: "plain", onclick: () => saveCsv(this).catch((error) => this.failed(error)) }, "Save these rows as CSV");
    parts.push(el("div", { class: "buttons" }, clear, save));
    this.controls.replaceChildren(...parts);
  }
  // Filters that no box shows: they came with a group or an address, and can be taken away here.
  drawChips() {
    const boxes = new Set(this.grain.facets.filter((facet) => {
      const value = this.view.filters[facet.name];
      return facet.choices.some(([choice]) => choice === value);
    }).map((facet) => facet.name));
    const names = Object.keys(this.view.filters).filter((name) => !boxes.has(name));
    this.chips.hidden = !names.length;
    this.chips.replaceChildren(...names.map((name) => {
      const known = this.grain.pathOf(name);
      const words = `${seen(name)}: ${this.view.filters[name] ? seen(this.view.filters[name]) : "(none)"}`;
      return el("li", {}, el("bdi", {}, words), known ? null : " (there is no such column)", el("button", { type: "button", class: "chip", "aria-label": `No longer filter by ${words}`, onclick: () => {
        const filters = { ...this.view.filters };
        delete filters[name];
        this.change({ filters }).then(() => this.drawControls());
      } }, "\u00d7"));
    }));
  }
  columns() {
    const { grain } = this;
    const keys = grain.keys.map((name) => ({ label: name, path: "k." + name }));
    const extra = ["kind", "product"].map((name) => grain.facets.find((f) => f.name.toLowerCase() === name)).filter((f) => f && !f.path.startsWith("k."));
    return [...keys, ...extra.map((f) => ({ label: f.name, path: f.path })), { label: "class", path: "class" },
      { label: grain.words ? grain.words.expected : "expected", path: "expected", amount: true },
      { label: grain.words ? grain.words.actual : "actual", path: "actual", amount: true },
      { label: "difference", path: "difference", amount: true, sign: true }, { label: "currency", path: "currency" }];
  }
  draw(most = PAGE) {
    const { grain, view, rows } = this;
    this.drawChips();
    if (this.groups) return drawGroups(this, most);
    const columns = this.columns();
    const start = most === PAGE ? (view.page - 1) * PAGE : 0;
    const head = el("tr", {}, el("th", { scope: "col" }, el("span", { class: "unseen" }, "details")), ...columns.map((column) => this.header(column)));
    const body = el("tbody");
    let shown = 0;
    for (const row of rows.subarray(start, start + most)) {
      if (row >= grain.head.id.length && !grain.loaded.has("id")) break;
      body.append(...this.line(row, columns));
      shown++;
    }
    if (!rows.length) body.append(el("tr", {}, el("td", { colspan: columns.length + 1, class: "empty" }, "No difference matches these filters.")));
    const foot = el("tfoot");
    const first = columns.findIndex((column) => column.amount);
    for (const [currency, ...sums] of grain.totals(rows)) {
      const decimals = this.data.decimals[currency] ?? 2;
      const near = AMOUNTS.some((name) => (grain.amountsKept.get(name) || {}).near);
      foot.append(el("tr", {}, el("th", { scope: "row", colspan: first + 1 }, `${near ? "Sum, to 12 decimals," : "Sum"} of ${rows.length.toLocaleString("en")} ${rows.length === 1 ? "row" : "rows"}`),
        el("td", { class: "num" }, grouped(sums[0], decimals)), el("td", { class: "num" }, grouped(sums[1], decimals)),
        el("td", { class: "num total" }, el("span", { class: "money " + tone(sums[2]) }, signed(sums[2], decimals))), el("td", {}, seen(currency))));
    }
    this.holder.replaceChildren(el("table", { class: "rows main", onkeydown: (e) => this.key(e) },
      el("caption", { class: "unseen" }, `Differences of ${seen(grain.name)}`), el("thead", {}, head), body, foot));
    const all = grain.count.toLocaleString("en");
    let words = rows.length < grain.count ? `${rows.length.toLocaleString("en")} of ${all} differing ${seen(grain.name)}`
      : grain.count === 1 ? `The only differing row of ${seen(grain.name)}` : `All ${all} differing ${seen(grain.name)}`;
    if (rows.length > shown) words += `; rows ${(start + 1).toLocaleString("en")} to ${(start + shown).toLocaleString("en")} are shown`;
    if (!view.sort && rows.length > 1) words += ", the most money first";
    this.status.textContent = words;
    this.drawPager();
  }
  header(column) {
    const { view } = this;
    const up = view.sort === column.path;
    const down = view.sort === "-" + column.path;
    const first = column.amount ? "-" + column.path : column.path;
    const second = column.amount ? column.path : "-" + column.path;
    const next = view.sort === first ? second : view.sort === second ? "" : first;
    return el("th", { scope: "col", class: column.amount ? "num" : null, "aria-sort": up ? "ascending" : down ? "descending" : null },
      el("button", { type: "button", class: "sort", "data-path": column.path, title: next ? null : "Back to the most money first", onclick: async () => {
        await this.change({ sort: next });
        const button = this.holder.querySelector(`button.sort[data-path="${CSS.escape(column.path)}"]`);
        if (button) button.focus();
      } }, seen(column.label), el("span", { "aria-hidden": "true" }, up ? " \u25b2" : down ? " \u25bc" : "")));
  }
  line(row, columns) {
    const { grain } = this;
    const id = grain.get("id", row);
    const open = this.view.row === id;
    const decimals = this.data.decimals[grain.get("currency", row)] ?? 2;
    const name = grain.keys.map((key) => grain.get("k." + key, row)).filter(Boolean).join(" ");
    const button = el("button", { type: "button", class: "open", "aria-expanded": open ? "true" : "false", "aria-label": `Details of ${seen(name.slice(0, 200))}`, "data-id": id }, open ? "\u25be" : "\u25b8");
    const line = el("tr", { class: open ? "row open" : "row", "data-row": row, onclick: () => { if (!String(getSelection())) this.toggle(id); } }, el("td", { class: "opener" }, button));
    for (const column of columns) {
      const text = grain.get(column.path, row);
      if (!column.amount) line.append(el("td", {}, cellText(text)));
      else if (column.sign) line.append(el("td", { class: "num" }, el("span", { class: "money " + tone(text) }, signed(text, decimals)), ...others(grain, row, true)));
      else if (column.path === "actual") line.append(el("td", { class: "num" }, ...actualOf(grain, row, decimals)));
      else line.append(el("td", { class: "num" }, grouped(text, decimals)));
    }
    if (!open) return [line];
    const place = el("td", { colspan: columns.length + 1, "data-row": row });
    if (grain.details_kept.has(Math.floor(row / grain.details))) place.append(detailOf(this.data, grain, row));
    else place.append(el("p", { class: "detail note", role: "status" }, "Reading the calculation \u2026"));
    return [line, el("tr", { class: "detail-row" }, place)];
  }
  toggle(id) {
    this.view.row = this.view.row === id ? "" : id;
    this.keepAddress();
    this.draw();
    this.focus(id);
    if (this.view.row) this.fillDetail().catch((error) => this.failed(error));
  }
  async fillDetail() {
    const { grain } = this;
    const id = this.view.row;
    const place = this.holder.querySelector(".detail-row > td");
    if (!place) return;
    const row = Number(place.dataset.row);
    await grain.open(row);
    const finer = this.data.grains.find((one) => one.name === grain.follows);
    if (finer && (grain.get("follows", row) || []).some((part) => typeof part === "number")) {
      await finer.need(["id", "difference", "currency", ...finer.keys.map((key) => "k." + key)]);
    }
    if (this.view.row === id && place.isConnected) place.replaceChildren(detailOf(this.data, grain, row));
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
    const turn = { PageDown: 1, PageUp: -1 }[event.key];
    if (event.key === "Escape" && this.view.row) {
      event.preventDefault();
      this.toggle(this.view.row);
    } else if (place >= 0 && step) {
      event.preventDefault();
      buttons[Math.max(0, Math.min(buttons.length - 1, place + step))].focus();
    } else if (place >= 0 && turn && this.view.page + turn >= 1 && this.view.page + turn <= this.pages) {
      event.preventDefault();
      this.change({ page: this.view.page + turn }).then(() => { const first = this.holder.querySelector("button.open"); if (first) first.focus(); });
    }
  }
  drawPager() {
    const go = (page, text) => el("button", { type: "button", class: "plain", disabled: page < 1 || page > this.pages || page === this.view.page, onclick: async () => {
      await this.change({ page });
      this.root.scrollIntoView();
    } }, text);
    const { page } = this.view;
    const box = el("input", { type: "text", inputmode: "numeric", size: "5", value: String(page), onchange: (e) => {
      const wanted = Number.parseInt(e.target.value, 10);
      if (wanted >= 1) this.change({ page: Math.min(wanted, this.pages) });
      else e.target.value = String(page);
    } });
    this.pager.replaceChildren(...(this.pages > 1
      ? [go(1, "First"), go(page - 1, "Previous"), el("label", {}, "Page ", box, ` of ${this.pages.toLocaleString("en")}`), go(page + 1, "Next"), go(this.pages, "Last")] : []));
  }
}

function allRows(count) {
  return Uint32Array.from({ length: count }, (_, row) => row);
}
