/* An interview note while it is written. Every segment is kept on the device at once and pushed until the server
   has said its push id back; the rubric is saved the same way. Typing never waits for the network. */
(function () {
  'use strict';
  const doc = document, dock = doc.querySelector('[data-dock]');
  if (!dock) return;
  const one = (selector, root) => (root || doc).querySelector(selector);
  const all = (selector, root) => Array.from((root || doc).querySelectorAll(selector));
  const list = one('[data-segments]'), box = one('#dock-text'), badge = one('[data-sync]'), said = one('[data-sync-said]');
  const data = JSON.parse(one('#note-data').textContent);
  const KEY = 'note/' + dock.dataset.note, RECENT = 'note-indicators', names = new Map(data.leaves);
  const stances = JSON.parse(list.dataset.stances);
  doc.documentElement.classList.add('js');

  const recall = (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch (error) { return null; } };
  const keep = (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch (error) { return false; } };
  function newId() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
  }
  const time = (at) => new Date(at).toLocaleTimeString('en-GB', { timeZone: 'Asia/Shanghai' });

  /* Segments by id: what the server shows, over it what this device has not got acknowledged yet. */
  const segments = new Map();
  data.segments.forEach((segment) => segments.set(segment.segment_id, Object.assign({ rivals: data.rivals[segment.segment_id] || [] }, segment)));
  const kept = recall(KEY) || { dirty: {}, pushes: {} };
  Object.keys(kept.dirty).forEach((id) => {
    const known = segments.get(id), mine = kept.dirty[id];
    segments.set(id, Object.assign({ rivals: known ? known.rivals : [], conflict: known ? known.conflict : false }, mine));
  });
  let stored = true, current = null, wait = 1000, timer = null, busy = false, expired = false, skew = 0;
  const serverNow = () => new Date(Date.now() + skew).toISOString();

  function save() { stored = keep(KEY, kept); }
  const waiting = () => Object.keys(kept.dirty).length;

  function state(kind) {
    const text = (badge.dataset[kind] || '').replace('{at}', time(Date.now())).replace('{n}', String(waiting()));
    badge.hidden = false;
    badge.className = 'tag ' + ({ synced: 'good', offline: 'warn', failed: 'bad', expired: 'bad', other: 'bad' }[kind] || '');
    if (badge.textContent === text) return;
    badge.textContent = text;
    if (kind !== 'pushing' && kind !== 'local') said.textContent = text;
  }

  /* One segment of the list. */
  function element(tag, name, text) {
    const made = doc.createElement(tag);
    if (name) made.className = name;
    if (text !== undefined) made.textContent = text;
    return made;
  }
  function who(code) { return code === 'host' ? list.dataset.host : code; }
  function draw(id) {
    const segment = segments.get(id), old = all('li', list).find((item) => item.dataset.id === id);
    const item = element('li', (segment.conflict ? 'conflict' : '') + (current === id ? ' current' : ''));
    const meta = element('p', 'meta');
    item.dataset.id = id;
    meta.append(element('b', 'who', who(segment.speaker)), ' ', element('span', 'num muted small', time(segment.started_at)));
    segment.indicators.forEach((code) => { const tag = element('span', 'tag', code); tag.title = names.get(code) || ''; meta.append(' ', tag); });
    if (segment.stance !== 'unclear') meta.append(' ', element('span', 'tag', stances[segment.stance]));
    if (segment.flags.includes('quote')) meta.append(' ', element('span', 'tag good', '★ ' + list.dataset.quote));
    if (segment.flags.includes('problem')) meta.append(' ', element('span', 'tag warn', '⚠ ' + list.dataset.problem));
    if (kept.dirty[id]) meta.append(' ', element('span', 'small muted', list.dataset.waiting));
    const edit = element('button', 'btn quiet', list.dataset.edit);
    edit.type = 'button';
    edit.addEventListener('click', () => choose(id));
    const top = element('div', 'top');
    top.append(meta, edit);
    item.append(top, element('p', 'said', segment.text));
    if (segment.conflict) item.append(conflict(id, segment));
    item.hidden = !segment.text.trim() && !segment.conflict;
    if (old) old.replaceWith(item); else list.append(item);
    count();
  }
  function conflict(id, segment) {
    const frame = element('div', 'choose');
    frame.append(element('p', 'error-text', '▲ ' + list.dataset.conflict));
    [segment.text].concat(segment.rivals).forEach((text) => {
      const button = element('button', 'btn quiet wide', list.dataset.keep + '：' + text);
      button.type = 'button';
      button.addEventListener('click', () => {
        change(id, { text: text, flags: segment.flags.concat('merged'), conflict: false, rivals: [] });
        draw(id);
      });
      frame.append(button);
    });
    return frame;
  }
  function count() {
    const shown = Array.from(segments.values()).filter((segment) => segment.text.trim());
    const bare = shown.filter((segment) => !segment.indicators.length).length, told = one('[data-untagged]');
    told.textContent = bare ? told.dataset.text.replace('{n}', String(bare)) : '';
    one('[data-empty]').hidden = shown.length > 0;
  }

  /* Every change is a dirty segment; what is pushed is frozen under its push id until it is acknowledged. */
  function change(id, changes) {
    const segment = Object.assign(segments.get(id), changes);
    kept.dirty[id] = {
      segment_id: id, revision: segment.revision, sequence: segment.sequence, started_at: segment.started_at,
      speaker: segment.speaker, text: segment.text, indicators: segment.indicators, stance: segment.stance, flags: segment.flags
    };
    save();
    if (!expired) state(stored ? 'local' : 'pushing');
    later(800);
  }
  function later(milliseconds) { clearTimeout(timer); timer = setTimeout(push, milliseconds); }
  function frozen(id) {
    const dirty = kept.dirty[id];
    if (!kept.pushes[id]) {
      kept.pushes[id] = {
        push_id: newId(), segment_id: id, base_revision: dirty.revision, sequence: dirty.sequence, started_at: dirty.started_at,
        speaker: dirty.speaker, text: dirty.text, indicators: dirty.indicators, stance: dirty.stance, flags: dirty.flags
      };
      save();
    }
    return kept.pushes[id];
  }
  const token = () => one('meta[name=csrf-token]').content;
  function request(address, body) {
    const control = new AbortController();
    setTimeout(() => control.abort(), 15000);
    return fetch(address, {
      method: 'POST', body: JSON.stringify(body), signal: control.signal, credentials: 'same-origin',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': token() }
    });
  }
  function acknowledged(id, sent, answer) {
    const dirty = kept.dirty[id], segment = segments.get(id);
    const same = dirty && ['speaker', 'text', 'stance'].every((name) => dirty[name] === sent[name]) &&
      JSON.stringify([dirty.indicators, dirty.flags]) === JSON.stringify([sent.indicators, sent.flags]);
    delete kept.pushes[id];
    segment.revision = answer.revision;
    segment.flags = segment.flags.filter((flag) => flag !== 'merged');
    if (same) delete kept.dirty[id]; else if (dirty) { dirty.revision = answer.revision; dirty.flags = segment.flags; }
    segment.conflict = answer.rivals.length > 0;
    segment.rivals = answer.rivals;
    if (same && answer.shown && answer.shown.conflict) Object.assign(segment, { text: answer.shown.text, revision: answer.shown.revision });
    save();
    draw(id);
  }
  /* The network is there when our own server gives our own number back (a captive portal cannot). */
  async function reachable() {
    const nonce = newId(), control = new AbortController();
    setTimeout(() => control.abort(), 4000);
    try {
      const answer = await fetch(dock.dataset.ping + '?nonce=' + nonce, { cache: 'no-store', signal: control.signal, credentials: 'same-origin' });
      const found = await answer.json();
      if (found.nonce !== nonce) return 'offline';
      if (found.user === null) return 'expired';
      if (String(found.user) !== dock.dataset.user) return 'other';
      if (found.token) one('meta[name=csrf-token]').content = found.token;
      return 'here';
    } catch (error) { return 'offline'; }
  }
  function retry(kind) {
    busy = false;
    state(kind);
    expired = kind === 'expired' || kind === 'other';
    one('[data-expired-bar]').hidden = !expired;
    later(wait + Math.random() * wait * 0.5);
    wait = Math.min(wait * 2, expired ? 15000 : 300000);
  }
  function complain(text) {
    const bar = one('[data-refused]');
    bar.hidden = !text;
    bar.textContent = text;
  }
  async function push() {
    if (busy) return;
    busy = true;
    const refused = new Set(), next = () => Object.keys(kept.dirty).find((id) => !refused.has(id));
    for (let id = next(); id; id = next()) {
      const body = frozen(id);
      state('pushing');
      let answer;
      try { answer = await request(dock.dataset.push, body); } catch (error) { retry(await reachable() === 'here' ? 'failed' : 'offline'); return; }
      if (answer.status === 200) { acknowledged(id, body, await answer.json()); continue; }
      if (answer.status === 401 || answer.status === 400) {
        const where = await reachable();
        if (where === 'here' && answer.status === 401) continue;
        retry(where === 'here' ? 'failed' : where);
        return;
      }
      if (answer.status >= 500) { retry('failed'); return; }
      refused.add(id);
      delete kept.pushes[id];
      save();
      complain((await answer.json()).message);
    }
    if (refused.size) { retry('failed'); return; }
    complain('');
    busy = false;
    wait = 1000;
    expired = false;
    one('[data-expired-bar]').hidden = true;
    if (badge.hidden === false || data.segments.length) state('synced');
  }
  badge.addEventListener('click', () => { wait = 1000; push(); saveAnswers(); });
  window.addEventListener('online', () => { wait = 1000; later(0); answersLater(0); });
  doc.addEventListener('visibilitychange', () => { save(); if (doc.hidden) push(); });
  window.addEventListener('pagehide', save);

  /* The dock. */
  function begin(speaker) {
    const id = newId(), last = Math.max(0, ...Array.from(segments.values(), (segment) => segment.sequence));
    segments.set(id, {
      segment_id: id, revision: 0, sequence: last + 1, started_at: serverNow(), speaker: speaker, text: '', indicators: [],
      stance: 'unclear', flags: [], conflict: false, rivals: []
    });
    choose(id);
  }
  function choose(id) {
    const before = current;
    current = id;
    if (before && segments.has(before)) { if (segments.get(before).text.trim() || segments.get(before).revision) draw(before); else segments.delete(before); }
    const segment = segments.get(id);
    box.value = segment.text;
    dockState();
    if (segment.text || segment.revision) draw(id);
    box.focus();
  }
  function dockState() {
    const segment = segments.get(current) || { speaker: '', flags: [], indicators: [], stance: 'unclear' };
    all('[data-speaker]').forEach((chip) => chip.setAttribute('aria-pressed', String(chip.dataset.speaker === segment.speaker)));
    all('[data-flag]').forEach((chip) => chip.setAttribute('aria-pressed', String(segment.flags.includes(chip.dataset.flag))));
    one('[data-stance]').value = segment.stance;
    one('[data-tags]').textContent = segment.indicators.join(' ');
    found();
  }
  function touched(changes) {
    if (!current) return;
    change(current, changes);
    draw(current);
    dockState();
  }
  all('[data-speaker]').forEach((chip) => chip.addEventListener('click', () => {
    const segment = segments.get(current);
    if (segment && !segment.text.trim() && !segment.revision) { segment.speaker = chip.dataset.speaker; dockState(); box.focus(); } else begin(chip.dataset.speaker);
  }));
  box.addEventListener('input', () => {
    const text = box.value;  // beginning a segment empties the box
    if (!current) begin((all('[data-speaker]')[1] || one('[data-speaker]')).dataset.speaker);
    change(current, { text: text });
    draw(current);
    box.value = text;
  });
  all('[data-flag]').forEach((chip) => chip.addEventListener('click', () => {
    const flags = (segments.get(current) || { flags: [] }).flags, flag = chip.dataset.flag;
    touched({ flags: flags.includes(flag) ? flags.filter((other) => other !== flag) : flags.concat(flag) });
  }));
  one('[data-stance]').addEventListener('change', (event) => touched({ stance: event.target.value }));
  const tagging = one('#tagging'), search = one('#dock-search');
  one('[data-tagging]').addEventListener('click', (event) => {
    tagging.hidden = !tagging.hidden;
    event.currentTarget.setAttribute('aria-expanded', String(!tagging.hidden));
    if (!tagging.hidden) { found(); search.focus(); }
  });
  function found() {
    const place = one('[data-found]'), asked = search.value.trim().toLowerCase(), chosen = (segments.get(current) || { indicators: [] }).indicators;
    const recent = recall(RECENT) || [];
    let codes = data.leaves.filter((leaf) => !asked || leaf[0].startsWith(asked) || leaf[1].toLowerCase().includes(asked)).map((leaf) => leaf[0]);
    codes = recent.filter((code) => codes.includes(code)).concat(codes.filter((code) => !recent.includes(code)));
    codes = chosen.concat(codes.filter((code) => !chosen.includes(code))).slice(0, Math.max(12, chosen.length));
    place.replaceChildren(...codes.map((code) => {
      const chip = element('button', 'chip', code + ' ' + (names.get(code) || ''));
      chip.type = 'button';
      chip.setAttribute('aria-pressed', String(chosen.includes(code)));
      chip.addEventListener('click', () => {
        keep(RECENT, [code].concat((recall(RECENT) || []).filter((other) => other !== code)).slice(0, 5));
        touched({ indicators: chosen.includes(code) ? chosen.filter((other) => other !== code) : chosen.concat(code) });
      });
      return chip;
    }));
  }
  search.addEventListener('input', found);
  search.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    const first = one('[data-found] .chip[aria-pressed=false]');
    if (first) first.click();
  });

  /* The rubric. */
  const rubric = one('[data-rubric]'), told = one('[data-answers-state]');
  let rev = Number(dock.dataset.rev), answersTimer = null, answersBusy = false, answersDirty = false, answersWait = 1000, halted = false;
  function fields() {
    const result = {};
    new FormData(rubric).forEach((value, name) => { if (name !== 'csrf_token' && name.charAt(0) !== '_') (result[name] = result[name] || []).push(value); });
    return result;
  }
  function answersLater(milliseconds) { clearTimeout(answersTimer); answersTimer = setTimeout(saveAnswers, milliseconds); }
  async function saveAnswers() {
    if (answersBusy || !answersDirty || halted) return;
    answersBusy = true;
    answersDirty = false;
    told.textContent = told.dataset.saving;
    let answer = null;
    try { answer = await request(dock.dataset.answers, { base_rev: rev, fields: fields() }); } catch (error) { answer = null; }
    answersBusy = false;
    if (answer && answer.status === 200) {
      rev = (await answer.json()).answers_rev;
      rubric.elements._rev.value = String(rev);
      told.textContent = told.dataset.saved;
      answersWait = 1000;
      if (answersDirty) answersLater(500);
    } else if (answer && answer.status === 409) {
      halted = true;
      const again = element('a', 'btn quiet', dock.dataset.reload);
      again.href = location.pathname;
      told.replaceChildren(dock.dataset.stale + ' ', again);
      told.className = 'error-text';
    } else if (answer && answer.status === 422) {
      told.textContent = (await answer.json()).message;
    } else {
      answersDirty = true;
      told.textContent = told.dataset.offline;
      if (answer && (answer.status === 401 || answer.status === 400)) await reachable();
      answersLater(answersWait + Math.random() * 500);
      answersWait = Math.min(answersWait * 2, 300000);
    }
  }
  ['change', 'input'].forEach((kind) => rubric.addEventListener(kind, () => { answersDirty = true; answersLater(1500); }));
  rubric.addEventListener('submit', (event) => {
    const action = event.submitter ? event.submitter.value : 'save';
    if (action === 'submit' && waiting()) {
      event.preventDefault();
      told.textContent = one('[data-submit]').dataset.unsent;
      told.scrollIntoView();
      wait = 1000;
      push();
      return;
    }
    clearTimeout(answersTimer);
    halted = true;
  });

  const elapsed = one('[data-elapsed]'), opened = performance.now();
  skew = Date.parse(elapsed.dataset.now) - Date.now();
  function tick() {
    const seconds = (Date.parse(elapsed.dataset.now) - Date.parse(elapsed.dataset.from) + performance.now() - opened) / 1000;
    elapsed.textContent = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((part) => String(Math.max(0, Math.floor(part))).padStart(2, '0')).join(':');
  }
  tick();
  setInterval(tick, 1000);
  list.replaceChildren();
  Array.from(segments.values())
    .sort((a, b) => (a.started_at < b.started_at ? -1 : a.started_at > b.started_at ? 1 : a.sequence - b.sequence))
    .forEach((segment) => draw(segment.segment_id));
  count();
  found();
  if (waiting()) push(); else state('synced');
})();
