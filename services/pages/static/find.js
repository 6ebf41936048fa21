// Suggests names while a reader types, and keeps what a reader chose to see of a night: rows that
// come or change while the page is open are shown only if they are what was chosen.
"use strict";

(() => {
  const WAIT_MS = 150; // Fast typing asks once.
  const field = document.getElementById("q");
  const places = document.getElementById("places");
  const form = document.getElementById("choose");

  const suggest = async () => {
    const query = field.value.trim();
    if (query.length < 2) return places.replaceChildren();
    try {
      const address = `${field.form.getAttribute("action")}/names?q=${encodeURIComponent(query)}`;
      const answer = await fetch(address, { credentials: "omit" });
      if (!answer.ok || query !== field.value.trim()) return undefined;
      const { names } = await answer.json();
      places.replaceChildren(...names.map((name) => new Option("", name)));
    } catch {
      // The form works without suggestions.
    }
    return undefined;
  };

  let waiting = 0;
  field?.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(suggest, WAIT_MS);
  });

  if (!form) return;

  // What was chosen last on this night is remembered as long as the tab is open.
  const key = `choice ${location.pathname}`;
  const names = ["sort", "party", "region", "outcome"];
  const query = new URLSearchParams(location.search);
  try {
    if (names.some((name) => query.has(name))) {
      sessionStorage.setItem(key, location.search);
    } else if (!location.search && sessionStorage.getItem(key)) {
      location.replace(location.pathname + sessionStorage.getItem(key) + location.hash);
      return;
    }
  } catch {
    // A browser that keeps nothing has the choice in the address.
  }

  const wanted = form.dataset.only.split(" ").filter(Boolean);
  if (!wanted.length) return;
  const counted = document.getElementById("shown");
  const choose = () => {
    let shown = 0;
    for (const row of document.querySelectorAll(".row[data-is]")) {
      const is = row.dataset.is.split(" ");
      const hidden = !wanted.every((each) => is.includes(each));
      if (row.hidden !== hidden) row.hidden = hidden;
      if (!hidden) shown += 1;
    }
    const text = shown.toLocaleString("en-GB");
    if (counted && counted.textContent !== text) counted.textContent = text;
  };
  // Only added and removed rows, so that what `choose` itself changes does not call it again.
  const watching = new MutationObserver(choose);
  for (const list of document.querySelectorAll(".rows")) watching.observe(list, { childList: true });
  choose();
})();
