/* Evaluates the expression trees the server sends; the mirror of surveyapp/forms/closures.py.
   ES5, no parser, no eval. Attaches one object, SurveyXPath. Nodes are {k, n, v, u, p, c, a, r}:
   kind, name, value, namespace, parent, children, attributes, relevant. */
(function (global) {
  'use strict';
  var EL = 2, AT = 3, TX = 4, DAY = 86400000;
  var rare = {}, STEPS = 110000, RECORD = 2000000;
  var NUM = /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
  var DATE = /^(-?\d{4,6})-(\d{1,2})-(\d{1,2})(?:[T ](\S+))?$/;
  var TIME = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}(?::?\d{2})?)?$/;

  function Node(k, n, v, p, u) { this.k = k; this.n = n || ''; this.v = v || ''; this.p = p || null; this.u = u || ''; this.c = []; this.a = []; this.r = true; }
  function Moment(ms, whole) { this.ms = ms; this.whole = whole; }
  function Refused(why) { this.message = why; }
  function add(parent, child) { child.p = parent; parent.c.push(child); return child; }
  function setText(node, text) { node.c = text ? [new Node(TX, '', text, node)] : []; }
  function childOf(node, name) { for (var i = 0; i < node.c.length; i++) if (node.c[i].k === EL && node.c[i].n === name) return node.c[i]; return null; }
  function elements(node) { return node.c.filter(function (c) { return c.k === EL; }); }
  function attr(node, name) { for (var i = 0; i < node.a.length; i++) if (node.a[i].n === name) return node.a[i].v; return ''; }
  function textOf(node) {
    if (node.k > EL) return node.v;
    if (!node.r || !node.c.length) return '';
    var out = '';
    for (var i = 0; i < node.c.length; i++) if (node.c[i].k === TX || node.c[i].k === EL) out += textOf(node.c[i]);
    return out;
  }
  /* dates */
  function zone(text) {
    if (text === 'Z') return 0;
    var d = text.slice(1).replace(':', ''), h = +d.slice(0, 2), m = +(d.slice(2) || 0);
    return h > 14 || m > 59 ? null : (text.charAt(0) === '-' ? -1 : 1) * (h * 60 + m);
  }
  function timeOfDay(text, off) {
    var m = TIME.exec(text);
    if (!m) return null;
    var z = m[5] ? zone(m[5]) : off;
    if (+m[1] > 23 || +m[2] > 59 || +(m[3] || 0) > 59 || z === null) return null;
    return ((+m[1] * 60 + +m[2] - z) * 60 + +(m[3] || 0)) * 1000 + +((m[4] || '0') + '00').slice(0, 3);
  }
  function utc(y, m, d) { var t = new Date(0); t.setUTCFullYear(y, m, d); return t.getTime(); }
  function parseMoment(text, off) {
    var m = DATE.exec(text);
    if (!m) return rare.long ? rare.long(text, off) : null;
    var start = utc(+m[1], m[2] - 1, +m[3]), back = new Date(start), time;
    if (back.getUTCMonth() !== m[2] - 1 || back.getUTCDate() !== +m[3]) return null;
    if (m[4] === undefined) return new Moment(start - off * 60000, true);
    time = timeOfDay(m[4], off);
    return time === null ? null : new Moment(start + time, false);
  }
  function numberOfMoment(m, e) { return e.whole && m.whole ? Math.floor((m.ms + e.off * 60000) / DAY + 0.5) : m.ms / DAY; }

  /* values */
  function sizeBelow(n) { return n.c.reduce(function (sum, c) { return sum + sizeBelow(c); }, n.c.length); }
  function textAt(n, e) { if (n.c.length > 1 || (n.c[0] && n.c[0].k === EL)) spend(e, sizeBelow(n)); return textOf(n); }
  function textsOf(v, e) { return v.map(function (n) { return textAt(n, e); }); }
  function isList(v) { return Array.isArray(v); }
  function numberText(n) {
    if (n !== n) return 'NaN';
    if (n === Infinity || n === -Infinity) return n > 0 ? 'Infinity' : '-Infinity';
    if (n === 0) return '0';
    var text = String(n), m = /^(-?)(\d)(?:\.(\d+))?e([+-])(\d+)$/.exec(text), digits, shift;
    if (!m) return text;
    digits = m[2] + (m[3] || ''); shift = +m[5];
    return m[1] + (m[4] === '-' ? '0.' + new Array(shift).join('0') + digits : digits + new Array(shift - (m[3] || '').length + 1).join('0'));
  }
  function textNumber(t, e) {
    if (t.length > 400) return NaN;
    t = t.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
    if (NUM.test(t)) return +t;
    var m = t.length < 80 ? parseMoment(t, e.off) : null;
    return m ? numberOfMoment(m, e) : NaN;
  }
  function text(v, e) {
    if (typeof v === 'string') return v;
    if (isList(v)) return v.length ? textAt(v[0], e) : '';
    if (typeof v === 'boolean') return v ? 'true' : 'false';
    return v instanceof Moment ? rare.momentText(v, e) : numberText(v);
  }
  function num(v, e) {
    if (typeof v === 'number') return v;
    if (typeof v === 'boolean') return v ? 1 : 0;
    if (isList(v)) return v.length ? textNumber(textAt(v[0], e), e) : NaN;
    return v instanceof Moment ? numberOfMoment(v, e) : textNumber(v, e);
  }
  function bool(v) {
    if (typeof v === 'number') return v === v && v !== 0;
    if (v instanceof Moment) return v.ms === v.ms;
    return isList(v) ? v.length > 0 : !!v;
  }
  function moment(v, e) {
    if (v instanceof Moment) return v;
    if (isList(v)) v = v.length ? textOf(v[0]) : '';
    return typeof v === 'string' && v ? parseMoment(v.trim(), e.off) : null;
  }
  function compare(op, a, b, e) {
    var eq = op === '=' || op === '!=';
    if (eq && typeof b === 'boolean' && isList(a)) a = a.length > 0;
    if (eq && typeof a === 'boolean' && isList(b)) b = b.length > 0;
    a = isList(a) ? textsOf(a, e) : [a]; b = isList(b) ? textsOf(b, e) : [b];
    spend(e, a.length * b.length);
    return a.some(function (x) { return b.some(function (y) { return single(op, x, y, e); }); });
  }
  function pair(a, b, e) {
    if (!/number|boolean/.test(typeof a) && !/number|boolean/.test(typeof b)) {
      var x = moment(a, e), y = moment(b, e);
      if (x && y) return [x.ms, y.ms];
    }
    return [num(a, e), num(b, e)];
  }
  function single(op, a, b, e) {
    var p, same;
    if (op === '=' || op === '!=') {
      if (typeof a === 'string' && typeof b === 'string') same = a === b;
      else if (typeof a === 'boolean' || typeof b === 'boolean') same = bool(a) === bool(b);
      else { p = typeof a === 'number' || typeof b === 'number' ? [num(a, e), num(b, e)] : pair(a, b, e); same = p[0] === p[1]; }
      return op === '=' ? same : !same;
    }
    p = pair(a, b, e);
    return op === '<' ? p[0] < p[1] : op === '<=' ? p[0] <= p[1] : op === '>' ? p[0] > p[1] : p[0] >= p[1];
  }

  /* axes */
  function above(node) { var out = []; while ((node = node.p)) out.push(node); return out; }
  var AXES = { child: function (n) { return n.c; }, parent: function (n) { return n.p ? [n.p] : []; }, self: function (n) { return [n]; }, attribute: function (n) { return n.a; } };
  var FLAT = /^(child|self|attribute)$/;
  function tester(axis, test, spaces) {
    if (test === 'node()') return function () { return true; };
    if (spaces || /[:)]/.test(test)) return rare.tester(axis, test, spaces || {});
    var kind = axis === 'attribute' ? AT : EL;
    return function (n) { return n.k === kind && (test === '*' || n.n === test); };
  }

  /* closures: a context is {n: node, e: environment, s: current, o: root, i: position, z: size} */
  function compile(t) {
    var kind = t[0], a, b, parts, enough;
    if (kind === 'n' || kind === 's') { a = t[1]; return function () { return a; }; }
    if (kind === 'v') return plainPath(t[1].split('/'));
    if (kind === '.') return function (c) { return [c.n]; };
    if (kind === 'f') return call(t[1], t[2]);
    if (kind === 'p') return path(t[1], t[2]);
    if (kind === 'i') return filtered(t[1], t[2]);
    if (kind === 'or' || kind === 'and') {
      parts = t.slice(1).map(compile); enough = kind === 'or';
      return function (c) { for (var i = 0; i < parts.length; i++) if (bool(parts[i](c)) === enough) return enough; return !enough; };
    }
    a = compile(t[1]);
    if (kind === 'neg') return function (c) { return -num(a(c), c.e); };
    b = compile(t[2]);
    if (/^[=!<>]/.test(kind)) return function (c) { return compare(kind, a(c), b(c), c.e); };
    if (kind === '|') return function (c) { return rare.inOrder(list(a(c)).concat(list(b(c))), c.e); };
    return function (c) {
      var x = num(a(c), c.e), y = num(b(c), c.e);
      return kind === '+' ? x + y : kind === '-' ? x - y : kind === '*' ? x * y : kind === 'div' ? x / y : x % y;
    };
  }
  function list(v) { return isList(v) ? v : []; }
  function plainPath(names) {
    return function (c) {
      var nodes = [c.o];
      names.forEach(function (name) {
        var next = [];
        nodes.forEach(function (n) { n.c.forEach(function (x) { if (x.k === EL && x.n === name) next.push(x); }); });
        nodes = next;
      });
      spend(c.e, nodes.length);
      return nodes;
    };
  }
  /* Work is counted, so that neither an expression nor a record holds the page up: a new context begins a new
     count, as far as the record has any left. The flag over says that something was cut off. */
  function spend(e, n) { if ((e.left -= n) < 0) { e.over = true; throw new Refused('work'); } }
  function renew(e) { e.all = RECORD; e.left = e.given = 0; e.over = false; }
  function made(e, text) { spend(e, text.length > 100000 ? Infinity : text.length >> 6); return text; }
  function call(name, args) {
    var f = F.hasOwnProperty(name) && F[name], n = args.length, parts;
    if (!f || n < f[0] || n > f[1] || (f[3] || []).some(function (i) { return i < n && !givesNodes(args[i]); })) return function () { throw new Refused(name); };
    parts = args.map(compile);
    if (name === 'if') return function (c) { return bool(parts[0](c)) ? parts[1](c) : parts[2](c); };
    return function (c) { return f[2](c, parts.map(function (p) { return p(c); })); };
  }
  function givesNodes(t) { return t[0] === 'f' ? /^(instance|current|randomize|id|indexed-repeat|if|once|depend)$/.test(t[1]) : /^[piv.|]$/.test(t[0]); }
  function path(start, steps) {
    var base = isList(start) ? compile(start) : null, runs = steps.map(function (s) { return step(s[0], s[1], s[2]); });
    return function (c) {
      var nodes = base ? list(base(c)) : [start ? c.o : c.n], at = { flat: nodes.length < 2 };
      for (var i = 0; i < runs.length && nodes.length; i++) nodes = runs[i](nodes, c, at);
      return nodes;
    };
  }
  /* Flat nodes are in document order and none lies within another: so is what is right below them. */
  function step(axis, test, preds) {
    var keep = preds.map(predicate), plain = tester(axis, test), flat = FLAT.test(axis);
    return function (nodes, c, at) {
      var passes = c.e.spaces ? tester(axis, test, c.e.spaces) : plain, found = [], was = at.flat;
      nodes.forEach(function (n) {
        var reached = AXES[axis](n);
        spend(c.e, reached.length);
        reached = reached.filter(passes);
        keep.forEach(function (k) { reached = k(reached, c); });
        reached.forEach(function (x) { found.push(x); });
      });
      at.flat = found.length < 2 || (flat && (was || nodes.length < 2));
      return at.flat ? found : rare.ordered(axis, found, nodes, was, c.e);
    };
  }
  function sizeOf(t) { return isList(t) ? t.reduce(function (a, b) { return a + sizeOf(b); }, 1) : 0; }
  function predicate(t) {
    var test = compile(t), weight = 2 * sizeOf(t);
    return function (nodes, c) {
      spend(c.e, nodes.length * weight);
      return nodes.filter(function (n, i) {
        var v = test({ n: n, e: c.e, s: c.s, o: c.o, i: i + 1, z: nodes.length });
        return typeof v === 'number' ? v === i + 1 : bool(v);
      });
    };
  }
  function filtered(t, preds) {
    var base = compile(t), keep = preds.map(predicate);
    return function (c) { var nodes = list(base(c)); keep.forEach(function (k) { nodes = k(nodes, c); }); return nodes; };
  }

  /* functions: name -> [least, most, run(context, values), places that want nodes] */
  var F = {};
  function def(names, least, most, run, nodes) { names.split(' ').forEach(function (n) { F[n] = [least, most, run, nodes]; }); }
  function texts(least, most, run) { return [least, most, function (c, v) { v = v.map(function (x) { return text(x, c.e); }); spend(c.e, v.join('').length >> 6); return run.apply(c.e, v); }]; }
  function spread(c, v) { var out = []; v.forEach(function (x) { if (isList(x)) spend(c.e, x.length); out = out.concat(isList(x) ? textsOf(x, c.e) : text(x, c.e)); }); return out; }
  function mine(c, v) { return v.length ? text(v[0], c.e) : textOf(c.n); }
  function words(t) { return t.split(/\s+/).filter(Boolean); }
  var MANY = Infinity;
  def('if', 3, 3, null);
  def('true', 0, 0, function () { return true; });
  def('false', 0, 0, function () { return false; });
  def('not', 1, 1, function (c, v) { return !bool(v[0]); });
  def('boolean', 1, 1, function (c, v) { return bool(v[0]); });
  def('position', 0, 1, function (c, v) {
    var n = v.length ? list(v[0])[0] : 0;
    if (n) spend(c.e, n.p.c.length);
    return n === 0 ? c.i : n ? n.p.c.filter(function (x) { return x.n === n.n; }).indexOf(n) + 1 || 1 : NaN;
  }, [0]);
  def('last', 0, 0, function (c) { return c.z; });
  def('count', 1, 1, function (c, v) { return list(v[0]).filter(function (n) { return n.r; }).length; }, [0]);
  def('count-non-empty', 1, 1, function (c, v) { return list(v[0]).filter(textOf).length; }, [0]);
  function numbers(c, v) {
    var out = [];
    v.forEach(function (x) {
      if (!isList(x)) { out.push(num(x, c.e)); return; }
      textsOf(x, c.e).forEach(function (t) { if (t || !c.e.whole) out.push(textNumber(t, c.e)); });
    });
    return out;
  }
  def('sum', 1, 1, function (c, v) { return numbers(c, [list(v[0])]).reduce(function (a, b) { return a + b; }, 0); }, [0]);
  def('current', 0, 0, function (c) { return [c.s]; });
  def('instance', 1, 1, function (c, v) { var n = c.e.instances[text(v[0], c.e)]; return n ? [n] : []; });
  def('string', 0, 1, mine);
  def('concat', 0, MANY, function (c, v) { return made(c.e, spread(c, v).join('')); });
  F.coalesce = texts(2, 2, function (a, b) { return a === '' || a === 'NaN' ? b : a; });
  F['starts-with'] = texts(2, 2, function (a, b) { return a.slice(0, b.length) === b; });
  F.contains = texts(2, 2, function (a, b) { return a.indexOf(b) >= 0; });
  def('string-length', 0, 1, function (c, v) { return mine(c, v).length; });
  F.regex = texts(2, 3, function (t, p, most) { return t.length <= (most || 10000) && new RegExp('^(?:' + p + ')$').test(t); });
  F.selected = F['is-selected'] = texts(2, 2, function (t, w) { w = w.trim(); return w ? t.split(' ').indexOf(w) >= 0 : t.trim() === ''; });
  def('count-selected', 1, 1, function (c, v) { return words(text(v[0], c.e)).length; });
  def('number', 0, 1, function (c, v) { return v.length ? num(v[0], c.e) : textNumber(textOf(c.n), c.e); });
  function math(name, run) { def(name, 1, 1, function (c, v) { return run(num(v[0], c.e)); }); }
  math('int', function (x) { return x < 0 ? Math.ceil(x) : Math.floor(x); });
  function away(x) { return x < 0 ? -Math.floor(-x + 0.5) : Math.floor(x + 0.5); }
  def('round', 1, 2, function (c, v) {
    var x = num(v[0], c.e), p = v.length > 1 ? num(v[1], c.e) : 0, f, s;
    if (!isFinite(x) || p !== p) return p !== p ? NaN : x;
    p = Math.max(-15, Math.min(15, p < 0 ? Math.ceil(p) : Math.floor(p))); f = Math.pow(10, Math.abs(p)); s = x * f;
    if (p < 0) return away(x / f) * f;
    return !isFinite(s) || Math.abs(s) >= 4503599627370496 ? x : away(+s.toPrecision(15)) / f;
  });

  global.SurveyXPath = {
    Node: Node, Moment: Moment, Refused: Refused, add: add, setText: setText, childOf: childOf, textOf: textOf, elements: elements,
    compile: compile, text: text, number: num, bool: bool, functions: F, def: def, axes: AXES,
    rare: rare,
    parts: { spend: spend, made: made, parseMoment: parseMoment, numbers: numbers, mine: mine, textNumber: textNumber, moment: moment, timeOfDay: timeOfDay, texts: texts, spread: spread, list: list, words: words, above: above, attr: attr, math: math, NUM: NUM },
    renew: renew,
    context: function (node, env, root) {
      if (env.all === undefined) renew(env);
      env.all -= env.given - Math.max(env.left, 0);
      env.left = env.given = Math.max(0, Math.min(STEPS, env.all));
      return { n: node, e: env, s: node, o: root, i: 1, z: 1 };
    }
  };
  ['Rare', 'Codes'].forEach(function (name) { if (global['SurveyXPath' + name]) global['SurveyXPath' + name](global.SurveyXPath); });
})(this);
