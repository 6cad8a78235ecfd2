/* Slides by arrow keys, swipe and buttons; highlighted words of the notes become an action. */
(() => {
  "use strict";
  const slides = [...document.querySelectorAll("[data-slide-of-deck]")];
  if (slides.length) {
    let at = Math.min(Math.max(Number(location.hash.slice(1)) - 1 || 0, 0), slides.length - 1);
    const said = document.querySelector("[data-live-at]");
    const show = (next) => {
      at = Math.min(Math.max(next, 0), slides.length - 1);
      slides.forEach((one, place) => { one.hidden = place !== at; });
      said.textContent = `${at + 1} / ${slides.length}`;
      history.replaceState(null, "", `${location.search}#${at + 1}`);
      window.dispatchEvent(new Event("resize"));
    };
    const moves = { ArrowRight: 1, PageDown: 1, " ": 1, ArrowLeft: -1, PageUp: -1 };
    document.addEventListener("keydown", (event) => {
      if (event.target.closest("input, textarea, select, dialog[open], button, a") && event.key === " ") return;
      if (event.target.closest("input, textarea, select, dialog[open]")) return;
      if (event.key in moves) { event.preventDefault(); show(at + moves[event.key]); }
      if (event.key === "Home") show(0);
      if (event.key === "End") show(slides.length - 1);
    });
    document.addEventListener("click", (event) => {
      const wanted = event.target.closest("[data-live]")?.dataset.live;
      if (wanted === "on") show(at + 1);
      if (wanted === "back") show(at - 1);
      if (wanted === "full") document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen?.();
    });
    let began = null;
    const stage = document.querySelector("[data-stage]");
    stage.addEventListener("touchstart", (event) => { began = event.changedTouches[0]; }, { passive: true });
    stage.addEventListener("touchend", (event) => {
      const ended = event.changedTouches[0];
      const across = began ? ended.clientX - began.clientX : 0;
      if (Math.abs(across) > 60 && Math.abs(ended.clientY - began.clientY) < 40) show(at + (across < 0 ? 1 : -1));
      began = null;
    }, { passive: true });
    show(at);
  }
  document.addEventListener("select", (event) => {
    const notes = event.target.closest?.("[data-quotes]");
    const form = document.getElementById("item-form");
    if (!notes || !form) return;
    const words = notes.value.slice(notes.selectionStart, notes.selectionEnd).trim();
    if (!words) return;
    form.elements.quote.value = words;
    form.elements.text.value = words.replace(/\s+/g, " ").slice(0, 400);
    const shown = document.getElementById("quoted");
    shown.hidden = false;
    shown.textContent = `“${words}”`;
  });
})();
