// Starts the application without a connection. It keeps the page and the files that work in the field needs, of one
// build, whose hash is in the cache's name; of the API it keeps nothing, and answers nothing in its stead.
const CACHE = 'rishi-__VERSION__'
const FILES = ['__FILES__']
/** How long the network may take for the page before the kept one is shown. */
const PATIENCE = 4000

addEventListener('install', (event) => {
  const keep = async () => {
    const cache = await caches.open(CACHE)
    // Files with a hash in their name are taken from the browser's cache where it has them; the page is asked for anew.
    await Promise.all(FILES.map((path) => cache.add(new Request(path, { cache: path === '/' ? 'reload' : 'default' }))))
    await skipWaiting()
  }
  event.waitUntil(keep())
})

addEventListener('activate', (event) => {
  const take = async () => {
    const names = await caches.keys()
    await Promise.all(names.filter((name) => name.startsWith('rishi-') && name !== CACHE).map((name) => caches.delete(name)))
    await clients.claim()
  }
  event.waitUntil(take())
})

addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== location.origin) return
  if (pathname.startsWith('/assets/')) event.respondWith(file(request))
  else if (request.mode === 'navigate' && !/^\/(api|calendar|metrics|livez|readyz)(\/|$)/.test(pathname)) event.respondWith(page(request))
  else if (FILES.includes(pathname)) event.respondWith(fetch(request).catch(() => kept(pathname)))
})

/** What has a hash in its name is the same for ever. */
async function file(request) {
  const found = await caches.match(request)
  if (found) return found
  const answer = await fetch(request)
  if (answer.ok) {
    const cache = await caches.open(CACHE)
    await cache.put(request, answer.clone())
  }
  return answer
}

/** The server's page, or the one that is kept when there is none, or none in time. */
async function page(request) {
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error('late')), PATIENCE))
  const asked = fetch(request)
  // Who was late may fail later, too: the kept page has answered then.
  asked.catch(() => undefined)
  try {
    return await Promise.race([asked, late])
  } catch {
    return (await caches.match('/', { cacheName: CACHE })) ?? asked
  }
}

async function kept(path) {
  return (await caches.match(path, { cacheName: CACHE })) ?? Response.error()
}
