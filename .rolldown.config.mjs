import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** Puts the templates into the program as one module; from the sources they are read where they lie. */
const templates = {
  name: 'templates',
  load(id) {
    if (!id.endsWith('/build/load/templates.js')) return undefined
    const names = readdirSync('templates', { recursive: true }).filter((name) => /\.(hbs|sh)$/.test(name))
    const texts = names.sort().map((name) => [name, readFileSync(join('templates', name), 'utf8')])
    const record = JSON.stringify(Object.fromEntries(texts))
    return `const templates = ${record}\nexport const readTemplates = () => ({ ...templates })\n`
  },
}

/** What was built before: beside the output of tsc, so that not all of the folder can go. */
const clean = {
  name: 'clean',
  buildStart: () => rmSync('build/bin', { recursive: true, force: true }),
}

/** The demo is made of shell scripts and stays so: they lie beside the program as they lie beside its command. */
const demo = {
  name: 'demo',
  generateBundle() {
    for (const name of readdirSync('generator/demo')) {
      const source = readFileSync(join('generator/demo', name), 'utf8')
      this.emitFile({ type: 'asset', fileName: `demo/${name}`, source })
    }
  },
}

/** Others' licences want to go along with their code: of each package that a module comes from, the whole text. */
const notices = {
  name: 'notices',
  generateBundle(_, bundle) {
    const modules = Object.values(bundle).flatMap(({ moduleIds = [] }) => moduleIds)
    const folders = modules.flatMap(
      (id) => /^[^\0]*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id)?.[0] ?? [],
    )
    const parts = [...new Set(folders)].sort().map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice)/i.test(file))
      if (files.length === 0) throw new Error(`${name} has no file with its licence`)
      const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim())
      return [`${name} ${version} (${license})`, ...texts].join('\n\n')
    })
    const head = 'This package holds parts of the following packages, under their own licences.'
    const rule = `\n\n${'-'.repeat(80)}\n\n`
    this.emitFile({
      type: 'asset',
      fileName: 'THIRD-PARTY-NOTICES.txt',
      source: `${[head, ...parts].join(rule)}\n`,
    })
  },
}

// The command line and the library as one program: loading some 200 small modules took a third of a cold `generate`.
// What a configuration is run in, child.js, shares with it what they have in common.
// ts-morph stays outside, since it is larger than all else and only a TypeScript model pays for it; sh-syntax, since
// only `prove` looks for it. Functions keep their names: they stand in the stack trace of a bug report.
const { version: unbash } = JSON.parse(readFileSync('node_modules/unbash/package.json', 'utf8'))
export default {
  input: { 'bin/cli': 'build/cli.js', 'bin/index': 'build/index.js', 'bin/child': 'build/child.js' },
  platform: 'node',
  external: [/^node:/, 'fs', 'path', 'ts-morph', 'sh-syntax'],
  resolve: {
    // jsonc-parser's `main` is UMD, whose inner require() no bundler can follow.
    mainFields: ['module', 'main'],
    // Handlebars does without it where no source map is asked for.
    alias: { 'source-map': false },
  },
  transform: { define: { BUNDLED_UNBASH: JSON.stringify(unbash) } },
  plugins: [clean, templates, demo, notices],
  output: {
    dir: 'build',
    chunkFileNames: 'bin/[name].js',
    format: 'esm',
    minify: { compress: true, mangle: { keepNames: true }, codegen: true },
  },
}
