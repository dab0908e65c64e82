import { expect, test } from 'vitest'
import { models, pageOf, valuesOf } from './models.js'

const pages = Object.fromEntries(Object.entries(models).map(([name, model]) => [name, pageOf(model)]))

/** Every tag that a page of ours has; nothing that a model says may add one. */
const known = new Set(
  'a article body br circle code dd desc details div dl dt footer g h1 h2 h3 h4 head header html li main meta nav ol p path rect section small span strong style summary svg table tbody td text th thead title tr tspan ul'.split(
    ' ',
  ),
)

function judge(page: string): void {
  const tags = [...page.matchAll(/<\/?([^\s>/!]+)([^>]*)>/g)]
  expect(new Set(tags.map(([, tag = '']) => tag).filter((tag) => !known.has(tag)))).toEqual(new Set())
  expect(
    tags.filter(([, , rest = '']) =>
      /\son\w+\s*=|\ssrc=|\shref="(?!#)/i.test(
        rest.replace(/="[^"]*"/g, (value) => (value.startsWith('="#') ? '="#"' : '="x"')),
      ),
    ),
  ).toEqual([])
  const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)
  expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([])
  const links = [...page.matchAll(/ href="#([^"]*)"/g)].map(([, id]) => id)
  expect(links.filter((id) => !ids.includes(id))).toEqual([])
  expect(page).not.toMatch(/[\p{Bidi_Control}]/u)
}

test.each(Object.keys(models))('the page of the %s model is whole, and asks nobody', (name) => {
  const page = pages[name] ?? ''
  judge(page)
  expect(page).toMatch(/^<!doctype html>\n<html lang="en">/)
  expect(page).toContain(
    '<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; img-src data:;',
  )
  expect(page).not.toContain('<script')
})

test('the same model gives the same bytes', () => {
  expect(pageOf(models.published)).toBe(pages.published)
})

test('it has every part of a model: variables, settings, access rules, files with their lines, digests', () => {
  const { values, files } = valuesOf(models.published)
  const page = pages.published ?? ''
  const texts = decode(page)
  for (const name of Object.keys(values.map.variables)) expect(page).toContain(`id="variable-${name}"`)
  for (const name of Object.keys(values.map.steps)) expect(page).toContain(`id="step-${name}"`)
  for (const [name, text] of Object.entries(files)) {
    expect(texts).toContain(`<code>${name}</code>`)
    expect(texts).toContain(String(Buffer.byteLength(text)))
  }
  // In their order, as the printed files have them.
  const rules = lines(files['conf/pg_hba.conf']).map((line) => line.replace(/\s+/g, ' '))
  const shown = [...texts.matchAll(/ scope="row">\d+\. <code>(.*?)<\/code>/g)].map(([, line]) => line)
  expect(shown).toEqual(rules)
  const settings = lines(files['conf/postgresql.conf']).map((line) => line.split(/\s*=/)[0] ?? '')
  for (const name of settings) expect(texts).toContain(`<code>${name}</code>`)
  for (const { trace } of values.targets)
    for (const printed of Object.values(trace?.() ?? {}).flat())
      if (printed.text !== '') expect(texts).toContain(`<code>${printed.text}</code>`)
})

test('it says what a server of each major has by itself, and when it takes a change', () => {
  const page = decode(pages.published ?? '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
  expect(page).toMatch(/max_connections 200 100 at a restart postgresql\.settings\.max_connections/)
  expect(page).toMatch(/work_mem '64MB' 4MB at a reload/)
  expect(page).toMatch(/password_encryption 'scram-sha-256' 12: md5 ; 16: scram-sha-256 at a reload/)
})

test('whatever a model says is text', () => {
  const plain = `</script><img src=x onerror=alert(1)>"'&`
  const evil = `${plain}\u202e\u2066`
  const page = pageOf(
    {
      access: [{ type: 'host', database: { name: evil.slice(0, 40) }, user: { name: "o'<b>" }, from: 'all' }],
      postgresql: { majors: [15], settings: { log_line_prefix: evil, 'my.own': evil } },
      env: { GREETING: { type: 'text', value: evil, doc: plain } },
      task: { env: { OTHER: evil } },
      steps: [{ name: 'warm', doc: plain, file: 'warm.sh', before: 'serve' }],
      targets: { marathon: { labels: { [evil]: evil } } },
    },
    { 'warm.sh': 'step_warm() {\n  log INFO "$GREETING"\n}\n' },
  )
  judge(page)
  expect(page).toContain('&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;')
})

test('no secret stands in it', () => {
  const page = pageOf({
    task: {
      env: {
        DB_PASSWORD: `hun"ter<2'>`,
        TOKEN: 'tok\\en-9',
        DB_PASS: 'x7',
        LINK: 'http://me:pass9@web01/x?api_key=k9&a=b',
      },
    },
    postgresql: { majors: [16] },
    targets: { marathon: {}, systemd: { name: 'pg-replica' }, compose: {} },
  })
  const texts = decode(page)
  for (const secret of ['hun"ter', 'hun\\"ter', 'tok\\en-9', 'tok\\\\en-9', 'pass9', 'k9', 'x7'])
    expect(texts).not.toContain(secret)
  expect(texts).toContain('DB_PASSWORD')
  expect(texts).toContain('***')
})

function lines(text = ''): string[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

function decode(text: string): string {
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? '')
}
