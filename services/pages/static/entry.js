// What makes a stringer's form quicker, and keeps it through a lost connection. Without this script
// every page works by itself: the server adds up, checks, reads back and says what became of it.
"use strict";

(() => {
  const owner = document.body.dataset.drafts;
  if (!owner) return;
  const DRAFT = "livecount-draft ", UNSENT = "livecount-unsent ";
  const KEPT_MS = 24 * 3600 * 1000; // A night and the morning after it.
  const TYPED_MS = 300; // The pause after the last key before what was typed is checked.
  const AGAIN_MS = 5000; // The pause before something is tried again, or looked at again.
  const ANSWER_MS = 40000; // Longer than the server waits for the log before it answers.
  const form = document.getElementById("figures");
  const live = document.getElementById("live");
  const connection = document.getElementById("connection");

  // A browser may have no storage, or none left: then a form is sent as without this script.
  const read = (name) => {
    try { return JSON.parse(localStorage.getItem(name)); } catch { return null; }
  };
  const keep = (name, fields) => {
    try { localStorage.setItem(name, JSON.stringify({ fields, at: Date.now() })); return true; } catch { return false; }
  };
  const drop = (name) => { try { localStorage.removeItem(name); } catch { /* there is none */ } };
  const names = (start) => {
    try { return Object.keys(localStorage).filter((name) => name.startsWith(start)); } catch { return []; }
  };
  const mine = (kind, ballot = "") => `${kind}${owner} ${ballot}`;

  const tell = (text, isLost = true) => {
    if (connection.textContent !== text) connection.textContent = text;
    connection.classList.toggle("lost", isLost);
    connection.classList.toggle("live", !isLost);
  };
  const page = (html) => new DOMParser().parseFromString(html, "text/html");
  const fieldsOf = (one) => Object.fromEntries(new FormData(one));
  const token = () => document.querySelector('.signed-in input[name="form"]').value;
  const ask = async (path, more = {}, stop = new AbortController()) => {
    const timer = setTimeout(() => stop.abort(), ANSWER_MS);
    try {
      const answer = await fetch(path, { ...more, signal: stop.signal });
      const found = page(await answer.text());
      // The hall's Wi-Fi may answer in place of the server.
      if (!found.querySelector("body.entry")) throw new Error("another server answered");
      return { at: new URL(answer.url).pathname, status: answer.status, page: found };
    } finally {
      clearTimeout(timer);
    }
  };
  const post = (path, fields, stop) =>
    ask(path, { method: "POST", body: new URLSearchParams({ ...fields, form: token() }) }, stop);

  // Forgets what is too old, and at signing out everything of everybody.
  const forget = (isOld) => {
    for (const name of [...names(DRAFT), ...names(UNSENT)]) if (isOld(read(name))) drop(name);
  };
  forget((kept) => !kept || Date.now() - kept.at > KEPT_MS);
  document.querySelector(".signed-in").addEventListener("submit", (event) => {
    const isLeft = names(mine(UNSENT)).length > 0;
    if (isLeft && !confirm("A result has not been sent yet, and will be lost. Sign out?")) event.preventDefault();
    else forget(() => true);
  });

  // ---- Sending: what was sent and not answered stays on the phone and is sent again. ----
  let isSending = false;
  let sendingAgain = 0;
  const flush = async () => {
    if (isSending) return;
    isSending = true;
    try {
      for (const name of names(mine(UNSENT))) await sendOne(name);
    } finally {
      isSending = false;
    }
    clearTimeout(sendingAgain);
    if (names(mine(UNSENT)).length) sendingAgain = setTimeout(flush, AGAIN_MS);
  };

  const sendOne = async (name) => {
    const ballot = name.slice(mine(UNSENT).length);
    const kept = read(name);
    if (!kept) return drop(name);
    let answer;
    try {
      answer = await post(`/wards/${ballot}/send`, kept.fields);
    } catch {
      return tell("Not sent yet: no connection. It is kept on this phone, and sent once there is one.");
    }
    const isHere = document.querySelector(`[data-ballot="${CSS.escape(ballot)}"]`) !== null;
    if (answer.at === `/wards/${ballot}/sent`) {
      drop(name);
      if (kept.fields.say === "result") drop(mine(DRAFT, ballot));
      if (isHere) return location.assign(answer.at);
      return tell("Sent what was kept on this phone.", false);
    }
    if (answer.at === "/sign-in") return tell("Not sent yet: sign in again, under your own name, and it is sent.");
    const faults = answer.page.getElementById("faults");
    const why = (faults || answer.page.querySelector("main")).textContent.trim();
    // Only what cannot be sent as it is needs somebody to look at it.
    if (![409, 422].includes(answer.status)) return tell(`Not sent yet, trying again: ${why}`);
    drop(name);
    tell(isHere ? "Not sent." : `Not sent, see ${ballot}: ${why}`);
    const place = live || document.getElementById("read-back");
    if (isHere && place) place.replaceChildren(faults || paragraph(why));
    if (isHere) document.getElementById("faults")?.focus();
  };

  const paragraph = (text) => {
    const made = document.createElement("p");
    made.className = "fault";
    made.textContent = text;
    return made;
  };

  document.addEventListener("submit", (event) => {
    const sending = event.target.closest("form.sending");
    if (!sending || event.submitter?.name === "change") return;
    const { form: _, ...fields } = fieldsOf(sending);
    const ballot = sending.closest("[data-ballot]").dataset.ballot;
    if (!keep(mine(UNSENT, ballot), fields)) return;
    event.preventDefault();
    for (const button of sending.querySelectorAll("button")) button.disabled = true;
    tell("Sending …", false);
    flush();
  });
  window.addEventListener("online", flush);
  flush();

  // ---- The list and what became of a word: looked at again while the page is seen. ----
  const again = document.getElementById("again");
  const lookAgain = async () => {
    if (document.hidden) return;
    try {
      const answer = await ask(`${location.pathname}?again`);
      const found = answer.page.getElementById("again");
      if (!found) return;
      const before = document.getElementById("became")?.textContent;
      if (found.innerHTML !== again.innerHTML) {
        // Whoever is on a link stays on it.
        const at = again.contains(document.activeElement) && document.activeElement.getAttribute("href");
        again.replaceChildren(...found.childNodes);
        if (at) [...again.querySelectorAll("a")].find((link) => link.getAttribute("href") === at)?.focus({ preventScroll: true });
      }
      const now = document.getElementById("became")?.textContent;
      if (now !== before) document.getElementById("say").textContent = now.trim();
      if (!names(mine(UNSENT)).length) tell("", false);
    } catch {
      tell("No connection: this may be out of date.");
    }
  };
  if (again) setInterval(lookAgain, AGAIN_MS);
  if (!form) return;

  // ---- The form: totals as one types, Enter goes on, a draft on the phone, the read-back. ----
  const votes = [...form.querySelectorAll('.people input[inputmode="numeric"]')];
  const marks = [...form.querySelectorAll('.people input[type="checkbox"]')];
  const sum = document.getElementById("sum");
  const draft = mine(DRAFT, form.dataset.ballot);
  const numberOf = (field) => {
    const text = field.value.replaceAll(",", "").trim();
    return /^[0-9]+$/.test(text) ? Number(text) : null;
  };

  const addUp = () => {
    const given = votes.map(numberOf).filter((each) => each !== null);
    const marked = marks.filter((each) => each.checked).length;
    const parts = [];
    if (given.length) parts.push(`Total ${given.reduce((all, each) => all + each, 0).toLocaleString("en-GB")}`);
    if (given.length && given.length < votes.length) parts.push(`votes of ${votes.length - given.length} to come`);
    if (given.length || marked) parts.push(`${marked} of ${form.dataset.seats} marked as elected`);
    sum.textContent = parts.join(", ");
    // A tie that awaits the lot has no such marks, and is checked by the button.
    const isWhole = marked >= Math.min(Number(form.dataset.seats), votes.length);
    return isWhole || (marked > 0 && given.length < votes.length);
  };

  let asked = null;
  let readBack = ""; // What the read-back on the page is of, so that nothing else is sent by it.
  const typed = () => new URLSearchParams(fieldsOf(form)).toString();
  const check = async (isWanted) => {
    asked?.abort();
    const stop = new AbortController();
    asked = stop;
    const of = typed();
    const isOfNow = () => asked === stop && of === typed();
    let answer;
    try {
      answer = await post(form.getAttribute("action"), fieldsOf(form), stop);
    } catch {
      if (isOfNow()) readBackHere(of, isWanted);
      return;
    }
    if (!isOfNow()) return;
    if (answer.at === "/sign-in") {
      tell("Sign in again to check and send. What you typed is kept on this phone.");
      return;
    }
    let found = answer.page.getElementById("read-back");
    if (!found && isWanted) found = answer.page.getElementById("faults") || paragraph(answer.page.querySelector("main").textContent.trim());
    if (!found) return;
    for (const change of found.querySelectorAll(".change")) change.remove();
    for (const first of found.querySelectorAll("[autofocus]")) first.removeAttribute("autofocus");
    showReadBack(found, of, isWanted);
  };

  const showReadBack = (found, of, isWanted) => {
    readBack = found.id === "read-back" ? of : "";
    live.replaceChildren(found);
    const said = [...live.querySelectorAll(".sentence, .told li")].map((each) => each.textContent.trim());
    document.getElementById("say").textContent = said.join(". ");
    if (isWanted) (live.querySelector("button") || live.firstElementChild).focus();
  };

  // Without a connection what was typed is read back as it is, and sent when there is one.
  const readBackHere = (of, isWanted) => {
    const made = document.createElement("section");
    made.id = "read-back";
    made.className = "read-back";
    made.dataset.ballot = form.dataset.ballot;
    const title = document.createElement("h2");
    title.textContent = "No connection: read it back yourself";
    const list = document.createElement("ul");
    votes.forEach((field, place) => {
      const line = document.createElement("li");
      const name = form.querySelector(`label[for="${field.id}"] b`).textContent;
      line.textContent = `${name}: ${field.value || "–"}${marks[place].checked ? ", elected" : ""}`;
      list.append(line);
    });
    const sending = document.createElement("form");
    sending.className = "sheet sending";
    sending.method = "post";
    sending.action = `${form.getAttribute("action")}/send`;
    for (const [name, value] of new FormData(form)) {
      const hidden = document.createElement("input");
      Object.assign(hidden, { type: "hidden", name, value });
      sending.append(hidden);
    }
    const button = document.createElement("button");
    button.textContent = "Send when there is a connection";
    sending.append(button);
    made.append(title, list, sending);
    tell("No connection. What you type is kept on this phone.");
    showReadBack(made, of, isWanted);
  };

  let waiting = 0;
  const changed = () => {
    const { form: _, ...fields } = fieldsOf(form);
    keep(draft, fields);
    if (readBack !== typed()) live.replaceChildren();
    const isWhole = addUp();
    clearTimeout(waiting);
    if (isWhole) waiting = setTimeout(check, TYPED_MS, false);
  };
  form.addEventListener("input", changed);

  form.addEventListener("keydown", (event) => {
    const place = votes.indexOf(event.target);
    if (event.key !== "Enter" || event.isComposing || place < 0) return;
    event.preventDefault();
    if (place + 1 < votes.length) {
      votes[place + 1].focus();
      votes[place + 1].select();
    } else if (readBack && readBack === typed()) live.querySelector("button").focus();
    else form.requestSubmit();
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    check(true);
  });

  // A draft is of the word and of the nominations that the form was made against.
  const restore = () => {
    const kept = read(draft)?.fields;
    if (!kept) return;
    const isOfNow = ["revision", "people"].every((name) => kept[name] === form.elements[name].value);
    if (!isOfNow) return drop(draft);
    for (const field of form.querySelectorAll("input:not([type=hidden])")) {
      const isMark = field.type === "checkbox";
      if (isMark) field.checked = field.name in kept;
      else field.value = kept[field.name] ?? "";
      const details = (isMark ? field.checked : field.value) && field.closest("details");
      if (details) details.open = true;
    }
    changed();
  };
  if (!document.getElementById("faults")) restore();
  addUp();
  window.addEventListener("online", () => { tell("", false); changed(); });
  window.addEventListener("offline", () => tell("No connection. What you type is kept on this phone."));
})();
