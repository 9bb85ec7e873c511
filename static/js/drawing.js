/* A pad to sign or draw on, above the file input it fills; the file input stays for those who cannot draw.
   Loaded before form.js, only by forms that have one. ES5. */
(function (global) {
  'use strict';
  var doc = global.document, HEIGHT = 220;
  function all(root, selector) { return Array.prototype.slice.call(root.querySelectorAll(selector)); }
  function changed(element) {
    var event = doc.createEvent('Event');
    event.initEvent('change', true, false);
    element.dispatchEvent(event);
  }
  function able() {
    try { return !!new global.DataTransfer().items && !!global.File && !!global.HTMLCanvasElement.prototype.toBlob; } catch (error) { return false; }
  }
  function build(box) {
    var input = box.querySelector('input[type=file]'), over = box.getAttribute('data-drawing') === 'over';
    var canvas = doc.createElement('canvas'), pen = canvas.getContext('2d'), clear = doc.createElement('button'), drawing = false, ours = false;
    if (!able() || !pen) return;
    canvas.className = 'pad';
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', box.getAttribute('data-pad'));
    canvas.width = 640;
    canvas.height = 2 * HEIGHT;
    clear.type = 'button';
    clear.className = 'btn quiet';
    clear.textContent = box.getAttribute('data-clear');
    input.parentNode.insertBefore(canvas, input);
    input.parentNode.insertBefore(clear, input);
    function blank() { pen.fillStyle = '#fff'; pen.fillRect(0, 0, canvas.width, canvas.height); }
    function spot(event) {
      var frame = canvas.getBoundingClientRect(), touch = event.touches && event.touches[0] || event;
      return [(touch.clientX - frame.left) * canvas.width / frame.width, (touch.clientY - frame.top) * canvas.height / frame.height];
    }
    function down(event) {
      var from = spot(event);
      event.preventDefault();
      drawing = true;
      pen.strokeStyle = '#0b2a5b';
      pen.lineWidth = 4;
      pen.lineCap = pen.lineJoin = 'round';
      pen.beginPath();
      pen.moveTo(from[0], from[1]);
    }
    function move(event) {
      var to;
      if (!drawing) return;
      to = spot(event);
      event.preventDefault();
      pen.lineTo(to[0], to[1]);
      pen.stroke();
    }
    function up() {
      if (!drawing) return;
      drawing = false;
      canvas.toBlob(function (blob) {
        var files = new global.DataTransfer();
        files.items.add(new global.File([blob], 'drawing.png', { type: 'image/png' }));
        input.files = files.files;
        ours = true;
        changed(input);
        ours = false;
      }, 'image/png');
    }
    canvas.addEventListener('mousedown', down);
    canvas.addEventListener('mousemove', move);
    doc.addEventListener('mouseup', up);
    canvas.addEventListener('touchstart', down);
    canvas.addEventListener('touchmove', move);
    canvas.addEventListener('touchend', up);
    clear.addEventListener('click', function () { blank(); input.value = ''; changed(input); });
    input.addEventListener('change', function () {
      var picture;
      if (ours || !over || !input.files || !input.files[0]) return;
      picture = new global.Image();
      picture.onload = function () {
        var scale = Math.min(canvas.width / picture.width, canvas.height / picture.height);
        blank();
        pen.drawImage(picture, 0, 0, picture.width * scale, picture.height * scale);
        global.URL.revokeObjectURL(picture.src);
      };
      picture.src = global.URL.createObjectURL(input.files[0]);
    });
    blank();
  }
  (global.SurveyParts = global.SurveyParts || []).push({
    start: function (page) { all(page.form, '[data-drawing]').forEach(build); },
    grown: function (page, root) { all(root, '[data-drawing]').forEach(build); }
  });
})(this);
