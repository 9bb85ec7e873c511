/* Live behaviour of a questionnaire page: conditions, calculations, messages, the draft on the device.
   ES5; works on what the server rendered and adds nothing the server does not check again. The page is
   complete without it. Needs SurveyXPath (static/js/xpath.js). */
(function (global) {
  'use strict';
  var X = global.SurveyXPath, doc = global.document;
  var OFFSET = 480, WAIT = 800, PAUSE = 10000;

  function random() {
    var crypto = global.crypto || global.msCrypto;
    if (crypto && crypto.getRandomValues && global.Uint32Array) return crypto.getRandomValues(new global.Uint32Array(1))[0] / 4294967296;
    return Math.random();
  }
  function newId() {
    return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, function (mark) {
      return (mark === 'x' ? Math.floor(random() * 16) : 8 + Math.floor(random() * 4)).toString(16);
    });
  }

  /* The record as a tree, kept in step with the page. `counts` maps a repeat's place to how many there are.
     `places` maps a path to its [place, node] pairs in document order; a place has an index for every repeat,
     from 1: 'members[2]/age'. growth.js adds what repeats and actions need. */
  function map() { return Object.create(null); } // so that a question may be called constructor or __proto__
  function Model(logic, counts, now) {
    var self = this;
    this.logic = logic;
    this.root = new X.Node(1);
    this.environment = { off: OFFSET, whole: true, random: random, instances: map(), now: now || Date.now, words: logic.words, lang: logic.lang };
    if (global.SurveyLists) global.SurveyLists.load(this);
    this.record = X.add(this.root, new X.Node(2, logic.root));
    this.places = map();
    this.at = map();
    this.rules = map();
    this.grow(this.record, logic.tree, '', '', counts || {});
    Object.keys(logic.rules).forEach(function (path) {
      var rule = logic.rules[path], made = { rule: rule };
      ['r', 'q', 'c', 'k', 'n', 's', 'w'].forEach(function (key) { if (rule[key]) made[key] = X.compile(rule[key]); });
      made.f = (rule.f || []).map(X.compile);
      self.rules[path] = made;
    });
  }
  Model.prototype.grow = function (parent, items, path, place, counts) {
    var self = this;
    items.forEach(function (item) {
      var here = path ? path + '/' + item[0] : item[0], spot = place ? place + '/' + item[0] : item[0], i;
      var leaf = typeof item[1] !== 'object', many = item[2] ? (counts[spot] === undefined ? item[2] - 1 : counts[spot]) : 1;
      self.places[here] = self.places[here] || [];
      for (i = 1; i <= many; i++) {
        var node = X.add(parent, new X.Node(2, item[0])), at = item[2] ? spot + '[' + i + ']' : spot;
        self.places[here].push([at, node]);
        self.at[at] = node;
        if (leaf) X.setText(node, item[1] || '');
        else self.grow(node, item[1], here, at, counts);
      }
    });
  };
  function generic(place) { return place.replace(/\[\d+\]/g, ''); }
  Model.prototype.node = function (place) { return this.at[place] || null; };
  Model.prototype.value = function (closure, node) {
    try { return closure(X.context(node, this.environment, this.root)); } catch (error) { return ''; }
  };
  Model.prototype.truth = function (closure, node) { return X.bool(this.value(closure, node)); };
  Model.prototype.text = function (closure, node) { return X.text(this.value(closure, node), this.environment); };
  Model.prototype.relevant = function (node) {
    for (; node && node.p; node = node.p) if (!node.r) return false;
    return !!node;
  };
  Model.prototype.run = function () {
    var self = this;
    this.logic.order.forEach(function (unit) {
      (self.places[unit[1]] || []).forEach(function (pair) { self.work(unit, pair[1]); });
    });
  };
  Model.prototype.work = function (unit, node) {
    var made = this.rules[unit[1]] || {};
    if (unit[0] === 'r') {
      node.r = true;
      node.r = node.p.r && (!made.r || this.truth(made.r, node));
    } else if (made.k && node.r && !(made.rule.o && X.textOf(node))) X.setText(node, this.written(made, node));
  };
  Model.prototype.written = function (made, node) {
    var value = this.value(made.k, node), text = X.text(value, this.environment), number;
    if (text === 'NaN' || text === 'Invalid Date') return '';
    if (made.rule.b === 'int' && text) {
      number = X.number(value, this.environment);
      return Math.abs(number) < 1e15 ? String(number < 0 ? Math.ceil(number) : Math.floor(number)) : '';
    }
    return made.rule.b === 'date' && value instanceof X.Moment ? text.slice(0, 10) : text;
  };
  if (global.SurveyGrowth) global.SurveyGrowth(Model, map, generic);
  global.SurveyForm = { Model: Model, newId: newId };
  if (!doc || !doc.querySelector) return;

  var INTEGER = /^[+-]?\d{1,15}$/, TICK = /radio|checkbox/, DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)$/;
  function all(root, selector) { return Array.prototype.slice.call(root.querySelectorAll(selector)); }
  function toggle(element, name, on) {
    var names = element.className.split(' ').filter(function (one) { return one && one !== name; });
    element.className = (on ? names.concat(name) : names).join(' ');
  }

  function placeOf(box) { return box ? box.getAttribute('data-q') || box.getAttribute('data-g') : ''; }
  /* The question or group an element belongs to, null for none. */
  function boxOf(element) {
    while (element && element.getAttribute && !placeOf(element)) element = element.parentNode;
    return element && element.getAttribute ? element : null;
  }

  function Page(form, block) {
    this.form = form;
    this.block = block;
    var logic = JSON.parse(block.textContent), counts = {};
    this.model = new Model(logic, this.counts(counts));
    this.outputs = logic.outputs.map(X.compile);
    this.said = logic.said;
  }
  /* What the scripts for rarer things do at one moment of the page; true when one of them changed an answer. */
  Page.prototype.ask = function (moment, about) {
    var page = this, changed = false;
    (global.SurveyParts || []).forEach(function (part) { if (part[moment] && part[moment](page, about)) changed = true; });
    return changed;
  };
  Page.prototype.counts = function (counts) {
    all(this.form, '[data-g]').forEach(function (group) {
      var match = /^(.*)\[(\d+)\]$/.exec(group.getAttribute('data-g'));
      if (match) counts[match[1]] = Math.max(counts[match[1]] || 0, +match[2]);
    });
    return counts;
  };
  Page.prototype.controls = function (box) { return all(box, 'input:not([data-beside]),select,textarea'); };
  Page.prototype.answer = function (box) {
    var words = [], parts = {};
    this.controls(box).forEach(function (control) {
      if (TICK.test(control.type)) { if (control.checked) words.push(control.value); }
      else if (control.getAttribute('data-part')) parts[control.getAttribute('data-part')] = control.value.trim();
      else if (control.type === 'file') { if (control.value) words.push(control.value.split(/[\\\/]/).pop()); }
      else if (control.hasAttribute('data-lines')) words.push(control.value.trim().replace(/\s*\n\s*/g, ';'));
      else if (control.value) words.push(control.value + (control.getAttribute('data-after') || ''));
    });
    if (parts.lat || parts.lon) return parts.lat + ' ' + parts.lon + (parts.accuracy ? ' 0 ' + parts.accuracy : '');
    return words.join(' ');
  };
  Page.prototype.read = function () {
    var self = this;
    all(this.form, '[data-q]').forEach(function (box) {
      var node = self.model.node(box.getAttribute('data-q')), rule = self.model.rules[generic(box.getAttribute('data-q'))], answer = self.answer(box);
      if (!node || (rule && rule.k)) return;
      X.setText(node, rule && /integer|decimal/.test(rule.rule.t) ? answer.trim() : answer);
    });
    all(this.form, 'input[type=hidden]').forEach(function (input) {
      var node = self.model.node(input.name);
      if (node) X.setText(node, input.value);
    });
  };
  Page.prototype.update = function () {
    var rounds = 0;
    X.renew(this.model.environment);
    do { this.read(); this.model.run(); } while (this.ask('settle') && ++rounds < 5);
    this.show();
  };
  Page.prototype.show = function () {
    var self = this, model = this.model, number = 0;
    all(this.form, '[data-g],[data-q]').forEach(function (box) {
      var place = placeOf(box), node = model.node(place), on = !node || model.relevant(node);
      var made = model.rules[generic(place)], star, count = box.querySelector('.no');
      box.hidden = !on;
      if (!box.getAttribute('data-q')) return;
      self.controls(box).forEach(function (control) { if (!on || !control.parentNode.hidden) control.disabled = !on; });
      star = box.querySelector('[data-star]');
      if (star && made && made.q && node) toggle(star, 'off', !model.truth(made.q, node));
      if (count && on) count.textContent = ++number + '.';
      count = box.querySelector('[data-shown]');
      if (count && node) count.textContent = X.textOf(node);
    });
    all(this.form, '[data-output]').forEach(function (span) {
      var text = model.text(self.outputs[+span.getAttribute('data-output')], model.node(placeOf(boxOf(span))) || model.root.c[0]);
      if (span.textContent !== text) span.textContent = text;
    });
    number = this.form.querySelector('[data-heavy]');
    if (number) number.hidden = !model.environment.over;
    this.ask('show');
  };
  /* What is wrong with one answer that was just changed, '' when nothing is. */
  Page.prototype.fault = function (place) {
    var made = this.model.rules[generic(place)], node = this.model.node(place), text = node ? X.textOf(node) : '';
    var standard = this.block.getAttribute('data-wrong'), own = (this.said[generic(place)] || [''])[0];
    if (!made) return '';
    if (!text) return made.q && this.model.truth(made.q, node) ? (this.said[generic(place)] || [])[1] || this.block.getAttribute('data-required') : '';
    if (made.rule.t === 'integer' && !INTEGER.test(text)) return this.block.getAttribute('data-integer') || standard;
    if (made.rule.t === 'decimal' && !DECIMAL.test(text)) return this.block.getAttribute('data-decimal') || standard;
    return made.c && !this.model.truth(made.c, node) ? own || standard : '';
  };
  Page.prototype.tell = function (box) {
    var id = box.id + '-e', message = doc.getElementById(id), fault = box.hidden ? '' : this.fault(box.getAttribute('data-q'));
    var target = box.tagName === 'FIELDSET' ? box : this.controls(box)[0], told;
    if (!fault && !message) return;
    if (!message) {
      message = doc.createElement('p');
      message.className = 'msg';
      message.id = id;
      told = box.querySelector('.ask') || box.firstChild;
      told.parentNode.insertBefore(message, told.nextSibling);
    }
    message.textContent = fault ? '▲ ' + fault : '';
    message.hidden = !fault;
    toggle(box, 'bad', !!fault);
    if (!target) return;
    told = (target.getAttribute('aria-describedby') || '').split(' ').filter(function (one) { return one && one !== id; });
    if (fault) told.push(id);
    if (told.length) target.setAttribute('aria-describedby', told.join(' ')); else target.removeAttribute('aria-describedby');
    if (fault) target.setAttribute('aria-invalid', 'true'); else target.removeAttribute('aria-invalid');
  };
  Page.prototype.exclude = function (changed) {
    var alone = changed.hasAttribute('data-exclusive');
    if (changed.type !== 'checkbox' || !changed.checked) return;
    all(this.form, 'input[type=checkbox]').forEach(function (other) {
      if (other !== changed && other.name === changed.name && (alone || other.hasAttribute('data-exclusive'))) other.checked = false;
    });
  };
  Page.prototype.listen = function () {
    var self = this, typing;
    this.form.addEventListener('change', function (event) {
      var box = boxOf(event.target), typed = /text|tel|area|date|time|month/.test(event.target.type);
      function follow() {
        self.update();
        if (box && box.getAttribute('data-q')) self.tell(box);
      }
      self.exclude(event.target);
      // The press that ends typing must meet its target: nothing moves until it is over.
      if (typed) global.setTimeout(follow, 150); else follow();
    });
    this.form.addEventListener('input', function () {
      global.clearTimeout(typing);
      typing = global.setTimeout(function () { self.update(); }, 250);
    });
    this.form.addEventListener('submit', function () {
      var buttons = all(self.form, 'button,input[type=submit]').filter(function (one) { return one.type === 'submit'; });
      global.setTimeout(function () { buttons.forEach(function (one) { one.disabled = true; }); }, 0);
      global.setTimeout(function () { buttons.forEach(function (one) { one.disabled = false; }); }, PAUSE);
    });
    global.addEventListener('pageshow', function (event) {
      var id = self.form.querySelector('input[name=submission_id]');
      if (event.persisted) {
        if (id) id.value = newId();
        all(self.form, 'button').forEach(function (one) { one.disabled = false; });
      }
      self.update(); // the browser may have put answers back after the script ran
    });
  };
  /* The draft: kept on the device alone; a storage that throws is as good as none. */
  function Draft(page, key) { this.page = page; this.key = key; }
  Draft.prototype.stored = function () { try { return JSON.parse(global.localStorage.getItem(this.key)); } catch (error) { return null; } };
  Draft.prototype.forget = function () { try { global.localStorage.removeItem(this.key); } catch (error) { return; } };
  Draft.prototype.fields = function () {
    return this.page.controls(this.page.form).filter(function (one) { return one.name && !/hidden|file|submit|password/.test(one.type) && one.name.charAt(0) !== '_'; });
  };
  /* Kept by the name of the field: [question, values, what was shown for each]. */
  Draft.prototype.save = function () {
    var kept = {}, told = doc.querySelector('p[data-saved]'), now = new Date();
    this.fields().forEach(function (one) {
      var tick = TICK.test(one.type), ask = boxOf(one), entry;
      if (!(tick ? one.checked : one.value)) return;
      ask = ask && ask.querySelector('.ask');
      entry = kept[one.name] = kept[one.name] || [ask ? ask.textContent.replace((ask.querySelector('.star') || {}).textContent || '', '') : one.name, [], []];
      entry[1].push(one.value);
      entry[2].push(tick ? one.parentNode.textContent : one.options ? one.options[one.selectedIndex].text : one.value);
    });
    try { global.localStorage.setItem(this.key, JSON.stringify(kept)); } catch (error) { return; }
    if (told) told.textContent = this.page.block.getAttribute('data-saved') + ' ' + ('0' + now.getHours()).slice(-2) + ':' + ('0' + now.getMinutes()).slice(-2);
  };
  /* Put the draft back; answers whose question or option is gone, as in a new version, are listed. */
  Draft.prototype.restore = function () {
    var kept = this.stored(), restored = false, lost = [], fields;
    if (!kept || typeof kept !== 'object') return;
    this.page.ask('restore', kept);
    fields = this.fields();
    Object.keys(kept).forEach(function (name) {
      var entry = kept[name], placed = [];
      if (!Array.isArray(entry) || !Array.isArray(entry[1])) return;
      fields.forEach(function (one) {
        if (one.name !== name) return;
        var tick = TICK.test(one.type), on = entry[1].indexOf(one.value) >= 0, before = tick ? one.checked : one.value;
        if (tick) one.checked = on; else { one.value = entry[1][0]; on = one.value === entry[1][0]; }
        if (on) placed.push(one.value);
        if (before !== (tick ? one.checked : one.value)) restored = true;
      });
      entry[1].forEach(function (value, at) { if (placed.indexOf(value) < 0) lost.push(entry[0] + '：' + entry[2][at]); });
    });
    if (restored || lost.length) this.announce(lost);
  };
  Draft.prototype.announce = function (lost) {
    var bar = doc.querySelector('[data-draft-bar]'), self = this;
    if (!bar) return;
    bar.hidden = false;
    bar.querySelector('[data-draft-lost]').hidden = !lost.length;
    lost.forEach(function (text) { bar.querySelector('ul').appendChild(doc.createElement('li')).textContent = text; });
    bar.querySelector('[data-draft-close]').addEventListener('click', function () { bar.hidden = true; });
    bar.querySelector('[data-draft-reset]').addEventListener('click', function () {
      self.forget();
      self.page.form.reset();
      self.page.update();
      bar.hidden = true;
    });
  };
  Draft.prototype.listen = function () {
    var self = this, waiting, dirty = false;
    function later() { dirty = true; global.clearTimeout(waiting); waiting = global.setTimeout(function () { dirty = false; self.save(); }, WAIT); }
    this.page.form.addEventListener('change', later);
    this.page.form.addEventListener('input', later);
    this.page.form.addEventListener('submit', function () {
      try { global.localStorage.setItem('draft-sent', self.key); } catch (error) { return; }
    });
    global.addEventListener('pagehide', function () { if (dirty) self.save(); });
  };

  function start() {
    var block = doc.getElementById('form-logic'), form, page, draft, key, errors = doc.querySelector('[data-errors]');
    if (!block) return;
    for (form = block.parentNode; form && form.tagName !== 'FORM'; form = form.parentNode) if (!form.parentNode) break;
    if (!form || form.tagName !== 'FORM') return;
    page = new Page(form, block);
    key = form.getAttribute('data-draft-key');
    if (key) {
      draft = new Draft(page, key);
      if (!errors) draft.restore();
      draft.listen();
    }
    toggle(doc.documentElement, 'js', true);
    page.ask('start');
    page.update();
    page.listen();
    if (errors) errors.focus();
  }
  if (doc.readyState === 'loading') doc.addEventListener('DOMContentLoaded', start); else start();
})(this);
