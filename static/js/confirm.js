/* Unusual answers: the field for the reason shows as soon as an answer needs one. Loaded before form.js, only
   by forms that ask for reasons. ES5. */
(function (global) {
  'use strict';
  function show(page) {
    Array.prototype.forEach.call(page.form.querySelectorAll('[data-confirm]'), function (field) {
      var box = field, made, node, asks;
      while (box && !box.getAttribute('data-q')) box = box.parentNode;
      node = page.model.node(box.getAttribute('data-q'));
      made = page.model.rules[box.getAttribute('data-q').replace(/\[\d+\]/g, '')];
      asks = !!node && page.model.relevant(node) && global.SurveyXPath.textOf(node) !== '' && !page.model.truth(made.w, node);
      field.hidden = !asks;
      field.querySelector('input').disabled = !asks;
    });
  }
  (global.SurveyParts = global.SurveyParts || []).push({ show: show });
})(this);
