// The service worker: shows what is pushed, opens the page of it, and ends it with one tap.
"use strict";

const PUSH = new URL(self.location.href).searchParams.get("at") || "";
const KEPT = "livecount-push"; // The page keeps in it whose subscription this is.
const MINE = "/push/mine";

self.addEventListener("install", () => self.skipWaiting());

const ask = (route, body) =>
  fetch(`${PUSH}/v1/push/${route}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

const mine = (subscription) => {
  const { endpoint, keys } = subscription.toJSON();
  return { endpoint, auth: keys.auth };
};

const read = (data) => {
  try {
    return data.json();
  } catch {
    return {};
  }
};

// Nothing that is pushed opens another site.
const own = (path) => {
  const url = new URL(String(path || "/"), self.location.origin);
  const isOwn = url.origin === self.location.origin;
  return isOwn ? `${url.pathname}${url.search}${url.hash}` : "/";
};

const show = async (data) => {
  const told = read(data);
  const tag = String(told.tag || "livecount");
  const [shown] = await self.registration.getNotifications({ tag });
  const isWithdrawn = Boolean(shown && shown.data && shown.data.withdrawn);
  if (isWithdrawn && !told.withdrawn) {
    // A call that comes again, after it was withdrawn, must not take the withdrawal's place.
    return self.registration.showNotification(shown.title, {
      ...common,
      body: shown.body,
      tag,
      data: shown.data,
      silent: true,
    });
  }
  return self.registration.showNotification(String(told.title || "The count"), {
    ...common,
    body: String(told.body || "There is news of the count."),
    tag,
    // A repeat replaces itself without a sound; that something is withdrawn is to be noticed.
    renotify: Boolean(told.withdrawn) && !isWithdrawn,
    timestamp: Number(told.at) || Date.now(),
    data: { path: own(told.path), withdrawn: Boolean(told.withdrawn) },
  });
};

const common = { lang: "en-GB", actions: [{ action: "end", title: "Stop notifications" }] };

let before = Promise.resolve();

// One at a time, so that a call and its withdrawal that come together see what each other showed.
const inTurn = (act) => {
  const done = before.then(act);
  before = done.catch(() => {});
  return done;
};

self.addEventListener("push", (event) => event.waitUntil(inTurn(() => show(event.data))));

const endAll = async () => {
  const subscription = await self.registration.pushManager.getSubscription();
  if (!subscription) return;
  const ended = mine(subscription);
  // First here, which works without the service: what it sends then is answered with "gone".
  await subscription.unsubscribe();
  await ask("unsubscribe", ended);
};

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  if (event.action === "end") {
    event.waitUntil(endAll());
    return;
  }
  const { path } = event.notification.data || {};
  event.waitUntil(self.clients.openWindow(own(path)));
});

const renew = async (event) => {
  const kept = await caches.open(KEPT);
  const known = await kept.match(MINE);
  const old = event.oldSubscription ? mine(event.oldSubscription) : known && (await known.json());
  if (!old) return;
  let subscription = event.newSubscription;
  if (!subscription) {
    const { key } = await (await fetch(`${PUSH}/v1/push/key`)).json();
    subscription = await self.registration.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: key,
    });
  }
  const answer = await ask("renew", { old, subscription: subscription.toJSON() });
  if (answer.ok) await kept.put(MINE, new Response(JSON.stringify(mine(subscription))));
};

self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));
