/* Repeats on the page: adding and removing instances without asking the server, and as many as a count says;
   and values that an answer sets elsewhere. Loaded before form.js, only by forms that have one of them. ES5. */
(function (global) {
  'use strict';
  var doc = global.document;
  function all(root, selector) { return Array.prototype.slice.call(root.querySelectorAll(selector)); }
  function idOf(place) { return 'q-' + place.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, ''); }
  function placeOf(box) { return box.getAttribute('data-repeat'); }
  function instances(box) { return Array.prototype.filter.call(box.children, function (child) { return child.hasAttribute('data-g'); }); }
  function each(root, visit) {
    if (root.nodeType === 1) visit(root);
    all(root, '*').forEach(function (element) {
      visit(element);
      if (element.tagName === 'TEMPLATE' && element.content) each(element.content, visit);
    });
  }
  /* Everything below `root` that was written for the instance `from` now belongs to the instance `to`. */
  function repath(root, from, to) {
    var oldId = idOf(from), newId = idOf(to);
    function moved(text, old, fresh, next) {
      return text.slice(0, old.length) === old && (text.length === old.length || next.indexOf(text.charAt(old.length)) >= 0) ? fresh + text.slice(old.length) : text;
    }
    each(root, function (element) {
      ['name', 'data-q', 'data-g', 'data-repeat', 'data-rank'].forEach(function (name) {
        var value = element.getAttribute(name);
        if (value) element.setAttribute(name, moved(value, from, to, '/#'));
      });
      if (element.tagName === 'BUTTON' && element.value) element.value = element.value.replace(/^(\w+:)(.*)$/, function (whole, verb, place) { return verb + moved(place, from, to, '/'); });
      ['id', 'for', 'aria-labelledby', 'aria-describedby'].forEach(function (name) {
        var value = element.getAttribute(name);
        if (value) element.setAttribute(name, value.split(' ').map(function (one) { return moved(one, oldId, newId, '-'); }).join(' '));
      });
    });
  }
  function count(instance, number) {
    all(instance, '[data-index]').forEach(function (span) {
      for (var box = span.parentNode; box && !box.hasAttribute('data-g'); box = box.parentNode);
      if (box === instance) span.textContent = number;
    });
  }
  /* Show the model's value in the controls of a question. */
  function write(page, box, text) {
    var words = text.split(' ');
    page.controls(box).forEach(function (control) {
      var part = control.getAttribute('data-part'), after = control.getAttribute('data-after') || '';
      if (/radio|checkbox/.test(control.type)) control.checked = words.indexOf(control.value) >= 0;
      else if (part) control.value = words[{ lat: 0, lon: 1, accuracy: 3 }[part]] || '';
      else if (control.hasAttribute('data-lines')) control.value = text.replace(/;\s*/g, '\n');
      else if (control.type !== 'file') control.value = after && text.slice(-after.length) === after ? text.slice(0, -after.length) : text;
    });
  }
  function text(node) { return node.c.length && node.c[0].k === 4 ? node.c[0].v : ''; }
  function copy(page, root) {
    all(root, '[data-q]').forEach(function (box) {
      var node = page.model.node(box.getAttribute('data-q'));
      if (node && text(node)) write(page, box, text(node));
    });
  }
  function grow(page, box) {
    var pattern, number = instances(box).length + 1, fresh;
    for (pattern = Array.prototype.filter.call(box.children, function (child) { return child.tagName === 'TEMPLATE'; })[0]; !pattern;) return null;
    fresh = doc.importNode(pattern.content.querySelector('[data-g]'), true);
    repath(fresh, fresh.getAttribute('data-g'), placeOf(box) + '[' + number + ']');
    count(fresh, number);
    box.insertBefore(fresh, pattern);
    page.ask('grown', fresh);
    copy(page, fresh);
    return fresh;
  }
  function shrink(box, instance) {
    var place = placeOf(box), left = instances(box), at = left.indexOf(instance);
    box.removeChild(instance);
    left.slice(at + 1).forEach(function (one, step) {
      repath(one, place + '[' + (at + step + 2) + ']', place + '[' + (at + step + 1) + ']');
      count(one, at + step + 1);
    });
  }
  function changed(page) {
    var event = doc.createEvent('Event');
    event.initEvent('change', true, false);
    page.form.dispatchEvent(event);
  }
  function add(page, box) {
    var fresh, heading;
    if (!page.model.add(placeOf(box))) return;
    fresh = grow(page, box);
    changed(page);
    heading = fresh && fresh.querySelector('h3');
    if (heading) { heading.tabIndex = -1; heading.focus(); }
  }
  function remove(page, instance) {
    var box = instance.parentNode;
    page.model.remove(instance.getAttribute('data-g'));
    shrink(box, instance);
    changed(page);
    box.focus();
  }
  function start(page) {
    page.form.addEventListener('click', function (event) {
      var button = event.target, box;
      while (button && button !== page.form && button.tagName !== 'BUTTON') button = button.parentNode;
      if (!button || button.name !== '_repeat') return;
      event.preventDefault();
      if (button.hasAttribute('data-add')) { add(page, button.parentNode.parentNode); return; }
      for (box = button.parentNode; !box.hasAttribute('data-g'); box = box.parentNode);
      remove(page, box);
    });
  }
  /* Values that an answer set elsewhere, put where people see them. */
  function fired(page) {
    var wrote = false;
    (page.model.logic.actions || []).forEach(function (action) {
      (page.model.places[action[1]] || []).forEach(function (pair) {
        all(page.form, '[data-q]').forEach(function (box) {
          if (box.getAttribute('data-q') !== pair[0] || page.answer(box) === text(pair[1])) return;
          write(page, box, text(pair[1]));
          wrote = true;
        });
      });
    });
    return wrote;
  }
  /* As many instances as the model has, for repeats that a count rules. */
  function settle(page) {
    var grew = false;
    all(page.form, '[data-repeat]').forEach(function (box) {
      var wanted = page.model.count(placeOf(box)), have = instances(box);
      while (have.length < wanted && grow(page, box)) { grew = true; have = instances(box); }
      while (have.length > wanted) { shrink(box, have[have.length - 1]); have.pop(); }
    });
    return fired(page) || grew;
  }
  function show(page) {
    all(page.form, '[data-repeat]').forEach(function (box) {
      var mine = instances(box), empty = !mine.length && !box.querySelector('[data-add]'), off = empty || mine.length > 0 && mine.every(function (one) { return one.hidden; }), section = box.parentNode;
      box.hidden = off;
      if (section.tagName === 'SECTION' && !section.hasAttribute('data-g')) section.hidden = off;
    });
  }
  /* Make room for the instances of a draft: its names say how many there were. */
  function restore(page, values) {
    Object.keys(values).sort().forEach(function (name) {
      name.replace(/\[(\d+)\]/g, function (whole, number, at) {
        var place = name.slice(0, at), box = all(page.form, '[data-repeat]').filter(function (one) { return placeOf(one) === place; })[0];
        while (box && box.querySelector('[data-add]') && instances(box).length < +number && page.model.add(place)) grow(page, box);
        return whole;
      });
    });
  }
  (global.SurveyParts = global.SurveyParts || []).push({ start: start, settle: settle, show: show, restore: restore });
})(this);
