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
  /* The values a filter offers now, or null when the question has no filter. */
  function offered(model, place) {
    var made = model.rules[place.replace(/\[\d+\]/g, '')], node = model.node(place), items, found = {};
    if (!made || !made.f.length || !node) return null;
    items = [model.environment.instances[made.rule.i]];
    made.rule.l[0].forEach(function (name) {
      items = items.reduce(function (all, one) { return all.concat(global.SurveyXPath.elements(one).filter(function (child) { return child.n === name; })); }, []);
    });
    items.forEach(function (item) {
      var context = global.SurveyXPath.context(item, model.environment, model.root), value = global.SurveyXPath.childOf(item, made.rule.l[1]);
      context.s = node;
      if (value && made.f.every(function (test) { try { return global.SurveyXPath.bool(test(context)); } catch (error) { return false; } })) found[global.SurveyXPath.textOf(value)] = true;
    });
    return found;
  }
  /* Leave out options that are not offered; true when an answer had to be cleared. */
  function filter(page) {
    var cleared = false;
    all(page.form, '[data-q]').forEach(function (box) {
      var now = offered(page.model, box.getAttribute('data-q'));
      if (!now) return;
      all(box, 'input,option').forEach(function (option) {
        var out = option.value !== '' && !now.hasOwnProperty(option.value);
        var line = option.type ? option.parentNode : option;
        line.hidden = out;
        toggle(line, 'out', out);
        option.disabled = out;
        if (out && (option.checked || option.selected)) { option.checked = option.selected = false; cleared = true; }
      });
    });
    return cleared;
  }

  global.SurveyLists = { load: load, filter: filter, offered: offered };
})(this);
