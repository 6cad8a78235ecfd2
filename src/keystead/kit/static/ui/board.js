/* A card dropped on another lane sends its own form: what the keyboard does, by hand. */
(() => {
  "use strict";
  let held = null;
  const lanes = () => document.querySelectorAll("[data-lane]");
  document.addEventListener("dragstart", (event) => {
    held = event.target.closest?.("[data-card]");
    if (!held) return;
    held.classList.add("dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", held.dataset.card);
  });
  document.addEventListener("dragend", () => {
    held?.classList.remove("dragged");
    lanes().forEach((lane) => lane.classList.remove("over"));
    held = null;
  });
  const option = (lane) => [...(held?.querySelector("form select")?.options ?? [])].find((one) => one.value === lane.dataset.lane);
  document.addEventListener("dragover", (event) => {
    const lane = event.target.closest?.("[data-lane]");
    lanes().forEach((one) => one.classList.toggle("over", one === lane && Boolean(held && option(one))));
    if (lane && held && option(lane)) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const lane = event.target.closest?.("[data-lane]");
    const wanted = lane && held && option(lane);
    if (!wanted) return;
    event.preventDefault();
    wanted.selected = true;
    held.querySelector("form").requestSubmit();
  });
})();
