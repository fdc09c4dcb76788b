// Amounts are exact decimal text; sums are whole numbers (BigInt), never binary fractions.
const MINUS = "\u2212";
const SCALE = 12;

// A fraction like 100/3 has no exact decimals: it is shown as it stands, and sums with it are only near.
function isFraction(text) {
  return Boolean(text) && text.includes("/");
}

function exact(text) {
  if (!text) return 0n;
  if (isFraction(text)) {
    const [over, under] = text.split("/").map(BigInt);
    return (over * 10n ** BigInt(SCALE)) / under;
  }
  const [whole, rest = ""] = text.replace("-", "").split(".");
  const value = BigInt(whole + rest.padEnd(SCALE, "0").slice(0, SCALE));
  return text.startsWith("-") ? -value : value;
}

function exactText(value) {
  const digits = (value < 0n ? -value : value).toString().padStart(SCALE + 1, "0");
  const rest = digits.slice(-SCALE).replace(/0+$/, "");
  return (value < 0n ? "-" : "") + digits.slice(0, -SCALE) + (rest ? "." + rest : "");
}

function grouped(text, decimals) {
  if (!text) return "\u2013";
  if (isFraction(text)) return text.replace("-", MINUS);
  const [whole, rest = ""] = text.replace("-", "").split(".");
  const shown = rest.padEnd(decimals, "0");
  return (text.startsWith("-") ? MINUS : "") + whole.replace(/\B(?=(\d{3})+$)/g, ",") + (shown ? "." + shown : "");
}

function signed(text, decimals) {
  const value = exact(text);
  return (value > 0n ? "+" : "") + grouped(text || "0", decimals);
}

// What the target has in other currencies than the row's own.
function others(grain, row, sign = false) {
  return (grain.get("other", row) || []).map(([currency, amount]) =>
    el("span", { class: "money " + (sign ? tone(amount) : "even") }, " " + (sign ? signed : grouped)(amount, 2) + " " + currency));
}

function actualOf(grain, row, decimals) {
  const own = grain.get("actual", row);
  const foreign = others(grain, row);
  return foreign.length && exact(own) === 0n ? foreign : [grouped(own, decimals), ...foreign];
}

function tone(text) {
  const value = exact(text);
  return value > 0n ? "more" : value < 0n ? "less" : "even";
}

function el(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}
