// Keeps a page as the count stands. The server renders each part once and sends its HTML to
// everybody; this script puts it in place, says it, and goes on where it stopped.
"use strict";

(() => {
  const page = document.body.dataset;
  const connection = document.getElementById("connection");
  const say = document.getElementById("say");
  const SILENT_MS = 40000; // More than two of the server's beats of 15 s: the line is dead.
  const OPENING_MS = 8000; // The first line comes at once; a dead connection kept open has none.
  const REFUSED_MS = 5000; // A refused stream is asked for again after this pause.
  const FRESH_MS = 6000; // As long as the style sheet lets a change dry.
  let source = null;
  let at = page.at;
  let heard = 0;
  let opened = false;
  let stale = false;

  const clock = (moment, more = {}) =>
    new Intl.DateTimeFormat("en-GB", {
      hour: "2-digit", minute: "2-digit", timeZone: "Europe/London", ...more,
    }).format(new Date(Number(moment))).replaceAll(":", ".");

  const show = (state) => {
    if (!connection) return;
    connection.classList.toggle("live", state === "live");
    connection.classList.toggle("lost", state !== "live");
    const since = at.startsWith("0-") ? "" : ` Figures as of ${clock(at.split("-")[0])}.`;
    const text = {
      live: "Live",
      lost: `Connection lost.${since} Trying again.`,
      stale: `The count cannot be reached.${since}`,
    }[state];
    if (connection.textContent !== text) connection.textContent = text;
  };

  const element = (html, inside) => {
    const template = document.createElement("template");
    const svg = inside instanceof SVGElement;
    template.innerHTML = svg ? `<svg>${html}</svg>` : html;
    return svg ? template.content.firstElementChild.firstElementChild : template.content.firstElementChild;
  };

  const mark = (fresh) => {
    fresh.classList.add("fresh");
    setTimeout(() => fresh.classList.remove("fresh"), FRESH_MS);
  };

  // What the reader has opened or stands on stays so.
  const replace = (old, fresh, highlight) => {
    const open = [...old.querySelectorAll("details")].map((one) => one.open);
    fresh.querySelectorAll("details").forEach((one, place) => { one.open = open[place] || false; });
    const focusable = "a, button, summary, input";
    const focus = old.contains(document.activeElement)
      ? [...old.querySelectorAll(focusable)].indexOf(document.activeElement) : -1;
    if (highlight) mark(fresh);
    old.replaceWith(fresh);
    if (focus >= 0) fresh.querySelectorAll(focusable)[focus]?.focus({ preventScroll: true });
  };

  const apply = (change, highlight) => {
    const arriving = new Map();
    for (const [id, html] of Object.entries(change.replace)) {
      const old = document.getElementById(id);
      if (old) replace(old, element(html, old), highlight);
      else arriving.set(id, html);
    }
    const lists = Object.entries(change.orders)
      .map(([name, ids]) => [document.getElementById(name), ids])
      .filter(([list]) => list);
    const active = document.activeElement;
    for (const [list, ids] of lists) order(list, ids, arriving, highlight);
    // Only now: what left one list may have been put into another.
    for (const [list, ids] of lists) {
      const wanted = new Set(ids);
      for (const child of [...list.children]) if (!wanted.has(child.id)) child.remove();
    }
    // An element that is moved loses the focus.
    if (active.isConnected) active.focus({ preventScroll: true });
    if (change.say.length) say.textContent = change.say.join(" ");
  };

  const order = (list, ids, arriving, highlight) => {
    let place = list.firstElementChild;
    for (const id of ids) {
      let child = document.getElementById(id);
      if (!child && arriving.has(id)) {
        child = element(arriving.get(id), list);
        if (highlight) mark(child);
      }
      if (!child) continue;
      if (child === place) place = place.nextElementSibling;
      else list.insertBefore(child, place);
    }
  };

  const take = (event, highlight) => {
    heard = Date.now();
    at = event.lastEventId;
    apply(JSON.parse(event.data), highlight);
    show(stale ? "stale" : "live");
  };

  const connect = () => {
    if (source) source.close();
    heard = Date.now();
    opened = false;
    source = new EventSource(`${page.live}&after=${encodeURIComponent(at)}`);
    source.addEventListener("open", () => { heard = Date.now(); opened = true; stale = false; show("live"); });
    source.addEventListener("change", (event) => take(event, true));
    source.addEventListener("whole", (event) => take(event, false));
    source.addEventListener("beat", () => { heard = Date.now(); show(stale ? "stale" : "live"); });
    source.addEventListener("stale", () => { stale = true; show("stale"); });
    source.addEventListener("fresh", () => { stale = false; show("live"); });
    source.addEventListener("error", () => {
      show("lost");
      // The browser tries again by itself, unless it was refused.
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, REFUSED_MS);
    });
  };

  const wake = () => {
    if (Date.now() - heard < (opened ? SILENT_MS : OPENING_MS)) return;
    show("lost");
    connect();
  };

  if (page.live) {
    connect();
    setInterval(wake, 5000);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) wake(); });
    window.addEventListener("online", connect);
    // A page kept by the browser for going back has a dead stream.
    window.addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
  }

  const slider = document.getElementById("at");
  const text = document.getElementById("at-text");
  slider?.addEventListener("input", () => {
    text.textContent = `As it stood at ${clock(slider.value, { second: "2-digit" })}`;
  });
})();
