/* The numbers of the grid: leaves from the server, sums over the tree, what a typed cell means. */
window.KeysteadTree = (() => {
  "use strict";

  /* "1 250", "+5%", "-30", "=400": what is meant, or null where it is no number. */
  function typed(text) {
    const bare = String(text).trim().replace(/[\s\u00a0\u202f'’]/g, "").replace(/\u2212/g, "-");
    const found = /^([=+-]?)(\d[\d.,]*|[.,]\d+)(%?)$/.exec(bare);
    if (!found) return null;
    const [, sign, digits, percent] = found;
    const number = plain(digits);
    if (number === null) return null;
    const amount = (sign === "-" ? "-" : "") + number;
    if (percent) return sign === "=" ? null : { kind: "percent", amount };
    return { kind: sign === "+" || sign === "-" ? "delta" : "absolute", amount };
  }

  /* Both 1,250.5 and 1.250,5; a lone separator before three digits groups thousands. */
  function plain(digits) {
    const last = Math.max(digits.lastIndexOf("."), digits.lastIndexOf(","));
    if (last < 0) return digits;
    const mark = digits[last];
    const other = mark === "." ? "," : ".";
    const count = digits.split(mark).length - 1;
    const [whole, rest] = [digits.slice(0, last), digits.slice(last + 1)];
    const groups = (text, sign) => /^\d{1,3}$/.test(text.split(sign)[0]) && text.split(sign).slice(1).every((part) => /^\d{3}$/.test(part));
    if (whole.includes(other)) return count === 1 && groups(whole, other) ? `${whole.split(other).join("")}.${rest}` : null;
    if (count > 1 || (rest.length === 3 && /^[1-9]\d{0,2}$/.test(whole.split(mark)[0]))) return groups(digits, mark) ? digits.split(mark).join("") : null;
    return `${whole || "0"}.${rest || "0"}`;
  }

  /* Nodes by key: "" the top, "a17", "a17/Brand", "a17/Brand/p3". */
  function build(data) {
    const nodes = new Map();
    const zeros = () => new Array(data.months.length).fill(0);
    const node = (key, parent, level, name, at) => {
      let found = nodes.get(key);
      if (!found) {
        found = { key, parent, level, name, at, kids: [], leaves: [], sums: zeros(), leaf: false };
        nodes.set(key, found);
        if (parent) parent.kids.push(found);
      }
      return found;
    };
    const top = node("", null, 0, data.words.all, {});
    const home = (id) => {
      const [name, above] = data.accounts[id];
      const parent = above && data.accounts[above] ? home(above) : top;
      return node(`a${id}`, parent, parent.level + 1, name, { account: id });
    };
    const leaves = new Map();
    for (const [account, product, unit, values, more] of data.series) {
      const [sku, name, brand] = data.products[product];
      const shop = home(account);
      const line = node(`${shop.key}/${brand}`, shop, shop.level + 1, brand || data.words.none, { account, brand });
      const leaf = node(`${line.key}/p${product}`, line, line.level + 1, name, { account, product });
      Object.assign(leaf, { leaf: true, sku, unit, sums: values, more });
      leaves.set(`${account}/${product}`, leaf);
      for (let up = line; up; up = up.parent) up.leaves.push(leaf);
    }
    const order = new Intl.Collator(document.documentElement.lang, { numeric: true });
    for (const one of nodes.values()) {
      one.kids.sort((a, b) => order.compare(a.name, b.name));
      if (one.leaf) continue;
      for (let month = 0; month < data.months.length; month += 1) sum(one, month);
    }
    return { nodes, leaves, top };
  }

  /* Null means nobody knows: a sum of nothing known stays unknown. */
  function sum(one, month) {
    let [total, known] = [0, false];
    for (const leaf of one.leaves) {
      const value = leaf.sums[month];
      if (value !== null) { total += value; known = true; }
    }
    one.sums.splice(month, 1, known ? Math.round(total * 1e4) / 1e4 : null);
  }

  /* Write cells [account, product, month, value]; return the nodes that changed. */
  function write(tree, cells) {
    const changed = new Map();
    for (const [account, product, month, value] of cells) {
      const leaf = tree.leaves.get(`${account}/${product}`);
      if (!leaf || leaf.sums[month] === value) continue;
      leaf.sums.splice(month, 1, value);
      for (let up = leaf; up; up = up.parent) {
        if (!changed.has(up)) changed.set(up, new Set());
        changed.get(up).add(month);
      }
    }
    for (const [one, months] of changed) if (!one.leaf) months.forEach((month) => sum(one, month));
    return changed;
  }

  /* The lines to show: the open part of the tree, or the leaves that deserve a look first. */
  function lines(tree, open, mode, find) {
    const wanted = find.trim().toLowerCase();
    const hit = (leaf) => !wanted || `${leaf.name} ${leaf.sku} ${leaf.parent.name} ${leaf.parent.parent.name}`.toLowerCase().includes(wanted);
    if (mode === "first") {
      const found = [...tree.leaves.values()].filter((leaf) => leaf.more && leaf.more.score > 0 && hit(leaf));
      return found.sort((a, b) => b.more.score - a.more.score || b.more.moved - a.more.moved);
    }
    const found = [];
    const walk = (one) => {
      if (wanted && !(one.leaf ? hit(one) : one.leaves.some(hit))) return;
      found.push(one);
      if (wanted || open.has(one.key)) one.kids.forEach(walk);
    };
    walk(tree.top);
    return found;
  }

  return { typed, build, write, lines };
})();
