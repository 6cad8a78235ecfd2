/* The table of terms: each slider moves its number, and a pasted block fills cells. */
(() => {
  "use strict";
  const say = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));
  const read = (text) => Number(String(text).replace(/[\s\u00a0\u202f%]/g, "").replace(",", "."));

  document.addEventListener("input", (event) => {
    const slider = event.target.closest?.("input[data-twin]");
    if (slider) {
      document.getElementById(slider.dataset.twin).value = slider.value;
      return;
    }
    const twin = event.target.id && document.querySelector(`input[data-twin="${CSS.escape(event.target.id)}"]`);
    const value = twin ? read(event.target.value) : NaN;
    if (Number.isFinite(value)) twin.value = value;
  });

  /* Up and down in a number step it as its slider does; with Shift ten steps. */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    const field = event.target.closest?.('[data-terms] input[type="text"]');
    const twin = field && document.querySelector(`input[data-twin="${CSS.escape(field.id)}"]`);
    if (!twin) return;
    event.preventDefault();
    const step = Number(twin.step) * (event.shiftKey ? 10 : 1) * (event.key === "ArrowUp" ? 1 : -1);
    const next = Math.max(Number(twin.min), (read(field.value) || 0) + step);
    field.value = String(Math.round(next * 1e6) / 1e6);
    say(field);
  });

  /* Cells copied from a spreadsheet go into the rows from the one that has the focus on. */
  document.addEventListener("paste", (event) => {
    const cell = event.target.closest?.("[data-paste] input[data-cell]");
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const lines = text.replace(/\r/g, "").split("\n").filter((line) => line.trim());
    if (!cell || (lines.length < 2 && !text.includes("\t"))) return;
    const form = cell.closest("[data-terms]");
    const [key] = cell.name.split(/-(?:lower|rate)-\d+$/);
    const rows = form.querySelectorAll(`input[data-cell][name^="${CSS.escape(key)}-lower-"]`).length;
    const paste = form.querySelector(`[name="${CSS.escape(key)}-paste"]`);
    event.preventDefault();
    if (lines.length > rows && paste) {
      paste.value = lines.join("\n");
      say(paste);
      return;
    }
    const inputs = [...cell.closest("[data-paste]").querySelectorAll("input[data-cell]")];
    let row = Math.floor(inputs.indexOf(cell) / 2);
    const column = inputs.indexOf(cell) % 2;
    for (const line of lines) {
      line.split("\t").slice(0, 2 - column).forEach((value, at) => {
        const target = inputs[row * 2 + column + at];
        if (target) target.value = value.trim();
      });
      row += 1;
    }
    say(cell);
  });
})();
