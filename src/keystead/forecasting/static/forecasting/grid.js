/* The forecast grid: Tabulator draws, the server decides. Behaviour hangs on #forecast-grid. */
(() => {
  "use strict";
  const box = document.getElementById("forecast-grid");
  if (!box) return;
  const { typed, build, write, lines } = window.KeysteadTree;
  const $ = (selector, from = document) => from.querySelector(selector);
  const word = (name) => $("#grid-words").content.querySelector(`[data-word="${name}"]`).textContent;
  const token = () => $('meta[name="csrf-token"]').content;
  const show = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  const state = { tree: null, data: null, open: new Set([""]), mode: "tree", find: "", at: null, done: [], key: "", record: {}, busy: Promise.resolve() };
  const SMALL = 20; // so few series are shown with every line open
  let table = null;

  /* One line of the table; `node` stays out of Tabulator's reach by a map. */
  const nodes = new Map();
  function line(node) {
    nodes.set(node.key, node);
    const cells = node.sums.map((value, month) => [`m${month}`, value]);
    return Object.fromEntries([["id", node.key], ["name", node.name], ...cells]);
  }
  const visible = () => lines(state.tree, state.open, state.mode, state.find).map(line);
  const monthOf = (cell) => Number(cell.getField().slice(1));
  const nodeOf = (cell) => nodes.get(cell.getData().id);
  const may = (month) => state.data.editable && month >= state.data.first && !state.data.frozen.includes(month);

  function heading(cell) {
    const node = nodeOf(cell);
    const element = cell.getElement();
    if (state.mode === "tree") element.classList.add(`level-${Math.min(node.level, 4)}`);
    const label = document.createElement("span");
    label.textContent = node.leaf ? `${node.name}` : node.name;
    label.title = node.leaf ? `${node.sku} · ${node.name} · ${node.parent.parent.name}` : node.name;
    if (node.leaf && state.mode === "first") {
      const small = document.createElement("small");
      small.textContent = `${node.more.why} · ${node.parent.parent.name}`;
      small.title = small.textContent;
      label.append(small);
    }
    if (node.leaf || state.mode === "first") return label;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "twist";
    button.tabIndex = -1;
    const open = state.open.has(node.key) || Boolean(state.find);
    button.setAttribute("aria-expanded", open);
    button.setAttribute("aria-label", `${open ? word("close") : word("open")}: ${node.name}`);
    button.textContent = open ? "▾" : "▸";
    const both = document.createElement("span");
    both.append(button, label);
    return both;
  }

  /* Thousands of these are drawn while one scrolls: the column knows past and frozen, and a number is put into words once. */
  const shown = new Map();
  function number(cell) {
    const [month, node, value] = [monthOf(cell), nodeOf(cell), cell.getValue()];
    const touched = node.more?.touched?.includes(month);
    if (!node.leaf || touched) cell.getElement().classList.add(node.leaf ? "touched" : "sum");
    if (value === null || value === undefined) return "";
    let text = shown.get(value);
    if (text === undefined) {
      if (shown.size > 20000) shown.clear();
      shown.set(value, (text = show.format(value)));
    }
    return text;
  }

  /* All lines are equally high: each is filled before it is hung in, and none is measured. Two
     columns beside those that are seen are enough. */
  function steady(width) {
    const { renderer } = table.rowManager;
    const across = table.columnManager.renderer;
    across.calcWindowBuffer = () => { across.windowBuffer = 2 * width; };
    across.rerenderColumns();
    const filled = (add, step) => (rows, space) => {
      const high = table.options.rowHeight;
      let at = step > 0 ? renderer.vDomBottom + 1 : renderer.vDomTop - 1;
      for (let left = space; left >= high && rows[at]; left -= high, at += step) {
        const row = rows[at];
        if (row.initialized && row.heightInitialized) continue;
        row.initialize();
        Object.assign(row, { height: high, outerHeight: high, heightStyled: `${high}px` });
        row.setCellHeight();
      }
      add(rows, space);
    };
    renderer._addTopRow = filled(renderer._addTopRow.bind(renderer), -1);
    renderer._addBottomRow = filled(renderer._addBottomRow.bind(renderer), 1);
  }

  /* The editor takes what a spreadsheet takes; what it means is decided when it is left. */
  function editor(cell, rendered, success, cancel) {
    const input = document.createElement("input");
    input.type = "text";
    input.inputMode = "decimal";
    input.autocomplete = "off";
    input.setAttribute("aria-label", `${nodeOf(cell).name}, ${state.data.labels[monthOf(cell)]}`);
    const value = cell.getValue();
    input.value = state.key || (value === null ? "" : String(value));
    const fresh = Boolean(state.key);
    state.key = "";
    let left = false;
    const leave = (keep, step) => {
      if (left) return;
      left = true;
      const text = input.value.trim();
      cancel();
      if (keep && text !== "" && text !== String(value)) commit([[cell.getData().id, monthOf(cell), text]]);
      if (step) move(step);
      box.querySelector(".tabulator-tableholder")?.focus({ preventScroll: true });
    };
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        const text = input.value;
        leave(false);
        fill(text);
      } else if (event.key === "Enter") { event.preventDefault(); leave(true, [event.shiftKey ? -1 : 1, 0]); }
      else if (event.key === "Tab") { event.preventDefault(); leave(true, [0, event.shiftKey ? -1 : 1]); }
      else if (event.key === "Escape") { event.preventDefault(); leave(false); }
      event.stopPropagation();
    });
    input.addEventListener("blur", () => leave(true));
    rendered(() => { input.focus({ preventScroll: true }); if (!fresh) input.select(); });
    return input;
  }

  /* The active cell is the first of the one range there is. */
  const range = () => table.getRanges()[0];
  function selected() {
    const now = range();
    if (!now) return [];
    return now.getStructuredCells().flat().filter((cell) => cell.getField() !== "name");
  }
  function place(row, column) {
    const rows = table.getRows("active");
    const columns = table.getColumns();
    const target = rows[Math.min(Math.max(row, 0), rows.length - 1)];
    const cell = target?.getCell(columns[Math.min(Math.max(column, 0), columns.length - 1)]);
    if (!cell) return;
    table.getRanges().forEach((one) => one.setBounds(cell, cell));
  }
  function move([down, right]) {
    const now = range();
    if (!now) return;
    place(now.getTopEdge() + down, now.getLeftEdge() + right);
  }
  function fill(text) {
    commit(selected().map((cell) => [cell.getData().id, monthOf(cell), text]));
  }

  /* Edits [node key, month, text] become one request; sums over other typed cells are not doubled. */
  function commit(typedCells) {
    const edits = [];
    const keys = new Set(typedCells.map(([key, month]) => `${key}|${month}`));
    for (const [key, month, text] of typedCells) {
      const meant = typed(text);
      const node = nodes.get(key);
      if (!meant) return say(`${node.name}, ${state.data.labels[month]}: ${word("no_number")} “${text.slice(0, 30)}”`, true);
      if (!may(month)) {
        if (typedCells.length === 1) return say(word(month < state.data.first ? "past" : state.data.editable ? "frozen" : "closed"), true);
        continue;
      }
      let up = node.parent;
      while (up && !keys.has(`${up.key}|${month}`)) up = up.parent;
      if (!up) edits.push({ ...node.at, month, ...meant });
    }
    if (!edits.length) return undefined;
    const reason = $("#grid-reason");
    if (!reason.value) {
      state.waiting = typedCells;
      say(word("reason_first"), true);
      reason.focus();
      return undefined;
    }
    const top = typedCells.some(([key]) => !nodes.get(key).leaf);
    return send(edits, { preview: top });
  }

  function why() {
    return { reason: $("#grid-reason").value, note: $("#grid-note").value, evidence: $("#grid-evidence").value, expires: $("#grid-expires").value };
  }
  function send(edits, { preview = false, seen = state.data.seen } = {}) {
    const body = { layer: state.data.layer, seen, preview, edits, ...why() };
    const undo = preview ? [] : optimistic(edits);
    const began = performance.now();
    const job = state.busy.then(() => ask(box.dataset.edit, body)).then((answer) => {
      box.dataset.took = String(Math.round(performance.now() - began));
      if (answer.ok && preview) return openSplit(answer, () => send(edits));
      if (answer.ok) return saved(answer);
      draw(write(state.tree, undo));
      if (answer.conflict) return openConflict(answer, edits);
      return say(answer.message, true);
    });
    state.busy = job.catch(() => { draw(write(state.tree, undo)); say(word("failed"), true); });
    return state.busy;
  }
  async function ask(url, body) {
    const answer = await fetch(url, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token() }, body: JSON.stringify(body) });
    if (!(answer.headers.get("Content-Type") || "").includes("json")) throw new Error(String(answer.status));
    return answer.json();
  }

  /* Leaves show their new number at once; what they held comes back if the server says no. */
  function optimistic(edits) {
    const cells = [];
    for (const edit of edits) {
      if (!edit.product) continue;
      const leaf = state.tree.leaves.get(`${edit.account}/${edit.product}`);
      const [now, amount] = [leaf.sums[edit.month] ?? 0, Number(edit.amount)];
      const value = edit.kind === "absolute" ? amount : edit.kind === "delta" ? now + amount : now * (1 + amount / 100);
      cells.push([edit.account, edit.product, edit.month, Math.max(Math.round(value), 0)]);
    }
    const back = cells.map(([account, product, month]) => [account, product, month, state.tree.leaves.get(`${account}/${product}`).sums[month]]);
    draw(write(state.tree, cells));
    return back;
  }
  function saved(answer) {
    state.data.seen = answer.seen;
    if (answer.overrides.length) state.done.push(answer.overrides);
    for (const [account, product, month] of answer.cells) {
      const leaf = state.tree.leaves.get(`${account}/${product}`);
      if (leaf) (leaf.more ??= { score: 0, moved: 0, why: "" }).touched = [...(leaf.more.touched ?? []), month];
    }
    draw(write(state.tree, [...answer.cells, ...answer.theirs]));
    say(answer.message, false, answer.warnings.map(([code, text]) => [text, state.record[code]].filter(Boolean).join(" ")));
    detail(true);
  }
  /* What one's record suggests is one press away: looked at first, saved like any edit. */
  async function biases() {
    const answer = state.data.editable && await fetch(`${box.dataset.rows}&record=1`, { headers: { Accept: "application/json" } });
    if (!answer || !answer.ok) return;
    const known = await answer.json();
    state.record = known.words;
    $("#grid-biases")?.replaceChildren(...known.biases.filter((one) => one.layer === state.data.layer).map((one) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "small", textContent: one.label, title: one.why });
      button.addEventListener("click", () => correct(one.person, true));
      return button;
    }));
  }
  function correct(person, preview) {
    const body = { person, preview, seen: state.data.seen };
    state.busy = state.busy.then(() => ask(box.dataset.bias, body)).then((answer) => {
      if (answer.ok && preview) return openSplit(answer, () => correct(person, false));
      if (answer.ok) { saved(answer); return biases(); }
      return say(answer.message, true);
    }).catch(() => say(word("failed"), true));
    return state.busy;
  }
  function undo() {
    const last = state.done.pop();
    if (!last) return say(word("nothing_undo"));
    state.busy = state.busy.then(() => ask(box.dataset.undo, { overrides: last, seen: state.data.seen })).then((answer) => {
      if (!answer.ok) return say(answer.message, true);
      state.data.seen = answer.seen;
      draw(write(state.tree, [...answer.cells, ...answer.theirs]));
      say(answer.message);
      return detail(true);
    }).catch(() => say(word("failed"), true));
    return state.busy;
  }

  function draw(changed) {
    const rows = [];
    for (const [node, months] of changed) {
      const row = nodes.get(node.key) && table.getRow(node.key);
      if (row) rows.push([row, node, months]);
    }
    for (const [row, node, months] of rows) {
      row.update(Object.fromEntries([...months].map((month) => [`m${month}`, node.sums[month]])));
    }
  }
  function refill() {
    const keep = range() && [range().getTopEdge(), range().getLeftEdge()];
    const first = table.getRows("active").length ? state.at : null;
    return table.replaceData(visible()).then(() => { if (keep && first !== null) place(...keep); });
  }

  /* What the page says, in one line that is read out; warnings stay until the next edit. */
  function say(text, bad = false, warnings = []) {
    const place = $("#grid-say");
    place.className = bad ? "error" : "meta";
    place.textContent = text;
    const list = $("#grid-warnings");
    list.replaceChildren(...warnings.map((one) => {
      const item = document.createElement("li");
      item.textContent = one;
      return item;
    }));
    list.hidden = !warnings.length;
  }

  /* The split of an edit above the leaves, before it is saved. */
  function openSplit(answer, keep) {
    const dialog = $("#grid-split");
    $("[data-body]", dialog).innerHTML = answer.html;
    dialog.returnValue = "";
    dialog.onclose = () => {
      if (dialog.returnValue === "save") keep();
      else say(word("not_saved"));
    };
    dialog.showModal();
    $("[data-save]", dialog).focus();
  }
  function openConflict(answer, edits) {
    const dialog = $("#grid-conflict");
    $("[data-body]", dialog).innerHTML = answer.html;
    dialog.returnValue = "";
    draw(write(state.tree, answer.cells));
    dialog.onclose = () => {
      if (dialog.returnValue !== "mine") { state.data.seen = answer.seen; return say(word("theirs_kept")); }
      return send(edits, { seen: answer.seen });
    };
    dialog.showModal();
  }

  /* The chart, the layers, the reasons: they follow the line the cursor is on. */
  let timer = 0;
  function detail(again = false) {
    const cell = selected()[0] ?? range()?.getStructuredCells()[0]?.[0];
    const key = cell?.getData().id;
    if (key === undefined || (key === state.at && !again)) return;
    state.same = key === state.at;
    state.at = key;
    clearTimeout(timer);
    timer = setTimeout(() => {
      const query = new URLSearchParams({ layer: state.data.layer });
      Object.entries(nodes.get(key).at).forEach(([name, value]) => query.set(name, value));
      htmx.ajax("GET", `${box.dataset.detail}?${query}`, { target: "#grid-detail", swap: "innerHTML" });
    }, 120);
  }

  /* Only the answer to the last question is drawn: one asked before a remark was sent does not know the remark.
     A button held down is not drawn away under the finger. */
  let turn = 0;
  const side = ({ target, requestConfig }) => target?.id === "grid-detail" && requestConfig?.verb;
  document.addEventListener("htmx:beforeRequest", ({ detail: asked }) => {
    const verb = side(asked);
    if (verb) asked.xhr.turn = ++turn;
    if (verb === "post") clearTimeout(timer);
  });
  $("#grid-detail").addEventListener("pointerdown", (event) => {
    if (!event.target.closest("form button")) return;
    const held = ++turn;
    clearTimeout(timer);
    setTimeout(() => { if (held === turn) detail(true); }, 600);
  });

  /* A remark that is being written outlives the side being drawn again for the same line. */
  let draft = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (side(event.detail) && event.detail.xhr.turn !== turn) {
      event.detail.shouldSwap = false;
      draft = null;
      return;
    }
    const field = event.detail.target.id === "grid-detail" && $("#grid-comment");
    const kept = field && state.same && event.detail.requestConfig.verb === "get";
    draft = kept ? { text: field.value, focus: document.activeElement === field } : null;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const field = draft && event.detail.target.id === "grid-detail" && $("#grid-comment");
    if (!field) return;
    field.value = draft.text;
    if (draft.focus) field.focus();
  });

  function paste(text) {
    const now = range();
    const cells = text.replace(/\r/g, "").replace(/\n$/, "").split("\n").map((row) => row.split("\t"));
    const rows = table.getRows("active");
    const first = Math.max(now.getLeftEdge() - 1, 0);
    const wanted = [];
    const one = cells.length === 1 && cells[0].length === 1;
    if (one) return fill(cells[0][0]);
    if (now.getTopEdge() + cells.length > rows.length || first + cells[0].length > state.data.months.length) return say(word("paste_large"), true);
    cells.forEach((row, down) => row.forEach((value, right) => {
      if (value.trim()) wanted.push([rows[now.getTopEdge() + down].getData().id, first + right, value]);
    }));
    return commit(wanted);
  }
  function copy() {
    return range().getStructuredCells().map((row) => row.map((cell) => cell.getValue() ?? "").join("\t")).join("\n");
  }

  function keys(event) {
    if (event.target.closest("input, select, textarea, dialog")) return;
    const cell = range()?.getStructuredCells()[0]?.[0];
    if (!cell) return;
    const node = nodeOf(cell);
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key.toLowerCase() === "z") { event.preventDefault(); undo(); return; }
    if (command || event.altKey) return;
    if (cell.getField() === "name" || event.key === " ") {
      if ([" ", "Enter", "ArrowRight", "ArrowLeft"].includes(event.key) && !node.leaf && state.mode === "tree") {
        const open = state.open.has(node.key);
        if (event.key === "ArrowRight" && open) return;
        if (event.key === "ArrowLeft" && !open) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        twist(node.key);
      }
      return;
    }
    if (event.key === "r") { event.preventDefault(); $("#grid-reason").focus(); return; }
    if (event.key === "c") { $("#grid-comment")?.focus(); event.preventDefault(); return; }
    if (event.key === "Delete") { event.preventDefault(); fill("0"); return; }
    if (!/^[0-9+\-=.,]$/.test(event.key) && event.key !== "F2" && event.key !== "Enter") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!may(monthOf(cell))) { say(word(monthOf(cell) < state.data.first ? "past" : state.data.editable ? "frozen" : "closed"), true); return; }
    state.key = event.key.length === 1 ? event.key : "";
    cell.edit(true);
  }
  function twist(key) {
    if (!state.open.delete(key)) state.open.add(key);
    refill();
  }

  async function start() {
    const answer = await fetch(box.dataset.rows, { headers: { Accept: "application/json" } });
    if (!answer.ok) { box.textContent = word("failed"); return; }
    state.data = await answer.json();
    state.tree = build(state.data);
    if (state.tree.leaves.size <= SMALL) state.tree.nodes.forEach((node) => node.leaf || state.open.add(node.key));
    else if (state.tree.top.kids.length <= 3) state.tree.top.kids.forEach((kid) => state.open.add(kid.key));
    const first = [...state.tree.leaves.values()].filter((leaf) => leaf.more && leaf.more.score > 0).length;
    state.mode = first && box.dataset.mode !== "tree" ? "first" : "tree";
    document.querySelectorAll("[data-mode-button]").forEach((button) => button.setAttribute("aria-pressed", button.dataset.modeButton === state.mode));
    box.replaceChildren();
    const widest = Math.max(...state.tree.top.sums.map((one) => show.format(Math.round(one ?? 0)).length));
    const wide = (text) => [...text].reduce((sum, one) => sum + (one > "\u2e80" ? 13 : 8), 20);
    const width = Math.max(76, 8 * widest + 20, ...state.data.labels.map(wide));
    const months = state.data.months.map((_month, at) => ({
      title: state.data.labels[at], field: `m${at}`, hozAlign: "right", headerHozAlign: "right", width,
      formatter: number, editor, editable: (cell) => may(monthOf(cell)),
      cssClass: at < state.data.first ? "past" : state.data.frozen.includes(at) ? "frozen" : "",
    }));
    table = new window.Tabulator(box, {
      data: visible(), index: "id", height: box.dataset.height || "62vh", layout: "fitData", renderHorizontal: "virtual",
      columnDefaults: { headerSort: false, resizable: false },
      columns: [{ title: word("line"), field: "name", frozen: true, cssClass: "line", width: innerWidth > 700 ? 300 : 132, formatter: heading }, ...months],
      selectableRange: 1, selectableRangeRows: true, editTriggerEvent: "dblclick", renderVerticalBuffer: 150, rowHeight: state.mode === "first" ? 44 : 30,
      placeholder: word("nothing"),
    });
    await new Promise((resolve) => table.on("tableBuilt", resolve));
    steady(width);
    $(".tabulator-tableholder", box).setAttribute("role", "rowgroup"); // it takes the focus, and a grid holds rows
    $(".tabulator-table", box).setAttribute("role", "presentation");
    table.on("rangeChanged", () => detail());
    box.addEventListener("keydown", keys, true);
    box.addEventListener("click", (event) => {
      const button = event.target.closest(".twist");
      if (button) twist(table.getRows("active").find((row) => row.getElement().contains(button)).getData().id);
    });
    box.addEventListener("copy", (event) => { event.preventDefault(); event.clipboardData.setData("text/plain", copy()); });
    box.addEventListener("paste", (event) => {
      if (event.target.closest("input")) return;
      event.preventDefault();
      paste(event.clipboardData.getData("text/plain"));
    });
    place(0, state.data.months.findIndex((_month, at) => at >= state.data.first && !state.data.frozen.includes(at)) + 1);
    $(".tabulator-tableholder", box).scrollLeft = (state.data.first - 2) * width;
    box.dataset.ready = "1";
    detail();
    await biases();
  }

  document.addEventListener("click", (event) => {
    const mode = event.target.closest("[data-mode-button]");
    if (mode) {
      state.mode = mode.dataset.modeButton;
      document.querySelectorAll("[data-mode-button]").forEach((button) => button.setAttribute("aria-pressed", button === mode));
      table.options.rowHeight = state.mode === "first" ? 44 : 30;
      refill();
    }
    if (event.target.closest("[data-take-back]")) undo();
    const apply = event.target.closest("[data-apply]");
    if (apply && $("#grid-typed").value.trim()) fill($("#grid-typed").value);
  });
  document.addEventListener("input", (event) => {
    if (event.target.id !== "grid-find") return;
    state.find = event.target.value;
    clearTimeout(state.finding);
    state.finding = setTimeout(refill, 150);
  });
  document.addEventListener("change", (event) => {
    if (event.target.id !== "grid-reason" || !event.target.value || !state.waiting) return;
    const waiting = state.waiting;
    state.waiting = null;
    commit(waiting);
    $(".tabulator-tableholder", box).focus({ preventScroll: true });
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.id === "grid-typed" && event.key === "Enter") { event.preventDefault(); fill(event.target.value); }
  });
  start();
  window.KeysteadGrid = { state, commit, undo, table: () => table, refill };
})();
