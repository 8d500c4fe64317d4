// The one way to the API: typed from its OpenAPI document, errors as problem documents, every POST with an
// idempotency key. A form that may be sent again after a lost answer passes a key of its own, made when it was opened.
import createClient, { type Middleware } from 'openapi-fetch'
import { t } from '../language/language'
import { ApiError, problemOf } from './errors'
import type { paths } from './schema'

const once: Middleware = {
  onRequest({ request }) {
    if (request.method === 'POST' && !request.headers.has('Idempotency-Key') && !request.url.includes('/api/auth/')) {
      request.headers.set('Idempotency-Key', crypto.randomUUID())
    }
    return request
  },
  async onResponse({ response }) {
    if (!response.ok) throw new ApiError(await problemOf(response))
  },
  onError() {
    return new ApiError({ status: 0, code: 'offline', title: t('No connection'), detail: t('The server cannot be reached. Check the connection and try again.') })
  },
}

export const api = createClient<paths>({ baseUrl: location.origin, credentials: 'same-origin', fetch: (request) => globalThis.fetch(request) })
api.use(once)

/** What `If-Match` says of an entity that was read. */
export const ifMatch = (entity: { version: number }) => ({ 'If-Match': `"${entity.version}"` })

/** The body of an answer that has one. */
export async function body<T>(answer: Promise<{ data?: T }>): Promise<T> {
  const { data } = await answer
  if (data === undefined) throw new ApiError({ status: 0, code: 'empty', title: t('No answer'), detail: t('The server answered without a body.') })
  return data
}
