/* Turns XML documents into the evaluator's light nodes and runs trees over them. For tests alone. */
var harness = (function () {
  var X = window.SurveyXPath, KINDS = { 1: 2, 3: 4, 4: 4, 8: 5, 7: 6 }, documents, trees = {}, spaces, offset;

  function copy(source, parent) {
    var kind = KINDS[source.nodeType], node, last;
    if (!kind) return;
    if (kind === 4) {
      last = parent.c[parent.c.length - 1];
      if (last && last.k === 4) { last.v += source.data; return; }
    }
    node = X.add(parent, new X.Node(kind, kind === 2 ? source.nodeName : kind === 6 ? source.target : '', kind === 2 ? '' : source.data, parent, source.namespaceURI));
    if (kind !== 2) return;
    Array.prototype.forEach.call(source.attributes, function (one) {
      if (one.name !== 'xmlns' && one.name.indexOf('xmlns:') !== 0) node.a.push(new X.Node(3, one.name, one.value, node, one.namespaceURI));
    });
    Array.prototype.forEach.call(source.childNodes, function (child) { copy(child, node); });
  }
  function tree(index) {
    if (!trees[index]) {
      trees[index] = new X.Node(1);
      Array.prototype.forEach.call(new DOMParser().parseFromString(documents[index], 'text/xml').childNodes, function (child) { copy(child, trees[index]); });
    }
    return trees[index];
  }
  function at(node, path) {
    path.split('/').filter(Boolean).forEach(function (part) {
      node = part.charAt(0) === '@' ? node.a.filter(function (one) { return one.n === part.slice(1); })[0] : node.c[+part.slice(1) - 1];
    });
    return node;
  }
  function pathOf(node) {
    var parts = [];
    for (; node.p; node = node.p) parts.unshift(node.k === 3 ? '@' + node.n : '#' + (node.p.c.indexOf(node) + 1));
    return '/' + parts.join('/');
  }
  function walk(node, visit) { node.c.forEach(function (child) { visit(child); walk(child, visit); }); }
  function attribute(node, name) { var found = node.a.filter(function (one) { return one.n === name; })[0]; return found ? found.v : ''; }
  function environment(top, now, language) {
    var instances = {}, texts = {}, isPage = X.elements(top).some(function (el) { return el.n === 'html'; }), names = {}, key;
    for (key in spaces) names[key] = spaces[key];
    if (isPage) names[''] = '';
    walk(top, function (node) {
      var local = node.n.split(':').pop(), value;
      if (local === 'instance' && attribute(node, 'id') && !instances[attribute(node, 'id')]) instances[attribute(node, 'id')] = node;
      if (local === 'text' && node.p && /translation$/.test(node.p.n)) {
        value = X.elements(node)[0];
        texts[attribute(node, 'id') + ' ' + attribute(node.p, 'lang')] = value ? X.textOf(value) : '';
      }
    });
    return { off: offset, whole: false, instances: instances, spaces: names, random: Math.random, now: function () { return now; }, text: function (id) { return texts[id + ' ' + language] || ''; } };
  }
  function shaped(kind, value, env) {
    if (kind === 'boolean') return X.bool(value);
    if (kind === 'number' || kind === 'numberRounded') return String(X.number(value, env));
    if (kind === 'string' || kind === 'stringMatches') return X.text(value, env);
    if (kind === 'stringLength') return X.text(value, env).length;
    if (!Array.isArray(value)) return null;
    if (kind === 'count') return value.length;
    value = value.map(pathOf);
    return kind === 'nodesUnordered' ? value.sort() : value;
  }
  function one(row) {
    if (!row[0]) return null;
    try {
      var top = tree(row[1]), env = environment(top, row[5], row[6]);
      return shaped(row[4], X.compile(row[0])(X.context(at(top, row[2]), env, row[3] ? at(top, row[3]) : top)), env);
    } catch (error) {
      if (error instanceof X.Refused) return null;
      return 'error: ' + error.message;
    }
  }
  return {
    open: function (texts, names, minutes) { documents = texts; spaces = names; offset = minutes; },
    run: function (rows) { return JSON.stringify(rows.map(one)); }
  };
})();
