/* On the receipt: the answers have arrived, so the draft they came from goes. The mark names the draft, or
   is empty: then it is the one that was sent last. ES5. */
(function (global) {
  'use strict';
  var marked = global.document.querySelector('[data-draft-clear]'), storage;
  if (!marked) return;
  try {
    storage = global.localStorage;
    storage.removeItem(marked.getAttribute('data-draft-clear') || storage.getItem('draft-sent') || '');
    storage.removeItem('draft-sent');
  } catch (error) { return; }
})(this);
