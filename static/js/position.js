/* Fills a position question from the device: loaded only by forms that ask for one. ES5. */
(function (global) {
  'use strict';
  var doc = global.document;
  function all(root, selector) { return Array.prototype.slice.call(root.querySelectorAll(selector)); }
  function changed(element) {
    var event = doc.createEvent('Event');
    event.initEvent('change', true, false);
    element.dispatchEvent(event);
  }
  function locate(box) {
    var told = box.querySelector('[data-located]');
    function failed() { told.textContent = told.getAttribute('data-failed'); }
    if (!global.navigator.geolocation) { failed(); return; }
    global.navigator.geolocation.getCurrentPosition(function (position) {
      var c = position.coords, values = { lat: c.latitude.toFixed(6), lon: c.longitude.toFixed(6), accuracy: String(Math.round(c.accuracy)) };
      all(box, '[data-part]').forEach(function (input) { input.value = values[input.getAttribute('data-part')]; });
      told.textContent = told.getAttribute('data-done').replace('{m}', values.accuracy);
      changed(box.querySelector('[data-part]'));
    }, failed, { enableHighAccuracy: true, timeout: 20000, maximumAge: 0 });
  }
  all(doc, '[data-geopoint]').forEach(function (box) {
    box.querySelector('[data-locate]').addEventListener('click', function () { locate(box); });
  });
})(this);
