// The rows of one grain: columns are unpacked when they are asked for, and only rows that are looked at become text.
const SHOWN_KEPT = 12;

class Grain {
  constructor(data, parts) {
    Object.assign(this, data);
    this.parts = parts;
    this.loaded = new Map();
    this.waiting = new Map();
    this.details_kept = new Map();
    this.sortOrders = new Map();
    this.amountsKept = new Map();
    this.lower = new Map();
    this.value = (path, row) => this.get(path, row);
  }
  // Everything that a search looks at, and that rows are filtered by.
  get listed() {
    return Object.keys(this.columns);
  }
  async need(paths) {
    for (const path of paths) if (this.columns[path]) await this.load(path);
  }
  load(path) {
    if (!this.waiting.has(path)) {
      this.waiting.set(path, (async () => {
        const found = (await this.parts.columns(this.columns[path], this.count, this.value))[path];
        for (const other of found.needs()) await this.load(other);
        this.loaded.set(path, found);
      })());
    }
    return this.waiting.get(path);
  }
  get(path, row) {
    const column = this.loaded.get(path);
    if (column) return column.get(row);
    if (this.head[path] && row < this.head[path].length) return this.head[path][row];
    const details = this.details_kept.get(Math.floor(row / this.details));
    const own = details && details[path];
    return own ? own.get(row % this.details) : null;
  }
  // All there is about a row, for an opened one.
  async open(row) {
    await this.need(this.listed);
    const place = Math.floor(row / this.details);
    if (this.details_kept.has(place)) return;
    const first = place * this.details;
    const count = Math.min(this.details, this.count - first);
    const columns = await this.parts.columns(`${this.part}-d${place}`, count, (path, at) => this.get(path, first + at));
    this.details_kept.set(place, columns);
    if (this.details_kept.size > SHOWN_KEPT) this.details_kept.delete(this.details_kept.keys().next().value);
  }
  // One detail of many rows, part after part.
  async inDetails(path, rows) {
    const found = new Map();
    for (let place = 0; place * this.details < this.count; place++) {
      const own = Array.from(rows).filter((row) => Math.floor(row / this.details) === place);
      if (!own.length) continue;
      await this.open(own[0]);
      for (const row of own) found.set(row, this.get(path, row));
    }
    return found;
  }
  paths(prefix, row) {
    const details = this.details_kept.get(Math.floor(row / this.details)) || {};
    return [...this.listed, ...Object.keys(details)].filter((path) => path.startsWith(prefix));
  }
  // Amounts as whole numbers of the smallest decimal in use: plain numbers where they fit exactly, else BigInt.
  amounts(path) {
    if (this.amountsKept.has(path)) return this.amountsKept.get(path);
    const texts = Array.from({ length: this.count }, (_, row) => this.get(path, row) || "");
    const decimals = texts.reduce((most, text) => (text.includes(".") ? Math.max(most, text.length - text.indexOf(".") - 1) : most), 0);
    let found = { near: texts.some(isFraction), decimals: SCALE };
    if (!found.near && texts.every((text) => text.length + decimals < 16)) {
      found.values = Float64Array.from(texts, (text) => wholeUnits(text, decimals));
      found.decimals = decimals;
    } else found.values = texts.map(exact);
    this.amountsKept.set(path, found);
    return found;
  }
  find(id) {
    if (!this.places) this.places = new Map(Array.from({ length: this.count }, (_, row) => [this.get("id", row), row]));
    return this.places.get(id) ?? -1;
  }
  // Marks the rows in whose column one of the words stands: each text that rows share is looked at once.
  marked(path, word, rows) {
    const column = this.loaded.get(path);
    if (column.isCopy()) return;
    if (path === "group") return this.markGroups(column, word, rows);
    if (column.head.kind === "distinct") {
      const hits = column.head.distinct.map((text) => (String(text).toLowerCase().includes(word) ? 1 : 0));
      if (hits.includes(1)) for (let row = 0; row < this.count; row++) if (column.codes[row] && hits[column.codes[row] - 1]) rows[row] = 1;
      return;
    }
    let kept = this.lower.get(path);
    if (!kept) {
      const starts = new Uint32Array(this.count + 1);
      const texts = [];
      let length = 0;
      for (let row = 0; row < this.count; row++) {
        const text = String(column.get(row) ?? "").toLowerCase();
        starts[row] = length;
        length += text.length + 1;
        texts.push(text);
      }
      starts[this.count] = length;
      kept = { starts, text: texts.join("\n") };
      this.lower.set(path, kept);
    }
    let row = 0;
    for (let at = kept.text.indexOf(word); at >= 0; at = kept.text.indexOf(word, kept.starts[row + 1])) {
      while (kept.starts[row + 1] <= at) row++;
      rows[row] = 1;
      if (row + 1 >= this.count) break;
    }
  }
  markGroups(column, word, rows) {
    for (let row = 0; row < this.count; row++) {
      const group = column.get(row);
      if (group && (this.causes[group] || "").toLowerCase().includes(word)) rows[row] = 1;
    }
  }
  pathOf(name) {
    const field = this.fields.find(([own]) => own === name) || this.facets.filter((f) => f.name === name).map((f) => [f.name, f.path])[0];
    return field ? field[1] : this.columns["k." + name] ? "k." + name : null;
  }
  // What a view looks at, before it can be shown.
  wanted(view) {
    const words = wordsOf(view.q);
    const paths = words.length ? [...this.listed] : [];
    for (const name of [...Object.keys(view.filters), ...view.by]) if (this.pathOf(name)) paths.push(this.pathOf(name));
    if (view.group) paths.push("group");
    if (view.row) paths.push("id");
    if (view.sort) paths.push(view.sort.replace(/^-/, ""));
    const narrowed = paths.length > 0 || view.page > 1;
    return narrowed || view.by.length ? [...new Set([...paths, "expected", "actual", "difference", "currency", "other"])] : [];
  }
  matching(view) {
    const filters = Object.entries(view.filters).map(([name, value]) => [this.pathOf(name), value]).filter(([path]) => path);
    if (view.group) filters.push(["group", view.group]);
    const words = wordsOf(view.q);
    const keeps = new Uint8Array(this.count).fill(1);
    for (const [path, value] of filters) this.narrow(keeps, path, value);
    for (const word of words) {
      const rows = new Uint8Array(this.count);
      for (const path of this.listed) if (path !== "id") this.marked(path, word, rows);
      for (let row = 0; row < this.count; row++) keeps[row] &= rows[row];
    }
    const order = view.sort ? this.ordered(view.sort) : null;
    const found = new Uint32Array(this.count);
    let count = 0;
    for (let i = 0; i < this.count; i++) {
      const row = order ? order[i] : i;
      if (keeps[row]) found[count++] = row;
    }
    return found.subarray(0, count);
  }
  narrow(keeps, path, value) {
    const column = this.loaded.get(path);
    const codes = column && column.coded;
    if (!codes) {
      for (let row = 0; row < this.count; row++) if (keeps[row] && (this.get(path, row) ?? "") !== value) keeps[row] = 0;
      return;
    }
    const same = new Map();
    for (let row = 0; row < this.count; row++) {
      const code = codes[row];
      if (!same.has(code)) same.set(code, (column.ofCode(code) ?? "") === value);
      if (!same.get(code)) keeps[row] = 0;
    }
  }
  // All rows in the order of a column; kept, so that a filter afterwards is quick.
  ordered(sort) {
    if (this.sortOrders.has(sort)) return this.sortOrders.get(sort);
    const down = sort.startsWith("-");
    const path = down ? sort.slice(1) : sort;
    const sign = down ? -1 : 1;
    const order = Uint32Array.from({ length: this.count }, (_, row) => row);
    if (AMOUNTS.includes(path)) {
      const { values } = this.amounts(path);
      order.sort((a, b) => (values[a] < values[b] ? -sign : values[a] > values[b] ? sign : a - b));
    } else {
      const seen = new Map();
      const keys = Array.from({ length: this.count }, (_, row) => {
        const text = String(this.get(path, row) ?? "");
        if (!seen.has(text)) seen.set(text, sortable(text));
        return seen.get(text);
      });
      order.sort((a, b) => (keys[a] < keys[b] ? -sign : keys[a] > keys[b] ? sign : a - b));
    }
    if (this.sortOrders.size > 5) this.sortOrders.delete(this.sortOrders.keys().next().value);
    this.sortOrders.set(sort, order);
    return order;
  }
  // Exact sums of rows by currency, as [currency, {expected, actual, difference, near}].
  totals(rows) {
    const sums = new Sums(this);
    if (rows.length === this.count) return this.sums.map(([currency, ...all]) => [currency, ...all]);
    for (let i = 0; i < rows.length; i++) sums.add(rows[i]);
    return sums.texts();
  }
  // Rows put together by up to two columns: [{texts, rows, sums}], the most money first.
  grouped(view, rows) {
    const paths = view.by.map((name) => this.pathOf(name)).filter(Boolean);
    const found = new Map();
    for (let i = 0; i < rows.length; i++) {
      const texts = paths.map((path) => this.get(path, rows[i]) ?? "");
      const key = JSON.stringify(texts);
      let group = found.get(key);
      if (!group) found.set(key, group = { texts, rows: 0, sums: new Sums(this) });
      group.rows++;
      group.sums.add(rows[i]);
    }
    return [...found.values()];
  }
}

