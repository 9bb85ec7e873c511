/* Judges answers as the server does (surveyapp/forms/checking.py, choosing.py, filling.py): the form of each
   type, the options of lists, what is required, constraints. A change there is a change here. ES5. */
(function (global) {
  'use strict';
  var SPACE = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
  var EDGES = new RegExp('^' + SPACE + '+|' + SPACE + '+$', 'g'), GAPS = new RegExp(SPACE + '+');
  var INTEGER = /^[+-]?[0-9]+$/, DECIMAL = /^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$/, DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
  var NUMBER = /^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$/, OFFSET = 480, LONGEST = 15, MOST_POINTS = 10000;
  function X() { return global.SurveyXPath; }
  function trim(text) { return text.replace(EDGES, ''); }
  function words(text) { return trim(text).split(GAPS).filter(Boolean); }
  function right(text) { return { text: text }; }
  function wrong(code) { return { code: code }; }
  function signs(text) { return Array.from ? Array.from(text).length : text.length; }

  function integer(check, text) {
    var digits;
    if (!INTEGER.test(text)) return wrong('integer');
    if (text.length > LONGEST) return wrong('number_too_long');
    digits = text.replace(/^[+-]/, '').replace(/^0+(?=[0-9])/, '');
    return right((text.charAt(0) === '-' && digits !== '0' ? '-' : '') + digits);
  }
  function decimal(check, text) {
    if (!DECIMAL.test(text)) return wrong('decimal');
    if (text.length > 2 * LONGEST || Math.abs(parseFloat(text)) >= 1e15) return wrong('number_too_long');
    return right(text.replace(/^\+/, ''));
  }
  function range(check, text) {
    var found = check.b === 'int' ? integer(check, text) : decimal(check, text), number, steps, p = check.p;
    if (found.code) return found;
    number = parseFloat(found.text);
    if (number < Math.min(p.start, p.end) || number > Math.max(p.start, p.end)) return wrong('range');
    steps = (number - p.start) / p.step;
    return Math.abs(steps - Math.round(steps)) > 1e-6 ? wrong('range_step') : found;
  }
  function date(check, text) {
    var apart = check.a || [];
    if (apart.indexOf('month-year') >= 0 && /^[0-9]{4}-[0-9]{2}$/.test(text)) text += '-01';
    else if (apart.indexOf('year') >= 0 && /^[0-9]{4}$/.test(text)) text += '-01-01';
    if (!DAY.test(text.slice(0, 10)) || text < '1000') return wrong('date');
    return X().parts.parseMoment(text, OFFSET) === null ? wrong('date') : right(text.slice(0, 10));
  }
  function fullTime(text) { return text + ':00.000+08:00'; }
  function datetime(check, text) {
    if (!DAY.test(text.slice(0, 10)) || text.indexOf('T') < 0 || X().parts.parseMoment(text, OFFSET) === null) return wrong('datetime');
    return right(text.length > 16 ? text : text.slice(0, 11) + fullTime(text.slice(11)));
  }
  function time(check, text) {
    if (X().parts.timeOfDay(text, OFFSET) === null) return wrong('time');
    return right(text.length > 5 ? text : fullTime(text));
  }
  function point(text) {
    var given = words(text), numbers = given.map(Number);
    if (given.length < 2 || given.length > 4 || !given.every(function (one) { return NUMBER.test(one); }) || !numbers.every(isFinite)) return null;
    if (Math.abs(numbers[0]) > 90 || Math.abs(numbers[1]) > 180 || numbers[3] < 0) return null;
    return numbers;
  }
  function geopoint(check, text) { return point(text) ? right(words(text).join(' ')) : wrong('geopoint'); }
  function points(code, fewest, closed) {
    return function (check, text) {
      var parts = text.split(';').filter(function (part) { return trim(part); }), found = parts.length > MOST_POINTS ? [] : parts.map(point), last = found[found.length - 1];
      if (parts.length > MOST_POINTS) return wrong('points_many');
      if (found.indexOf(null) >= 0 || found.length < fewest) return wrong(code);
      if (closed && (found[0][0] !== last[0] || found[0][1] !== last[1])) return wrong(code);
      return right(text);
    };
  }
  function file(check, text) { return signs(text) > 255 || /[\/\\<>:"|?*]/.test(text) || text.charAt(0) === '.' ? wrong('file') : right(text); }
  function acknowledge(check, text) { return /^(OK|true|1)$/.test(text) ? right('OK') : wrong('acknowledge'); }
  function one(check, text) { return words(text).length > 1 ? wrong('one_answer') : right(text); }
  function many(check, text) {
    var given = words(text), seen = Object.create(null);
    return given.every(function (word) { var fresh = !seen[word]; seen[word] = true; return fresh; }) ? right(given.join(' ')) : wrong('choice_twice');
  }
  var TYPES = {
    integer: integer, decimal: decimal, range: range, date: date, datetime: datetime, time: time, geopoint: geopoint,
    geotrace: points('geotrace', 2, false), geoshape: points('geoshape', 4, true), image: file, audio: file, video: file,
    file: file, acknowledge: acknowledge, select_one: one, select_multiple: many, rank: many
  };
  var BINDS = { 'int': integer, decimal: decimal, date: date, dateTime: datetime, time: time };
  function own(table, name) { return Object.prototype.hasOwnProperty.call(table, name) ? table[name] : null; }
  /* {text} in its lexical form or {code} of the problem; blank text has no problem. */
  function normal(check, text) {
    var judge = own(TYPES, check.t) || own(BINDS, check.b);
    return judge ? judge(check, trim(text)) : right(text);
  }

  /* What is wrong with the words of a choice, '' when nothing is. */
  function choice(model, place, check, text) {
    var given = words(text), known = Object.create(null), now, values = check.v, node = model.node(place);
    if (!values) return '';
    if (values.of) {
      check.of = check.of || X().compile(values.of);
      (model.value(check.of, node) || []).forEach(function (item) { var cell = X().childOf(item, values.ref), value = cell ? X().textOf(cell) : ''; if (value) known[value] = [value, 0]; });
    } else {
      now = global.SurveyLists ? global.SurveyLists.offered(model, place) : null;
      values.all.forEach(function (pair) { if (!now || now[pair[0]]) known[pair[0]] = known[pair[0]] || pair; });
    }
    if (given.some(function (word) { return !known[word]; })) return 'choice_unknown';
    if (check.t === 'rank' && given.length < Object.keys(known).length) return 'rank_incomplete';
    if (!values.of && given.length > 1 && given.some(function (word) { return values.all.some(function (pair) { return pair[0] === word && pair[1]; }); })) return 'choice_exclusive';
    return '';
  }
  function each(model, visit) {
    Object.keys(model.checks).forEach(function (path) {
      (model.places[path] || []).slice().forEach(function (pair) { visit(pair[0], pair[1], model.checks[path], model.rules[path] || {}); });
    });
  }
  /* Write every answer in the lexical form of its type; what has none stays as it is. */
  function normalise(model) {
    each(model, function (place, node, check) {
      var text = raw(node), found;
      if (check.k || !text) return;
      found = normal(check, text);
      if (!found.code && found.text !== text) X().setText(node, found.text);
    });
  }
  function raw(node) { return node.c.length && node.c[0].k === 4 ? node.c[0].v : ''; }
  function code(model, place, node, check, made) {
    var text = raw(node), found;
    if (!model.relevant(node)) return '';
    if (!trim(text)) return check.t !== 'note' && made.q && model.truth(made.q, node) ? 'required' : '';
    if (!check.k) {
      found = normal(check, text).code || choice(model, place, check, text);
      if (found) return found;
    }
    return made.c && !model.truth(made.c, node) ? 'constraint' : '';
  }
  /* Codes of problems by place, the unusual answers among them. */
  function problems(model) {
    var found = {};
    each(model, function (place, node, check, made) {
      var bad = code(model, place, node, check, made);
      if (!bad && made.w && model.relevant(node) && trim(raw(node)) && !model.truth(made.w, node)) bad = 'soft';
      if (bad) found[place] = bad;
    });
    return found;
  }

  global.SurveyChecks = { normal: normal, normalise: normalise, problems: problems, code: code };
})(this);
