/* The functions and axes few questionnaires use; loaded only by forms that need them, before or after
   xpath.js. ES5. */
(function (global) {
  'use strict';
  function extend(X) {
  var R = X.parts, Node = X.Node, Refused = X.Refused, F = X.functions, def = X.def, math = R.math, spend = R.spend, made = R.made;
  var text = X.text, num = X.number, bool = X.bool, textOf = X.textOf, elements = X.elements, childOf = X.childOf;
  var textNumber = R.textNumber, moment = R.moment, timeOfDay = R.timeOfDay, texts = R.texts, spread = R.spread;
  var mine = R.mine, numbers = R.numbers, parseMoment = R.parseMoment, Moment = X.Moment;
  var list = R.list, words = R.words, above = R.above, attr = R.attr, NUM = R.NUM, isList = Array.isArray;
  var DOC = 1, EL = 2, AT = 3, TX = 4, CO = 5, PI = 6, DAY = 86400000, MANY = Infinity;

  /* axes, node tests and document order */
  function below(node, out) { for (var i = 0; i < node.c.length; i++) { out.push(node.c[i]); below(node.c[i], out); } return out; }
  function siblings(node, fwd) {
    if (!node.p || node.k === AT) return [];
    var at = node.p.c.indexOf(node);
    return fwd ? node.p.c.slice(at + 1) : node.p.c.slice(0, at).reverse();
  }
  function beyond(node, fwd) {
    var out = [];
    if (node.k === AT && node.p) { if (fwd) below(node.p, out); node = node.p; }
    [node].concat(above(node)).forEach(function (s) {
      siblings(s, fwd).forEach(function (n) { var all = below(n, [n]); (fwd ? all : all.reverse()).forEach(function (x) { out.push(x); }); });
    });
    return out;
  }
  X.axes.descendant = function (n) { return below(n, []); };
  X.axes['descendant-or-self'] = function (n) { return below(n, [n]); };
  X.axes.ancestor = above;
  X.axes['ancestor-or-self'] = function (n) { return [n].concat(above(n)); };
  X.axes['following-sibling'] = function (n) { return siblings(n, true); };
  X.axes['preceding-sibling'] = function (n) { return siblings(n, false); };
  X.axes.following = function (n) { return beyond(n, true); };
  X.axes.preceding = function (n) { return beyond(n, false); };
  X.axes.namespace = function () { return []; };
  function kindIs(kind) { return function (n) { return n.k === kind; }; }
  X.rare.tester = function (axis, test, spaces) {
    var kind = axis === 'attribute' ? AT : EL, cut = test.indexOf(':'), prefix = test.slice(0, cut), rest = test.slice(cut + 1), target = test.slice(23, -1);
    if (test === 'text()') return kindIs(TX);
    if (test === 'comment()') return kindIs(CO);
    if (test.charAt(test.length - 1) === ')') return function (n) { return n.k === PI && (!target || n.n === target); };
    if (cut > 0 && spaces.hasOwnProperty(prefix)) return function (n) { return n.k === kind && n.u === spaces[prefix] && (rest === '*' || rest === n.n.split(':').pop()); };
    if (test === '*') return kindIs(kind);
    if (cut < 0 && kind === EL && spaces.hasOwnProperty('')) return function (n) { return n.k === EL && (n.u || '') === spaces[''] && rest === n.n.split(':').pop(); };
    return function (n) { return n.k === kind && (cut > 0 && rest === '*' ? n.n.indexOf(prefix + ':') === 0 : n.n === test); };
  };
  var stamp = 0;
  function inOrder(nodes, e) {
    stamp++;
    var unique = nodes.filter(function (n) { var first = n.stamp !== stamp; n.stamp = stamp; return first; });
    spend(e, unique.length * 4);
    if (unique.length < 2) return unique;
    stamp++;
    return unique.map(function (n) { return [orderOf(n), n]; }).sort(function (x, y) {
      var a = x[0], b = y[0];
      for (var i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return a[i] - b[i];
      return a.length - b.length;
    }).map(function (x) { return x[1]; });
  }
  /* The place at each level; a family is counted once for each sorting. */
  function orderOf(node) {
    var key = [];
    for (; node.p; node = node.p) {
      if (node.p.counted !== stamp) { node.p.counted = stamp; node.p.a.concat(node.p.c).forEach(count); }
      key.push(node.place);
    }
    return key.reverse();
  }
  function count(node, at) { node.place = at; }
  X.rare.inOrder = inOrder;
  X.rare.ordered = function (axis, found, nodes, flat, e) {
    if (nodes.length < 2) return /^(ancestor|preceding)/.test(axis) ? found.reverse() : found;
    return (flat && /^descendant/.test(axis)) || axis === 'self' || axis === 'attribute' ? found : inOrder(found, e);
  };

  /* functions */
  function truths(x, c) {
    if (isList(x)) return x.map(function (n) { return textOf(n) !== ''; });
    var n = typeof x === 'string' ? textNumber(x, c.e) : NaN;
    return [n === n ? n !== 0 : typeof x === 'string' ? x !== '' && x !== 'false' : bool(x)];
  }
  function weights(x, c) { return isList(x) ? x.map(function (n) { return textNumber(textOf(n), c.e); }) : [num(x, c.e)]; }
  function within(x, a, b) { return (a < 0 || x >= a) && (b < 0 || x <= b); }
  def('checklist', 2, MANY, function (c, v) {
    var n = 0;
    v.slice(2).forEach(function (x) { n += truths(x, c).filter(Boolean).length; });
    return within(n, num(v[0], c.e), num(v[1], c.e));
  });
  def('weighted-checklist', 2, MANY, function (c, v) {
    var score = 0, i, xs, ws, j;
    for (i = 2; i + 1 < v.length; i += 2) for (xs = truths(v[i], c), ws = weights(v[i + 1], c), j = 0; j < xs.length && j < ws.length; j++) if (xs[j]) score += ws[j];
    return within(score, num(v[0], c.e), num(v[1], c.e));
  });
  def('depend', 1, MANY, function (c, v) { return v[0]; });
  def('property', 1, 1, function (c, v) { var all = c.e.properties || {}, name = text(v[0], c.e); return all.hasOwnProperty(name) ? String(all[name]) : ''; });
  def('randomize', 1, 2, function (c, v) {
    var nodes = list(v[0]).slice(), seed = v.length > 1 ? num(v[1], c.e) : Math.floor(c.e.random() * 2147483648), i, j, t;
    if (!isFinite(seed)) throw new Refused('randomize');
    seed = (seed < 0 ? Math.ceil(seed) : Math.floor(seed)) % 2147483647; if (seed < 0) seed += 2147483647; if (seed <= 0) seed += 2147483646;
    for (i = nodes.length - 1; i > 0; i--) { seed = seed * 16807 % 2147483647; j = Math.floor((seed - 1) / 2147483646 * (i + 1)); t = nodes[i]; nodes[i] = nodes[j]; nodes[j] = t; }
    return nodes;
  }, [0]);
  def('id', 1, 1, function (c, v) {
    var want = isList(v[0]) ? v[0].map(textOf).join(' ') : text(v[0], c.e), top = c.n;
    want = words(want);
    while (top.p) top = top.p;
    top = below(top, []);
    spend(c.e, top.length);
    return top.filter(function (n) { return n.k === EL && want.indexOf(attr(n, 'id')) >= 0; });
  });
  def('lang', 1, 1, function (c, v) {
    var want = text(v[0], c.e).toLowerCase(), n = c.n, l;
    for (; n; n = n.p) if ((l = attr(n, 'xml:lang').toLowerCase())) return l === want || l.indexOf(want + '-') === 0;
    return false;
  });
  function named(c, v) { return v.length ? list(v[0])[0] : c.n; }
  def('name', 0, 1, function (c, v) { var n = named(c, v); return n ? n.n : ''; }, [0]);
  def('local-name', 0, 1, function (c, v) { var n = named(c, v); return n ? n.n.split(':').pop() : ''; }, [0]);
  def('namespace-uri', 0, 1, function (c, v) { var n = named(c, v); return n && (n.k === EL || n.k === AT) ? n.u : ''; }, [0]);
  def('indexed-repeat', 3, 7, function (c, v) {
    var found = list(v[0]), i;
    function narrow(repeats, at) {
      var parents = [], groups = [], chosen = [];
      repeats.forEach(function (n) { var k = parents.indexOf(n.p); if (k < 0) { parents.push(n.p); groups.push([]); k = groups.length - 1; } groups[k].push(n); });
      spend(c.e, repeats.length + found.length * groups.length);
      groups.forEach(function (g) { if (at >= 1 && at <= g.length) chosen.push(g[Math.floor(at) - 1]); });
      found = found.filter(function (n) { for (; n; n = n.p) if (chosen.indexOf(n) >= 0) return true; return false; });
    }
    for (i = 1; i + 1 < v.length; i += 2) narrow(list(v[i]), num(v[i + 1], c.e));
    return found;
  }, [0, 1, 3, 5]);
  function cell(row, column) { return column.charAt(0) === '@' ? row.a.filter(function (one) { return one.n === column.slice(1); })[0] : childOf(row, column); }
  def('pulldata', 4, 4, function (c, v) {
    v = v.map(function (x) { return text(x, c.e); });
    var held = c.e.lookups = c.e.lookups || {}, name = JSON.stringify([v[0], v[2]]), top = c.e.instances[v[0]], found = held[name], row;
    if (!found) {
      if (top && /^(instance)?$/.test(top.n)) top = elements(top)[0];
      found = Object.create(null);
      top = top ? elements(top) : [];
      spend(c.e, top.length);
      top.forEach(function (one) { var key = cell(one, v[2]); if (key && !(textOf(key) in found)) found[textOf(key)] = one; });
      if (Object.keys(found).length) held[name] = found;
    }
    row = found[v[3]] && cell(found[v[3]], v[1]);
    return row ? textOf(row) : '';
  });
  def('version', 0, 0, function (c) { var r = elements(c.o)[0]; return r ? attr(r, 'version') : ''; });
  F.translate = texts(3, 3, function (t, a, b) {
    var out = '', i, at;
    made(this, t);
    spend(this, Math.floor(t.length * a.length / 64));
    for (i = 0; i < t.length; i++) { at = a.indexOf(t.charAt(i)); out += at < 0 ? t.charAt(i) : b.charAt(at); }
    return out;
  });
  'sin cos tan asin acos atan sqrt exp log'.split(' ').forEach(function (n) { math(n, Math[n]); });
  math('exp10', function (x) { return Math.pow(10, x); });
  math('log10', Math.log10 || function (x) { return Math.log(x) / Math.LN10; });
  def('pow', 2, 2, function (c, v) { return Math.pow(num(v[0], c.e), num(v[1], c.e)); });
  def('atan2', 2, 2, function (c, v) { return Math.atan2(num(v[0], c.e), num(v[1], c.e)); });
  def('pi', 0, 0, function () { return Math.PI; });
  def('decimal-time', 1, 1, function (c, v) {
    var m = moment(v[0], c.e), s = c.e.off * 60000, t = m ? m.ms : timeOfDay(text(v[0], c.e).trim(), c.e.off);
    return t === null ? NaN : ((t + s) % DAY + DAY) % DAY / DAY;
  });
  function point(t) {
    var n = words(t).map(function (w) { return NUM.test(w) ? +w : NaN; });
    return n.length < 2 || n.length > 4 || n.some(isNaN) || Math.abs(n[0]) > 90 || Math.abs(n[1]) > 180 || n[3] < 0 ? null : n;
  }
  function line(ts, e) {
    spend(e, 2 * ts.join(';').length);
    if (!ts.every(function (t) { return t.trim(); })) return null;
    var p = ts.join(';').split(';').filter(function (t) { return t.trim(); }).map(point);
    return p.length && p.indexOf(null) < 0 ? p : null;
  }
  function rad(d) { return d * Math.PI / 180; }
  function cents(x) { return Math.floor(x * 100 + 0.5) / 100; }
  var RADIUS = 6378100;
  def('distance', 1, MANY, function (c, v) {
    var p = line(spread(c, v), c.e), sum = 0, i, x;
    if (!p || (p.length < 2 && v.length > 1)) return NaN;
    for (i = 1; i < p.length; i++) { x = Math.sin(rad(p[i - 1][0])) * Math.sin(rad(p[i][0])) + Math.cos(rad(p[i - 1][0])) * Math.cos(rad(p[i][0])) * Math.cos(rad(p[i][1] - p[i - 1][1])); sum += Math.acos(Math.max(-1, Math.min(1, x))) * RADIUS; }
    return cents(sum);
  });
  def('area enclosed-area', 1, 1, function (c, v) {
    var p = line(spread(c, v), c.e), sum = 0, i;
    if (!p) return 0;
    if (p[0][0] !== p[p.length - 1][0] || p[0][1] !== p[p.length - 1][1]) p.push(p[0]);
    if (p.length < 4) return 0;
    for (i = 1; i < p.length; i++) sum += rad(p[i][1] - p[i - 1][1]) * (2 + Math.sin(rad(p[i - 1][0])) + Math.sin(rad(p[i][0])));
    return cents(Math.abs(sum * RADIUS * RADIUS / 2));
  });
  def('geofence', 2, 2, function (c, v) {
    var p = point(text(v[0], c.e)), s = line([text(v[1], c.e)], c.e) || [], inside = false, i, a, b, z = s[s.length - 1];
    if (!p || s.length < 4 || s[0][0] !== z[0] || s[0][1] !== z[1]) return false;
    for (i = 1; i < s.length; i++) { a = s[i - 1]; b = s[i]; if ((a[0] > p[0]) !== (b[0] > p[0]) && p[1] < (b[1] - a[1]) * (p[0] - a[0]) / (b[0] - a[0]) + a[1]) inside = !inside; }
    return inside;
  });
  function side(a, b, c) { return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]); }
  function between(a, b, c) { return Math.min(a[0], b[0]) <= c[0] && c[0] <= Math.max(a[0], b[0]) && Math.min(a[1], b[1]) <= c[1] && c[1] <= Math.max(a[1], b[1]); }
  function cross(a, b, c, d) {
    var w = side(a, b, c), x = side(a, b, d), y = side(c, d, a), z = side(c, d, b);
    if (w && x && y && z && w > 0 !== x > 0 && y > 0 !== z > 0) return true;
    return (!w && between(a, b, c)) || (!x && between(a, b, d)) || (!y && between(c, d, a)) || (!z && between(c, d, b));
  }
  def('intersects', 1, 1, function (c, v) {
    var p = (line([text(v[0], c.e)], c.e) || []).filter(function (x, i, all) { return !i || x[0] !== all[i - 1][0] || x[1] !== all[i - 1][1]; });
    var n = p.length - 1, closed = n > 2 && p[0][0] === p[n][0] && p[0][1] === p[n][1], i, j;
    spend(c.e, 4 * n * n);
    for (i = 0; i < n - 1; i++) for (j = i + 2; j < n; j++) if (!(closed && !i && j === n - 1) && cross(p[i], p[i + 1], p[j], p[j + 1])) return true;
    return false;
  });

  /* dates */
  function two(n, w) { n = String(n); while (n.length < (w || 2)) n = '0' + n; return n; }
  function momentOfNumber(days, e) {
    if (!isFinite(days) || Math.abs(days) > 1e8) return new Moment(NaN, false);
    if (e.whole && days === Math.floor(days)) return new Moment(days * DAY - e.off * 60000, true);
    var ms = Math.floor(days * DAY + 0.5);
    return new Moment(ms, (ms + e.off * 60000) % DAY === 0);
  }
  function local(m, e) { return new Date(Math.floor(m.ms) + e.off * 60000); }
  function zoneText(off) { var a = Math.abs(off); return (off < 0 ? '-' : '+') + two(Math.floor(a / 60)) + ':' + two(a % 60); }
  function momentText(m, e) {
    if (m.ms !== m.ms) return 'Invalid Date';
    var d = local(m, e), y = d.getUTCFullYear();
    var day = (y < 0 ? '-' : '') + two(Math.abs(y), 4) + '-' + two(d.getUTCMonth() + 1) + '-' + two(d.getUTCDate());
    return m.whole ? day : day + 'T' + two(d.getUTCHours()) + ':' + two(d.getUTCMinutes()) + ':' + two(d.getUTCSeconds()) + '.' + two(d.getUTCMilliseconds(), 3) + zoneText(e.off);
  }
  X.rare.momentText = momentText;
  var MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
  var DAYS = 'Sun Mon Tue Wed Thu Fri Sat'.split(' ');
  var LONG = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{2}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT([+-]\d{4})(?: \(.*\))?$/;
  X.rare.long = function (text, off) {
    var l = LONG.exec(text);
    return l && MONTHS.indexOf(l[1]) >= 0 ? parseMoment(l[3] + '-' + two(MONTHS.indexOf(l[1]) + 1) + '-' + l[2] + 'T' + l[4] + l[5], off) : null;
  };
  function formatMoment(m, pattern, e) {
    var d = local(m, e), y = d.getUTCFullYear(), mo = d.getUTCMonth(), da = d.getUTCDate(), h = d.getUTCHours();
    var v = { Y: two(y, 4), y: two(y % 100), m: two(mo + 1), n: '' + (mo + 1), b: MONTHS[mo], d: two(da), e: '' + da, H: two(h), h: '' + h, M: two(d.getUTCMinutes()), S: two(d.getUTCSeconds()), 3: two(d.getUTCMilliseconds(), 3), a: DAYS[d.getUTCDay()], Z: zoneText(e.off), '%': '%' };
    return pattern.replace(/%([^\n])/g, function (all, key) { return v.hasOwnProperty(key) ? v[key] : all; });
  }
  F['ends-with'] = texts(2, 2, function (a, b) { return !b || a.slice(-b.length) === b; });
  F['substring-before'] = texts(2, 2, function (a, b) { var i = b ? a.indexOf(b) : -1; return i < 0 ? '' : a.slice(0, i); });
  F['substring-after'] = texts(2, 2, function (a, b) { var i = a.indexOf(b); return i < 0 ? '' : a.slice(i + b.length); });
  function half(n) { return isFinite(n) ? Math.floor(n + 0.5) : n; }
  def('substring', 2, 3, function (c, v) {
    var t = text(v[0], c.e), from = half(num(v[1], c.e)), end = v.length > 2 ? from + half(num(v[2], c.e)) : Infinity;
    if (from !== from || end !== end) return '';
    return t.slice(Math.min(Math.max(from, 1), t.length + 1) - 1, end > t.length ? t.length : Math.max(end, 1) - 1);
  });
  def('substr', 2, 3, function (c, v) { var t = text(v[0], c.e); return v.length > 2 ? t.slice(num(v[1], c.e), num(v[2], c.e)) : t.slice(num(v[1], c.e)); });
  def('normalize-space', 0, 1, function (c, v) { return mine(c, v).replace(/[ \t\r\n]+/g, ' ').replace(/^ | $/g, ''); });
  def('uuid', 0, 1, function (c, v) {
    var out = '', n = v.length ? num(v[0], c.e) : 32, i, hex = v.length ? '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ' : '0123456789abcdef';
    for (i = 0; i < Math.min(n, 1000); i++) out += hex.charAt(Math.floor(c.e.random() * hex.length));
    return v.length ? out : out.replace(/(.{8})(.{4}).(.{3})(.)(.{3})(.{12})/, function (m, a, b, d, g, h, z) { return [a, b, '4' + d, '89ab'.charAt(parseInt(g, 16) % 4) + h, z].join('-'); });
  });
  def('format-date format-date-time', 2, 2, function (c, v) { var m = when(c, v[0]); return m && m.ms === m.ms ? formatMoment(m, text(v[1], c.e), c.e) : ''; });
  def('decimal-date-time', 1, 1, function (c, v) { var m = when(c, v[0]); return m ? m.ms / DAY : NaN; });
  F['boolean-from-string'] = texts(1, 1, function (t) { return t === 'true' || t === '1'; });
  def('once', 1, 1, function (c, v) { return textOf(c.n) || (v[0] !== v[0] ? '' : v[0]); });
  /* The text under a key in the language of the page, else in the form's own, else in any. */
  function spoken(e, texts, key) {
    var said = texts && Object.prototype.hasOwnProperty.call(texts, key) ? texts[key] : {};
    return said[e.lang] || said[e.words && e.words['default']] || said[''] || said[Object.keys(said)[0]] || '';
  }
  def('jr:itext itext', 1, 1, function (c, v) { return c.e.text ? c.e.text(text(v[0], c.e)) : spoken(c.e, c.e.words && c.e.words.texts, text(v[0], c.e)); });
  def('jr:choice-name', 2, 2, function (c, v) {
    var path = text(v[1], c.e).trim(), value = text(v[0], c.e), labels = c.e.words && c.e.words.labels;
    if (c.e.choice) return c.e.choice(path, value);
    path = path.replace(/^\/[^\/]+\//, '').replace(/\[\d+\]/g, '');
    return labels && Object.prototype.hasOwnProperty.call(labels, path) ? spoken(c.e, labels[path], value) : '';
  });
  def('min', 1, MANY, function (c, v) { var n = numbers(c, v); return n.length ? Math.min.apply(null, n) : NaN; });
  def('max', 1, MANY, function (c, v) { var n = numbers(c, v); return n.length ? Math.max.apply(null, n) : NaN; });
  def('join', 1, MANY, function (c, v) {
    var between = text(v[0], c.e), all = spread(c, v.slice(1));
    var size = all.reduce(function (sum, t) { return sum + t.length; }, between.length * Math.max(0, all.length - 1));
    spend(c.e, size > 100000 ? Infinity : size >> 6); // before the text is made: it may be a thousand times its parts
    return all.join(between);
  });
  def('random', 0, 0, function (c) { return c.e.random(); });
  def('selected-at', 2, 2, function (c, v) { var n = num(v[1], c.e); return n >= 0 ? words(text(v[0], c.e))[Math.floor(n)] || '' : ''; });
  math('ceiling', Math.ceil);
  math('floor', Math.floor);
  math('abs', Math.abs);
  def('today', 0, 0, function (c) { var s = c.e.off * 60000; return new Moment(Math.floor((c.e.now() + s) / DAY) * DAY - s, true); });
  def('now', 0, 0, function (c) { return new Moment(c.e.now(), false); });
  function when(c, v) {
    var found = moment(v, c.e);
    if (found) return found;
    if (typeof v === 'boolean') return new Moment(NaN, false);
    return text(v, c.e).trim() ? momentOfNumber(num(v, c.e), c.e) : null;
  }
  def('date date-time', 1, 1, function (c, v) { return when(c, v[0]) || ''; });

  }
  if (global.SurveyXPath) extend(global.SurveyXPath); else global.SurveyXPathRare = extend;
})(this);
