/* Where the bars scroll sideways the names stay, and today is in view. */
(() => {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg", AIR = 10;
  for (const box of document.querySelectorAll(".gantt")) {
    const svg = box.querySelector("svg");
    if (box.scrollWidth <= box.clientWidth) continue;
    const scale = svg.viewBox.baseVal.width / svg.getBoundingClientRect().width;
    const names = [...box.querySelectorAll("text.name")];
    const wide = Math.max(...names.map((name) => name.getBBox().x + name.getBBox().width)) + AIR;
    const stay = names.map((name) => {
      const back = document.createElementNS(SVG, "rect"), held = document.createElementNS(SVG, "g");
      const row = name.parentNode;
      back.setAttribute("class", "behind");
      back.setAttribute("width", wide);
      back.setAttribute("height", 24);
      held.append(back, name);
      row.append(held);
      return held;
    });
    const follow = () => stay.forEach((one) => one.setAttribute("transform", `translate(${box.scrollLeft * scale} 0)`));
    const today = svg.querySelector(".today");
    if (today) box.scrollLeft = today.x1.baseVal.value / scale - box.clientWidth * 0.8;
    box.addEventListener("scroll", follow, { passive: true });
    follow();
  }
})();
