/* The rules of a split: only the fields that the chosen method uses. */
(() => {
  "use strict";
  const form = document.querySelector("[data-fee-rules]");
  if (!form) return;
  const method = form.querySelector('[name="method"]');
  const show = () => form.querySelectorAll("[data-when]").forEach((place) => {
    place.hidden = !place.dataset.when.split(" ").includes(method.value);
  });
  method.addEventListener("change", show);
  show();
})();
