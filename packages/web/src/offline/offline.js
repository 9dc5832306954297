// Keeps the page on this machine, so that it opens, and verifies, without a network. Put together when the page is built.

const version = "version";
const files = ["files"];

self.addEventListener("install", (event) => {
  const keep = async () => {
    const cache = await caches.open(version);
    await cache.addAll(
      files.map((file) => new Request(file === "" ? "./" : file, { cache: "reload" })),
    );
    await self.skipWaiting();
  };
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name !== version).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

/** Files of the page come from what was kept: all of one build. Everything else is none of our business. */
self.addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  const scope = new URL(self.registration.scope);
  const isOurs = origin === scope.origin && pathname.startsWith(scope.pathname);
  const file = pathname.slice(scope.pathname.length);
  if (event.request.method !== "GET" || !isOurs || !files.includes(file)) return;
  const answer = async () =>
    (await caches.match(file === "" ? "./" : file)) ?? (await fetch(event.request));
  event.respondWith(answer());
});
