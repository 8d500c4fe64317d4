// A provider of identities for tests: oidc-provider on a free port of the loopback address, without a page to
// click on. Whoever comes is the person that the test has named (POST /test/person). Says its issuer on standard
// output and then nothing; further orders: /test/rotate (new keys), /test/forget (codes given out are too old),
// /test/broken?on (answers 500).
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import Provider from 'oidc-provider'

const stored = new Map()
let person = null
let broken = false
let provider = null

class Adapter {
  constructor(model) {
    this.model = model
  }
  key = (id) => `${this.model}:${id}`
  async upsert(id, payload) {
    stored.set(this.key(id), payload)
  }
  async find(id) {
    return stored.get(this.key(id))
  }
  async findByUid(uid) {
    return [...stored.entries()].find(([key, one]) => key.startsWith(`${this.model}:`) && one.uid === uid)?.[1]
  }
  async consume(id) {
    stored.get(this.key(id)).consumed = Math.floor(Date.now() / 1000)
  }
  async destroy(id) {
    stored.delete(this.key(id))
  }
  async revokeByGrantId(grantId) {
    for (const [key, one] of stored) if (one.grantId === grantId) stored.delete(key)
  }
}

function started(issuer) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' }
  const made = new Provider(issuer, {
    adapter: Adapter,
    clients: [
      {
        client_id: 'rishi',
        client_secret: 'a secret of the tests',
        redirect_uris: ['http://127.0.0.1/api/auth/oidc/callback'],
      },
    ],
    jwks: { keys: [key] },
    cookies: { keys: ['for tests'] },
    pkce: { required: () => true },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
    scopes: ['openid', 'email', 'profile', 'groups'],
    // What most providers do: the ID token tells who it is, the userinfo endpoint the rest.
    conformIdTokenClaims: process.argv[2] !== 'all-in-the-token',
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, sub) => ({ accountId: sub, claims: async () => ({ ...person, sub }) }),
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId })
      grant.addOIDCScope('openid email profile groups')
      await grant.save()
      return grant
    },
  })
  // The platform listens on any port that is free.
  made.Client.prototype.redirectUriAllowed = (uri) => /^http:\/\/127\.0\.0\.1:\d+\/api\/auth\/oidc\/callback$/.test(uri)
  return made
}

const orders = {
  '/test/person': (_, body) => void (person = JSON.parse(body)),
  '/test/rotate': () => void (provider = started(provider.issuer)),
  '/test/forget': () => [...stored.keys()].filter((key) => key.startsWith('AuthorizationCode:')).forEach((key) => stored.delete(key)),
  '/test/broken': (url) => void (broken = url.searchParams.has('on')),
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://127.0.0.1')
  const order = orders[url.pathname]
  if (order) {
    const parts = []
    for await (const part of request) parts.push(part)
    order(url, Buffer.concat(parts).toString())
    response.writeHead(204).end()
  } else if (broken) {
    response.writeHead(500).end()
  } else if (url.pathname.startsWith('/interaction/')) {
    const { prompt } = await provider.interactionDetails(request, response)
    const result = person
      ? { login: { accountId: person.sub } }
      : { error: 'access_denied', error_description: `nobody is here to ${prompt.name}` }
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
  } else {
    provider.callback()(request, response)
  }
})
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`
  provider = started(issuer)
  process.stdout.write(`${issuer}\n`)
})
