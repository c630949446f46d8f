/** The few things used of a worker's surroundings: TypeScript's own library for them excludes the DOM's. */
interface Worker {
  readonly skipWaiting: () => Promise<void>;
  readonly clients: { readonly claim: () => Promise<void> };
  addEventListener(type: 'install' | 'activate', listener: (event: LifeEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: RequestEvent) => void): void;
}
interface LifeEvent {
  readonly waitUntil: (work: Promise<unknown>) => void;
}
interface RequestEvent {
  readonly request: Request;
  readonly respondWith: (response: Promise<Response>) => void;
}

const worker = self as unknown as Worker;
/** Paths of the built shell and their version, filled in by the build (vite.config.ts). */
declare const shellPaths: readonly string[];
declare const shellVersion: string;

const cacheName = `shell-${shellVersion}`;

/** The shell opens without a network; data are the page's business and never cached here. */
worker.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(cacheName)
      .then((cache) => cache.addAll(shellPaths))
      .then(() => worker.skipWaiting()),
  );
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(names.filter((name) => name !== cacheName).map((name) => caches.delete(name))),
      )
      .then(() => worker.clients.claim()),
  );
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  if (request.mode === 'navigate' && url.pathname === '/') {
    // The newest page when there is a network, the stored one when there is none.
    event.respondWith(
      fetch(request).catch(async () => (await caches.match('/')) ?? Response.error()),
    );
  } else if (shellPaths.includes(url.pathname)) {
    event.respondWith(caches.match(url.pathname).then((stored) => stored ?? fetch(request)));
  }
});
