/* On the receipt: the answers have arrived, so the draft on this device goes. ES5. */
(function (global) {
  'use strict';
  var marked = global.document.querySelector('[data-draft-clear]');
  if (!marked) return;
  try { global.localStorage.removeItem(marked.getAttribute('data-draft-clear')); } catch (error) { return; }
})(this);
