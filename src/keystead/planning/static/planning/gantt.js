/* Bars of actions are moved by pointer or keys; letting go sends the form of the bar. */
(() => {
  "use strict";
  const DAY = 86400000, EDGE = 8, NARROW = 18;
  const svg = document.querySelector("[data-gantt]");
  if (!svg) return;
  const perDay = Number(svg.dataset.perDay), first = Date.parse(svg.dataset.first), left = Number(svg.dataset.left);
  const told = document.querySelector("[data-gantt-told]");
  const words = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
  const iso = (time) => new Date(time).toISOString().slice(0, 10);
  let held = null;

  const read = (bar) => ({
    starts: bar.dataset.starts ? Date.parse(bar.dataset.starts) : null,
    due: bar.dataset.due ? Date.parse(bar.dataset.due) : null,
  });
  /* The days after a shift: of the whole, of the beginning, of the end; the end is never before the beginning. */
  const shifted = ({ starts, due }, part, days) => {
    const by = days * DAY;
    if (part === "all") return { starts: starts === null ? null : starts + by, due: due === null ? null : due + by };
    if (part === "starts") return { starts: Math.min((starts ?? due) + by, due ?? Infinity), due };
    return { starts, due: Math.max((due ?? starts) + by, starts ?? -Infinity) };
  };
  const said = ({ starts, due }) => [starts, due].filter((one) => one !== null).map((one) => words.format(one)).join(" – ");
  const draw = (bar, days) => {
    const begin = days.starts ?? days.due, end = days.due ?? days.starts;
    const x = left + ((begin - first) / DAY) * perDay, wide = Math.max(((end - begin) / DAY + 1) * perDay, 4);
    for (const one of bar.querySelectorAll("rect:not(.behind)")) {
      const spare = one.matches(".grip") ? EDGE : 0;
      one.setAttribute("x", x - spare);
      one.setAttribute("width", wide + 2 * spare);
    }
    const text = bar.querySelector(".when");
    text.textContent = said(days);
    const late = x + wide + 150 > svg.viewBox.baseVal.width;
    text.setAttribute("x", late ? x - 6 : x + wide + 6);
    text.setAttribute("text-anchor", late ? "end" : "start");
  };
  const same = (one, other) => one.starts === other.starts && one.due === other.due;
  const send = (bar, days) => {
    const form = document.getElementById(bar.dataset.form);
    form.elements.starts.value = days.starts === null ? "" : iso(days.starts);
    form.elements.due_on.value = days.due === null ? "" : iso(days.due);
    form.requestSubmit();
  };
  const back = (bar) => {
    draw(bar, read(bar));
    bar.querySelector(".when").textContent = "";
    bar.classList.remove("moved");
    bar.pending = null;
  };
  const show = (bar, days) => {
    bar.pending = days;
    bar.classList.add("moved");
    draw(bar, days);
  };

  /* Pointer: the middle moves the whole, an end moves that end. */
  const place = (event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse()).x;
  const partAt = (bar, x) => {
    const rect = bar.querySelector("rect:not(.grip)");
    const begin = rect.x.baseVal.value, end = begin + rect.width.baseVal.value;
    const inside = rect.width.baseVal.value > NARROW ? EDGE : 0;
    return x < begin + inside ? "starts" : x > end - inside ? "due" : "all";
  };
  svg.addEventListener("dragstart", (event) => event.preventDefault());
  svg.addEventListener("pointerdown", (event) => {
    const bar = event.target.closest?.("[data-bar]");
    if (!bar || event.button !== 0 || !event.target.matches(".grip")) return;
    const x = place(event);
    held = { bar, x, part: partAt(bar, x), days: read(bar) };
    event.target.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", (event) => {
    if (!held) {
      const grip = event.target.closest?.(".grip");
      if (grip) grip.dataset.part = partAt(grip.closest("[data-bar]"), place(event));
      return;
    }
    const days = shifted(held.days, held.part, Math.round((place(event) - held.x) / perDay));
    if (held.bar.pending || !same(days, held.days)) show(held.bar, days);
  });
  svg.addEventListener("pointerup", () => {
    const bar = held?.bar, days = bar?.pending;
    if (days && !same(days, held.days)) send(bar, days);
    else if (bar) back(bar);
    if (bar) bar.dragged = Boolean(days);
    held = null;
  });
  svg.addEventListener("pointercancel", () => {
    if (held) back(held.bar);
    held = null;
  });
  svg.addEventListener("click", (event) => {
    const bar = event.target.closest?.("[data-bar]");
    if (!bar?.dragged) return;
    bar.dragged = false;
    event.preventDefault();
  });

  /* Keys: arrows move by a day, with Shift only the end; Enter saves, Escape takes back. */
  svg.addEventListener("keydown", (event) => {
    const bar = event.target.closest?.("[data-bar]");
    if (!bar || event.altKey || event.ctrlKey || event.metaKey) return;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) {
      show(bar, shifted(bar.pending ?? read(bar), event.shiftKey ? "due" : "all", step));
      told.textContent = said(bar.pending);
    } else if (event.key === "Escape" && bar.pending) {
      back(bar);
      told.textContent = said(read(bar));
    } else if (event.key === "Enter" && bar.pending && !same(bar.pending, read(bar))) send(bar, bar.pending);
    else return;
    event.preventDefault();
  });
  svg.addEventListener("focusout", (event) => {
    const bar = event.target.closest?.("[data-bar]");
    if (bar?.pending && !held) back(bar);
  });
  if (location.hash.startsWith("#bar-")) document.getElementById(location.hash.slice(1))?.focus();
})();
