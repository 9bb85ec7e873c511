/* Small aids for inputs: buttons that count, thousands shown apart, a field to find an option by, a bar code
   read from the camera. The inputs work without them. Loaded before form.js, only where asked for. ES5. */
(function (global) {
  'use strict';
  var doc = global.document;
  function all(root, selector) { return Array.prototype.slice.call(root.querySelectorAll(selector)); }
  function changed(element) {
    var event = doc.createEvent('Event');
    event.initEvent('change', true, false);
    element.dispatchEvent(event);
  }
  function made(tag, className, text) {
    var one = doc.createElement(tag);
    one.className = className;
    if (text) one.textContent = text;
    if (tag === 'button') one.type = 'button';
    return one;
  }
  function counter(input) {
    var names = input.getAttribute('data-counter').split('|'), row = made('div', 'counter');
    function step(by) { input.value = String((parseInt(input.value, 10) || 0) + by); changed(input); }
    input.parentNode.insertBefore(row, input);
    ['−', '+'].forEach(function (sign, place) {
      var one = made('button', 'btn', sign);
      one.setAttribute('aria-label', names[place]);
      one.addEventListener('click', function () { step(place ? 1 : -1); });
      if (place) row.appendChild(input);
      row.appendChild(one);
    });
  }
  function thousands(input) {
    var told = made('p', 'hint');
    function show() {
      var match = /^([+-]?\d{4,})(\.\d+)?$/.exec(input.value.trim());
      told.textContent = match ? match[1].replace(/\B(?=(\d{3})+$)/g, ',') + (match[2] || '') : '';
    }
    input.parentNode.insertBefore(told, input.nextSibling);
    input.addEventListener('input', show);
    input.addEventListener('change', show);
    show();
  }
  function finder(box) {
    var field = made('input', 'find'), first = box.querySelector('.opt');
    if (!first) return;
    field.type = 'text';
    field.setAttribute('data-beside', '');
    field.setAttribute('autocomplete', 'off');
    field.setAttribute('aria-label', box.getAttribute('data-finder'));
    field.placeholder = box.getAttribute('data-finder');
    first.parentNode.insertBefore(field, first);
    field.addEventListener('input', function (event) {
      var text = field.value.trim().toLowerCase();
      event.stopPropagation();
      all(box, '.opt').forEach(function (line) {
        var kept = line.textContent.toLowerCase().indexOf(text) >= 0 || line.querySelector('input').checked;
        line.className = line.className.replace(/ ?\bnot-found\b/, '') + (kept ? '' : ' not-found');
      });
    });
    field.addEventListener('change', function (event) { event.stopPropagation(); });
    field.addEventListener('keydown', function (event) { if (event.keyCode === 13) event.preventDefault(); });
  }
  function barcode(input) {
    var file = made('input', 'out-of-sight'), button = made('button', 'btn', input.getAttribute('data-barcode')), told = made('p', 'hint');
    if (!global.BarcodeDetector || !global.createImageBitmap) return;
    file.type = 'file';
    file.setAttribute('data-beside', '');
    file.accept = 'image/*';
    file.setAttribute('capture', 'environment');
    file.tabIndex = -1;
    file.setAttribute('aria-hidden', 'true');
    told.setAttribute('role', 'status');
    function failed() { told.textContent = input.getAttribute('data-failed'); }
    button.addEventListener('click', function () { file.click(); });
    file.addEventListener('change', function (event) {
      event.stopPropagation();
      if (!file.files[0]) return;
      told.textContent = '';
      global.createImageBitmap(file.files[0]).then(function (picture) { return new global.BarcodeDetector().detect(picture); }).then(function (codes) {
        if (!codes.length) { failed(); return; }
        input.value = codes[0].rawValue;
        changed(input);
      }).then(null, failed);
    });
    [told, file, button].forEach(function (one) { input.parentNode.insertBefore(one, input.nextSibling); });
  }
  function begin(root) {
    all(root, '[data-counter]').forEach(counter);
    all(root, '[data-thousands]').forEach(thousands);
    all(root, '[data-finder]').forEach(finder);
    all(root, '[data-barcode]').forEach(barcode);
  }
  (global.SurveyParts = global.SurveyParts || []).push({
    start: function (page) { begin(page.form); },
    grown: function (page, root) { begin(root); }
  });
})(this);
