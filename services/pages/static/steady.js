// Keeps a page steady for whoever reads it: holds changes back while it is paused, and keeps the
// row that is looked at where it is while others come and go around it.

const steady = (() => {
  const ROWS = "main li[id], main tr[id]";
  const AT_THE_TOP_PX = 40; // Whoever has not scrolled wants what is newest.
  const SAID_MAX = 500; // While a page is paused: more than a night has alerts.
  const button = document.getElementById("pause");
  const note = document.getElementById("held");
  let held = null;
  // A window scrolls by whole pixels: what is left of one is made up for next time.
  let rest = { id: "", px: 0 };
  let release = () => {};
  let isPaused = Boolean(button) && !document.documentElement.classList.contains("wall")
    && aloud.remembered("paused") === "yes";

  const tell = () => {
    button.setAttribute("aria-pressed", isPaused);
    const many = held?.changes || 0;
    const text = isPaused
      ? `${inWords("Paused.")} ${many} ${inWords(many === 1 ? "change waits" : "changes wait")}.` : "";
    inPlace(() => { note.textContent = text; });
  };

  // The last state of each element is enough, put in place as late as it came: it may be a part of
  // another. Of a list, that is its last whole order, and what moved in it since.
  const hold = (change, isNews) => {
    held ??= { replace: {}, orders: {}, moves: {}, say: [], changes: 0, isNews: false };
    for (const [id, html] of Object.entries(change.replace)) {
      delete held.replace[id];
      held.replace[id] = html;
    }
    for (const [name, ids] of Object.entries(change.orders)) {
      held.orders[name] = ids;
      delete held.moves[name];
    }
    for (const [name, moves] of Object.entries(change.moves)) (held.moves[name] ??= []).push(...moves);
    held.say.push(...change.say);
    if (held.say.length > SAID_MAX) held.say = held.say.filter((one) => one.rank < 2).slice(-SAID_MAX);
    held.changes += 1;
    held.isNews ||= isNews;
    tell();
  };

  button?.addEventListener("click", () => {
    isPaused = !isPaused;
    aloud.remembered("paused", isPaused ? "yes" : "no");
    const waited = held;
    held = null;
    tell();
    if (waited) release(waited, waited.isNews);
  });
  // What has the focus is looked at, else what the pointer is on, else what stands in the window.
  const lookedAt = () => {
    const inView = (row) => {
      const { top, bottom } = row.getBoundingClientRect();
      return bottom > 0 && top < window.innerHeight;
    };
    const chosen = [document.activeElement?.closest(ROWS), [...document.querySelectorAll(":hover")].at(-1)?.closest(ROWS)];
    const others = window.scrollY > AT_THE_TOP_PX ? [...document.querySelectorAll(ROWS)] : [];
    return [...chosen, ...others].filter((row) => row && inView(row))
      .map((row) => ({ id: row.id, list: row.parentElement, top: row.getBoundingClientRect().top }));
  };

  const inPlace = (work) => {
    const before = lookedAt();
    work();
    for (const { id, list, top } of before) {
      const row = document.getElementById(id);
      if (row?.parentElement !== list) continue;
      const wanted = rest.id === id ? top - rest.px : top;
      const moved = () => row.getBoundingClientRect().top - wanted;
      if (moved()) window.scrollBy({ top: moved(), behavior: "instant" });
      const px = moved();
      rest = { id, px: Math.abs(px) < 1 ? px : 0 };
      return;
    }
  };

  if (button) tell();

  return { hold, inPlace, isPaused: () => isPaused, onRelease: (work) => { release = work; } };
})();
