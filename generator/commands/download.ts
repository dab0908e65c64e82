import type { Diagnostic } from '../diagnostics/diagnostic.js'

/** What a URL gave: a text, nothing (404), or a reason that stops everything. */
export type Fetched =
  | { readonly kind: 'found'; readonly text: string }
  | { readonly kind: 'missing'; readonly status: number }
  | { readonly kind: 'fault'; readonly fault: Diagnostic }

const mostBytes = 16 * 1_048_576
const mostRedirects = 5

/** Reads a text from an http or https URL. It follows redirects, but none that gives up TLS. */
export async function download(
  url: string,
  signal: AbortSignal,
  ask: typeof fetch = fetch,
): Promise<Fetched> {
  let at: URL
  try {
    at = new URL(url)
  } catch {
    return stop(`${url} is not a URL`, 'give it as http://HOST/PATH or https://HOST/PATH')
  }
  if (at.protocol !== 'http:' && at.protocol !== 'https:')
    return stop(`${at.protocol}// is not read`, 'give an http or https URL, or a directory')
  if (at.username !== '' || at.password !== '')
    return stop(
      `the URL of ${at.host} holds a user`,
      'leave out the user and the password: agents read the published files without a login',
    )
  try {
    for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
      const answer = await ask(at, { redirect: 'manual', signal })
      const location = answer.headers.get('location')
      if (answer.status < 300 || answer.status > 399 || location === null) return await readAnswer(answer, at)
      await answer.body?.cancel()
      const next = new URL(location, at)
      if (at.protocol === 'https:' && next.protocol !== 'https:')
        return stop(
          `${at.href} redirects to ${next.origin}, without TLS`,
          'let the server redirect to an https URL, or give that URL yourself',
        )
      at = next
    }
    return stop(
      `${url} redirects more than ${mostRedirects} times`,
      'see the configuration of the web server',
    )
  } catch (error) {
    return describeFailure(error, at)
  }
}

async function readAnswer(answer: Response, at: URL): Promise<Fetched> {
  if (answer.status === 404 || answer.status === 410) {
    await answer.body?.cancel()
    return { kind: 'missing', status: answer.status }
  }
  if (!answer.ok) {
    await answer.body?.cancel()
    return stop(`${at.href} answers ${answer.status} ${answer.statusText}`.trim(), hintFor(answer.status))
  }
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of answer.body ?? []) {
    bytes += piece.byteLength
    // Leaving the loop ends the transfer.
    if (bytes > mostBytes)
      return stop(`${at.href} is larger than ${mostBytes / 1_048_576} MiB`, 'see what is served there')
    pieces.push(piece)
  }
  return { kind: 'found', text: Buffer.concat(pieces).toString('utf8') }
}

function hintFor(status: number): string {
  if (status === 401 || status === 403) return 'agents read it without a login: let the web server allow it'
  return status >= 500 ? 'see the log of the web server' : 'see what is served there'
}

function describeFailure(error: unknown, at: URL): Fetched {
  if (error instanceof Error && error.name === 'TimeoutError')
    return stop(`${at.origin} did not answer in 10 seconds`, 'check the URL, name service and firewalls')
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = String(Reflect.get(Object(cause), 'code') ?? '')
  const message = cause instanceof Error ? cause.message : String(cause)
  const known = Object.entries(reasons).find(([pattern]) => new RegExp(pattern).test(code))
  const [words, hint] = known?.[1] ?? [message, 'check the URL']
  return stop(`${at.origin} cannot be read: ${words}${code === '' ? '' : ` (${code})`}`, hint)
}

/** By Node's codes of errors: what happened, and what to do. */
const reasons: Readonly<Record<string, readonly [words: string, hint: string]>> = {
  '^ECONNREFUSED$': ['nothing listens there', 'check the port, and that the web server runs'],
  '^(ENOTFOUND|EAI_)': ['the host name is unknown', 'check the host in the URL, and name service'],
  '^(EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$': [
    'it cannot be reached',
    'check the network and firewalls',
  ],
  '^(ECONNRESET|UND_ERR_SOCKET|EPIPE)$': [
    'the connection was cut off',
    'check that the URL and the server agree on http or https',
  ],
  CERT_HAS_EXPIRED: ['its certificate has expired', 'renew the certificate of the web server'],
  'SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)': [
    'its certificate is signed by an authority that is not trusted here',
    'let NODE_EXTRA_CA_CERTS name the file of your certificate authority',
  ],
  ALTNAME_INVALID: ['its certificate is for another name', 'use the name in the certificate'],
  'SSL|TLS': [
    'it does not speak TLS as expected',
    'check that the URL and the server agree on http or https',
  ],
}

function stop(message: string, hint: string): Fetched {
  return { kind: 'fault', fault: { code: 'E_PUBLISHED', message, hint } }
}
