/* The form of a KPI set: the sum of the weights, and only the fields a line uses. */
(() => {
  "use strict";
  const form = document.querySelector("[data-kpi-set]");
  if (!form) return;
  const sum = form.querySelector("[data-weight-sum]");
  const control = (line, name) => line.querySelector(`[name$="-${name}"]`);

  function show(line) {
    const source = control(line, "target_source").value;
    const band = control(line, "direction").value === "band";
    const holds = { typed: source === "typed", band, last_year: source === "last_year", scored: source !== "none" };
    line.querySelectorAll("[data-when]").forEach((place) => {
      place.hidden = !place.dataset.when.split(" ").every((word) => holds[word]);
    });
  }

  function add() {
    let total = 0;
    form.querySelectorAll("[data-kpi-line]").forEach((line) => {
      if (!control(line, "metric").value || control(line, "DELETE").checked) return;
      total += Math.round(Number(control(line, "weight").value || 0) * 100);
    });
    sum.textContent = (total / 100).toLocaleString(document.documentElement.lang || "en");
    sum.className = total === 10000 ? "good" : "bad";
  }

  form.addEventListener("input", add);
  form.addEventListener("change", (event) => {
    const line = event.target.closest("[data-kpi-line]");
    if (line) show(line);
    add();
  });
  form.querySelectorAll("[data-kpi-line]").forEach(show);
  add();
})();
