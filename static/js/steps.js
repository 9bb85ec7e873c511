/* One question a page: what waits for its turn is in the page and not shown. Loaded before form.js, only
   when the reader or the questionnaire asks for it; the server does the same without it. ES5. */
(function (global) {
  'use strict';
  var doc = global.document, current = null, clicked = null;
  function all(root, selector) { return Array.prototype.slice.call(root.querySelectorAll(selector)); }
  function toggle(element, name, on) {
    var names = element.className.split(' ').filter(function (one) { return one && one !== name; });
    element.className = (on ? names.concat(name) : names).join(' ');
  }
  function within(element, test) {
    for (; element && element.getAttribute; element = element.parentNode) if (test(element)) return element;
    return null;
  }
  function isNote(box) { return box.hasAttribute('data-q') && !!box.querySelector('.said'); }
  function off(element) { return element.hidden; }
  /* The steps that apply now, each a list of boxes; the last box is the one the step is for. */
  function steps(page) {
    var found = [], notes = [];
    all(page.form, '[data-q],[data-together],[data-repeat]').forEach(function (box) {
      var outer = within(box.parentNode, function (one) { return one.hasAttribute('data-together'); });
      if (outer || within(box, off)) return;
      if (box.hasAttribute('data-repeat') && box.querySelector('[data-g]')) return;
      notes.push(box);
      if (isNote(box)) return;
      found.push(notes);
      notes = [];
    });
    if (notes.length) found.push(notes);
    return found;
  }
  function main(step) { return step[step.length - 1]; }
  function at(list) {
    for (var place = 0; place < list.length; place++) if (list[place].indexOf(current) >= 0) return place;
    return -1;
  }
  function show(page) {
    var list = steps(page), place = at(list), nav = doc.querySelector('[data-turn]'), told, order;
    if (!nav || !list.length) return;
    if (place < 0) {
      order = current && all(page.form, '[data-q],[data-together],[data-repeat]');
      place = order ? list.filter(function (step) { return order.indexOf(main(step)) < order.indexOf(current); }).length : 0;
      place = Math.min(place, list.length - 1);
    }
    current = main(list[place]);
    all(page.form, 'section,[data-g],[data-q],[data-repeat]').forEach(function (box) {
      var mine = list[place].some(function (one) { return one === box || box.contains(one) || one.contains(box); });
      toggle(box, 'away', !mine);
    });
    all(doc, '[data-first-page]').forEach(function (one) { toggle(one, 'away', place > 0); });
    told = nav.querySelector('[data-told]');
    told.textContent = told.getAttribute('data-told').replace('{at}', place + 1).replace('{all}', list.length);
    toggle(nav.querySelector('[data-backward]'), 'off', place === 0);
    toggle(nav.querySelector('[data-forward]'), 'off', place === list.length - 1);
    toggle(nav.querySelector('[data-submit]'), 'off', place < list.length - 1);
    page.form.querySelector('[data-at]').value = place + 1;
  }
  function wrong(page, step) {
    var found = [];
    step.forEach(function (box) {
      (box.hasAttribute('data-q') ? [box] : all(box, '[data-q]')).forEach(function (one) {
        page.tell(one);
        if (!one.hidden && /(^| )bad( |$)/.test(one.className)) found.push(one);
      });
    });
    return found;
  }
  function focus(box) {
    var target = box.querySelector('input:not([type=hidden]):not([tabindex="-1"]),select,textarea,button') || box;
    if (target === box) box.tabIndex = -1;
    target.focus();
    if (box.scrollIntoView) box.scrollIntoView();
  }
  function turn(page, by) {
    var list, place, bad;
    page.update();
    list = steps(page);
    place = Math.max(at(list), 0);
    bad = by > 0 ? wrong(page, list[place]) : [];
    if (bad.length) { focus(bad[0]); return; }
    current = main(list[Math.min(Math.max(place + by, 0), list.length - 1)]);
    show(page);
    focus(main(steps(page)[at(steps(page))]));
  }
  function start(page) {
    var given = page.form.querySelector('[data-at]'), list;
    page.form.addEventListener('click', function (event) {
      var button = within(event.target, function (one) { return one.tagName === 'BUTTON'; });
      if (!button || button.name !== '_step') return;
      event.preventDefault();
      turn(page, button.value === 'next' ? 1 : -1);
    });
    doc.addEventListener('click', function (event) { clicked = within(event.target, function (one) { return one.tagName === 'BUTTON'; }); }, true);
    page.form.addEventListener('submit', function (event) {
      var list = steps(page), named = clicked && (clicked.name || clicked.hasAttribute('data-submit'));
      clicked = null;
      if (named || at(list) >= list.length - 1) return;
      event.preventDefault(); // Enter turns the page
      event.stopImmediatePropagation();
      turn(page, 1);
    });
    page.form.addEventListener('change', function (event) {
      var box = within(event.target, function (one) { return one.hasAttribute('data-quick'); });
      if (box && event.target.checked) global.setTimeout(function () { turn(page, 1); }, 0);
    });
    page.read();
    page.model.run();
    list = steps(page);
    if (given && list.length) current = main(list[Math.min(Math.max(+given.value - 1, 0), list.length - 1)]);
  }
  (global.SurveyParts = global.SurveyParts || []).push({ start: start, show: show });
})(this);
