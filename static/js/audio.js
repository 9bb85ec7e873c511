/* Records sound into the file input of an audio question; the file input stays for those who cannot.
   Loaded before form.js, only by forms that ask for sound. ES5. */
(function (global) {
  'use strict';
  var doc = global.document, KINDS = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg'];
  function all(root, selector) { return Array.prototype.slice.call(root.querySelectorAll(selector)); }
  function changed(element) {
    var event = doc.createEvent('Event');
    event.initEvent('change', true, false);
    element.dispatchEvent(event);
  }
  function kind() { return KINDS.filter(function (one) { return global.MediaRecorder.isTypeSupported(one); })[0]; }
  function able() {
    try { return !!new global.DataTransfer().items && !!global.navigator.mediaDevices && !!kind(); } catch (error) { return false; }
  }
  function clock(from) {
    var seconds = Math.floor((Date.now() - from) / 1000);
    return Math.floor(seconds / 60) + ':' + ('0' + seconds % 60).slice(-2);
  }
  function build(box) {
    var input = box.querySelector('input[type=file]'), button = doc.createElement('button'), told = doc.createElement('p'), recorder = null;
    if (!able()) return;
    button.type = 'button';
    button.className = 'btn';
    told.className = 'hint';
    told.setAttribute('role', 'status');
    function idle() { recorder = null; button.textContent = box.getAttribute('data-start'); button.className = 'btn'; }
    function record(stream) {
      var chunks = [], from = Date.now(), ticking;
      recorder = new global.MediaRecorder(stream, { mimeType: kind() });
      recorder.ondataavailable = function (event) { if (event.data.size) chunks.push(event.data); };
      recorder.onstop = function () {
        var files = new global.DataTransfer(), type = kind().split(';')[0];
        global.clearInterval(ticking);
        stream.getTracks().forEach(function (track) { track.stop(); });
        files.items.add(new global.File(chunks, 'recording.' + type.split('/')[1], { type: type }));
        input.files = files.files;
        told.textContent = box.getAttribute('data-kept').replace('{t}', clock(from));
        idle();
        changed(input);
      };
      recorder.start(5000);
      button.textContent = box.getAttribute('data-stop');
      button.className = 'btn danger';
      ticking = global.setInterval(function () { told.textContent = box.getAttribute('data-recording').replace('{t}', clock(from)); }, 1000);
    }
    button.addEventListener('click', function () {
      if (recorder) { recorder.stop(); return; }
      global.navigator.mediaDevices.getUserMedia({ audio: true }).then(record, function () { told.textContent = box.getAttribute('data-failed'); });
    });
    idle();
    input.parentNode.insertBefore(button, input);
    input.parentNode.insertBefore(told, input);
  }
  (global.SurveyParts = global.SurveyParts || []).push({
    start: function (page) { all(page.form, '[data-audio]').forEach(build); },
    grown: function (page, root) { all(root, '[data-audio]').forEach(build); }
  });
})(this);
