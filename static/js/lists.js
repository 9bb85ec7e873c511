/* Lists a form reads: secondary instances and options that a filter leaves out. Loaded, before form.js, only
   by forms that have some. ES5; needs SurveyXPath when it is used. */
(function (global) {
  'use strict';
  function all(root, selector) { return Array.prototype.slice.call(root.querySelectorAll(selector)); }
  function toggle(element, name, on) {
    var names = element.className.split(' ').filter(function (one) { return one && one !== name; });
    element.className = (on ? names.concat(name) : names).join(' ');
  }
  function load(model) {
    model.environment.id = model.logic.id;
    Object.keys(model.logic.instances).forEach(function (id) { model.environment.instances[id] = holder(model.logic.instances[id]); });
  }
  function holder(plain) {
    var top = new global.SurveyXPath.Node(1);
    copy(plain, top);
    return top;
  }
  function copy(plain, parent) {
    var node = global.SurveyXPath.add(parent, new global.SurveyXPath.Node(2, plain[0]));
    if (typeof plain[1] === 'string') global.SurveyXPath.setText(node, plain[1]);
    else plain[1].forEach(function (child) { copy(child, node); });
  }
  /* The values offered now, in their order, or null when the question has neither filter nor shuffling. A
     filter that compares a column with an answer is looked up, as surveyapp/forms/filters.py does. */
  function ordered(model, place) {
    var X = global.SurveyXPath, made = model.rules[place.replace(/\[\d+\]/g, '')], node = model.node(place), items, seed;
    if (!made || !made.rule.l || !node) return null;
    items = made.f.length ? picked(model, made, node) : every(model, made.rule);
    if (made.s) {
      seed = X.number(model.value(made.s, node), model.environment);
      if (isFinite(seed)) items = shuffled(items, seed);
    }
    if (made.rule.z) {
      seed = seedOf(model.environment.id, place.replace(/\[\d+\]/g, ''));
      if (isFinite(seed)) items = shuffled(items, seed);
    }
    return items.map(function (item) { var value = X.childOf(item, made.rule.l[1]); return value ? X.textOf(value) : ''; }).filter(function (text) { return text; });
  }
  function every(model, rule) {
    var items = [model.environment.instances[rule.i]];
    rule.l[0].forEach(function (name) {
      items = items.reduce(function (all, one) { return one ? all.concat(global.SurveyXPath.elements(one).filter(function (child) { return child.n === name; })) : all; }, []);
    });
    return items;
  }
  function column(tree) {
    var step = tree[0] === 'p' && tree[1] === 0 && tree[2].length === 1 ? tree[2][0] : null;
    return step && step[0] === 'child' && !step[2].length && !/[)*]$/.test(step[1]) ? step[1] : '';
  }
  function outside(tree) {
    return tree[0] === 's' || tree[0] === 'v' || (tree[0] === 'p' && tree[1] && tree[1][1] === 'current' && !tree[2].some(function (step) { return step[2].length; }));
  }
  function comparison(tree) {
    if (tree[0] === 'and') return comparison(tree[1]) || comparison(tree[2]);
    if (tree[0] !== '=') return null;
    if (column(tree[1]) && outside(tree[2])) return [column(tree[1]), tree[2]];
    return column(tree[2]) && outside(tree[1]) ? [column(tree[2]), tree[1]] : null;
  }
  function picked(model, made, node) {
    var X = global.SurveyXPath, found = made.rule.f.length === 1 ? comparison(made.rule.f[0]) : null, items, wanted;
    if (found && !made.table) {
      made.table = Object.create(null);
      made.wanted = X.compile(found[1]);
      every(model, made.rule).forEach(function (item) {
        var cell = X.childOf(item, found[0]);
        if (cell) (made.table[X.textOf(cell)] = made.table[X.textOf(cell)] || []).push(item);
      });
    }
    if (found) {
      wanted = model.value(made.wanted, node);
      if (typeof wanted === 'string' || wanted.length < 2) items = made.table[X.text(wanted, model.environment)] || [];
      if (wanted.length === 0 && typeof wanted !== 'string') items = [];
    }
    return tried(model, made.f, items || every(model, made.rule), node);
  }
  function tried(model, tests, items, node) {
    var X = global.SurveyXPath;
    return tests.reduce(function (left, test) {
      return left.filter(function (item, place) {
        var context = X.context(item, model.environment, model.root), value;
        context.s = node;
        context.i = place + 1;
        context.z = left.length;
        try { value = test(context); } catch (error) { return false; }
        return typeof value === 'number' ? value === place + 1 : X.bool(value);
      });
    }, items);
  }
  /* Fisher-Yates with the Park-Miller generator; the same order as on the server. */
  function shuffled(items, seed) {
    var found = items.slice(), state = (seed < 0 ? Math.ceil(seed) : Math.floor(seed)) % 2147483647, place, other, held;
    if (state < 0) state += 2147483647;
    if (state <= 0) state += 2147483646;
    for (place = found.length - 1; place > 0; place--) {
      state = state * 16807 % 2147483647;
      other = Math.floor((state - 1) / 2147483646 * (place + 1));
      held = found[place]; found[place] = found[other]; found[other] = held;
    }
    return found;
  }
  /* The seed of a list without one: by the record's id and the question, as on the server. */
  function seedOf(id, path) {
    var digits = String(id || '').toLowerCase().replace(/[^0-9a-f]/g, '').slice(-8), seed = parseInt(digits, 16) % 2147483647, i;
    if (digits.length < 8) return NaN;
    for (i = 0; i < path.length; i++) seed = (seed * 31 + path.charCodeAt(i)) % 2147483647;
    return seed;
  }
  /* A page whose lists go by the record's id keeps that id beside the draft, so that the draft opened again
     shows them in the same order. It is dropped when the page is sent: what comes back has an id of its own. */
  function remember(page) {
    var field = page.form.querySelector('input[name=submission_id]'), key = page.form.getAttribute('data-draft-key'), shelf, held;
    if (page.model.logic.id === undefined || !field || !key) return;
    try {
      shelf = global.localStorage;
      held = shelf.getItem(key) && shelf.getItem(key + '#id');
      if (held) field.value = page.model.environment.id = held; else shelf.setItem(key + '#id', field.value);
    } catch (error) { return; }
    page.form.addEventListener('submit', function () { shelf.removeItem(key + '#id'); });
  }
  /* The values a filter offers now as keys, or null when the question has no filter. */
  function offered(model, place) {
    var values = ordered(model, place), found = Object.create(null);
    if (!values) return null;
    values.forEach(function (value) { found[value] = true; });
    return found;
  }
  /* Leave out options that are not offered; true when an answer had to be cleared. */
  function filter(page) {
    var cleared = false;
    all(page.form, '[data-q]').forEach(function (box) {
      var place = box.getAttribute('data-q'), values = ordered(page.model, place), now = offered(page.model, place), lines = Object.create(null);
      if (!now) return;
      all(box, 'input[type=radio],input[type=checkbox],option,li[data-value]').forEach(function (option) {
        var value = option.getAttribute('data-value') || option.value, out = value !== '' && !now[value];
        var line = option.type ? option.parentNode : option;
        line.hidden = out;
        toggle(line, 'out', out);
        if (value && !option.hasAttribute('data-value')) option.disabled = out;
        if (out && (option.checked || option.selected)) { option.checked = option.selected = false; cleared = true; }
        lines[value] = line;
      });
      if (/[sz]/.test(Object.keys(page.model.rules[place.replace(/\[\d+\]/g, '')].rule))) reorder(values, lines);
    });
    return cleared;
  }
  /* Put the lines into the order of the values; those not offered stay before them, unseen. */
  function reorder(values, lines) {
    var shown = values.map(function (value) { return lines[value]; }).filter(Boolean), parent = shown[0] && shown[0].parentNode;
    var now = parent ? Array.prototype.filter.call(parent.children, function (one) { return shown.indexOf(one) >= 0; }) : [];
    if (now.some(function (one, at) { return one !== shown[at]; })) shown.forEach(function (one) { parent.appendChild(one); });
  }

  global.SurveyLists = { load: load, offered: offered, ordered: ordered, shuffled: shuffled };
  (global.SurveyParts = global.SurveyParts || []).push({ start: remember, settle: filter });
})(this);
