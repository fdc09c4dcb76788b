const finder = document.getElementById("finder");
const search = document.getElementById("search");
const kind = document.getElementById("kind");
const status = document.getElementById("status");
const sentences = Array.from(document.querySelectorAll("article.sentence"));
const parts = Array.from(document.querySelectorAll("section.part"));
const links = new Map(Array.from(document.querySelectorAll(".parts a")).map((a) => [a.hash.slice(1), a.parentElement]));

function show() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const one of sentences) {
    const fits = (!kind.value || one.dataset.kind === kind.value) && words.every((word) => one.dataset.words.includes(word));
    one.hidden = !fits;
    shown += fits ? 1 : 0;
  }
  for (const part of parts) {
    part.hidden = !part.querySelector("article.sentence:not([hidden])");
    links.get(part.id).hidden = part.hidden;
  }
  const all = words.length === 0 && !kind.value;
  status.textContent = all ? `All ${sentences.length} sentences` : `${shown} of ${sentences.length} sentences`;
}

// The address keeps what is searched, so that a link shows the same again.
function keep() {
  const asked = new URLSearchParams();
  if (search.value.trim()) asked.set("q", search.value.trim());
  if (kind.value) asked.set("kind", kind.value);
  const text = asked.toString();
  history.replaceState(null, "", text ? `#?${text}` : location.pathname);
}

function fromAddress() {
  if (location.hash.startsWith("#?")) {
    const asked = new URLSearchParams(location.hash.slice(2));
    search.value = asked.get("q") || "";
    kind.value = asked.get("kind") || "";
  } else if (location.hash) {
    const target = document.getElementById(location.hash.slice(1));
    if (target && target.closest("[hidden]")) {
      search.value = "";
      kind.value = "";
    }
  }
  show();
}

function changed() {
  show();
  keep();
}

async function copy(button) {
  const code = button.parentElement.querySelector("code");
  let done = true;
  try {
    await navigator.clipboard.writeText(code.textContent + "\n");
  } catch (error) {
    getSelection().selectAllChildren(code);
    done = document.execCommand("copy");
  }
  status.textContent = done ? "Copied." : "The browser doesn't let pages copy; the example is selected.";
  button.textContent = done ? "Copied" : "Selected";
  setTimeout(() => { button.textContent = "Copy"; }, 2000);
}

search.addEventListener("input", changed);
kind.addEventListener("change", changed);
finder.addEventListener("submit", (event) => event.preventDefault());
addEventListener("hashchange", fromAddress);
addEventListener("keydown", (event) => {
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    search.focus();
  } else if (event.key === "Escape" && event.target === search && search.value) {
    search.value = "";
    changed();
  }
});
for (const button of document.querySelectorAll("button.copy")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}

// On paper everything is open, and closes again afterwards.
let closed = [];
addEventListener("beforeprint", () => {
  closed = Array.from(document.querySelectorAll("details:not([open])"));
  for (const one of closed) one.open = true;
});
addEventListener("afterprint", () => {
  for (const one of closed) one.open = false;
});
finder.hidden = false;
fromAddress();
document.documentElement.dataset.ready = "yes";
