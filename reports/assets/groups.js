// The table by groups: each with its rows and its money, and a way to its rows.
function largest(sums) {
  return sums.reduce((most, [, , , difference]) => {
    const size = exact(difference);
    return size < 0n ? (most > -size ? most : -size) : most > size ? most : size;
  }, 0n);
}

function sortedGroups(groups, sort) {
  const list = groups.map((group) => ({ ...group, sums: group.sums.texts() }));
  const down = sort.startsWith("-");
  const by = sort.replace(/^-/, "");
  const place = AMOUNTS.indexOf(by);
  const value = (group) => (by === "rows" ? BigInt(group.rows) : place >= 0 ? group.sums.reduce((sum, one) => sum + exact(one[place + 1]), 0n) : largest(group.sums));
  const name = (group) => group.texts.map(sortable).join("\u0000");
  for (const group of list) [group.value, group.name] = [value(group), name(group)];
  const byName = (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  if (by === "name") return list.sort((a, b) => (down ? -1 : 1) * byName(a, b));
  const sign = down || !by ? -1 : 1;
  return list.sort((a, b) => (a.value < b.value ? -sign : a.value > b.value ? sign : byName(a, b)));
}

function groupText(data, name, text) {
  return name === "cause" ? seen(data.causes[text] || text) : seen(text);
}

function drawGroups(table, most) {
  const { grain, view, rows, groups, data } = table;
  const start = most === PAGE ? (view.page - 1) * PAGE : 0;
  const names = view.by.filter((name) => grain.pathOf(name));
  const columns = [...names.map((name, i) => ({ label: name, path: i === 0 ? "name" : "" })), { label: "rows", path: "rows", amount: true },
    ...AMOUNTS.map((path) => ({ label: path, path, amount: true })), { label: "currency", path: "" }];
  const head = columns.map((column) => (column.path ? table.header(column) : el("th", { scope: "col" }, seen(column.label))));
  const body = el("tbody");
  for (const group of groups.slice(start, start + most)) {
    const open = el("button", { type: "button", class: "group", onclick: () => {
      const filters = { ...view.filters };
      let cause = view.group;
      names.forEach((name, i) => { if (grain.pathOf(name) === "group") cause = group.texts[i]; else filters[name] = group.texts[i]; });
      table.change({ filters, group: cause, by: [], sort: "" }).then(() => {
        table.drawControls();
        const first = table.holder.querySelector("button.open");
        if (first) first.focus();
      });
    } }, el("bdi", {}, groupText(data, names[0], group.texts[0]) || "(none)"), el("span", { class: "unseen" }, ": show its rows"));
    const cells = group.texts.slice(1).map((text, i) => el("td", {}, el("bdi", {}, groupText(data, names[i + 1], text) || "(none)")));
    const share = grain.count ? (100 * group.rows) / rows.length : 0;
    const lines = (make) => el("td", { class: "num" }, ...group.sums.map((sum) => el("div", {}, make(sum, data.decimals[sum[0]] ?? 2))));
    body.append(el("tr", { class: "group-row" }, el("th", { scope: "row" }, open), ...cells,
      el("td", { class: "num" }, group.rows.toLocaleString("en"), el("small", { class: "part-of" }, ` ${share >= 99.95 && group.rows < rows.length ? "under 100" : share < 0.1 ? "under 0.1" : share.toFixed(1)}%`)),
      lines(([, expected], decimals) => grouped(expected, decimals)), lines(([, , actual], decimals) => grouped(actual, decimals)),
      lines(([, , , difference], decimals) => el("span", { class: "money " + tone(difference) }, signed(difference, decimals))),
      el("td", {}, ...group.sums.map(([currency]) => el("div", {}, seen(currency))))));
  }
  if (!groups.length) body.append(el("tr", {}, el("td", { colspan: columns.length, class: "empty" }, "No difference matches these filters.")));
  table.holder.replaceChildren(el("table", { class: "rows main groups" },
    el("caption", { class: "unseen" }, `Differences of ${seen(grain.name)} by ${names.map(seen).join(" and ")}`), el("thead", {}, el("tr", {}, ...head)), body));
  const shown = Math.min(most, groups.length - start);
  table.status.textContent = `${groups.length.toLocaleString("en")} ${groups.length === 1 ? "group" : "groups"} of ${rows.length.toLocaleString("en")} differing ${seen(grain.name)} by ${names.map(seen).join(" and ")}`
    + (groups.length > shown ? `; groups ${(start + 1).toLocaleString("en")} to ${(start + shown).toLocaleString("en")} are shown` : "") + (view.sort ? "" : ", the most money first");
  table.drawPager();
}

// The rows that are shown, or the groups, as a file; nothing in it is taken for a formula.
function csvCell(value) {
  let text = String(value ?? "").replace(/\0/g, "\u2400");
  if (/^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text) && !/^[+-]?\d+(\.\d+)?%?$/.test(text)) text = "'" + text;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function saveCsv(table) {
  const { grain, view, data } = table;
  const lines = [];
  let name = "differences_shown.csv";
  if (table.groups) {
    name = "differences_by_group.csv";
    lines.push([...view.by, "rows", "currency", ...AMOUNTS]);
    for (const group of table.groups) {
      const texts = group.texts.map((text, i) => (view.by[i] === "cause" ? data.causes[text] || text : text));
      for (const [currency, ...sums] of group.sums) lines.push([...texts, group.rows, currency, ...sums]);
    }
  } else {
    const shown = table.columns();
    const more = grain.listed.filter((path) => path.startsWith("a.") && !shown.some((column) => column.path === path)).map((path) => ({ label: path.slice(2), path }));
    const columns = [...shown, ...more, ...["payee", "component", "rule", "rate"].map((own) => ({ label: own === "rule" || own === "rate" ? own : `our ${own}`, path: "o." + own })),
      { label: "base", path: "o.base" }, { label: "stage", path: "stage" }, { label: "group", path: "group" }];
    table.status.textContent = "Writing the rows \u2026";
    await grain.need(columns.map((column) => column.path));
    const bases = await grain.inDetails("o.base", table.rows);
    lines.push([...columns.map((column) => column.label), "cause"]);
    for (const row of table.rows) {
      lines.push([...columns.map(({ path }) => (path === "o.base" ? bases.get(row) : grain.get(path, row))), data.causes[grain.get("group", row)]]);
    }
    table.draw();
  }
  const text = lines.map((line) => line.map(csvCell).join(",") + "\n").join("");
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
