/* Behaviour of the shell and the components, attached by data- attributes only. */
(() => {
  "use strict";
  const me = document.currentScript;
  const root = document.documentElement;
  const $ = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const word = (name) => $("#ui-words").content.querySelector(`[data-word="${name}"]`).textContent;
  const on = (type, selector, act) =>
    document.addEventListener(type, (event) => {
      const found = event.target.closest?.(selector);
      if (found) act(found, event);
    });

  /* Server requests. */
  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = $('meta[name="csrf-token"]').content;
  });
  document.addEventListener("htmx:sendError", () => toast(word("offline"), "error"));
  document.addEventListener("keystead:toast", (event) => toast(event.detail.value ?? event.detail.text));

  /* Toasts: plain ones leave by themselves, those with an action stay longer. */
  function toast(text, tone = "") {
    const line = document.createElement("div");
    line.className = `toast ${tone}`;
    line.dataset.toast = "";
    line.textContent = text;
    $("#toasts").append(line);
    watchToast(line);
  }
  function watchToast(line) {
    if (line.dataset.seen) return;
    line.dataset.seen = "1";
    if (line.classList.contains("error")) return;
    const leave = () => setTimeout(() => (line.matches(":hover, :focus-within") ? leave() : line.remove()), $("form", line) ? 20000 : 6000);
    leave();
  }
  on("click", "[data-toast-close]", (button) => button.closest(".toast").remove());

  /* Dialogs. */
  on("click", "[data-opens]", (button) => $(`#${button.dataset.opens}`)?.showModal());
  on("click", "[data-closes]", (button) => button.closest("dialog").close());
  on("click", "dialog", (dialog, event) => {
    if (event.target !== dialog) return;
    const box = dialog.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) dialog.close();
  });

  /* The proof slides in; with a modifier key, or without script, it opens as a page. */
  function slide(url) {
    const dialog = $("#slide");
    $("#slide-page").href = url;
    $("#slide-body").innerHTML = `<div class="state loading" role="status"><b></b></div>`;
    $("#slide-body b").textContent = word("loading");
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    htmx.ajax("GET", url, { target: "#slide-body", swap: "innerHTML" }).catch(() => {
      $("#slide-body b").textContent = word("failed");
    });
  }
  on("click", "[data-slide]", (link, event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    event.preventDefault();
    slide(link.getAttribute("href"));
  });
  on("click", "[data-copy]", async (button) => {
    await navigator.clipboard?.writeText(new URL($(button.dataset.copy).href, location).href);
    const before = button.textContent;
    button.textContent = word("copied");
    setTimeout(() => (button.textContent = before), 2000);
  });

  /* Tabs: arrows move, the panel loads when first seen, the address keeps the place. */
  function chooseTab(tab, focus = true) {
    const frame = tab.closest("[data-tabs]");
    all('[role="tab"]', frame).forEach((other) => {
      const chosen = other === tab;
      other.setAttribute("aria-selected", chosen);
      other.tabIndex = chosen ? 0 : -1;
      const panel = document.getElementById(other.getAttribute("aria-controls"));
      panel.hidden = !chosen;
      if (chosen && panel.hasAttribute("data-lazy")) htmx.trigger(panel, "keystead:seen");
    });
    if (focus) tab.focus();
    tab.scrollIntoView({ block: "nearest", inline: "nearest" });
    all("[data-chart]", document.getElementById(tab.getAttribute("aria-controls"))).forEach((plot) => plot.dispatchEvent(new Event("keystead:seen")));
    const address = tab.getAttribute("href");
    if (new URL(address, location).href !== location.href) history.replaceState(history.state, "", address);
  }
  on("click", '[role="tab"]', (tab, event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    chooseTab(tab);
  });
  on("keydown", '[role="tab"]', (tab, event) => {
    const tabs = all('[role="tab"]', tab.closest('[role="tablist"]'));
    const at = tabs.indexOf(tab);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1 + tabs.length, Home: 0, End: tabs.length - 1 }[event.key];
    if (event.key === " ") { event.preventDefault(); chooseTab(tab); }
    if (next === undefined) return;
    event.preventDefault();
    chooseTab(tabs[next % tabs.length]);
  });

  /* Tables: the head sorts, arrows walk from one link or button to the next. */
  on("click", "table[data-sort] thead button", (button) => {
    const head = button.closest("th");
    const table = head.closest("table");
    const column = head.cellIndex;
    const numeric = head.classList.contains("num");
    const now = head.getAttribute("aria-sort");
    const down = now ? now === "ascending" : numeric;
    all("th[aria-sort]", table).forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const order = new Intl.Collator(root.lang, { numeric: true });
    const read = (row) => row.cells[column]?.dataset.value ?? row.cells[column]?.textContent.trim() ?? "";
    const isNumber = (text) => text !== "" && !Number.isNaN(Number(text));
    const body = table.tBodies[0];
    const rows = [...body.rows].filter((row) => !row.classList.contains("sum"));
    const sums = [...body.rows].filter((row) => row.classList.contains("sum"));
    rows.sort((one, two) => {
      const [a, b] = [read(one), read(two)];
      if (a === "" || b === "") return a === b ? 0 : a === "" ? 1 : -1;
      const result = isNumber(a) && isNumber(b) ? Number(a) - Number(b) : order.compare(a, b);
      return down ? -result : result;
    });
    body.append(...rows, ...sums);
  });
  on("keydown", "table[data-grid]", (table, event) => {
    if (!event.key.startsWith("Arrow") || event.target.matches("input, select, textarea") || event.altKey || event.metaKey || event.ctrlKey) return;
    const cell = event.target.closest("td, th");
    if (!cell) return;
    const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
    const step = event.key === "ArrowLeft" || event.key === "ArrowUp" ? -1 : 1;
    const rows = [...table.rows];
    let [row, column] = [rows.indexOf(cell.parentElement), cell.cellIndex];
    for (;;) {
      if (sideways) column += step;
      else row += step;
      const next = rows[row]?.cells[column];
      if (!next) return;
      const stop = $("a[href], button, input, select", next);
      if (!stop) continue;
      event.preventDefault();
      stop.focus();
      return;
    }
  });
  function watchScroll(wrap) {
    if (wrap.scrollWidth > wrap.clientWidth || wrap.scrollHeight > wrap.clientHeight + 1) wrap.tabIndex = 0;
    else wrap.removeAttribute("tabindex");
  }

  /* Keys: "/" search, "g x" goes, "?" helps. They can be switched off in the help. */
  let waiting = 0;
  const keysOn = () => localStorage.getItem("keystead-keys") !== "off";
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea, select, [contenteditable]") || event.metaKey || event.ctrlKey || event.altKey || !keysOn() || $("dialog[open]")) return;
    if (waiting && Date.now() < waiting) {
      waiting = 0;
      const link = $(`[data-key="${CSS.escape(event.key)}"]`);
      if (link) { event.preventDefault(); link.click(); }
      return;
    }
    if (event.key === "g") waiting = Date.now() + 1500;
    if (event.key === "/" && $("[data-find]")) { event.preventDefault(); openNav(true); $("[data-find]").focus(); }
    if (event.key === "?") { event.preventDefault(); $("#help")?.showModal(); }
  });
  on("change", "[data-keys-on]", (box) => localStorage.setItem("keystead-keys", box.checked ? "on" : "off"));

  /* Phone navigation, selects that send their form, theme. */
  function openNav(open) {
    const button = $("[data-nav]");
    if (!button) return;
    button.closest(".side").classList.toggle("open", open);
    button.setAttribute("aria-expanded", open);
  }
  on("click", "[data-nav]", (button) => openNav(button.getAttribute("aria-expanded") !== "true"));
  on("change", "[data-submit]", (control) => control.form.requestSubmit());
  on("submit", "form", (form) => all("[data-address]", form).forEach((field) => (field.value = location.search.slice(1))));
  on("change", "[data-theme-form] select", (control) => {
    root.dataset.theme = control.value;
    document.dispatchEvent(new Event("keystead:theme"));
    fetch(control.form.action, { method: "POST", body: new FormData(control.form), headers: { "HX-Request": "true" } });
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.dispatchEvent(new Event("keystead:theme")));

  /* Inline edit. */
  function inline(box, open) {
    const [button, form] = [$("[data-inline-open]", box), $("form", box)];
    button.hidden = open;
    form.hidden = !open;
    (open ? $("input:not([type=hidden])", form) : button).focus();
  }
  on("click", "[data-inline-open]", (button) => inline(button.closest("[data-inline]"), true));
  on("click", "[data-inline-close]", (button) => inline(button.closest("[data-inline]"), false));
  on("keydown", "[data-inline] form", (form, event) => {
    if (event.key === "Escape") inline(form.closest("[data-inline]"), false);
  });

  /* Drop zone. */
  on("dragover", "[data-drop]", (zone) => zone.classList.add("over"));
  for (const type of ["dragleave", "drop"]) on(type, "[data-drop]", (zone) => zone.classList.remove("over"));
  on("change", "[data-drop] input", (input) => {
    $("output", input.closest("[data-drop]")).textContent = [...input.files].map((file) => file.name).join(", ");
    if (input.form?.hasAttribute("data-send")) input.form.requestSubmit();
  });

  /* Charts load their library only where there is one, and only when it comes into view. */
  const loaded = {};
  const load = (url) => (loaded[url] ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    Object.assign(script, { src: url, onload: done, onerror: failed });
    document.head.append(script);
  }));
  const near = new IntersectionObserver((entries) => {
    for (const entry of entries.filter((item) => item.isIntersecting)) {
      near.unobserve(entry.target);
      load(me.dataset.echarts).then(() => load(me.dataset.charts)).then(() => window.keysteadCharts.draw(entry.target, slide));
    }
  }, { rootMargin: "200px" });

  /* Everything that a new piece of page needs. */
  function dress(piece) {
    all("[data-chart]:not([data-drawn])", piece).forEach((plot) => { plot.dataset.drawn = "1"; near.observe(plot); });
    all("[data-scroll]", piece).forEach(watchScroll);
    all("[data-toast]", piece).forEach(watchToast);
  }
  document.addEventListener("htmx:afterSettle", (event) => dress(event.target.closest?.("main, dialog") ?? document));
  document.addEventListener("toggle", (event) => all("[data-scroll]", event.target).forEach(watchScroll), true);
  addEventListener("resize", () => all("[data-scroll]").forEach(watchScroll));
  const box = $("[data-keys-on]");
  if (box) box.checked = keysOn();
  dress(document);
})();
