// The rows, column by column, as the page carries them; and the view of them that the address holds.
class Grain {
  constructor(data) {
    this.name = data.name;
    this.keys = data.keys;
    this.csv = data.csv;
    this.count = data.count;
    this.facets = data.facets;
    this.columns = data.columns;
    this.sortValues = new Map();
    this.texts = null;
  }
  get(path, row) {
    const column = this.columns[path];
    if (!column) return null;
    if (column.values) return column.values[row] ?? null;
    const place = column.places[row];
    return place < 0 ? null : column.distinct[place];
  }
  paths(prefix) {
    return Object.keys(this.columns).filter((path) => path.startsWith(prefix));
  }
  choices(path) {
    const counts = new Map();
    for (let row = 0; row < this.count; row++) {
      const value = this.get(path, row) ?? "";
      counts.set(value, (counts.get(value) || 0) + 1);
    }
    return [...counts].sort((a, b) => String(a[0]).localeCompare(String(b[0]), "en", { numeric: true }));
  }
  amounts(path) {
    if (!this.sortValues.has(path)) {
      this.sortValues.set(path, Array.from({ length: this.count }, (_, row) => exact(this.get(path, row))));
    }
    return this.sortValues.get(path);
  }
  find(id) {
    if (!this.places) this.places = new Map(Array.from({ length: this.count }, (_, row) => [this.get("id", row), row]));
    return this.places.get(id) ?? -1;
  }
  text(row) {
    if (!this.texts) {
      const paths = Object.keys(this.columns).filter((p) => !["follows", "group", "id"].includes(p));
      this.texts = Array.from({ length: this.count }, (_, i) =>
        paths.map((path) => this.get(path, i) ?? "").join("\u0000").toLowerCase());
    }
    return this.texts[row];
  }
  matching(view) {
    const words = view.q.toLowerCase().split(/\s+/).filter(Boolean);
    const filters = this.facets.filter((f) => f.name in view.filters).map((f) => [f.path, view.filters[f.name]]);
    if (view.group) filters.push(["group", view.group]);
    const rows = [];
    for (let row = 0; row < this.count; row++) {
      if (filters.every(([path, value]) => (this.get(path, row) ?? "") === value) &&
          words.every((word) => this.text(row).includes(word))) rows.push(row);
    }
    return this.sorted(rows, view.sort);
  }
  sorted(rows, sort) {
    if (!sort) return rows;
    const down = sort.startsWith("-");
    const path = down ? sort.slice(1) : sort;
    const sign = down ? -1 : 1;
    if (["expected", "actual", "difference"].includes(path)) {
      const values = this.amounts(path);
      return rows.sort((a, b) => (values[a] < values[b] ? -sign : values[a] > values[b] ? sign : a - b));
    }
    const order = new Intl.Collator("en", { numeric: true });
    return rows.sort((a, b) =>
      sign * order.compare(String(this.get(path, a) ?? ""), String(this.get(path, b) ?? "")) || a - b);
  }
  totals(rows) {
    const sums = new Map();
    const of = (currency) => sums.get(currency) || { expected: 0n, actual: 0n, difference: 0n, near: false };
    for (const row of rows) {
      const currency = this.get("currency", row) || "";
      const sum = of(currency);
      for (const name of ["expected", "actual", "difference"]) {
        sum[name] += this.amounts(name)[row];
        sum.near ||= isFraction(this.get(name, row));
      }
      sums.set(currency, sum);
      for (const [other, amount] of this.get("other", row) || []) {
        const foreign = of(other);
        foreign.actual += exact(amount);
        foreign.difference += exact(amount);
        foreign.near ||= isFraction(amount);
        sums.set(other, foreign);
      }
    }
    return sums;
  }
}

async function loadRows() {
  const holder = document.getElementById("rows");
  let text = holder.textContent;
  if (holder.dataset.encoding === "gzip") {
    const packed = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    text = await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  }
  const data = JSON.parse(text);
  holder.remove();
  return { ...data, grains: data.grains.filter((g) => g.count).map((g) => new Grain(g)) };
}

// The address: #differences&grain=...&q=...&f.plan=...&group=...&sort=-difference&page=2&row=L12
function readView(hash) {
  const [place, ...rest] = hash.replace(/^#/, "").split("&");
  const words = new URLSearchParams(rest.join("&"));
  const filters = {};
  for (const [key, value] of words) if (key.startsWith("f.")) filters[key.slice(2)] = value;
  return {
    place, filters, grain: words.get("grain") || "", q: words.get("q") || "", group: words.get("group") || "",
    sort: words.get("sort") || "", page: Math.max(1, Number.parseInt(words.get("page"), 10) || 1),
    row: words.get("row") || "",
  };
}

function writeView(view) {
  const words = new URLSearchParams();
  for (const key of ["grain", "q", "group", "sort"]) if (view[key]) words.set(key, view[key]);
  for (const [key, value] of Object.entries(view.filters)) words.set("f." + key, value);
  if (view.page > 1) words.set("page", view.page);
  if (view.row) words.set("row", view.row);
  const text = words.toString();
  return "#differences" + (text ? "&" + text : "");
}
