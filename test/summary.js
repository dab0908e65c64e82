// Adds up what the runners of test/run.sh left in a directory and prints it; the last line is "N passed, N failed".
// A file is named for its part: NAME.gate holds an exit code, NAME.json is vitest's, with NAME.exit beside it, NAME.tap
// is bats'.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, extname, join } from 'node:path'

const readers = { '.gate': readGate, '.json': readVitest, '.tap': readTap }

const dir = process.argv[2] ?? '.'
const total = { passed: 0, failed: 0, notRun: [] }
for (const file of readdirSync(dir).sort()) {
  const read = readers[extname(file)]
  if (!read) continue
  const part = read(readFileSync(join(dir, file), 'utf8'), join(dir, basename(file, '.json')))
  console.log(`${basename(file, extname(file)).padEnd(24)} ${part.passed} passed, ${part.failed} failed`)
  total.passed += part.passed
  total.failed += part.failed
  total.notRun.push(...part.notRun)
}
// What may not be missing in CI is a failure there, even where a runner only skipped it.
if (process.env.CI) total.failed += total.notRun.length
console.log(`NOT RUN: ${total.notRun.length}`)
for (const title of total.notRun) console.log(`  ${title}`)
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0

/** A part that only passes or fails. */
function readGate(text) {
  const passed = text.trim() === '0'
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, notRun: [] }
}

/**
 * No report is a failure: vitest died. A file that could not even be loaded has no failed test of its own, and a
 * rejection that nobody handled none at all: then the exit code speaks.
 */
function readVitest(text, name) {
  if (text.trim() === '') return { passed: 0, failed: 1, notRun: [] }
  const report = JSON.parse(text)
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some(isFailed),
  )
  const skipped = report.testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(
      ({ status }) => status === 'skipped' || status === 'pending' || status === 'todo',
    ),
  )
  const failed = report.numFailedTests + unloaded.length
  const isFine = readFileSync(`${name}.exit`, 'utf8').trim() === '0'
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && !isFine ? 1 : failed,
    notRun: skipped.map(({ fullName }) => fullName),
  }
}

/**
 * https://testanything.org; tests that the plan promises and no line reports have failed. A skip that does not
 * say NOT RUN is a test that means nothing under that shell, and is not counted at all.
 */
function readTap(text) {
  const lines = text.split('\n')
  const planned = Number(/^1\.\.(\d+)/m.exec(text)?.[1] ?? 1)
  const skipped = lines.filter((line) => /^ok .*# skip/.test(line))
  const passed = lines.filter((line) => /^ok /.test(line)).length - skipped.length
  return {
    passed,
    failed: planned - passed - skipped.length,
    notRun: skipped.filter((line) => line.includes('NOT RUN')).map((line) => line.slice(3)),
  }
}

function isFailed({ status }) {
  return status === 'failed'
}
