// Draws the relationship map. The list below the map says the same for the keyboard.
(() => {
  "use strict";
  const place = document.querySelector("[data-graph]");
  if (!place || typeof cytoscape === "undefined") return;
  const influence = place.dataset.view === "influence";

  // light-dark() is resolved by the browser only where a colour is used.
  const probe = document.createElement("i");
  probe.hidden = true;
  place.append(probe);
  const colour = (name) => {
    probe.style.color = `var(${name})`;
    // As #rrggbb: lists of colours are split at spaces.
    const parts = getComputedStyle(probe).color.match(/\d+/g).slice(0, 3);
    return `#${parts.map((part) => Number(part).toString(16).padStart(2, "0")).join("")}`;
  };

  const sign = (stance) => (stance ? (stance > 0 ? ` +${stance}` : ` −${-stance}`) : "");
  const words = (data) =>
    [data.name + sign(data.stance), data.role || data.work].filter(Boolean).join("\n");

  function style() {
    const [ink, soft, line, paper, accent, bad, good, wash] = [
      "--ink", "--ink-2", "--edge", "--paper", "--accent", "--bad", "--good", "--wash",
    ].map(colour);
    const size = (node) => 130 + 12 * (node.data("power") ?? 0);
    return [
      {
        selector: "node",
        style: {
          shape: "rectangle", width: size, height: 46, label: (node) => words(node.data()),
          "text-wrap": "wrap", "text-max-width": (node) => size(node) - 12, "text-valign": "center",
          "font-family": getComputedStyle(document.body).fontFamily, "font-size": 12, color: ink,
          "background-color": paper, "border-width": 1, "border-color": line,
          "background-fill": "linear-gradient", "background-gradient-direction": "to-right",
          "background-gradient-stop-colors": `${wash} ${wash} ${paper} ${paper}`,
          "background-gradient-stop-positions": (node) => {
            const reached = node.data("strength") ?? 0;
            return `0% ${reached}% ${reached}% 100%`;
          },
        },
      },
      { selector: "node[stance > 0]", style: { "border-color": good, "border-width": 2 } },
      { selector: "node[stance < 0]", style: { "border-color": bad, "border-width": 2 } },
      { selector: "node[?left], node[?missing]", style: { "border-style": "dashed", color: soft } },
      {
        selector: "edge",
        style: {
          width: (edge) => (influence ? edge.data("weight") : 1), "line-color": line,
          "curve-style": influence ? "bezier" : "taxi", "taxi-direction": "downward",
          "target-arrow-shape": influence ? "triangle" : "none", "target-arrow-color": line,
          label: influence ? "data(word)" : "", "font-size": 11, color: soft,
          "text-background-color": paper, "text-background-opacity": 1, "text-background-padding": 2,
        },
      },
      { selector: 'edge[kind = "blocks"]', style: { "line-color": bad, "target-arrow-color": bad } },
      { selector: 'edge[kind = "trusts"]', style: { "line-color": accent, "target-arrow-color": accent } },
    ];
  }

  function elements({ nodes, edges }) {
    // Bosses stand above: the line runs from them to who reports.
    const drawn = edges
      .filter((edge) => influence || edge.kind === "reports_to")
      .map((edge) =>
        edge.kind === "reports_to" && !influence
          ? { ...edge, source: edge.target, target: edge.source }
          : edge,
      );
    const shown = influence ? nodes.filter((node) => !node.missing) : nodes;
    return [...shown, ...drawn].map((data) => ({ data }));
  }

  const layout = () =>
    influence
      ? { name: "cose", animate: false, nodeDimensionsIncludeLabels: true, randomize: false,
          nodeRepulsion: 400000, idealEdgeLength: 160 }
      : { name: "dagre", rankDir: "TB", nodeSep: 18, rankSep: 44, animate: false };

  fetch(place.dataset.graph, { headers: { Accept: "application/json" } })
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
    .then((found) => {
      const graph = cytoscape({
        container: place, elements: elements(found), style: style(), layout: layout(),
        minZoom: 0.15, maxZoom: 2, userZoomingEnabled: true,
        boxSelectionEnabled: false, autoungrabify: true,
      });
      graph.fit(undefined, 24);
      if (graph.zoom() > 1) {
        graph.zoom(1);
        graph.center();
      }
      graph.on("tap", "node", (event) => location.assign(event.target.data("url")));
      graph.on("mouseover", "node", () => place.classList.add("over"));
      graph.on("mouseout", "node", () => place.classList.remove("over"));
      const again = () => graph.style(style());
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
      new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-theme"] });
      place.dataset.drawn = String(graph.nodes().length);
    })
    .catch((problem) => {
      console.error(problem);
      place.remove();
    });
})();
