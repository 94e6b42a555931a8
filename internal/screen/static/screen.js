// SPDX-License-Identifier: Apache-2.0
// Keeps a page as it would be if it were loaded again. Every page can be read, and every button pressed, without it.
'use strict';
(() => {
  // load gives a page as a document whose scripts do not run.
  const load = (url) => new Promise((done, fail) => {
    const x = new XMLHttpRequest();
    x.responseType = 'document';
    x.onload = () => (x.status === 200 && x.response ? done(x.response) : fail(new Error(String(x.status))));
    x.onerror = fail;
    x.open('GET', url);
    x.send();
  });

  // renew puts the new parts in the place of the old, and leaves open what was open and where one was in it.
  const renew = (page, parts) => {
    for (const now of document.querySelectorAll(parts)) {
      const then = page.getElementById(now.id);
      if (!then || now.isEqualNode(then)) continue;
      const focused = document.activeElement && now.contains(document.activeElement) ? document.activeElement.closest('[id]') : null;
      const copy = document.importNode(then, true);
      for (const d of copy.querySelectorAll('details[id]')) {
        const old = document.getElementById(d.id);
        if (old) d.open = old.open;
      }
      now.replaceWith(copy);
      if (focused) document.getElementById(focused.id)?.querySelector('summary, a')?.focus({ preventScroll: true });
    }
  };

  // follow loads the page again when the appliance says that there is something new, but never twice at once.
  let loading = false;
  let again = false;
  const every = '[data-live=part]';
  const refresh = async (parts = every) => {
    if (loading) { again = true; return; }
    loading = true;
    try { renew(await load(location.href), parts); } catch { /* the next news tries again */ }
    loading = false;
    if (again) { again = false; refresh(); }
  };

  // A browser has six connections to a server: a page that nobody sees lets go of its own.
  const streams = [];
  const stale = document.getElementById('stale');
  const listen = (s) => {
    s.source = new EventSource(`${s.url}?seen=${document.body.dataset.seen}`); // what happened since the page was made comes first
    s.source.addEventListener('news', s.heard);
    s.source.addEventListener('open', () => {
      stale.hidden = true;
      clearTimeout(s.worry);
      if (s.missed) { s.missed = false; refresh(); }
    });
    s.source.addEventListener('error', () => { // it tries again by itself, unless it is refused
      s.missed = true;
      clearTimeout(s.worry);
      const closed = s.source.readyState === EventSource.CLOSED;
      s.worry = setTimeout(() => { stale.hidden = false; }, closed ? 0 : 5000);
    });
  };
  const open = () => {
    for (const s of streams) {
      if (document.visibilityState === 'visible' && !s.source) {
        listen(s);
      } else if (document.visibilityState !== 'visible' && s.source) {
        s.source.close();
        s.source = null;
        s.missed = true;
        clearTimeout(s.worry);
      }
    }
  };
  document.addEventListener('visibilitychange', open);
  // tiles are changed in place where all machines are shown; where a change moves one to another place, the page is loaded again.
  const fleet = document.querySelector('[data-fleet]');
  let tiles = null;
  let later = 0;
  let parts = '';
  const soon = (what) => {
    parts = parts === every ? every : what;
    later ||= setTimeout(async () => { const p = parts; later = 0; parts = ''; await refresh(p); }, 1000);
  };
  const find = (name) => {
    if (!tiles || !tiles.home.isConnected) {
      const home = document.getElementById('fleet');
      tiles = { home, by: new Map() };
      for (const a of home.querySelectorAll('.g a')) tiles.by.set(a.textContent, a);
    }
    return tiles.by.get(name);
  };
  const change = (e) => {
    const news = JSON.parse(e.data);
    const part = fleet.dataset.fleet === 'part';
    for (const [name, state] of news.machines || []) {
      const a = find(name);
      if (a) a.className = state;
    }
    if (news.all || part) soon(every);
    else if (recount(news.counts || {})) soon('#counts');
  };

  // recount reports whether there is a state that has no place yet, or none any more.
  const recount = (counts) => {
    let shown = 0;
    for (const a of document.querySelectorAll('#counts [data-state]')) {
      const n = counts[a.dataset.state] || 0;
      a.querySelector('b').textContent = n;
      if (n) shown++;
    }
    return shown !== Object.values(counts).filter((n) => n > 0).length;
  };

  const live = document.querySelector('[data-stream]');
  if (live) streams.push({ url: live.dataset.stream, heard: fleet ? change : () => refresh() });
  open();
})();
