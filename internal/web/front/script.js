// Makes her pages live where scripts run. Without it every page does the same by
// itself. It keeps nothing: words that were not sent live in this page alone.
(function () {
'use strict';
var d = document, w = window, root = d.documentElement;
var source, last, was, typed = 0, shifts = [], queue = [], kept = '', turns = 0, busy, pressed, gone, shown, slow;

function $(id) { return d.getElementById(id); }
function el(tag, text, cls) {
  var e = d.createElement(tag);
  if (text) e.textContent = text;
  if (cls) e.className = cls;
  return e;
}
function say(key) { var c = $('chat'); return c ? c.getAttribute('data-' + key) : ''; }
function status(text) { var s = $('st'); if (s && text && s.textContent !== text) s.textContent = text; }

// Leaving: nothing is seen from here on, whatever the network does.
function hide() {
  gone = 1;
  root.style.display = 'none';
  stop();
}
function leave() {
  var f = d.querySelector('form[action="/leave"]');
  if (f && !gone) { hide(); f.submit(); }
}
d.addEventListener('keyup', function (e) {
  if (e.key !== 'Shift') { shifts = []; return; }
  var t = Date.now();
  shifts.push(t);
  shifts = shifts.slice(-3);
  if (shifts.length === 3 && t - shifts[0] < 5000) leave();
});
w.addEventListener('pageshow', function (e) {
  if (e.persisted) { hide(); w.location.reload(); }
});
w.addEventListener('pagehide', stop);

var hint = $('shift');
if (hint && !/Mobi|Android/.test(navigator.userAgent)) hint.hidden = false;

// From here on only what an old telephone may lack.
if (!w.fetch || !w.EventSource || !w.DOMParser || !w.crypto || !crypto.getRandomValues) {
  d.addEventListener('submit', function (e) {
    if (e.target.getAttribute('action') === '/leave') hide();
  });
  if ($('chat')) {
    var frame = el('iframe');
    frame.src = $('chat').getAttribute('data-log');
    frame.title = say('messages');
    $('chat').insertBefore(frame, d.querySelector('.say'));
  }
  return;
}

function id() {
  var b = new Uint8Array(26), s = '';
  crypto.getRandomValues(b);
  for (var i = 0; i < 26; i++) s += '0123456789ABCDEFGHJKMNPQRSTVWXYZ'.charAt(b[i] & 31);
  return s;
}
function pack(pairs) {
  return pairs.map(function (p) { return encodeURIComponent(p[0]) + '=' + encodeURIComponent(p[1]); }).join('&');
}
function post(body, kind) {
  return fetch('/', {
    method: 'POST', body: body, credentials: 'same-origin',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded;charset=UTF-8', 'Accept': kind }
  });
}

// What a form says beside its buttons.
function fields(f) {
  return [].filter.call(f.elements, function (i) {
    return i.name && i.nodeName !== 'BUTTON' && (i.checked || !/^(radio|checkbox)$/.test(i.type));
  }).map(function (i) { return [i.name, i.value]; });
}

// A press of a button changes this document; the browser's history stays as it is.
d.addEventListener('click', function (e) {
  for (var n = e.target; n && n !== d; n = n.parentNode) if (n.nodeName === 'BUTTON') { pressed = n; return; }
  pressed = null;
}, true);
d.addEventListener('submit', function (e) {
  var f = e.target, b = e.submitter || pressed, words = f.querySelector('textarea'), pairs = [];
  if (f.getAttribute('action') === '/leave') { hide(); return; }
  if (gone) { e.preventDefault(); return; }
  if (!b || b.form !== f) b = f.querySelector('button');
  e.preventDefault();
  if (f.getAttribute('id') === 'say' && (!b || b.value === 'send')) { send(words); return; }
  if (busy && Date.now() - busy < 8000) return;
  if (b && /^(gone|start)$/.test(b.value)) queue = [];
  pairs = fields(f);
  if (b && b.name) pairs.push([b.name, b.value]);
  busy = Date.now();
  turn(post(pack(pairs), 'text/html'), words && b && (b.value === 'send' || b.name === 'k'));
});
function turn(answer, sent) {
  var mine = ++turns;
  answer.then(function (r) { return r.text(); }).then(function (html) {
    if (mine !== turns) return;
    busy = 0;
    swap(html, sent);
  }).catch(function () {
    if (mine !== turns) return;
    busy = 0;
    var m = d.querySelector('main'), old = $('lost'), p = el('p', root.getAttribute('data-lost'), 'err');
    if (old) old.parentNode.removeChild(old);
    p.id = 'lost';
    p.setAttribute('role', 'alert');
    m.insertBefore(p, m.firstChild);
  });
}
function swap(html, sent) {
  if (gone) return;
  var n = new DOMParser().parseFromString(html, 'text/html'), box = $('w'), h;
  if (!n.querySelector('style')) { w.location.reload(); return; }
  // A parsed page does not know that scripts run here.
  [].forEach.call(n.querySelectorAll('noscript'), function (e) { e.parentNode.removeChild(e); });
  stop();
  if (sent) kept = '';
  else if (box) kept = box.value;
  ['lang', 'dir', 'class', 'data-lost'].forEach(function (a) {
    var v = n.documentElement.getAttribute(a);
    if (v) root.setAttribute(a, v); else root.removeAttribute(a);
  });
  d.head.replaceChild(d.adoptNode(n.querySelector('style')), d.querySelector('style'));
  d.title = n.title;
  while (d.body.firstChild) d.body.removeChild(d.body.firstChild);
  while (n.body.firstChild) d.body.appendChild(d.adoptNode(n.body.firstChild));
  box = $('w');
  if (box && !box.value) box.value = kept;
  // A page that leads back gives her words back; any other one forgets them.
  if (box || !d.querySelector('[data-aside]')) kept = '';
  if (!d.querySelector('[data-aside],[data-log]')) queue = [];
  w.scrollTo(0, 0);
  h = d.querySelector('[role=alert]') || d.querySelector('h1');
  if (h) { h.setAttribute('tabindex', '-1'); h.focus(); }
  start();
}
function again() { turn(fetch('/', { credentials: 'same-origin', headers: { 'Accept': 'text/html' } })); }

// The log.
function stop() { if (source) source.close(); source = null; clearTimeout(slow); }
function start() {
  var c = $('chat'), watch = d.querySelector('[data-watch]'), box;
  last = 0;
  if (c) {
    box = c.querySelector('noscript');
    if (box) c.removeChild(box);
    box = el('div', '', 'log');
    box.setAttribute('role', 'log');
    box.setAttribute('tabindex', '0');
    box.setAttribute('aria-label', say('messages'));
    box.appendChild(el('ol', '', 'in')).id = 'rows';
    c.insertBefore(box, d.querySelector('.say'));
    $('w').addEventListener('input', typing);
    draw();
  }
  if (c || watch) listen();
}
function listen(take) {
  var at = d.querySelector('[data-log]');
  stop();
  if (!at) return;
  source = new EventSource(at.getAttribute('data-log') + (last ? '&after=' + last : '') + (take === 1 ? '&take' : ''));
  source.addEventListener('m', function (e) { row(JSON.parse(e.data)); });
  source.addEventListener('s', function (e) { now(JSON.parse(e.data)); });
  source.addEventListener('t', function (e) {
    status(JSON.parse(e.data).t);
    clearTimeout(shown);
    shown = setTimeout(function () { status(was); }, 6000);
  });
  source.addEventListener('x', function () { stop(); elsewhere(); });
  source.onerror = function () {
    if (source && source.readyState === 2) { stop(); slow = setTimeout(listen, 5000); }
  };
}
function row(m) {
  var ol = $('rows'), li, n, p;
  if (!ol) return;
  for (n = ol.lastChild; n; n = n.previousSibling) {
    if (m.s && n.s === m.s) return;
    if (n.s < m.s) break;
  }
  li = el('li', '', m.k === 'me' ? 'me' : m.k === 'line' ? 'line' : '');
  li.s = m.s;
  if (m.b) li.appendChild(el('small', m.b));
  p = li.appendChild(el('p', m.t));
  p.dir = 'auto';
  if (n) n = n.nextSibling;
  else for (n = ol.firstChild; n && !n.s && n.id !== 'now'; n = n.nextSibling);
  ol.insertBefore(li, n);
  if (m.s > last) last = m.s;
  if (m.k === 'me') queue.some(function (q, i) { if (q.t === m.t) { clearTimeout(q.timer); queue.splice(i, 1); draw(); flush(); return 1; } });
  else if (m.s) status(was);
}
function now(s) {
  var old = $('now'), li, f, b, watch = d.querySelector('[data-watch]');
  if (watch && watch.getAttribute('data-watch') !== s.k || s.go) { again(); return; }
  was = s.h;
  status(s.h);
  if (old) old.parentNode.removeChild(old);
  if (!s.b || !$('rows')) return;
  li = el('li', '', 'now');
  li.id = 'now';
  li.appendChild(el('b', s.b));
  if (s.t) li.appendChild(d.createTextNode(s.t));
  if (s.y) {
    f = li.appendChild(el('form'));
    f.method = 'post';
    f.setAttribute('action', '/');
    b = f.appendChild(el('button', s.y));
    b.name = 'do';
    b.value = 'here';
  }
  $('rows').appendChild(li);
}
function elsewhere() {
  var un = $('un'), b;
  if (!un) return;
  status(say('elsewhere'));
  b = el('button', say('here'));
  b.type = 'button';
  b.onclick = function () { un.removeChild(b); listen(1); };
  un.insertBefore(b, un.firstChild);
}
function typing() {
  var t = Date.now();
  if (t - typed > 4000 && $('w').value) { typed = t; post('do=typing', 'application/json').catch(function () {}); }
}

// Her words: each has one id, however often it is tried, and stays to be seen
// until the line has it.
function send(box) {
  // Half a character cannot be sent.
  var text = box.value.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/g, '').replace(/(^|[^\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '$1');
  if (!text.trim()) { box.focus(); return; }
  if (unescape(encodeURIComponent(text)).length > 8192) { status(say('long')); box.focus(); return; }
  queue.push({ id: id(), x: fields(box.form).filter(function (p) { return !/^(id|l|w)$/.test(p[0]); }), t: text.replace(/^\n+|[ \t\n]+$/g, ''), at: Date.now(), tries: 0 });
  box.value = '';
  typed = 0;
  box.focus();
  flush();
  setTimeout(draw, 700);
}
function flush() {
  var q = queue[0], mine;
  if (!q || q.way || gone) return;
  clearTimeout(q.timer);
  mine = q.way = ++q.tries;
  // A network that has died says nothing for minutes; a second try does no harm.
  q.timer = setTimeout(function () { lost(); }, 15000);
  function lost(why) {
    if (q.way !== mine) return;
    q.way = 0;
    q.why = why || root.getAttribute('data-lost');
    later(q);
  }
  post(pack([['do', 'send'], ['id', q.id], ['w', q.t]].concat(q.x)), 'application/json').then(function (r) {
    return r.json().then(function (a) { return { ok: r.ok, s: r.status, a: a }; });
  }).then(function (r) {
    if (queue.indexOf(q) < 0) return;
    if (!r.ok && r.s !== 413) { lost(r.a.t); return; }
    clearTimeout(q.timer);
    queue = queue.filter(function (o) { return o !== q; });
    if (r.ok) {
      if (r.a.s) row(r.a);
    } else {
      if ($('w') && !$('w').value) $('w').value = q.t;
      status(r.a.t);
    }
    draw();
    if (r.a.go) again();
    flush();
  }).catch(function () { lost(); });
}
function later(q) {
  q.failed = 1;
  draw();
  clearTimeout(q.timer);
  q.timer = setTimeout(flush, Math.min(30000, 1000 * Math.pow(2, q.tries)));
}
function draw() {
  var un = $('un');
  if (!un) return;
  while (un.firstChild) un.removeChild(un.firstChild);
  queue.forEach(function (q) {
    if (!q.failed && Date.now() - q.at < 600) return;
    var box = un.appendChild(el('div', '', 'unsent')), line = box.appendChild(el('div', '', 'row')), p = line.appendChild(el('p')), s, b;
    p.setAttribute('role', 'status');
    p.appendChild(el('b', say(q.failed ? 'unsent' : 'sending')));
    p.appendChild(el('br'));
    s = p.appendChild(el('span', q.t));
    s.dir = 'auto';
    if (q.failed && q.why) box.appendChild(el('p', q.why, 'small'));
    if (q.failed && q === queue[0]) {
      b = line.appendChild(el('button', say('again')));
      b.type = 'button';
      b.onclick = function () { q.failed = q.way = 0; q.at = Date.now(); flush(); draw(); setTimeout(draw, 700); };
    }
  });
}
start();
})();
