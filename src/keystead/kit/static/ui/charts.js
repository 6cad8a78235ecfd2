/* Charts in one notation (IBCS), drawn by ECharts from the numbers beside them.
   Colours come from the design tokens, words from the server: nothing is formatted here. */
window.keysteadCharts = (() => {
  "use strict";
  const drawn = new Map();
  const probe = document.createElement("i");
  probe.hidden = true;
  document.body.append(probe);

  function token(name) {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  }
  function palette() {
    const names = ["ink", "ink-2", "ink-3", "axis", "line", "wash", "paper", "accent", "accent-wash", "good", "bad", "warn", "prev"];
    return Object.fromEntries(names.map((name) => [name.replace("-2", "2").replace("-3", "3").replace("-wash", "Wash"), token(name)]));
  }
  function hatch(colour) {
    const size = 6;
    const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
    const pen = canvas.getContext("2d");
    pen.fillStyle = colour.accentWash;
    pen.fillRect(0, 0, size, size);
    pen.strokeStyle = colour.accent;
    pen.lineWidth = 1.2;
    pen.beginPath();
    for (const at of [-size, 0, size]) { pen.moveTo(at, size); pen.lineTo(at + size, 0); }
    pen.stroke();
    return { image: canvas, repeat: "repeat" };
  }
  const font = () => getComputedStyle(document.body).fontFamily;
  const known = (values) => values.filter((value) => value !== null && value !== undefined);
  const spread = (lists) => known(lists.flat());
  const rect = (x, y, width, height, style) => ({ type: "rect", shape: { x, y, width, height }, style });
  const line = (x1, y1, x2, y2, style) => ({ type: "line", shape: { x1, y1, x2, y2 }, style: { fill: null, lineWidth: 1, ...style } });
  const words = (x, y, text, style) => ({ type: "text", style: { x, y, text, ...style } });

  function frame(colour, kind) {
    return {
      animation: false,
      textStyle: { fontFamily: font(), fontSize: 11, color: colour.ink2 },
      tooltip: {
        trigger: kind, renderMode: "richText", confine: true, padding: [7, 10], borderWidth: 1,
        backgroundColor: colour.paper, borderColor: colour.axis, shadowBlur: 0, shadowColor: "transparent",
        textStyle: { color: colour.ink, fontSize: 12, fontFamily: font() },
        axisPointer: { type: "shadow", shadowStyle: { color: colour.wash, opacity: 0.6 } },
      },
    };
  }
  function sideAxis(data, colour, room) {
    return {
      type: "category", data: data.categories, inverse: true, axisTick: { show: false }, z: 0,
      axisLine: { show: false }, axisLabel: { color: colour.ink, fontSize: 12, width: room, overflow: "truncate", align: "left", margin: room },
    };
  }
  const hiddenAxis = (low, high) => ({ type: "value", min: low, max: high, show: false });
  const custom = (data, render) => ({ type: "custom", renderItem: render, data, clip: false });
  const nameRoom = (plot, data) => {
    const longest = Math.max(0, ...data.categories.map((name) => [...String(name)].reduce((sum, char) => sum + (char.charCodeAt(0) > 255 ? 12.5 : 6.7), 0)));
    return Math.min(longest + 8, plot.clientWidth * 0.38);
  };
  const tip = (data, rows) => (items) => {
    const at = Array.isArray(items) ? items[0].dataIndex : items.dataIndex;
    return [data.categories[at], ...rows(at)].filter(Boolean).join("\n");
  };
  const seriesTip = (data) => tip(data, (at) => data.series.filter((one) => one.labels[at]).map((one) => `${one.name}  ${one.labels[at]}`));

  /* Columns by month: last year behind, actual in ink, target as an outline, forecast hatched. */
  function columns(data, colour) {
    const by = Object.fromEntries(data.series.map((one) => [one.role, one]));
    const most = Math.max(0, ...spread(data.series.map((one) => one.values)));
    const least = Math.min(0, ...spread(data.series.map((one) => one.values)));
    const fill = hatch(colour);
    const at = (role, index) => by[role]?.values[index] ?? null;
    const draw = (params, api) => {
      const index = params.dataIndex;
      const [middle] = api.coord([index, 0]);
      const y = (value) => api.coord([index, value])[1];
      const step = api.size([1, 0])[0];
      const wide = Math.min(step * 0.4, 30);
      const zero = y(0);
      const parts = [];
      const column = (x, width, value, style) => parts.push(rect(x, Math.min(y(value), zero), width, Math.abs(zero - y(value)), style));
      const prev = at("last_year", index), target = at("target", index), actual = at("actual", index), ahead = at("forecast", index);
      const left = prev === null ? middle - wide / 2 : middle - wide * 0.32;
      if (prev !== null) column(left - wide * 0.45, wide * 0.72, prev, { fill: colour.prev });
      const now = actual ?? ahead;
      if (actual !== null) column(left, wide, actual, { fill: colour.ink });
      else if (ahead !== null) column(left, wide, ahead, { fill, stroke: colour.accent, lineWidth: 1 });
      let top = now === null ? (prev ?? 0) : now;
      if (target !== null) {
        const [from, to] = [left - wide * 0.16, left + wide * 1.16];
        const dash = { stroke: colour.axis, lineWidth: 0.8, lineDash: [2, 2] };
        parts.push(line(from, zero, from, y(target), dash), line(to, zero, to, y(target), dash));
        parts.push(line(from, y(target), to, y(target), { stroke: colour.ink, lineWidth: 1.5 }));
        top = Math.max(top, target);
      }
      const [low, high] = [at("low", index), at("high", index)];
      if (actual === null && low !== null && high !== null) {
        const x = left + wide / 2;
        const style = { stroke: colour.accent, lineWidth: 1.5 };
        parts.push(line(x, y(low), x, y(high), style), line(x - 4, y(low), x + 4, y(low), style), line(x - 4, y(high), x + 4, y(high), style));
        top = Math.max(top, high);
      }
      const label = by.actual?.labels[index] || by.forecast?.labels[index];
      if (label && label.length * 6 < step + 6) {
        parts.push(words(left + wide / 2, y(Math.max(top, 0)) - 5, label, { fill: colour.ink2, font: `11px ${font()}`, textAlign: "center", textVerticalAlign: "bottom" }));
      }
      return { type: "group", children: parts };
    };
    const years = data.years.length ? (value, index) => (index === 0 || data.years[index] !== data.years[index - 1] ? `${value}\n${data.years[index]}` : value) : undefined;
    return {
      ...frame(colour, "axis"),
      grid: { left: 4, right: 4, top: 22, bottom: data.years.length ? 36 : 22 },
      xAxis: { type: "category", data: data.categories, axisTick: { show: false }, axisLine: { lineStyle: { color: colour.ink }, onZero: true }, axisLabel: { color: colour.ink2, fontSize: 11, interval: "auto", formatter: years, hideOverlap: true } },
      yAxis: hiddenAxis(least, most * 1.04),
      tooltip: { ...frame(colour, "axis").tooltip, formatter: seriesTip(data) },
      series: [custom(data.categories.map((_, index) => [index, at("actual", index) ?? at("forecast", index) ?? 0]), draw)],
    };
  }

  /* Horizontal bars with last year behind and the target as a tick. */
  function bars(data, colour, plot) {
    const by = Object.fromEntries(data.series.map((one) => [one.role, one]));
    const room = nameRoom(plot, data);
    const most = data.most ?? Math.max(0, ...spread(data.series.map((one) => one.values)));
    const draw = (params, api) => {
      const index = params.dataIndex;
      const [zero, middle] = api.coord([0, index]);
      const x = (value) => api.coord([value, index])[0];
      const parts = [];
      const [prev, target, value] = ["last_year", "target", "actual"].map((role) => by[role]?.values[index] ?? null);
      if (prev !== null) parts.push(rect(zero, middle - 9, x(prev) - zero, 9, { fill: colour.prev }));
      if (value !== null) parts.push(rect(zero, middle - 5, x(value) - zero, 11, { fill: colour.ink }));
      if (target !== null) parts.push(line(x(target), middle - 9, x(target), middle + 10, { stroke: colour.ink, lineWidth: 1.5 }));
      const end = Math.max(x(value ?? 0), target === null ? 0 : x(target), prev === null ? 0 : x(prev));
      parts.push(words(end + 6, middle + 1, by.actual.labels[index] || "–", { fill: colour.ink2, font: `11px ${font()}`, textVerticalAlign: "middle" }));
      return { type: "group", children: parts };
    };
    return {
      ...frame(colour, "axis"),
      grid: { left: room, right: 58, top: 4, bottom: 4 },
      xAxis: hiddenAxis(Math.min(0, ...known(by.actual.values)), most || 1),
      yAxis: sideAxis(data, colour, room),
      tooltip: { ...frame(colour, "axis").tooltip, formatter: seriesTip(data) },
      series: [custom(data.categories.map((_, index) => [by.actual.values[index] ?? 0, index]), draw)],
    };
  }

  /* Variance: from a zero axis, sign in the label, colour says whether it is good. */
  function variance(data, colour, plot) {
    const [one] = data.series;
    const room = nameRoom(plot, data);
    const [low, high] = [Math.min(0, ...known(one.values)), Math.max(0, ...known(one.values))];
    const pad = (high - low || 1) * 0.16;
    const draw = (params, api) => {
      const index = params.dataIndex;
      const value = one.values[index];
      const [zero, middle] = api.coord([0, index]);
      const half = api.size([0, 1])[1] / 2;
      if (value === null) return { type: "group", children: [words(zero + 6, middle, "–", { fill: colour.ink3, textVerticalAlign: "middle" })] };
      const end = api.coord([value, index])[0];
      const good = value > 0 === (data.good !== "down");
      const fill = data.good === "none" ? colour.ink2 : good ? colour.good : colour.bad;
      return { type: "group", children: [
        rect(Math.min(zero, end), middle - 5, Math.abs(end - zero), 11, { fill }),
        line(zero, middle - half, zero, middle + half, { stroke: colour.ink }),
        words(value < 0 ? end - 5 : end + 5, middle, one.labels[index], { fill, font: `11px ${font()}`, textAlign: value < 0 ? "right" : "left", textVerticalAlign: "middle" }),
      ] };
    };
    return {
      ...frame(colour, "axis"),
      grid: { left: room, right: 8, top: 4, bottom: 4 },
      xAxis: hiddenAxis(low < 0 ? low - pad : 0, high > 0 ? high + pad : 0),
      yAxis: sideAxis(data, colour, room),
      tooltip: { ...frame(colour, "axis").tooltip, formatter: seriesTip(data) },
      series: [custom(data.categories.map((_, index) => [one.values[index] ?? 0, index]), draw)],
    };
  }

  /* A bridge: totals stand on zero in ink (an earlier one in grey), changes hang where the one before ended. */
  function waterfall(data, colour, plot) {
    const room = nameRoom(plot, data);
    const ends = [...data.starts, ...data.ends];
    const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
    const draw = (params, api) => {
      const index = params.dataIndex;
      const [from, middle] = api.coord([data.starts[index], index]);
      const to = api.coord([data.ends[index], index])[0];
      const kind = data.kinds[index], total = kind !== "change";
      const good = data.ends[index] >= data.starts[index] === (data.good !== "down");
      const fill = kind === "base" ? colour.prev : total ? colour.ink : good ? colour.good : colour.bad;
      const parts = [rect(Math.min(from, to), middle - 6, Math.max(Math.abs(to - from), 1), 13, { fill })];
      if (index + 1 < data.categories.length) parts.push(line(to, middle + 7, to, middle + 22, { stroke: colour.axis }));
      parts.push(words(Math.max(from, to) + 6, middle + 1, data.labels[index], { fill: kind === "base" ? colour.ink3 : fill, font: `${total ? 600 : 400} 11px ${font()}`, textVerticalAlign: "middle" }));
      return { type: "group", children: parts };
    };
    return {
      ...frame(colour, "axis"),
      grid: { left: room, right: 64, top: 4, bottom: 4 },
      xAxis: hiddenAxis(low, high || 1),
      yAxis: sideAxis(data, colour, room),
      tooltip: { ...frame(colour, "axis").tooltip, formatter: tip(data, (at) => [data.labels[at]]) },
      series: [custom(data.categories.map((_, index) => [data.ends[index], index]), draw)],
    };
  }

  /* Dots on a strip, the reference as a tick: where prices really are. */
  function dots(data, colour, plot) {
    const room = nameRoom(plot, data);
    const values = spread([...data.dots, data.marks]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const pad = (high - low || 1) * 0.04;
    const draw = (params, api) => {
      const index = params.dataIndex;
      const x = (value) => api.coord([value, index])[0];
      const middle = api.coord([low, index])[1];
      const seen = known(data.dots[index]);
      const parts = [line(params.coordSys.x, middle, params.coordSys.x + params.coordSys.width, middle, { stroke: colour.line })];
      for (const value of seen) parts.push({ type: "circle", shape: { cx: x(value), cy: middle, r: 3.5 }, style: { fill: colour.ink, opacity: 0.45 } });
      if (data.marks[index] !== null) parts.push(line(x(data.marks[index]), middle - 9, x(data.marks[index]), middle + 9, { stroke: colour.ink, lineWidth: 1.5 }));
      parts.push(words(params.coordSys.x + params.coordSys.width + 10, middle, data.labels[index], { fill: colour.ink2, font: `11px ${font()}`, textVerticalAlign: "middle" }));
      return { type: "group", children: parts };
    };
    return {
      ...frame(colour, "axis"),
      grid: { left: room, right: 96, top: 4, bottom: 4 },
      xAxis: hiddenAxis(low - pad, high + pad),
      yAxis: sideAxis(data, colour, room),
      tooltip: { ...frame(colour, "axis").tooltip, formatter: tip(data, (at) => [data.labels[at]]) },
      series: [custom(data.categories.map((_, index) => [low, index]), draw)],
    };
  }

  /* Lines with their names at the end; the band behind is the agreed or likely range. */
  function lines(data, colour, plot) {
    const style = {
      actual: { color: colour.ink, width: 1.8 }, last_year: { color: colour.axis, width: 1.4 },
      target: { color: colour.ink, width: 1, type: [2, 3] }, forecast: { color: colour.accent, width: 1.8, type: [5, 3] },
    };
    const others = [colour.ink, colour.accent, colour.axis, colour.ink3];
    const values = spread([...data.series.map((one) => one.values), ...(data.band ?? []).map((one) => one.values)]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const pad = (high - low || Math.abs(high) || 1) * 0.08;
    const chosen = data.series.map((one, index) => style[one.role] ?? { color: others[index % others.length], width: 1.5, type: index > 1 ? [4, 3] : "solid" });
    /* Names stand at the end of their lines; where two would meet, they move apart. */
    const height = plot.clientHeight - 36;
    const span = high + pad - (data.zero ? Math.min(0, low) : low - pad);
    const places = data.series
      .map((one, index) => ({ index, at: -((one.values.at(-1) ?? 0) / span) * height }))
      .sort((a, b) => a.at - b.at);
    const shift = [];
    places.reduce((last, { index, at }) => {
      const free = Math.max(at, last + 13);
      shift[index] = free - at;
      return free;
    }, -Infinity);
    const peaks = (one) => {
      const seen = known(one.values);
      return [one.values.indexOf(Math.max(...seen)), one.values.indexOf(Math.min(...seen))];
    };
    const series = data.series.map((one, index) => ({
      type: "line", name: one.name, symbol: "circle", symbolSize: 5, showSymbol: true, showAllSymbol: true,
      data: one.values.map((value, at) => {
        const place = index === 0 ? peaks(one).indexOf(at) : -1;
        const inside = place >= 0 && at < one.values.length - 1 && value !== null;
        return { value, symbol: inside ? "circle" : "none", label: { show: inside, formatter: one.labels[at], position: place === 0 ? "top" : "bottom", color: colour.ink2, fontSize: 11, distance: 4 } };
      }), lineStyle: chosen[index], itemStyle: { color: chosen[index].color }, connectNulls: false, z: 3,
      endLabel: { show: true, formatter: `${one.name} ${known(one.labels.filter(Boolean)).at(-1) ?? ""}`, color: one.role === "last_year" ? colour.ink3 : chosen[index].color, fontSize: 11, distance: 6, offset: [0, shift[index]] },
    }));
    if (data.mark) {
      /* The upright line of a break is a line of the grid; its word stands at its top. */
      const word = { show: true, formatter: data.mark.label, position: "right", color: colour.ink2, fontSize: 11, distance: 4 };
      series.push({ type: "line", symbol: "circle", symbolSize: 0.01, showSymbol: true, showAllSymbol: true, silent: true, lineStyle: { opacity: 0 }, z: 1, data: data.categories.map((_, at) => (at === data.mark.at ? { value: high, label: word } : null)) });
    }
    if (data.band) {
      const [floor, roof] = data.band;
      const plain = { type: "line", stack: "band", symbol: "circle", symbolSize: 0.01, showSymbol: true, showAllSymbol: true, lineStyle: { opacity: 0 }, silent: true, z: 1 };
      const edge = (one) => ({ show: true, formatter: one.labels[0], color: colour.accent, fontSize: 11, distance: 4 });
      series.push({ ...plain, data: floor.values.map((value, at) => ({ value, label: at ? { show: false } : { ...edge(floor), position: [4, -15] } })) }, { ...plain, data: roof.values.map((value, at) => ({ value: value === null || floor.values[at] === null ? null : value - floor.values[at], label: at ? { show: false } : { ...edge(roof), position: [4, 4] } })), areaStyle: { color: colour.accentWash, opacity: 0.8 } });
    }
    const room = Math.max(...data.series.map((one) => [...`${one.name} ${one.labels.at(-1) ?? ""}`].reduce((sum, char) => sum + (char.charCodeAt(0) > 255 ? 12 : 6.4), 0)), 0) + 10;
    return {
      ...frame(colour, "axis"),
      grid: { left: 4, right: Math.min(room, 170), top: 12, bottom: 24 },
      xAxis: { type: "category", data: data.categories, boundaryGap: false, splitLine: { show: Boolean(data.mark), showMinLine: false, showMaxLine: false, interval: (index) => index === data.mark?.at, lineStyle: { color: colour.ink3, type: [3, 3] } }, axisTick: { show: false }, axisLine: { lineStyle: { color: colour.axis }, onZero: false }, axisLabel: { color: colour.ink2, fontSize: 11, hideOverlap: true, alignMinLabel: "left" } },
      yAxis: { type: "value", min: data.zero ? Math.min(0, low) : low - pad, max: high + pad, splitNumber: 3, axisLine: { show: false }, axisLabel: { show: false }, splitLine: { lineStyle: { color: colour.line } } },
      tooltip: { ...frame(colour, "axis").tooltip, axisPointer: { type: "line", lineStyle: { color: colour.axis } }, formatter: seriesTip(data) },
      series,
    };
  }

  /* Shares of a whole: one bar of 100 per cent each, labelled where there is room. */
  function shares(data, colour, plot) {
    const room = nameRoom(plot, data);
    const tone = (index) => [colour.ink, colour.ink3, colour.axis, colour.prev, colour.line, colour.wash][Math.min(index, 5)];
    const light = (index) => (index < 2 ? colour.paper : colour.ink);
    const starts = data.categories.map((_, at) => data.series.reduce((list, one) => [...list, list.at(-1) + (one.values[at] ?? 0)], [0]));
    const draw = (params, api) => {
      const index = params.dataIndex;
      const middle = api.coord([0, index])[1];
      const x = (value) => api.coord([value, index])[0];
      const parts = [];
      data.series.forEach((one, at) => {
        const [from, to] = [x(starts[index][at]), x(starts[index][at + 1])];
        if (to - from < 0.5) return;
        parts.push(rect(from, middle - 9, to - from - 1, 18, { fill: tone(at) }));
        if (to - from > 30) parts.push(words((from + to) / 2, middle + 1, one.labels[index], { fill: light(at), font: `11px ${font()}`, textAlign: "center", textVerticalAlign: "middle" }));
        if (index === 0 && to - from > 24) parts.push(words(from, middle - 14, one.name, { fill: colour.ink2, font: `11px ${font()}`, width: to - from - 6, overflow: "truncate", textVerticalAlign: "bottom" }));
      });
      return { type: "group", children: parts };
    };
    return {
      ...frame(colour, "axis"),
      grid: { left: room, right: 8, top: 24, bottom: 4 },
      xAxis: hiddenAxis(0, 1),
      yAxis: sideAxis(data, colour, room),
      tooltip: { ...frame(colour, "axis").tooltip, formatter: seriesTip(data) },
      series: [custom(data.categories.map((_, index) => [0, index]), draw)],
    };
  }

  /* A payout along the volume: the line, the likely range behind it, each bound with its odds. */
  function volume(data, colour) {
    const [low, high] = [Math.min(...data.x), Math.max(...data.x)];
    const most = Math.max(0, ...data.y);
    const least = Math.min(0, ...data.y);
    const behind = (params, api) => {
      const x = (value) => api.coord([value, 0])[0];
      const { y: top, height } = params.coordSys;
      const [from, middle, to] = data.likely.map(x);
      const parts = data.flat.map(([start, end]) => rect(x(start), top, x(end) - x(start), height, { fill: colour.wash }));
      parts.push(rect(from, top, Math.max(to - from, 1), height, { fill: colour.accentWash, opacity: 0.7 }));
      parts.push(line(middle, top, middle, top + height, { stroke: colour.accent, lineDash: [4, 3] }));
      data.likely_labels.forEach((label, at) => parts.push(words([from, middle, to][at], top + height + 6, label, { fill: colour.accent, font: `11px ${font()}`, textAlign: ["right", "center", "left"][at], textVerticalAlign: "top" })));
      let [upper, lower] = [-Infinity, -Infinity];
      for (const mark of data.marks) {
        const at = x(mark.x);
        parts.push(line(at, top, at, top + height, { stroke: mark.dead ? colour.axis : colour.ink2, lineWidth: mark.cliff ? 2 : 1, lineDash: mark.cliff ? null : [2, 2] }));
        const row = at - upper > 34 ? 0 : at - lower > 34 ? 1 : -1;
        if (row < 0) continue;
        if (row === 0) upper = at;
        else lower = at;
        parts.push(words(at, top - 6 - row * 13, mark.odds, { fill: mark.dead ? colour.warn : colour.ink2, font: `11px ${font()}`, textAlign: "center", textVerticalAlign: "bottom" }));
      }
      return { type: "group", children: parts };
    };
    const near = (value) => data.x.reduce((best, one, at) => (Math.abs(one - value) < Math.abs(data.x[best] - value) ? at : best), 0);
    const told = (items) => {
      const at = near((Array.isArray(items) ? items[0] : items).value[0]);
      const here = data.marks.filter((mark) => Math.abs(mark.x - data.x[at]) <= (high - low) / 60);
      return [`${data.categories[at]} ${data.unit_x}`, `${data.y_labels[at]} ${data.unit_y}`, ...data.rates.map((one) => `${one.name}  ${one.labels[at]}`), ...here.map((mark) => `${mark.label}  ${mark.odds}`)].join("\n");
    };
    const along = { type: "value", min: low, max: high, axisLine: { lineStyle: { color: colour.ink }, onZero: false }, axisTick: { show: false }, splitLine: { show: false }, axisLabel: { show: false } };
    const rates = spread(data.rates.map((one) => one.y));
    const [lowest, highest] = [Math.min(0, ...rates), Math.max(0, ...rates)];
    const ends = data.rates.map((one) => one.y.at(-1));
    const close = Math.abs(ends[0] - ends[1]) < (highest - lowest) * 0.16;
    const rate = (one, at) => ({
      type: "line", z: 3, symbol: "none", xAxisIndex: 1, yAxisIndex: 1, step: at ? "end" : false,
      data: data.x.map((value, place) => [value, one.y[place]]),
      lineStyle: { color: at ? colour.accent : colour.ink, width: at ? 1.2 : 1.8 }, itemStyle: { color: at ? colour.accent : colour.ink },
      endLabel: { show: true, formatter: `${one.name} ${one.labels.at(-1)}`, color: at ? colour.accent : colour.ink, fontSize: 11, distance: 6, width: 58, overflow: "break", lineHeight: 13, offset: [0, close ? (ends[at] > ends[1 - at] || (ends[0] === ends[1] && at) ? -16 : 16) : 0] },
    });
    return {
      ...frame(colour, "axis"),
      grid: [{ left: 4, right: 72, top: 34, height: 186 }, { left: 4, right: 72, top: 262, bottom: 8 }],
      xAxis: [along, { ...along, gridIndex: 1 }],
      yAxis: [hiddenAxis(least, most * 1.04 || 1), { ...hiddenAxis(lowest, highest * 1.1 || 1), gridIndex: 1 }],
      tooltip: { ...frame(colour, "axis").tooltip, axisPointer: { type: "line", lineStyle: { color: colour.axis } }, formatter: told },
      series: [
        { ...custom([[low, 0]], behind), silent: true, z: 1, tooltip: { show: false } },
        { type: "line", z: 3, symbol: "none", data: data.x.map((value, at) => [value, data.y[at]]), lineStyle: { color: colour.ink, width: 1.8 }, itemStyle: { color: colour.ink }, endLabel: { show: true, formatter: data.y_labels.at(-1), color: colour.ink, fontSize: 11, distance: 6 } },
        ...data.rates.map(rate),
      ],
    };
  }

  /* Packages by what both get: the front, both floors, the zone between them, named points. */
  function front(data, colour) {
    const range = (values) => {
      const [low, high] = [Math.min(...values), Math.max(...values)];
      const pad = (high - low || Math.abs(high) || 1) * 0.08;
      return [low - pad, high + pad];
    };
    const [left, right] = range([...data.x, data.floors[0], ...data.marks.map((mark) => mark.x)]);
    const [bottom, top] = range([...data.y, data.floors[1], ...data.marks.map((mark) => mark.y)]);
    const behind = (params, api) => {
      const { x, y, width, height } = params.coordSys;
      const [floorX, floorY] = api.coord(data.floors);
      const dash = { stroke: colour.ink3, lineDash: [4, 3] };
      return { type: "group", children: [
        rect(floorX, y, Math.max(x + width - floorX, 0), Math.max(floorY - y, 0), { fill: colour.accentWash, opacity: 0.7 }),
        line(floorX, y, floorX, y + height, dash), line(x, floorY, x + width, floorY, dash),
        words(floorX + 4, y + height - 4, data.floor_labels[0], { fill: colour.ink2, font: `11px ${font()}`, textVerticalAlign: "bottom" }),
        words(x + width - 4, floorY - 4, data.floor_labels[1], { fill: colour.ink2, font: `11px ${font()}`, textAlign: "right", textVerticalAlign: "bottom" }),
      ] };
    };
    const axis = (name, min, max) => ({ type: "value", min, max, name, nameLocation: "middle", nameGap: 10, nameTextStyle: { color: colour.ink2, fontSize: 11 }, axisLine: { show: true, lineStyle: { color: colour.axis }, onZero: false }, axisTick: { show: false }, axisLabel: { show: false }, splitLine: { show: false } });
    const tone = { point: colour.accent, ours: colour.ink, theirs: colour.warn };
    const disc = (cx, cy, r, fill) => ({ type: "circle", shape: { cx, cy, r }, style: { fill } });
    const dot = (params, api) => disc(...api.coord([data.x[params.dataIndex], data.y[params.dataIndex]]), 3.5, colour.ink3);
    /* Each label stands where it covers no point and no other label: beside, above, below, further off. */
    let places = [];
    const ruler = document.createElement("canvas").getContext("2d");
    ruler.font = `11px ${font()}`;
    const place = (api) => {
      const at = (mark) => api.coord([mark.x, mark.y]);
      const taken = [...data.x.map((value, n) => api.coord([value, data.y[n]])), ...data.marks.map(at)].map(([x, y]) => [x - 6, y - 6, x + 6, y + 6]);
      places = data.marks.map((mark) => {
        const [x, y] = at(mark);
        const wide = ruler.measureText(mark.label).width;
        const tries = [10, 16, 26, 40].flatMap((off) => [[x + off, y - 7], [x - off - wide, y - 7], [x + off * 0.7, y - off - 8], [x - off * 0.7 - wide, y - off - 8], [x + off * 0.7, y + off - 6], [x - off * 0.7 - wide, y + off - 6], [x - wide / 2, y - off - 12], [x - wide / 2, y + off - 2]]);
        const box = ([a, b]) => [a - 2, b, a + wide + 2, b + 14];
        const over = (one) => taken.reduce((sum, [a, b, c, d]) => sum + Math.max(0, Math.min(one[2], c) - Math.max(one[0], a)) * Math.max(0, Math.min(one[3], d) - Math.max(one[1], b)), 0);
        const outside = (one) => (one[0] < 24 || one[2] > api.getWidth() - 4 || one[1] < 2 || one[3] > api.getHeight() - 24 ? 1e6 : 0);
        const best = tries.reduce((kept, one) => { const cost = over(box(one)) + outside(box(one)); return cost < kept.cost ? { one, cost } : kept; }, { cost: Infinity });
        taken.push(box(best.one));
        return best.one;
      });
    };
    const named = (params, api) => {
      const mark = data.marks[params.dataIndex];
      if (params.dataIndex === 0) place(api);
      const [x, y] = api.coord([mark.x, mark.y]);
      const [left, top] = places[params.dataIndex];
      return { type: "group", children: [
        disc(x, y, 6, tone[mark.kind]),
        words(left, top, mark.label, { fill: colour.ink, font: `11px ${font()}`, textAlign: "left", textVerticalAlign: "top" }),
      ] };
    };
    return {
      ...frame(colour, "item"),
      grid: { left: 26, right: 20, top: 18, bottom: 26 },
      xAxis: axis(data.name_x, left, right),
      yAxis: axis(data.name_y, bottom, top),
      tooltip: { ...frame(colour, "item").tooltip, formatter: (item) => (item.seriesIndex === 1 ? data.categories[item.dataIndex] : data.marks[item.dataIndex]?.label) },
      series: [
        { ...custom([[left, bottom]], behind), silent: true, z: 1 },
        { ...custom(data.x.map((value, at) => [value, data.y[at]]), dot), z: 2 },
        { ...custom(data.marks.map((mark) => [mark.x, mark.y]), named), z: 3 },
      ],
    };
  }

  const kinds = { columns, bars, variance, waterfall, dots, lines, shares, volume, front };

  function draw(plot, openProof) {
    const data = JSON.parse(plot.parentElement.querySelector("[data-chart-data]").textContent);
    plot.style.height = `${data.height}px`;
    const chart = echarts.init(plot, null, { renderer: "canvas" });
    const paint = () => plot.clientWidth && chart.setOption(kinds[data.kind](data, palette(), plot), { notMerge: true });
    paint();
    drawn.set(plot, { chart, paint });
    const links = (data.series?.find((one) => one.links) ?? data).links;
    if (links) chart.on("click", (event) => links[event.dataIndex] && openProof(links[event.dataIndex]));
    new ResizeObserver(() => { if (plot.isConnected && plot.clientWidth) { chart.resize(); paint(); } }).observe(plot);
    plot.dataset.ready = "1";
  }
  document.addEventListener("keystead:theme", () => {
    for (const [plot, { chart, paint }] of drawn) {
      if (plot.isConnected) paint();
      else { chart.dispose(); drawn.delete(plot); }
    }
  });
  return { draw };
})();
