/* Ranking by buttons: the list itself is the answer. Without this, each option has a menu for its place.
   Loaded before form.js, only by forms that rank. ES5. */
(function (global) {
  'use strict';
  var doc = global.document;
  function all(root, selector) { return Array.prototype.slice.call(root.querySelectorAll(selector)); }
  function changed(element) {
    var event = doc.createEvent('Event');
    event.initEvent('change', true, false);
    element.dispatchEvent(event);
  }
  function lines(box) { return all(box, 'li[data-value]').filter(function (one) { return !one.hidden; }); }
  function order(box) { return lines(box).map(function (one) { return one.getAttribute('data-value'); }).join(' '); }
  function name(line) { return line.querySelector('[data-name]').textContent; }
  function button(sign, label, line, press) {
    var one = doc.createElement('button');
    one.type = 'button';
    one.className = 'btn quiet';
    one.textContent = sign;
    one.setAttribute('aria-label', label + ' ' + name(line));
    one.addEventListener('click', press);
    line.appendChild(one);
    return one;
  }
  /* First and last cannot go further. */
  function ends(box) {
    var list = lines(box);
    list.forEach(function (line, place) {
      var two = all(line, 'button');
      two[0].disabled = place === 0;
      two[1].disabled = place === list.length - 1;
    });
  }
  function move(box, line, by) {
    var list = lines(box), place = list.indexOf(line), other = list[place + by], input = box.querySelector('[data-order]'), told, two;
    if (!other) return;
    line.parentNode.insertBefore(by < 0 ? line : other, by < 0 ? other : line);
    input.value = order(box);
    ends(box);
    told = box.querySelector('[data-rank-told]');
    told.textContent = box.getAttribute('data-moved').replace('{name}', name(line)).replace('{at}', place + by + 1);
    two = all(line, 'button');
    (two[by < 0 ? 0 : 1].disabled ? two[by < 0 ? 1 : 0] : two[by < 0 ? 0 : 1]).focus();
    changed(input);
  }
  function build(box) {
    var input = doc.createElement('input'), list = box.querySelector('.rank'), chosen = [], keep = doc.createElement('button');
    all(box, 'li[data-value]').forEach(function (line) {
      var menu = line.querySelector('select'), label = line.querySelector('label'), text = doc.createElement('span');
      if (menu.value) chosen[+menu.value - 1] = line.getAttribute('data-value');
      text.textContent = label.textContent;
      text.setAttribute('data-name', '');
      line.replaceChild(text, label);
      line.removeChild(menu);
      button('↑', box.getAttribute('data-up'), line, function () { move(box, line, -1); });
      button('↓', box.getAttribute('data-down'), line, function () { move(box, line, 1); });
    });
    input.type = 'text';
    input.className = 'out-of-sight';
    input.tabIndex = -1;
    input.setAttribute('aria-hidden', 'true');
    input.setAttribute('data-order', '');
    input.name = box.getAttribute('data-rank');
    input.value = chosen.filter(Boolean).join(' ');
    box.appendChild(input);
    keep.type = 'button';
    keep.className = 'btn quiet';
    keep.textContent = box.getAttribute('data-keep');
    keep.addEventListener('click', function () { input.value = order(box); changed(input); });
    list.parentNode.insertBefore(keep, list.nextSibling);
    ends(box);
  }
  function arrange(box) {
    var input = box.querySelector('[data-order]'), list = box.querySelector('.rank'), words;
    if (!input) return;
    words = input.value.split(' ').filter(function (word) { return lines(box).some(function (line) { return line.getAttribute('data-value') === word; }); });
    if (input.value !== words.join(' ')) input.value = words.join(' ');
    if (words.length && words.join(' ') !== order(box)) {
      words.concat(order(box).split(' ').filter(function (one) { return words.indexOf(one) < 0; })).forEach(function (value) {
        all(list, 'li').forEach(function (line) { if (line.getAttribute('data-value') === value) list.appendChild(line); });
      });
    }
    ends(box);
  }
  function start(page) { all(page.form, '[data-rank]').forEach(build); }
  function grown(page, root) { all(root, '[data-rank]').forEach(build); }
  function show(page) { all(page.form, '[data-rank]').forEach(arrange); }
  (global.SurveyParts = global.SurveyParts || []).push({ start: start, grown: grown, show: show });
})(this);
