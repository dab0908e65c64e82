import type { Values } from '../compile/compile.js'
import type { Diagnostic, Place } from '../diagnostics/diagnostic.js'
import { type ModelPath, showPath } from '../diagnostics/path.js'
import { accessSection } from './access.js'
import { constantsSection, contractSection } from './contract.js'
import { exitChips, exitsSection } from './exits.js'
import { factsSection } from './facts.js'
import { filesSection } from './files.js'
import { type Content, element, type Markup, printMarkup } from './markup.js'
import { pictureSection } from './picture.js'
import { digestsSection, findingsSection, type ProofRow, proofsSection } from './proofs.js'
import { type Run, readRun } from './run.js'
import { createMask } from './secrets.js'
import { settingsSection } from './settings.js'
import { stepsSection } from './steps.js'
import { style } from './style.js'

/** All that a page shows. */
export interface PageInput {
  /** The file of the model, as the user named it; undefined for the embedded one. */
  readonly config: string | undefined
  /** The environment that the model is for, where the configuration has several. */
  readonly env?: string | undefined
  /** Of the compiler. */
  readonly version: string
  readonly values: Values
  readonly files: Readonly<Record<string, string>>
  readonly diagnostics: readonly Diagnostic[]
  readonly placeOf: (path: ModelPath) => Place | undefined
  readonly proofs: readonly ProofRow[]
}

/** What every part of the page reads. */
export interface Page extends PageInput {
  readonly run: Run
  /** A part of the model, with its place in the user's file where it has one. */
  readonly showPart: (path: ModelPath) => string
}

/** One part of the page; its `id` is where a link leads. */
export interface Section {
  readonly id: string
  readonly title: string
  readonly content: Content
}

/** Prints a model as one page of HTML that needs nothing else; the same bytes for the same model. */
export function printPage(input: PageInput): string {
  const { values, placeOf } = input
  const page: Page = {
    ...input,
    run: readRun(values.script.text),
    showPart: (path) => {
      const place = placeOf(path)
      return place === undefined ? showPath(path) : `${showPath(path)} (${place.file}:${place.line})`
    },
  }
  const sections = [
    findingsSection(page),
    exitsSection(page),
    pictureSection(page),
    stepsSection(page),
    contractSection(page),
    constantsSection(page),
    settingsSection(page),
    accessSection(page),
    filesSection(page),
    proofsSection(page),
    digestsSection(page),
  ].filter((section) => section !== undefined)
  const secrets = Object.entries(values.map.variables).flatMap(([name, { secret }]) => (secret ? [name] : []))
  const html = element('html', { lang: 'en' }, head(titleOf(page)), body(page, sections))
  return `<!doctype html>\n${printMarkup(html, createMask(values.model, secrets))}\n`
}

function titleOf({ values, env }: Page): string {
  const of = `Replica of ${[values.model.master.hosts].flat().join(', ')}`
  return env === undefined ? of : `${of} (${env})`
}

// Nothing is asked of anybody, and nothing runs.
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

function head(title: string): Markup {
  return element(
    'head',
    {},
    element('meta', { charset: 'utf-8' }),
    element('meta', { 'http-equiv': 'Content-Security-Policy', content: policy }),
    element('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    element('meta', { name: 'color-scheme', content: 'light dark' }),
    element('meta', { name: 'referrer', content: 'no-referrer' }),
    element('title', {}, title),
    element('style', {}, style),
  )
}

function body(page: Page, sections: readonly Section[]): Markup {
  return element(
    'body',
    {},
    element('header', {}, element('h1', {}, titleOf(page)), exitChips(page), factsSection(page)),
    element(
      'nav',
      { 'aria-label': 'On this page' },
      element(
        'ul',
        {},
        sections.map(({ id, title }) => element('li', {}, element('a', { href: `#${id}` }, title))),
      ),
    ),
    element(
      'main',
      {},
      sections.map(({ id, title, content }) =>
        element(
          'section',
          { id, 'aria-labelledby': `${id}-title` },
          element('h2', { id: `${id}-title` }, title),
          content,
        ),
      ),
    ),
    element(
      'footer',
      {},
      element(
        'p',
        {},
        `Printed by postgres-rep-marathon ${page.version} from the model. Change the model, not this page.`,
      ),
    ),
  )
}
