/* The page of assigned work: several files to a question, where the position came from, how long it took. */
(function () {
  'use strict';
  const doc = document, form = doc.querySelector('[data-visit]');
  if (!form) return;
  const most = Number(form.dataset.photos), opened = performance.now();
  const field = (name) => form.querySelector('[name=' + name + ']');

  form.querySelectorAll('input[type=file]').forEach((input) => {
    const told = doc.createElement('p');
    told.className = 'hint';
    told.setAttribute('role', 'status');
    input.multiple = true;
    input.after(told);
    input.addEventListener('change', () => {
      const tooMany = input.files.length > most;
      input.setCustomValidity(tooMany ? form.dataset.tooMany : '');
      told.textContent = tooMany ? form.dataset.tooMany : form.dataset.chosen.replace('{n}', input.files.length);
      told.classList.toggle('error-text', tooMany);
      if (tooMany) input.value = '';
    });
  });

  /* A script that fills the fields (position.js) is the device; a hand that changes them is not. */
  const reason = form.querySelector('[data-reason]');
  const parts = Array.from(form.querySelectorAll('[data-part]'));
  function ask() {
    if (!reason) return;
    const typed = parts.some((part) => part.value.trim() !== '') && field('_source').value !== 'device';
    reason.querySelector('input').disabled = !typed;
    reason.hidden = !typed;
  }
  parts.forEach((part) => part.addEventListener('change', (event) => {
    field('_source').value = event.isTrusted ? 'manual' : 'device';
    ask();
  }));
  parts.forEach((part) => part.addEventListener('input', (event) => { if (event.isTrusted) { field('_source').value = 'manual'; ask(); } }));
  setTimeout(ask, 0);
  form.addEventListener('submit', () => {
    field('_device_at').value = new Date().toISOString();
    field('_seconds').value = String(Math.round((performance.now() - opened) / 1000));
  });
})();
