/* The functions and axes few questionnaires use; loaded only by forms that need them, before or after
   xpath.js. ES5. */
(function (global) {
  'use strict';
  function extend(X) {
  var R = X.rare, Node = X.Node, Refused = X.Refused, F = X.functions, def = X.def, math = R.math;
  var text = X.text, num = X.number, bool = X.bool, textOf = X.textOf, elements = X.elements, childOf = X.childOf;
  var textNumber = R.textNumber, moment = R.moment, timeOfDay = R.timeOfDay, texts = R.texts, spread = R.spread;
  var mine = R.mine, numbers = R.numbers, parseMoment = R.parseMoment, Moment = X.Moment;
  var list = R.list, words = R.words, below = R.below, above = R.above, attr = R.attr, NUM = R.NUM, isList = Array.isArray;
  var DOC = 1, EL = 2, AT = 3, NS = 7, DAY = 86400000, MANY = Infinity, XMLNS = 'http://www.w3.org/XML/1998/namespace';

  /* axes */
  function siblings(node, fwd) {
    if (!node.p || node.k === AT || node.k === NS) return [];
    var at = node.p.c.indexOf(node);
    return fwd ? node.p.c.slice(at + 1) : node.p.c.slice(0, at).reverse();
  }
  function beyond(node, fwd) {
    var out = [];
    if ((node.k === AT || node.k === NS) && node.p) { if (fwd) below(node.p, out); node = node.p; }
    [node].concat(above(node)).forEach(function (s) {
      siblings(s, fwd).forEach(function (n) { out = fwd ? out.concat([n], below(n, [])) : out.concat(below(n, []).reverse(), [n]); });
    });
    return out;
  }
  function namespaces(node) {
    if (node.k !== EL) return [];
    var known = { xml: XMLNS };
    [node].concat(above(node)).reverse().forEach(function (el) {
      [el].concat(el.a).forEach(function (p) { if (p.u && (p.n.indexOf(':') > 0 || p.k === EL)) known[p.n.indexOf(':') > 0 ? p.n.split(':')[0] : ''] = p.u; });
    });
    return Object.keys(known).map(function (k) { return new Node(NS, k, known[k], node); });
  }
  X.axes.ancestor = above;
  X.axes['ancestor-or-self'] = function (n) { return [n].concat(above(n)); };
  X.axes['following-sibling'] = function (n) { return siblings(n, true); };
  X.axes['preceding-sibling'] = function (n) { return siblings(n, false); };
  X.axes.following = function (n) { return beyond(n, true); };
  X.axes.preceding = function (n) { return beyond(n, false); };
  X.axes.namespace = namespaces;

  /* functions */
  function truth(x, c) {
    if (typeof x !== 'string') return bool(x);
    var n = textNumber(x, c.e);
    return n === n ? n !== 0 : x !== '' && x !== 'false';
  }
  function each(x) { return isList(x) ? x.map(textOf) : [x]; }
  function within(x, a, b) { return (a < 0 || x >= a) && (b < 0 || x <= b); }
  def('checklist', 2, MANY, function (c, v) {
    var n = 0;
    v.slice(2).forEach(function (x) { each(x).forEach(function (y) { if (truth(y, c)) n++; }); });
    return within(n, num(v[0], c.e), num(v[1], c.e));
  });
  def('weighted-checklist', 2, MANY, function (c, v) {
    var score = 0, i;
    function weigh(x, w) { if (truth(x, c)) score += num(w, c.e); }
    for (i = 2; i + 1 < v.length; i += 2) { var xs = each(v[i]), ws = each(v[i + 1]), j; for (j = 0; j < xs.length && j < ws.length; j++) weigh(xs[j], ws[j]); }
    return within(score, num(v[0], c.e), num(v[1], c.e));
  });
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
    return below(top, []).filter(function (n) { return n.k === EL && want.indexOf(attr(n, 'id')) >= 0; });
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
      groups.forEach(function (g) { if (at >= 1 && at <= g.length) chosen.push(g[Math.floor(at) - 1]); });
      found = found.filter(function (n) { for (; n; n = n.p) if (chosen.indexOf(n) >= 0) return true; return false; });
    }
    for (i = 1; i + 1 < v.length; i += 2) narrow(list(v[i]), num(v[i + 1], c.e));
    return found;
  }, [0, 1, 3, 5]);
  def('pulldata', 4, 4, function (c, v) {
    v = v.map(function (x) { return text(x, c.e); });
    var top = c.e.instances[v[0]], rows, i, k, r;
    if (top && top.k === DOC) top = elements(top)[0];
    for (rows = top ? elements(top) : [], i = 0; i < rows.length; i++) { k = childOf(rows[i], v[2]); if (k && textOf(k) === v[3]) { r = childOf(rows[i], v[1]); return r ? textOf(r) : ''; } }
    return '';
  });
  def('version', 0, 0, function (c) { var r = elements(c.o)[0]; return r ? attr(r, 'version') : ''; });
  F.translate = texts(3, 3, function (t, a, b) {
    var out = '', i, at;
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
  function line(ts) {
    if (!ts.every(function (t) { return t.trim(); })) return null;
    var p = ts.join(';').split(';').filter(function (t) { return t.trim(); }).map(point);
    return p.length && p.indexOf(null) < 0 ? p : null;
  }
  function rad(d) { return d * Math.PI / 180; }
  function cents(x) { return Math.floor(x * 100 + 0.5) / 100; }
  var RADIUS = 6378100;
  def('distance', 1, MANY, function (c, v) {
    var p = line(spread(c, v)), sum = 0, i, x;
    if (!p || (p.length < 2 && v.length > 1)) return NaN;
    for (i = 1; i < p.length; i++) { x = Math.sin(rad(p[i - 1][0])) * Math.sin(rad(p[i][0])) + Math.cos(rad(p[i - 1][0])) * Math.cos(rad(p[i][0])) * Math.cos(rad(p[i][1] - p[i - 1][1])); sum += Math.acos(Math.max(-1, Math.min(1, x))) * RADIUS; }
    return cents(sum);
  });
  def('area', 1, 1, function (c, v) {
    var p = line(spread(c, v)), sum = 0, i;
    if (!p) return 0;
    if (p[0][0] !== p[p.length - 1][0] || p[0][1] !== p[p.length - 1][1]) p.push(p[0]);
    if (p.length < 4) return 0;
    for (i = 1; i < p.length; i++) sum += rad(p[i][1] - p[i - 1][1]) * (2 + Math.sin(rad(p[i - 1][0])) + Math.sin(rad(p[i][0])));
    return cents(Math.abs(sum * RADIUS * RADIUS / 2));
  });
  def('geofence', 2, 2, function (c, v) {
    var p = point(text(v[0], c.e)), s = line([text(v[1], c.e)]), inside = false, i, a, b;
    if (!p || !s) return false;
    for (i = 0; i < s.length; i++) { a = s[i]; b = s[(i + 1) % s.length]; if ((a[0] > p[0]) !== (b[0] > p[0]) && p[1] < (b[1] - a[1]) * (p[0] - a[0]) / (b[0] - a[0]) + a[1]) inside = !inside; }
    return inside;
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
  R.dates.text = momentText;
  var MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
  var DAYS = 'Sun Mon Tue Wed Thu Fri Sat'.split(' ');
  var LONG = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{2}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT([+-]\d{4})(?: \(.*\))?$/;
  R.dates.long = function (text, off) {
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
  def('jr:itext itext', 1, 1, function (c, v) { return c.e.text ? c.e.text(text(v[0], c.e)) : ''; });
  def('jr:choice-name', 2, 2, function (c, v) { return c.e.choice ? c.e.choice(text(v[1], c.e).trim(), text(v[0], c.e)) : ''; });
  def('min', 1, MANY, function (c, v) { var n = numbers(c, v); return n.length ? Math.min.apply(null, n) : NaN; });
  def('max', 1, MANY, function (c, v) { var n = numbers(c, v); return n.length ? Math.max.apply(null, n) : NaN; });
  def('join', 1, MANY, function (c, v) { return spread(c, v.slice(1)).join(text(v[0], c.e)); });
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

  /* base64 and digests */
  var B64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  function bytesOf(t) { var u = unescape(encodeURIComponent(t.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(^|[^\ud800-\udbff])[\udc00-\udfff]/g, '$1?'))), out = [], i; for (i = 0; i < u.length; i++) out.push(u.charCodeAt(i)); return out; }
  function base64(b) {
    var out = '', i, n;
    for (i = 0; i < b.length; i += 3) { n = b[i] << 16 | (b[i + 1] || 0) << 8 | (b[i + 2] || 0); out += B64.charAt(n >> 18) + B64.charAt(n >> 12 & 63) + (i + 1 < b.length ? B64.charAt(n >> 6 & 63) : '=') + (i + 2 < b.length ? B64.charAt(n & 63) : '='); }
    return out;
  }
  F['base64-decode'] = texts(1, 1, function (t) {
    if (t.length % 4 || !/^[A-Za-z0-9+\/]*={0,2}$/.test(t)) return '';
    var s = '', i, n, pad = (/=*$/.exec(t)[0]).length;
    for (i = 0; i < t.length; i += 4) { n = B64.indexOf(t.charAt(i)) << 18 | B64.indexOf(t.charAt(i + 1)) << 12 | (B64.indexOf(t.charAt(i + 2)) & 63) << 6 | (B64.indexOf(t.charAt(i + 3)) & 63); s += String.fromCharCode(n >> 16 & 255, n >> 8 & 255, n & 255); }
    s = s.slice(0, s.length - pad);
    try { return decodeURIComponent(escape(s)); } catch (error) { return s; }
  });
  function rol(x, n) { return x << n | x >>> (32 - n); }
  function padded(b, little) {
    var bits = b.length * 8, i, w = [];
    b = b.concat([128]);
    while (b.length % 64 !== 56) b.push(0);
    for (i = 0; i < 8; i++) b.push(little ? (i < 4 ? bits >>> 8 * i & 255 : 0) : (i < 4 ? 0 : bits >>> 8 * (7 - i) & 255));
    for (i = 0; i < b.length; i += 4) w.push(little ? b[i] | b[i + 1] << 8 | b[i + 2] << 16 | b[i + 3] << 24 : b[i] << 24 | b[i + 1] << 16 | b[i + 2] << 8 | b[i + 3]);
    return w;
  }
  function out32(words32, little) { var o = []; words32.forEach(function (w) { var i; for (i = 0; i < 4; i++) o.push(w >>> (little ? 8 * i : 24 - 8 * i) & 255); }); return o; }
  function frac(x) { return (x - Math.floor(x)) * 4294967296 | 0; }
  function primes(n) { var out = [], c = 2; while (out.length < n) { if (out.every(function (p) { return c % p; })) out.push(c); c++; } return out; }
  function sha256(b) {
    var P = primes(64), K = P.map(function (p) { return frac(Math.pow(p, 1 / 3)); }), h = P.slice(0, 8).map(function (p) { return frac(Math.sqrt(p)); }), w = padded(b), at, i, v, x, y, m;
    for (at = 0; at < w.length; at += 16) {
      m = w.slice(at, at + 16); v = h.slice();
      for (i = 0; i < 64; i++) {
        if (i > 15) { x = m[i - 15]; y = m[i - 2]; m[i] = m[i - 16] + (rol(x, 25) ^ rol(x, 14) ^ x >>> 3) + m[i - 7] + (rol(y, 15) ^ rol(y, 13) ^ y >>> 10) | 0; }
        x = v[7] + (rol(v[4], 26) ^ rol(v[4], 21) ^ rol(v[4], 7)) + (v[4] & v[5] ^ ~v[4] & v[6]) + K[i] + m[i] | 0;
        y = (rol(v[0], 30) ^ rol(v[0], 19) ^ rol(v[0], 10)) + (v[0] & v[1] ^ v[0] & v[2] ^ v[1] & v[2]) | 0;
        v = [x + y | 0, v[0], v[1], v[2], v[3] + x | 0, v[4], v[5], v[6]];
      }
      h = h.map(function (one, j) { return one + v[j] | 0; });
    }
    return out32(h);
  }
  function sha1(b) {
    var h = [1732584193, -271733879, -1732584194, 271733878, -1009589776], w = padded(b), at, i, v, f, m;
    for (at = 0; at < w.length; at += 16) {
      m = w.slice(at, at + 16); v = h.slice();
      for (i = 0; i < 80; i++) {
        if (i > 15) m[i] = rol(m[i - 3] ^ m[i - 8] ^ m[i - 14] ^ m[i - 16], 1);
        f = i < 20 ? (v[1] & v[2] | ~v[1] & v[3]) + 1518500249 : i < 40 ? (v[1] ^ v[2] ^ v[3]) + 1859775393 : i < 60 ? (v[1] & v[2] | v[1] & v[3] | v[2] & v[3]) - 1894007588 : (v[1] ^ v[2] ^ v[3]) - 899497514;
        v = [rol(v[0], 5) + f + v[4] + m[i] | 0, v[0], rol(v[1], 30), v[2], v[3]];
      }
      h = h.map(function (one, j) { return one + v[j] | 0; });
    }
    return out32(h);
  }
  function md5(b) {
    var h = [1732584193, -271733879, -1732584194, 271733878], w = padded(b, true), S = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]], at, i, v, f, g, r;
    for (at = 0; at < w.length; at += 16) {
      v = h.slice();
      for (i = 0; i < 64; i++) {
        r = i >> 4;
        f = r === 0 ? v[1] & v[2] | ~v[1] & v[3] : r === 1 ? v[3] & v[1] | ~v[3] & v[2] : r === 2 ? v[1] ^ v[2] ^ v[3] : v[2] ^ (v[1] | ~v[3]);
        g = r === 0 ? i : r === 1 ? (5 * i + 1) % 16 : r === 2 ? (3 * i + 5) % 16 : 7 * i % 16;
        f = f + v[0] + (Math.abs(Math.sin(i + 1)) * 4294967296 | 0) + w[at + g] | 0;
        v = [v[3], v[1] + rol(f, S[r][i % 4]) | 0, v[1], v[2]];
      }
      h = h.map(function (one, j) { return one + v[j] | 0; });
    }
    return out32(h, true);
  }
  F.digest = texts(2, 3, function (t, name, form) {
    var run = { MD5: md5, 'SHA-1': sha1, 'SHA-256': sha256 }[name.toUpperCase()], raw;
    if (!run) return '';
    raw = run(bytesOf(t));
    return form === 'hex' ? raw.map(function (x) { return (x < 16 ? '0' : '') + x.toString(16); }).join('') : base64(raw);
  });
  }
  if (global.SurveyXPath) extend(global.SurveyXPath); else global.SurveyXPathRare = extend;
})(this);
