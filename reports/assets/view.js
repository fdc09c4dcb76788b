// What is shown is in the address: #differences&grain=...&q=...&f.plan=...&group=...&by=plan,period&sort=-difference&page=2&row=L12
function readView(hash) {
  const [place, ...rest] = hash.replace(/^#/, "").split("&");
  const words = new URLSearchParams(rest.join("&"));
  const filters = {};
  for (const [key, value] of words) if (key.startsWith("f.")) filters[key.slice(2)] = value;
  return {
    place, filters, grain: words.get("grain") || "", q: words.get("q") || "", group: words.get("group") || "",
    by: words.getAll("by").slice(0, 2), sort: words.get("sort") || "",
    page: Math.max(1, Number.parseInt(words.get("page"), 10) || 1), row: words.get("row") || "",
  };
}

function writeView(view) {
  const words = new URLSearchParams();
  for (const key of ["grain", "q", "group"]) if (view[key]) words.set(key, view[key]);
  for (const [key, value] of Object.entries(view.filters)) words.set("f." + key, value);
  for (const name of view.by) words.append("by", name);
  if (view.sort) words.set("sort", view.sort);
  if (view.page > 1) words.set("page", view.page);
  if (view.row) words.set("row", view.row);
  const text = words.toString().replace(/%(?![0-9A-F]{2})/g, "%25");
  return "#differences" + (text ? "&" + text : "");
}

// Text as it can be seen: control characters, direction overrides and halves of characters get a mark of their own.
const UNSEEN = { "\u202a": "LRE", "\u202b": "RLE", "\u202c": "PDF", "\u202d": "LRO", "\u202e": "RLO", "\u2066": "LRI", "\u2067": "RLI", "\u2068": "FSI", "\u2069": "PDI", "\u200e": "LRM", "\u200f": "RLM", "\u061c": "ALM", "\ufeff": "BOM", "\u200b": "ZWSP" };
function seen(text) {
  return String(text ?? "").replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\u061c\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, (c) => {
    const code = c.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return `\u27e6${UNSEEN[c] || "U+" + code.toString(16).toUpperCase().padStart(4, "0")}\u27e7`;
  });
}

const LONG = 160;

// A text in a cell of the table: isolated, so that it can't turn its neighbours around, and cut where it is very long.
function cellText(text) {
  const shown = seen(text);
  if (!shown) return "";
  // A code or a word stays whole; what is longer may break, so that the table fits.
  if (shown.length <= 14) return el("bdi", { class: "short" }, shown);
  if (shown.length <= LONG) return el("bdi", {}, shown);
  return el("bdi", {}, shown.slice(0, LONG), el("small", { class: "cut" }, `\u2026 ${shown.length.toLocaleString("en")} characters, all in the opened row`));
}

// A text in full; a very long one in a box of its own that scrolls.
function fullText(text) {
  const shown = seen(text);
  return shown.length > 600 ? el("div", { class: "long", tabindex: "0", role: "group", "aria-label": `${shown.length.toLocaleString("en")} characters` }, el("bdi", {}, shown)) : el("bdi", {}, shown);
}
