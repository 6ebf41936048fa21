// Offers notifications: asks the browser only after a tap, and says at every moment what holds.
"use strict";

(() => {
  const section = document.getElementById("push");
  const can = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  if (!section || !can) return;

  const { push, about, rehearsal } = section.dataset;
  const state = document.getElementById("push-state");
  const form = document.getElementById("push-form");
  const start = document.getElementById("push-start");
  const end = document.getElementById("push-end");
  const WORKER = `/push/sw.js?at=${encodeURIComponent(push)}`;
  const SCOPE = "/push/";
  const KEPT = "livecount-push"; // Where the worker finds whose subscription it was, if it changes.

  const DENIED =
    "This browser blocks notifications from this site. Allow them in its settings for this site," +
    " then load the page again.";
  const OFF = "Notifications about this are off.";

  const say = (text) => {
    state.textContent = text;
  };

  const ask = async (route, body) => {
    const answer = await fetch(`${push}/v1/push/${route}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const given = await answer.json().catch(() => ({}));
    if (answer.ok) return given.following;
    const error = new Error(given.detail || `the answer was ${answer.status}`);
    error.status = answer.status;
    throw error;
  };

  const mine = (subscription) => {
    const { endpoint, keys } = subscription.toJSON();
    return { endpoint, auth: keys.auth };
  };

  const current = async () => {
    const registration = await navigator.serviceWorker.getRegistration(SCOPE);
    return registration ? registration.pushManager.getSubscription() : null;
  };

  const show = (following) => {
    const followed = (following || []).find((each) => each.about === about);
    end.hidden = !followed;
    start.textContent = followed ? "Change notifications" : "Turn notifications on";
    if (!followed) return say(OFF);
    const kinds = [...followed.kinds].sort().join(" ");
    for (const choice of form.elements["push-kinds"].length ? form.elements["push-kinds"] : []) {
      choice.checked = choice.value === kinds;
    }
    const chosen = form.querySelector("input:checked");
    say(`Notifications are on${chosen ? `: ${chosen.parentElement.textContent.trim()}` : ""}.`);
  };

  // The page is outside of the worker's scope, so that the browser's `ready` never comes.
  const active = (registration) =>
    new Promise((resolve, reject) => {
      const worker = registration.installing || registration.waiting || registration.active;
      const look = () => {
        if (worker.state === "activated") resolve(registration);
        if (worker.state === "redundant") reject(new Error("the service worker did not start"));
      };
      worker.addEventListener("statechange", look);
      look();
    });

  const bytes = (base64url) => {
    const base64 = base64url.replaceAll("-", "+").replaceAll("_", "/");
    return Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
  };

  const isOf = (subscription, key) => {
    const known = new Uint8Array(subscription.options.applicationServerKey || new ArrayBuffer(0));
    return known.length === key.length && known.every((each, place) => each === key[place]);
  };

  const subscribed = async () => {
    const registration = await active(await navigator.serviceWorker.register(WORKER));
    const answer = await fetch(`${push}/v1/push/key`);
    if (!answer.ok) throw new Error(`the key cannot be had: the answer was ${answer.status}`);
    const key = bytes((await answer.json()).key);
    const known = await registration.pushManager.getSubscription();
    if (known && isOf(known, key)) return known;
    // It was made with other keys, under which nobody sends any more.
    if (known) await known.unsubscribe();
    return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  };

  const keep = async (subscription) => {
    const kept = await caches.open(KEPT);
    await kept.put(`${SCOPE}mine`, new Response(JSON.stringify(mine(subscription))));
  };

  const busy = async (text, work) => {
    start.disabled = end.disabled = true;
    say(text);
    try {
      await work();
    } catch (error) {
      say(`This did not work: ${error.message}. You can try again.`);
    } finally {
      start.disabled = end.disabled = false;
    }
  };

  const turnOn = async () => {
    if ((await Notification.requestPermission()) !== "granted") {
      return say(Notification.permission === "denied" ? DENIED : OFF);
    }
    const kinds = form.querySelector("input:checked").value.split(" ");
    const subscription = await subscribed();
    await keep(subscription);
    show(
      await ask("subscribe", {
        subscription: subscription.toJSON(),
        following: [{ about, kinds }],
        rehearsal: Boolean(rehearsal),
      }),
    );
  };

  const turnOff = async () => {
    const subscription = await current();
    if (!subscription) return show([]);
    const left = await ask("unsubscribe", { ...mine(subscription), about });
    if (!left.length) await subscription.unsubscribe();
    show(left);
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy("One moment …", turnOn);
  });
  end.addEventListener("click", () => busy("One moment …", turnOff));

  const begin = async () => {
    if (Notification.permission === "denied") return say(DENIED);
    const subscription = await current();
    if (!subscription) return show([]);
    try {
      show(await ask("following", mine(subscription)));
    } catch (error) {
      if (error.status === 404) return show([]);
      say(`What you follow cannot be read now: ${error.message}.`);
    }
  };
  section.hidden = false;
  begin().catch((error) => say(`Notifications cannot be used here: ${error.message}.`));
})();