// Adds amounts up exactly: whole numbers as far as they fit, and BigInt beyond.
class Sums {
  constructor(grain) {
    this.grain = grain;
    this.by = new Map();
  }
  of(currency) {
    let found = this.by.get(currency);
    if (!found) this.by.set(currency, found = AMOUNTS.map(() => ({ small: 0, big: 0n })));
    return found;
  }
  add(row) {
    const { grain } = this;
    const own = this.of(grain.get("currency", row) || "");
    AMOUNTS.forEach((name, i) => {
      const { values, decimals } = grain.amounts(name);
      const value = values[row];
      if (typeof value === "bigint") own[i].big += value;
      else {
        own[i].small += value;
        if (own[i].small > 4e15 || own[i].small < -4e15) this.carry(own[i], decimals);
      }
    });
    if (!grain.columns.other) return;
    for (const [currency, amount] of grain.get("other", row) || []) {
      const foreign = this.of(currency);
      foreign[1].big += exact(amount);
      foreign[2].big += exact(amount);
    }
  }
  carry(sum, decimals) {
    sum.big += BigInt(sum.small) * 10n ** BigInt(SCALE - decimals);
    sum.small = 0;
  }
  texts() {
    return [...this.by].map(([currency, sums]) => [currency, ...sums.map((sum, i) => {
      this.carry(sum, this.grain.amounts(AMOUNTS[i]).decimals);
      return exactText(sum.big);
    })]);
  }
}

function wordsOf(q) {
  return q.toLowerCase().split(/\s+/).filter(Boolean);
}

// Text that sorts as people count: numbers in it by their size.
function sortable(text) {
  return text.toLowerCase().replace(/\d+/g, (digits) => digits.replace(/^0+/, "").padStart(18, "0"));
}

function wholeUnits(text, decimals) {
  if (!text) return 0;
  const dot = text.indexOf(".");
  const have = dot < 0 ? 0 : text.length - dot - 1;
  return Number((dot < 0 ? text : text.slice(0, dot) + text.slice(dot + 1)) + "0".repeat(decimals - have));
}

function loadRows() {
  const data = JSON.parse(document.getElementById("rows").textContent);
  const parts = new Parts(data.beside);
  return { ...data, parts, grains: data.grains.filter((g) => g.count).map((g) => new Grain({ ...g, causes: data.causes }, parts)) };
}
