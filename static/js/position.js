/* Fills a position question from the device, and adds points to a line or an area: loaded only by forms
   that ask for one. Measures until it is as accurate as asked, twenty seconds at most. ES5. */
(function (global) {
  'use strict';
  var doc = global.document, LONGEST = 20000;
  function all(root, selector) { return Array.prototype.slice.call(root.querySelectorAll(selector)); }
  function changed(element) {
    var event = doc.createEvent('Event');
    event.initEvent('change', true, false);
    element.dispatchEvent(event);
  }
  function fixed(position) {
    var c = position.coords;
    return { lat: c.latitude.toFixed(6), lon: c.longitude.toFixed(6), accuracy: String(Math.round(c.accuracy)) };
  }
  /* Tell `take` the best position found. */
  function locate(box, take) {
    var told = box.querySelector('[data-located]'), wanted = +box.getAttribute('data-accuracy') || Infinity, best = null, watch, late, over = false;
    function say(name, metres) { told.textContent = (told.getAttribute('data-' + name) || '').replace('{m}', metres); }
    function finish() {
      if (over) return;
      over = true;
      global.navigator.geolocation.clearWatch(watch);
      global.clearTimeout(late);
      if (!best) { say('failed'); return; }
      take(best);
      say('done', best.accuracy);
    }
    if (!global.navigator.geolocation) { say('failed'); return; }
    late = global.setTimeout(finish, LONGEST);
    watch = global.navigator.geolocation.watchPosition(function (position) {
      var now = fixed(position);
      if (!best || +now.accuracy <= +best.accuracy) best = now;
      if (+best.accuracy <= wanted) finish(); else say('waiting', best.accuracy);
    }, finish, { enableHighAccuracy: true, timeout: LONGEST, maximumAge: 0 });
    if (over) global.navigator.geolocation.clearWatch(watch);
  }
  function point(box) {
    box.querySelector('[data-locate]').addEventListener('click', function () {
      locate(box, function (values) {
        all(box, '[data-part]').forEach(function (input) { input.value = values[input.getAttribute('data-part')]; });
        changed(box.querySelector('[data-part]'));
      });
    });
  }
  function points(box) {
    var text = box.querySelector('textarea'), close = box.querySelector('[data-close]');
    function append(line) {
      text.value = text.value.replace(/\s+$/, '') + (/\S/.test(text.value) ? '\n' : '') + line;
      changed(text);
    }
    box.querySelector('[data-locate]').addEventListener('click', function () {
      locate(box, function (values) { append(values.lat + ' ' + values.lon + ' 0 ' + values.accuracy); });
    });
    if (close) close.addEventListener('click', function () {
      var first = text.value.split('\n').filter(function (line) { return /\S/.test(line); })[0];
      if (first) append(first);
    });
  }
  function begin(root) {
    all(root, '[data-geopoint]').forEach(point);
    all(root, '[data-points]').forEach(points);
  }
  (global.SurveyParts = global.SurveyParts || []).push({
    start: function (page) { begin(page.form); },
    grown: function (page, root) { begin(root); }
  });
})(this);
