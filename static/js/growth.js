/* What a form with repeats or actions needs beyond form.js: instances added and removed, counts kept, values
   that an answer sets when it changes, and a run that works out only what a change touches. Loaded before
   form.js, only by such forms and by long ones. ES5. */
(function (global) {
  'use strict';
  var MOST = 1000, NODES = 20000;
  global.SurveyGrowth = function (Model, map, generic) {
    var X = global.SurveyXPath;
    function around(place) { return place.indexOf('/') < 0 ? '' : place.slice(0, place.lastIndexOf('/')); }
    Model.prototype.actions = function () {
      if (!this.acts) this.acts = (this.logic.actions || []).map(function (one) { return { at: one[0], to: one[1], from: one[3], k: X.compile(one[2]), rule: { b: one[4] } }; });
      return this.acts;
    };
    function made(model, item, place) {
      var holder = new X.Node(2), counts = {};
      if (item[2]) counts[item[0]] = 1;
      model.grow(holder, [item], around(generic(place)), '', counts);
      return holder.c[0];
    }
    /* Give every node its place; needed after instances were added or removed, which renumbers them. */
    Model.prototype.index = function () {
      var self = this;
      this.places = map();
      this.at = map();
      this.items = map();
      function walk(parent, items, path, place) {
        var groups = map();
        parent.c.forEach(function (node) { (groups[node.n] = groups[node.n] || []).push(node); });
        items.forEach(function (item) {
          var here = path ? path + '/' + item[0] : item[0], spot = place ? place + '/' + item[0] : item[0], inner = typeof item[1] === 'object';
          self.items[here] = item;
          self.places[here] = self.places[here] || [];
          if (inner && !groups[item[0]]) walk(new X.Node(2), item[1], here, spot);
          (groups[item[0]] || []).forEach(function (node, i) {
            var at = item[2] ? spot + '[' + (i + 1) + ']' : spot;
            self.places[here].push([at, node]);
            self.at[at] = node;
            if (inner) walk(node, item[1], here, at);
          });
        });
      }
      walk(this.record, this.logic.tree, '', '');
      this.stale = true;
    };
    /* The attributes of the record's elements, where a condition reads them. */
    function give(node, held) {
      node.a = Object.keys(held || {}).map(function (name) { return new X.Node(3, name, held[name], node); });
    }
    var grow = Model.prototype.grow;
    Model.prototype.grow = function (parent, items, path, place, counts) {
      var known = this.logic.attributes;
      grow.call(this, parent, items, path, place, counts);
      if (!known) return;
      if (!path) give(parent, known['']);
      items.forEach(function (item) {
        var held = known[path ? path + '/' + item[0] : item[0]];
        if (held) parent.c.forEach(function (node) { if (node.n === item[0]) give(node, held); });
      });
    };
    var value = Model.prototype.value;
    Model.prototype.value = function (closure, node) {
      this.steps = (this.steps || 0) + 1; // for those who watch its pace
      return value.call(this, closure, node);
    };
    function size(node) { return X.elements(node).reduce(function (sum, child) { return sum + size(child); }, 1); }
    /* The nodes of a repeat inside one parent; `place` without a last index: 'members', 'houses[2]/members'. */
    Model.prototype.instances = function (place) {
      var parent = around(place) ? this.node(around(place)) : this.record, name = place.slice(place.lastIndexOf('/') + 1);
      return parent ? parent.c.filter(function (child) { return child.n === name; }) : [];
    };
    Model.prototype.count = function (place) { return this.instances(place).length; };
    Model.prototype.fits = function (place, wanted) {
      if (!this.items) this.index();
      var item = this.items[generic(place)], parent = around(place) ? this.node(around(place)) : this.record, present = this.instances(place);
      var names, at, total, before, fresh = [];
      if (!item || !item[2] || !parent || present.length === wanted) return fresh;
      names = (around(place) ? this.items[generic(around(place))][1] : this.logic.tree).map(function (one) { return one[0]; });
      before = present.length;
      while (present.length > wanted) parent.c.splice(parent.c.indexOf(present.pop()), 1);
      total = present.length < wanted ? size(this.record) - 1 : 0;
      while (present.length < wanted && total < NODES) {
        for (at = parent.c.length; at > 0 && names.indexOf(parent.c[at - 1].n) > names.indexOf(item[0]); at--);
        present.push(made(this, item, place));
        present[present.length - 1].p = parent;
        total += size(present[present.length - 1]);
        parent.c.splice(at, 0, present[present.length - 1]);
        fresh.push(present[present.length - 1]);
      }
      if (present.length === before) return fresh;
      this.index();
      this.begin(fresh);
      return fresh;
    };
    /* Add an instance at the end of a repeat and return its place; '' when there is no such repeat or no room. */
    Model.prototype.add = function (place) {
      var index = this.count(place) + 1;
      return index > MOST || !this.fits(place, index).length ? '' : place + '[' + index + ']';
    };
    /* Remove one instance, such as 'members[2]'; those after it move up. */
    Model.prototype.remove = function (place) {
      var node = this.node(place);
      if (!node || !/\]$/.test(place)) return false;
      node.p.c.splice(node.p.c.indexOf(node), 1);
      this.index();
      return true;
    };
    /* What new instances begin with. */
    Model.prototype.begin = function (fresh) {
      var self = this;
      this.actions().forEach(function (action) {
        if (action.at !== 'n') return;
        (self.places[action.to] || []).forEach(function (pair) {
          for (var node = pair[1]; node; node = node.p) if (fresh.indexOf(node) >= 0) { X.setText(pair[1], self.written(action, pair[1])); return; }
        });
      });
    };
    function own(node) { return node.c.length && node.c[0].k === 4 ? node.c[0].v : ''; }
    var plain = Model.prototype.run;
    Model.prototype.run = function () {
      var rounds = 0;
      if (!this.logic.grows) { plain.call(this); return; }
      do this.pass(); while (this.fire() && ++rounds < 10);
    };
    /* One pass over the units that read something changed; each change is noted for the units after it. */
    Model.prototype.pass = function () {
      var self = this, first = !this.ran;
      if (!this.items) this.index();
      this.changed = map();
      this.news = [];
      Object.keys(this.places).forEach(function (path) {
        if (typeof self.items[path][1] === 'object') return;
        self.places[path].forEach(function (pair) { self.note(path, pair, first); });
      });
      this.logic.order.forEach(function (unit) {
        var kind = unit[0];
        if (kind === 'c') { if (self.due(unit).length) self.recount(unit[1], self.rules[unit[1]].n); return; }
        self.due(unit).forEach(function (pair) {
          var node = pair[1], was = node.r;
          self.work(unit, node);
          if (kind === 'v') self.note(unit[1], pair, first);
          else if (node.r !== was) self.mark(unit[1], pair[0]);
        });
      });
      this.ran = true;
      this.stale = false;
    };
    Model.prototype.mark = function (path, place) { (this.changed[path] = this.changed[path] || []).push(place); };
    Model.prototype.note = function (path, pair, quietly) {
      var text = own(pair[1]);
      if (pair[1].t === text) return;
      if (!quietly && pair[1].t !== undefined) this.news.push([path, pair[0]]);
      pair[1].t = text;
      this.mark(path, pair[0]);
    };
    /* The beginning that places of two paths have in common: the innermost repeat instance around both. */
    function shared(place, path, other) {
      var parts = place.split('/'), first = path.split('/'), second = other.split('/'), i, last = -1;
      for (i = 0; i < first.length && first[i] === second[i]; i++) if (/\]$/.test(parts[i])) last = i;
      return last < 0 ? '' : parts.slice(0, last + 1).join('/') + '/';
    }
    Model.prototype.due = function (unit) {
      var changed = this.changed, pairs = this.places[unit[1]] || [], starts = map(), wide;
      if (unit[0] === 'c') pairs = around(unit[1]) ? this.places[around(unit[1])] : [['', this.record]];
      if (this.stale || unit[4]) return pairs;
      function hits(path) {
        if (path.slice(-2) !== '/*') return changed[path] ? [path] : [];
        return Object.keys(changed).filter(function (one) { return (one + '/').indexOf(path.slice(0, -1)) === 0; });
      }
      (unit[2] || []).forEach(function (path) {
        hits(path).forEach(function (hit) { changed[hit].forEach(function (place) { starts[shared(place, hit, unit[1])] = true; }); });
      });
      wide = starts[''] || (unit[3] || []).some(function (path) { return hits(path).length; });
      starts = Object.keys(starts);
      return wide ? pairs : pairs.filter(function (pair) { return starts.some(function (start) { return (pair[0] + '/').indexOf(start) === 0; }); });
    };
    Model.prototype.recount = function (path, closure) {
      var self = this, name = path.slice(path.lastIndexOf('/') + 1);
      (around(path) ? this.places[around(path)] : [['', this.record]]).forEach(function (pair) {
        var place = pair[0] ? pair[0] + '/' + name : name, probe = new X.Node(2, name), number;
        probe.p = pair[1]; // the count is read from where an instance would be, also when there is none
        number = X.number(self.value(closure, probe), self.environment);
        self.fits(place, number === number ? Math.max(0, Math.min(MOST, Math.floor(number))) : 0);
      });
    };
    /* Write what the answers that changed in the last pass set; true when anything was written. */
    Model.prototype.fire = function () {
      var self = this, fired = false;
      this.news.forEach(function (one) {
        self.actions().forEach(function (action) {
          if (action.at !== 'v' || action.from !== one[0]) return;
          var start = shared(one[1], one[0], action.to);
          (self.places[action.to] || []).forEach(function (pair) {
            if ((pair[0] + '/').indexOf(start) !== 0) return;
            X.setText(pair[1], self.written(action, pair[1]));
            fired = true;
          });
        });
      });
      return fired;
    };
  };
})(this);
