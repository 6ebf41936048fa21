// Keeps a page up to date. The server renders each part once and sends its HTML to every page;
// this script puts it in place, announces it to screen readers, and resumes after a lost connection.

(() => {
  const page = document.body.dataset;
  const connection = document.getElementById("connection");
  const SILENT_MS = 40000; // More than two of the server's heartbeats of 15 s are missing.
  const OPENING_MS = 8000; // A stream sends its first line at once; a dead connection never does.
  const REFUSED_MS = 5000; // The pause before a refused stream is requested again.
  const FRESH_MS = 6000; // As long as the highlight of the style sheet lasts.
  let source = null;
  let at = page.at;
  let lastHeard = 0;
  let opened = false;
  let stale = false;

  // A time of the night is a time of day; any other has its date, as the server writes it.
  const [nightBegins, nightEnds] = (page.night || "").split(" ").map(Number);
  const clock = (time, more = {}) => {
    const ms = Number(time);
    const inUk = (form) =>
      new Intl.DateTimeFormat([document.documentElement.lang, "en-GB"], { timeZone: "Europe/London", ...form }).format(new Date(ms));
    const ofDay = inUk({ hour: "2-digit", minute: "2-digit", ...more }).replaceAll(":", ".");
    const isOfNight = !nightEnds || (ms >= nightBegins && ms < nightEnds);
    // Browsers write Sept, and the server Sep.
    const day = () => inUk({ day: "numeric", month: "short" }).replace("Sept", "Sep");
    return isOfNight ? ofDay : `${day()} ${ofDay}`;
  };

  // A night that has ended goes on only if something is corrected.
  const isOver = () => "over" in (document.getElementById("phase")?.dataset || {});
  const mark = `${inWords("REHEARSAL:")} `;
  const isMarked = document.title.startsWith(mark);

  const show = (state) => {
    if (!connection) return;
    const since = at.startsWith("0-") ? "" : ` ${inWords("Figures as of")} ${clock(at.split("-")[0])}.`;
    const text = {
      live: inWords(isOver() ? "Complete" : "Live"),
      lost: `${inWords("Connection lost.")}${since} ${inWords("Trying again.")}`,
      stale: `${inWords("The count cannot be reached.")}${since}`,
    }[state];
    if (connection.textContent === text) return;
    // What is said here may take a line more or less.
    steady.inPlace(() => {
      connection.classList.toggle("live", state === "live" && !isOver());
      connection.classList.toggle("lost", state !== "live");
      connection.textContent = text;
    });
  };

  // Elements inside an SVG have to be parsed as SVG.
  const element = (html, inside) => {
    const template = document.createElement("template");
    const svg = inside instanceof SVGElement;
    template.innerHTML = svg ? `<svg>${html}</svg>` : html;
    return svg ? template.content.firstElementChild.firstElementChild : template.content.firstElementChild;
  };

  const highlight = (fresh) => {
    fresh.classList.add("fresh");
    setTimeout(() => fresh.classList.remove("fresh"), FRESH_MS);
  };

  // What the reader has opened stays open, and what has the focus keeps it.
  const replace = (old, fresh, isNews) => {
    const open = [...old.querySelectorAll("details")].map((one) => one.open);
    fresh.querySelectorAll("details").forEach((one, place) => { one.open = open[place] || false; });
    const focusable = "a, button, summary, input";
    const focus = old.contains(document.activeElement)
      ? [...old.querySelectorAll(focusable)].indexOf(document.activeElement) : -1;
    if (isNews) highlight(fresh);
    old.replaceWith(fresh);
    if (focus >= 0) fresh.querySelectorAll(focusable)[focus]?.focus({ preventScroll: true });
  };

  const apply = (change, isNews) => {
    const added = new Map();
    for (const [id, html] of Object.entries(change.replace)) {
      const old = document.getElementById(id);
      if (old) replace(old, element(html, old), isNews);
      else added.set(id, html);
    }
    const lists = [...new Set([...Object.keys(change.orders), ...Object.keys(change.moves)])]
      .map((name) => [document.getElementById(name), name])
      .filter(([list]) => list)
      .map(([list, name]) => [list, moved(change.orders[name] ?? [...list.children].map((one) => one.id), change.moves[name])]);
    const active = document.activeElement;
    for (const [list, ids] of lists) order(list, ids, added, isNews);
    // Not earlier, because an element that left one list may have been moved to another.
    for (const [list, ids] of lists) {
      const wanted = new Set(ids);
      for (const child of [...list.children]) if (!wanted.has(child.id)) child.remove();
    }
    // Moving an element takes the focus from it.
    if (active.isConnected) active.focus({ preventScroll: true });
    aloud.add(change.say);
  };

  // A move puts an element after another, or first; without either it leaves the list.
  const moved = (ids, moves = []) => {
    for (const [id, follows] of moves) {
      ids = ids.filter((one) => one !== id);
      if (follows !== null) ids.splice(follows ? ids.indexOf(follows) + 1 : 0, 0, id);
    }
    return ids;
  };

  const order = (list, ids, added, isNews) => {
    let place = list.firstElementChild;
    for (const id of ids) {
      let child = document.getElementById(id);
      if (!child && added.has(id)) {
        child = element(added.get(id), list);
        if (isNews) highlight(child);
      }
      if (!child) continue;
      if (child === place) place = place.nextElementSibling;
      else list.insertBefore(child, place);
    }
  };

  const put = (change, isNews) => {
    steady.inPlace(() => apply(change, isNews));
    const title = document.getElementById("phase")?.dataset.title;
    if (title) document.title = `${isMarked ? mark : ""}${title} – livecount`;
    const updated = document.getElementById("updated");
    if (updated) updated.textContent = clock(at.split("-")[0]);
  };
  steady.onRelease((change, isNews) => { put(change, isNews); show(stale ? "stale" : "live"); });

  const receive = (event, isNews) => {
    lastHeard = Date.now();
    at = event.lastEventId;
    const change = JSON.parse(event.data);
    if (steady.isPaused()) steady.hold(change, isNews);
    else put(change, isNews);
    show(stale ? "stale" : "live");
  };

  const connect = () => {
    if (source) source.close();
    lastHeard = Date.now();
    opened = false;
    source = new EventSource(`${page.live}&after=${encodeURIComponent(at)}`);
    source.addEventListener("open", () => { lastHeard = Date.now(); opened = true; stale = false; show("live"); });
    source.addEventListener("change", (event) => receive(event, true));
    source.addEventListener("whole", (event) => receive(event, false));
    source.addEventListener("beat", () => { lastHeard = Date.now(); show(stale ? "stale" : "live"); });
    source.addEventListener("stale", () => { stale = true; show("stale"); });
    source.addEventListener("reload", () => { source.close(); location.reload(); });
    source.addEventListener("fresh", () => { stale = false; show("live"); });
    source.addEventListener("error", () => {
      show("lost");
      // The browser reconnects by itself, unless the stream was refused.
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, REFUSED_MS);
    });
  };

  // Also called when a sleeping page wakes up.
  const reconnectIfSilent = () => {
    if (Date.now() - lastHeard < (opened ? SILENT_MS : OPENING_MS)) return;
    show("lost");
    connect();
  };

  if (page.live) {
    document.getElementById("updates")?.removeAttribute("hidden");
    connect();
    setInterval(reconnectIfSilent, 5000);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) reconnectIfSilent(); });
    window.addEventListener("online", connect);
    // The stream of a page that comes back from the browser's history is dead.
    window.addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
  }

  const slider = document.getElementById("at");
  const text = document.getElementById("at-text");
  const MINUTE_MS = 60000;
  const tell = () => {
    const time = clock(slider.value, { second: "2-digit" });
    slider.setAttribute("aria-valuetext", time);
    text.textContent = `${inWords("As it stood at")} ${time}`;
  };
  slider?.addEventListener("input", tell);
  // An arrow goes ten seconds, as far as the slider's step; a page is a tenth of the night.
  slider?.addEventListener("keydown", (event) => {
    const minutes = { PageUp: 1, PageDown: -1 }[event.key];
    if (!minutes) return;
    event.preventDefault();
    slider.value = Number(slider.value) + minutes * MINUTE_MS;
    tell();
  });
})();
