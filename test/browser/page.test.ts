import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import axe from 'axe-core'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { drawRun } from '../../generator/commands/page.js'
import { findTool, missing, testWith } from '../pair/harness/capability.js'
import { models, pageOf, valuesOf } from '../report/models.js'

// BROWSER_SHOTS: a directory that keeps the screenshots, for whoever wants to look at them.
const shots = process.env.BROWSER_SHOTS
const needs = [{ tool: 'chromium' }] as const
const widths = [360, 1280]
const schemes = ['light', 'dark'] as const

let browser: Browser
let dir: string
beforeAll(async () => {
  if (missing(...needs)) return
  dir = await mkdtemp(join(tmpdir(), 'browser-'))
  await writeFile(join(dir, 'report.html'), pageOf(models.published))
  const image = drawRun(valuesOf({}).values, 'svg')
  await writeFile(join(dir, 'run.svg'), image)
  // As README.md shows it.
  await writeFile(
    join(dir, 'image.html'),
    '<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>A run</title><main><h1>A run</h1><img src="run.svg" alt="A run"></main></html>',
  )
  browser = await chromium.launch({
    executablePath: findTool('chromium') ?? '',
    timeout: 120_000,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
      ...['--disable-background-networking', '--disable-component-update'],
    ],
  })
})
afterAll(async () => {
  await browser?.close()
  if (dir) await rm(dir, { recursive: true, force: true })
})

describe.each(schemes)('in the %s', (colorScheme) => {
  testWith(
    needs,
    'the page is read without help, a request, or a bar to scroll sideways, at each width',
    async () => {
      for (const width of widths) {
        const seen = await look('report.html', { width, colorScheme })
        expect(seen.requests.filter((url) => !url.endsWith('/report.html'))).toEqual([])
        expect(seen.words).toEqual([])
        expect(seen.tooWide).toEqual([])
        expect(seen.faults).toEqual([])
        expect(seen.size).toBeGreaterThan(20_000)
      }
    },
  )
})

testWith(needs, 'dark is dark, and light is light', async () => {
  const [light, dark] = await Promise.all(
    schemes.map((colorScheme) => look('report.html', { width: 360, colorScheme })),
  )
  expect([light?.paper, dark?.paper]).toEqual(['rgb(255, 255, 255)', 'rgb(18, 24, 31)'])
})

testWith(needs, 'the image is as wide as a phone, and loads nothing', async () => {
  const seen = await look('image.html', { width: 376, colorScheme: 'dark' })
  expect(seen.requests.map((url) => url.split('/').at(-1))).toEqual(['image.html', 'run.svg'])
  expect([seen.words, seen.tooWide]).toEqual([[], []])
})

async function look(file: string, { width, colorScheme }: { width: number; colorScheme: 'light' | 'dark' }) {
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme })
  context.setDefaultTimeout(120_000)
  try {
    const page = await context.newPage()
    const requests: string[] = []
    const words: string[] = []
    page.on('request', (request) => requests.push(request.url()))
    page.on('console', (message) => words.push(message.text()))
    page.on('pageerror', (error) => words.push(String(error)))
    await page.goto(`file://${join(dir, file)}`)
    // What is folded is looked at, too.
    await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true')
    const tooWide = (await page.evaluate(`[...document.querySelectorAll('body *')]
      .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5 && one.closest('thead') === null)
      .map((one) => one.outerHTML.slice(0, 120))`)) as string[]
    const scrolls = (await page.evaluate(
      'document.documentElement.scrollWidth > document.documentElement.clientWidth',
    )) as boolean
    const paper = String(await page.evaluate('getComputedStyle(document.documentElement).backgroundColor'))
    await page.evaluate(axe.source)
    const result = (await page.evaluate(
      'axe.run(document, { resultTypes: ["violations"] })',
    )) as axe.AxeResults
    const faults = result.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} (${nodes.length})`)
    const path = shots && join(shots, `${file}-${width}-${colorScheme}.png`)
    const picture = await page.screenshot({ ...(path && { path }) })
    return {
      requests,
      words,
      tooWide: scrolls ? ['the page', ...tooWide] : tooWide,
      faults,
      paper,
      size: picture.length,
    }
  } finally {
    await context.close()
  }
}
