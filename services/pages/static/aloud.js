// Says news to screen readers, at a pace that a person can follow: what matters most first, in few
// words, and the rest summed up. What was said stays until it can have been spoken.
"use strict";

// What a page in another language says instead; a page in English brings no words along.
const inWords = ((words) => (text) => words[text] || text)(JSON.parse(document.body.dataset.words || "{}"));

const aloud = (() => {
  const MINUTE_MS = 61000; // And a second, so that no minute has more.
  const WORDS_MAX = 60; // In any minute: a third of what a screen reader can say in one.
  const LESSER_WORDS_MAX = 12; // The others are kept for changes of control: a dozen in a minute.
  const WORDS_OF_ONE_MAX = { alert: 11, result: 11, message: 30 }; // The desk has messages only.
  const WORD_MS = 400; // What a screen reader needs for a word, and a breath.
  const SUM_EVERY_MS = 15000;
  const APART_MAX = 2; // More than these at once are summed up.
  const WAITING_MAX = 200; // More changes of control than any night has.
  const TICK_MS = 1000;
  const place = document.getElementById("say");
  const button = document.getElementById("spoken");
  let said = [];
  let waiting = [];
  let left = {};
  let busyUntil = 0;
  let summedAt = -SUM_EVERY_MS;
  let timer = null;

  // Private windows may have no storage.
  const remembered = (name, value) => {
    try {
      if (value !== undefined) sessionStorage.setItem(`livecount-${name}`, value);
      return sessionStorage.getItem(`livecount-${name}`);
    } catch {
      return null;
    }
  };
  let isOn = remembered("silent") !== "yes" || !button;

  const count = (text) => text.split(/\s+/).filter(Boolean).length;
  const words = () => said.reduce((sum, each) => sum + each.words, 0);
  const list = (names) => names.length > 1
    ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0];
  const brief = (each) => {
    const every = each.text.split(/\s+/);
    const most = WORDS_OF_ONE_MAX[each.noun];
    return every.length > most ? `${every.slice(0, most).join(" ")} …` : each.text;
  };

  // What is about the same is said together: "Labour lose Sheffield and Bristol."
  const together = (items) => {
    const groups = new Map();
    for (const each of items) {
      const about = each.about || brief(each);
      if (!groups.has(about)) groups.set(about, []);
      if (each.about) groups.get(about).push(each.name);
    }
    const sentence = ([about, names]) => (names.length ? `${about} ${list(names)}.` : about);
    return [...groups].map(sentence).join(" ");
  };

  const take = (rank, room) => {
    const items = [];
    for (const each of waiting.filter((one) => one.rank === rank)) {
      if (count(together([...items, each])) > room) break;
      items.push(each);
    }
    waiting = waiting.filter((each) => !items.includes(each));
    return items.length ? together(items) : "";
  };

  const sum = (now, room) => {
    const lesser = waiting.filter((each) => each.rank > 0);
    const number = Object.values(left).reduce((all, one) => all + one, lesser.length);
    if (number <= APART_MAX) return take(1, room) || takeOne(room);
    const first = take(1, room);
    if (first || now - summedAt < SUM_EVERY_MS) return first;
    const all = { ...left };
    for (const each of lesser) all[each.noun] = (all[each.noun] || 0) + 1;
    const parts = Object.entries(all).map(([noun, many]) => `${many} more ${noun}${many === 1 ? "" : "s"}`);
    const text = `And ${list(parts)}.`;
    if (count(text) > room) return "";
    waiting = waiting.filter((each) => each.rank === 0);
    left = {};
    summedAt = now;
    return text;
  };

  const takeOne = (room) => {
    const next = waiting.find((each) => each.rank === 2);
    if (!next || count(together([next])) > room) return "";
    waiting = waiting.filter((each) => each !== next);
    return together([next]);
  };

  const speak = () => {
    const now = performance.now();
    for (const each of said.filter((one) => now - one.at >= MINUTE_MS)) each.element.remove();
    said = said.filter((each) => now - each.at < MINUTE_MS);
    // Screen readers put what comes while they speak behind it.
    let text = take(0, WORDS_MAX - words());
    const isFree = now >= busyUntil && !waiting.some((each) => each.rank === 0);
    const isOfDesk = waiting.some((each) => each.noun === "message");
    if (!text && isFree) text = sum(now, (isOfDesk ? WORDS_MAX : LESSER_WORDS_MAX) - words());
    if (text) {
      const element = document.createElement("p");
      element.textContent = text;
      place.append(element);
      said.push({ at: now, words: count(text), element });
      busyUntil = Math.max(busyUntil, now) + count(text) * WORD_MS;
    }
    if (!waiting.length && !said.length && !Object.keys(left).length) {
      clearInterval(timer);
      timer = null;
    }
  };

  const add = (items) => {
    if (!isOn || !items.length) return;
    waiting.push(...items);
    while (waiting.length > WAITING_MAX) {
      const least = Math.max(...waiting.map((each) => each.rank));
      const [dropped] = waiting.splice(waiting.findIndex((each) => each.rank === least), 1);
      left[dropped.noun] = (left[dropped.noun] || 0) + 1;
    }
    timer ??= setInterval(speak, TICK_MS);
    speak();
  };

  const label = () => { button.textContent = inWords(isOn ? "Announcements: on" : "Announcements: off"); };
  button?.addEventListener("click", () => {
    isOn = !isOn;
    remembered("silent", isOn ? "no" : "yes");
    if (!isOn) { waiting = []; left = {}; place.replaceChildren(); }
    label();
  });
  if (button) label();

  return { add, remembered };
})();
