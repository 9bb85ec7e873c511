/* The call console: stopwatch from the server's dialling time, single keys, marks and outcomes that are sent
   again until the server has said it has them. The page works without it, as plain forms. */
(function () {
  'use strict';
  const doc = document;
  const one = (selector) => doc.querySelector(selector);
  const sync = one('[data-sync]');
  const STORE = 'call-outbox', KEYS = 'call-keys-off', LIMITS = [15, 20, 30];
  doc.documentElement.classList.add('js');

  function say(kind, more) {
    if (!sync) return;
    sync.hidden = false;
    sync.textContent = (sync.dataset[kind] || '') + (more || '');
    sync.className = 'tag ' + ({ saved: 'good', saving: '', offline: 'warn', failed: 'bad' }[kind] || '');
  }
  const recall = (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch (error) { return null; } };
  const keep = (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch (error) { return; } };

  /* What could not be sent yet, in order; kept on the device so that a reload loses nothing. */
  const outbox = recall(STORE) || [];
  let busy = false, wait = 1000;
  function fresh(fields) {
    const token = one('meta[name=csrf-token]');
    return fields.map((pair) => (pair[0] === 'csrf_token' && token ? ['csrf_token', token.content] : pair));
  }
  async function send(item) {
    const answer = await fetch(item.to, {
      method: 'POST', body: new URLSearchParams(fresh(item.fields)), headers: { Accept: 'application/json' }, credentials: 'same-origin'
    });
    if (answer.status >= 500) throw new Error('later');
    const kind = answer.headers.get('Content-Type') || '';
    return { status: answer.status, body: kind.includes('json') ? await answer.json() : {} };
  }
  async function flush() {
    if (busy) return;
    busy = true;
    while (outbox.length) {
      const item = outbox[0];
      say('saving');
      let answer;
      try { answer = await send(item); } catch (error) {
        say('offline');
        setTimeout(flush, wait + Math.random() * 500);
        wait = Math.min(wait * 2, 60000);
        busy = false;
        return;
      }
      wait = 1000;
      outbox.shift();
      keep(STORE, outbox);
      if (answer.status >= 400) { say('failed', answer.body.message || ''); if (item.go) location.reload(); continue; }
      say('saved');
      if (answer.body.marks) show(answer.body);
      if (item.go) { location.assign(answer.body.next); return; }
    }
    busy = false;
  }
  function post(form, button, go) {
    const data = new FormData(form);
    if (button && button.name) data.append(button.name, button.value);
    data.append('device_at', new Date().toISOString());
    outbox.push({ to: form.action, fields: Array.from(data.entries()), go: go });
    keep(STORE, outbox);
    wait = 1000;
    flush();
  }

  /* Stopwatch: seconds since the server's dialling instant, counted on by the device. */
  const clock = one('[data-clock]');
  const opened = performance.now();
  function since(instant) { return (Date.parse(clock.dataset.now) - Date.parse(instant) + performance.now() - opened) / 1000; }
  function between(from, to) { return (Date.parse(to) - Date.parse(from)) / 1000; }
  function tick() {
    const ended = clock.dataset.ended, answered = clock.dataset.answered, limit = one('[data-limit]');
    const seconds = Math.max(0, ended ? between(clock.dataset.dialled, ended) : since(clock.dataset.dialled));
    const text = [Math.floor(seconds / 60), Math.floor(seconds % 60)].map((part) => String(part).padStart(2, '0')).join(':');
    if (clock.textContent !== text) clock.textContent = text;
    const passed = LIMITS.filter((line) => seconds >= line);
    let said = limit.dataset.before.replace('{n}', '15');
    if (ended) said = limit.dataset.done;
    else if (answered) said = limit.dataset.talking.replace('{n}', between(clock.dataset.dialled, answered).toFixed(1));
    else if (passed.length === 3) said = limit.dataset.late;
    else if (passed.length) said = limit.dataset.over.replace('{n}', passed[passed.length - 1]);
    if (limit.textContent !== said) limit.textContent = said;
    clock.classList.toggle('over', !answered && passed.length === 3);
  }
  function show(state) {
    Object.keys(state.marks).forEach((name) => {
      const button = one('[data-marks] button[value=' + name + ']'), at = state.marks[name];
      if (!button || !at) return;
      button.disabled = true;
      button.querySelector('.at').textContent = new Date(at).toLocaleTimeString('en-GB', { timeZone: 'Asia/Shanghai' });
    });
    if (!clock) return;
    clock.dataset.answered = state.marks.answered || clock.dataset.answered;
    clock.dataset.ended = state.marks.ended || clock.dataset.ended;
    if (state.provider) {
      one('[data-hint]').hidden = false;
      one('[data-provider-status]').textContent = state.provider;
      one('[data-provider-hint]').textContent = state.hint;
    }
    tick();
  }
  async function watch() {
    try {
      const answer = await fetch(clock.dataset.state, { headers: { Accept: 'application/json' }, cache: 'no-store' });
      if (answer.ok) show(await answer.json());
    } catch (error) { return; }
  }
  if (clock) {
    tick();
    setInterval(tick, 250);
    if (clock.dataset.provider) setInterval(watch, 3000);
  }

  function listen(selector, go, before) {
    const form = one(selector);
    if (!form) return;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (before) before(event.submitter);
      post(form, event.submitter, go);
    });
  }
  listen('[data-marks]', false, (button) => { if (button) { button.disabled = true; } });
  listen('[data-outcomes]', true, () => doc.querySelectorAll('[data-outcomes] button').forEach((button) => { button.disabled = true; }));
  const start = one('[data-start]');
  if (start) start.addEventListener('submit', () => {
    const field = doc.createElement('input');
    field.type = 'hidden';
    field.name = 'device_at';
    field.value = new Date().toISOString();
    start.appendChild(field);
    setTimeout(() => { start.querySelector('button').disabled = true; }, 0);
    setTimeout(() => { start.querySelector('button').disabled = false; }, 8000);
  });
  const reveal = one('[data-reveal]');
  if (reveal) reveal.addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      const answer = await send({ to: reveal.action, fields: Array.from(new FormData(reveal).entries()) });
      if (answer.status !== 200) { say('failed', answer.body.message || ''); return; }
      one('[data-number]').textContent = answer.body.number;
      reveal.remove();
    } catch (error) { say('offline'); }
  });
  doc.querySelectorAll('[data-opens]').forEach((button) => button.addEventListener('click', () => {
    const list = doc.getElementById(button.dataset.opens);
    list.open = true;
    list.querySelector('button').focus();
  }));
  const left = one('[data-left]');
  if (left) {
    const until = performance.now() + Number(left.textContent) * 1000;
    const timer = setInterval(() => {
      const rest = Math.ceil((until - performance.now()) / 1000);
      left.textContent = String(Math.max(0, rest));
      if (rest <= 0) { clearInterval(timer); one('[data-undo] button').disabled = true; }
    }, 250);
  }
  const place = one('#connect_to');
  if (place) {
    place.value = recall('call-own-telephone') || '';
    place.addEventListener('change', () => keep('call-own-telephone', place.value));
  }
  const promised = one('[data-promised]');
  function askPromised() {
    const chosen = one('input[name$="outcome"]:checked');
    promised.hidden = !(chosen && chosen.value === 'D1');
  }
  if (promised) { doc.addEventListener('change', askPromised); askPromised(); }

  /* The outcome is chosen already: its other options stay folded until they are asked for. */
  const folding = one('[data-fold]');
  if (folding) folding.querySelectorAll('[data-q$="/outcome"],[data-q$="/purpose"]').forEach((question) => {
    const others = Array.from(question.querySelectorAll('.opt')).filter((label) => !label.querySelector('input:checked'));
    if (!question.querySelector('input:checked')) return;
    const unfold = doc.createElement('button');
    unfold.type = 'button';
    unfold.className = 'btn quiet';
    unfold.textContent = folding.dataset.fold;
    others.forEach((label) => label.classList.add('folded'));
    unfold.addEventListener('click', () => { others.forEach((label) => label.classList.remove('folded')); unfold.remove(); });
    question.append(unfold);
  });

  /* Single keys: only outside text fields, listed by ?, and they can be switched off. */
  const onOff = one('[data-keys-on]');
  if (onOff) {
    onOff.checked = recall(KEYS) !== true;
    onOff.addEventListener('change', () => keep(KEYS, !onOff.checked));
  }
  const press = (selector) => { const found = one(selector); if (found && !found.disabled) { found.click(); return true; } return false; };
  const LETTERS = {
    r: '[data-marks] button[value=answered]', t: '[data-marks] button[value=transfer]', h: '[data-marks] button[value=ended]',
    u: '[data-undo] button', n: '[data-next]'
  };
  function typing(element) {
    return !!element.closest('textarea, select, [contenteditable], input:not([type=radio]):not([type=checkbox]):not([type=button])');
  }
  doc.addEventListener('keydown', (event) => {
    const key = event.key.toLowerCase(), on = event.target;
    if (event.key === 'F2') { event.preventDefault(); press('[data-reveal] button'); return; }
    if ((onOff && !onOff.checked) || event.ctrlKey || event.altKey || event.metaKey || event.repeat || typing(on)) return;
    if (event.key === '?') { const list = one('#keys'); list.open = !list.open; list.querySelector('summary').focus(); return; }
    if (key === ' ') {
      if (on.closest('button, a, summary, input')) return;
      event.preventDefault();
      press('[data-start] button') || press('[data-marks] button[value=rang]');
    } else if (/^[0-9]$/.test(key)) {
      if (one('[data-outcomes]')) { event.preventDefault(); press('[data-outcomes] [data-key="' + key + '"]'); }
    } else if (LETTERS[key]) press(LETTERS[key]);
  });
  window.addEventListener('online', () => { wait = 1000; flush(); });
  window.addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
  if (outbox.length) flush();
})();
