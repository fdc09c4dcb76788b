// Columns as reports/pages/row_columns.py packs them, and the parts they come in: inside the page or beside it.
class Parts {
  constructor(beside) {
    this.beside = beside;
    this.waiting = new Map();
    if (!beside) return;
    // Rows beside the page come as scripts, for a page opened from a disk may read nothing else.
    window.trueupRows = (name, sum, text) => {
      const waits = this.waiting.get(name);
      if (!waits) return;
      this.waiting.delete(name);
      if (sum === beside.sums[name]) waits.done(text);
      else waits.failed(new Error(`${beside.folder}/${name}.js belongs to another report`));
    };
    const policy = window.trustedTypes && trustedTypes.createPolicy("trueup-rows", { createScriptURL: (address) => {
      if (/^rows\/g\d+-[cd]\d+\.js$/.test(address)) return address;
      throw new TypeError("only rows are loaded");
    } });
    this.address = (name) => policy ? policy.createScriptURL(`${beside.folder}/${name}.js`) : `${beside.folder}/${name}.js`;
  }
  text(name) {
    if (!this.beside) return Promise.resolve(document.querySelector(`script[data-part="${name}"]`).textContent);
    return new Promise((done, failed) => {
      this.waiting.set(name, { done, failed });
      const script = document.createElement("script");
      script.onload = () => script.remove();
      script.onerror = () => {
        this.waiting.delete(name);
        failed(new Error(`${this.beside.folder}/${name}.js isn't beside this page; keep the whole folder together`));
      };
      script.src = this.address(name);
      document.head.append(script);
    });
  }
  // The columns of one part.
  async columns(name, count, values) {
    const text = await this.text(name);
    const bytes = await unpacked(text);
    const end = bytes.indexOf(10);
    const heads = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
    const planes = bytes.subarray(end + 1);
    return Object.fromEntries(Object.entries(heads).map(([path, head]) => [path, new Column(head, planes, count, values)]));
  }
}

// The bytes of a part, which is gzip in base64.
async function unpacked(text) {
  const bytes = Uint8Array.fromBase64 ? Uint8Array.fromBase64(text) : Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return typeof DecompressionStream === "function"
    ? new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer())
    : gunzip(bytes);
}

// values: (path, row) to the text of another column, for texts that are made of them.
class Column {
  constructor(head, planes, count, values) {
    this.head = head;
    this.count = count;
    this.values = values;
    if (head.kind === "values") this.list = head.values;
    else if (head.kind === "bytes") this.bytes = planes.subarray(head.at, head.at + 6 * count);
    else if (head.kind !== "less") this.codes = numbers(planes.subarray(head.at), head.width, count);
  }
  // A number that rows share just when they have the same text; null where texts aren't kept once.
  get coded() {
    return this.codes && this.head.kind !== "pattern" ? this.codes : null;
  }
  get(row) {
    const { head } = this;
    switch (head.kind) {
      case "values": return this.list[row] ?? null;
      case "bytes": {
        let text = head.prefix;
        for (let i = 0; i < 6; i++) text += this.bytes[i * this.count + row].toString(16).padStart(2, "0");
        return text;
      }
      case "less": return less(this.values("actual", row), this.values("expected", row));
      case "pattern": return this.codes[row] ? this.filled(head.distinct[this.codes[row] - 1], row) : null;
      default: return this.ofCode(this.codes[row]);
    }
  }
  ofCode(code) {
    const { head } = this;
    if (!code) return null;
    if (head.kind === "distinct") return head.distinct[code - 1];
    if (head.kind === "counted") return head.prefix + (code - 1);
    if (head.kind === "hexadecimal") return head.prefix + (code - 1).toString(16).padStart(head.digits, "0");
    const below = code % 2 === 0;
    const digits = String(below ? code / 2 - 1 : (code - 1) / 2).padStart(head.decimals + 1, "0");
    return (below ? "-" : "") + (head.decimals ? digits.slice(0, -head.decimals) + "." + digits.slice(-head.decimals) : digits);
  }
  // A pattern with the texts of its row's other columns put in.
  filled(pattern, row) {
    if (typeof pattern !== "string") return pattern.map((part) => this.filled(part, row));
    if (pattern[0] === "\ue0f1") return pattern.slice(1);
    return pattern.replace(/[\ue000-\ue0ef]/g, (mark) => {
      const said = mark.charCodeAt(0) % 2;
      const path = this.head.of[mark];
      const text = path === "*" ? product(this.values("o.base", row), this.values("o.rate", row)) : this.values(path, row);
      return said ? saidNumber(text) : text;
    });
  }
  // Other columns that this one's texts are made of.
  needs() {
    return this.head.kind === "less" ? ["actual", "expected"] : Object.values(this.head.of || {}).filter((path) => path !== "*");
  }
  isCopy() {
    return this.head.kind === "pattern" && this.head.distinct.length === 1 && this.head.distinct[0] === "\ue000";
  }
}

function numbers(planes, width, count) {
  const kinds = [Uint8Array, Uint16Array, Uint32Array, Uint32Array];
  if (width === 1) return planes.slice(0, count);
  const found = new (kinds[width - 1] || Float64Array)(count);
  for (let i = 0, scale = 1; i < width; i++, scale *= 256) {
    for (let row = 0, at = i * count; row < count; row++, at++) found[row] += planes[at] * scale;
  }
  return found;
}

function less(actual, expected) {
  const decimals = (text) => (text && text.includes(".") ? text.length - text.indexOf(".") - 1 : 0);
  const places = Math.max(decimals(actual), decimals(expected));
  const units = (text) => (text ? Number(text.replace(".", "") + "0".repeat(places - decimals(text))) : 0);
  const value = units(actual) - units(expected);
  const digits = String(Math.abs(value)).padStart(places + 1, "0");
  return (value < 0 ? "-" : "") + (places ? digits.slice(0, -places) + "." + digits.slice(-places) : digits);
}

function saidNumber(text) {
  const [, whole, rest] = /^-?(\d+)([^]*)$/.exec(text);
  return whole.replace(/\B(?=(\d{3})+$)/g, ",") + rest;
}

// Base times a percentage, exactly, as sentences have it.
function product(base, rate) {
  const decimals = (text) => (text.includes(".") ? text.length - text.indexOf(".") - 1 : 0);
  const percent = rate.slice(0, -1);
  const places = decimals(base) + decimals(percent) + 2;
  const value = BigInt(base.replace(".", "")) * BigInt(percent.replace(".", ""));
  const digits = String(value < 0n ? -value : value).padStart(places + 1, "0");
  const rest = digits.slice(-places).replace(/0+$/, "");
  return (value < 0n ? "-" : "") + digits.slice(0, -places).replace(/\B(?=(\d{3})+$)/g, ",") + (rest ? "." + rest : "");
}
