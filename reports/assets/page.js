// Puts the parts together: the table, the filter of scenarios, addresses, keys and printing.
function scenarioFilter(root) {
  const all = [...document.querySelectorAll("details.scenario")];
  if (!root || all.length < 2) return;
  root.hidden = false;
  const text = el("input", { type: "search", autocomplete: "off", oninput: () => apply() });
  const outcome = el("select", { onchange: () => apply() }, el("option", { value: "" }, "all"), ...["failed", "not run", "passed"].map((o) => el("option", { value: o }, o)));
  const status = el("p", { class: "status", role: "status" });
  const apply = () => {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const one of all) {
      const content = one.textContent.toLowerCase();
      one.hidden = !((!outcome.value || one.dataset.outcome === outcome.value) && words.every((word) => content.includes(word)));
      if (!one.hidden) shown++;
    }
    status.textContent = `${shown.toLocaleString("en")} of ${all.length.toLocaleString("en")} scenarios`;
  };
  root.append(el("form", { class: "controls", role: "search", "aria-label": "Filter the scenarios", onsubmit: (e) => e.preventDefault() },
    el("label", { class: "search" }, el("span", {}, "search"), text), el("label", {}, el("span", {}, "outcome"), outcome)), status);
  apply();
}

// A table that is wider than its place is scrolled by keys too.
function reachable() {
  for (const box of document.querySelectorAll(".scroll:not([role])")) {
    if (box.scrollWidth <= box.clientWidth + 1) continue;
    const caption = box.querySelector("caption");
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", caption ? caption.textContent : "A wide table");
  }
}

async function start() {
  scenarioFilter(document.getElementById("scenario-filter"));
  const root = document.getElementById("table");
  let table = null;
  let data = null;
  const statements = startStatements();
  if (root) {
    data = loadRows();
    if (data.grains.length) table = new Table(data, root);
  }
  const arrive = async () => {
    const view = readView(location.hash);
    if (table && location.hash === "#differences") {
      table.keepAddress();
      document.getElementById("differences").scrollIntoView();
    } else if (table && view.place === "differences") {
      await table.show(view);
      const row = view.row && table.focus(view.row);
      if (row) row.closest("tr").scrollIntoView({ block: "center" });
      else document.getElementById("differences").scrollIntoView();
    } else if (view.place === "statements" && document.getElementById("statement")) {
      const one = await statements;
      if (location.hash !== "#statements") one.open(new URLSearchParams(location.hash.split("&").slice(1).join("&")));
      document.getElementById(location.hash === "#statements" ? "statements" : "statement").scrollIntoView();
    } else if (view.place) {
      let name = view.place;
      try {
        name = decodeURIComponent(name);
      } catch {
        // An address that isn't well formed is taken as it stands.
      }
      const place = document.getElementById(name);
      // What is closed, or left out by the filter of scenarios, is shown to whoever follows a link to it.
      for (let part = place && place.closest("details"); part; part = part.parentElement.closest("details")) {
        part.open = true;
        part.hidden = false;
      }
      if (place) place.scrollIntoView();
    }
  };
  if (table) await table.show(readView(""));
  if (location.hash) await arrive();
  addEventListener("hashchange", () => arrive().catch((error) => table.failed(error)));
  addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    const search = document.getElementById("search");
    if (event.key === "/" && !typing && search) {
      event.preventDefault();
      search.focus();
    }
  });
  let closed = [];
  let printed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const one of closed) one.open = true;
    if (!table) return;
    table.draw(PRINT);
    // On paper nobody can choose what is compared, so every grain's rows follow.
    printed = data.grains.filter((grain) => grain !== table.grain).map((grain) => {
      const place = el("div", { class: "printed" });
      const other = new Table(data, place);
      other.view = { ...readView("#differences"), grain: grain.name };
      other.rows = allRows(grain.count);
      other.pages = 1;
      other.controls.remove();
      other.draw(PRINT);
      root.append(place);
      return place;
    });
  });
  addEventListener("afterprint", () => {
    for (const one of closed) one.open = false;
    for (const place of printed) place.remove();
    printed = [];
    if (table) table.draw();
  });
  document.documentElement.dataset.ready = "yes";
  reachable();
  addEventListener("resize", reachable);
  await statements;
  if (data && !data.beside) await unpackAll(data);
  document.documentElement.dataset.unpacked = "yes";
}

// What the page itself holds is unpacked while nobody waits for it, so that the first filter is as quick as the next.
async function unpackAll(data) {
  const pause = () => new Promise((done) => (window.requestIdleCallback ? requestIdleCallback(done, { timeout: 500 }) : setTimeout(done, 20)));
  for (const grain of data.grains) {
    for (const path of grain.listed) {
      await pause();
      await grain.need([path]);
      if (path !== "id") grain.marked(path, "\ufffe", new Uint8Array(grain.count));
    }
    for (const path of AMOUNTS) {
      await pause();
      grain.amounts(path);
    }
  }
}

start().catch((error) => {
  const root = document.getElementById("table");
  if (root) {
    root.hidden = false;
    root.textContent = `The rows can't be shown here (${error.message}); the CSV files beside this page hold them.`;
  }
});
