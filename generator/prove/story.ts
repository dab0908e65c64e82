import { digestOf } from '../script/print.js'

/**
 * Do the files agree with the script that they are published with? Of those that are there (by name, as they are
 * printed) gives what does not fit: SHA256SUMS, the lines in run_rep.map.json, and what marathon.json starts.
 */
export function judgeStory(files: Readonly<Record<string, string>>): string[] {
  const script = files['run_rep.sh'] ?? ''
  const sums = files.SHA256SUMS
  const map = files['run_rep.map.json']
  const app = files['marathon.json']
  return [
    ...(sums === undefined ? [] : judgeSums(sums, files)),
    ...(map === undefined ? [] : judgeMap(map, script)),
    ...(app === undefined ? [] : judgeApp(app, script)),
  ]
}

function judgeSums(sums: string, files: Readonly<Record<string, string>>): string[] {
  const lines = sums.split('\n').filter((line) => line !== '')
  const named = lines.flatMap((line) => {
    const [, digest = '', name = ''] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? []
    const text = files[name]
    if (name === '') return [`SHA256SUMS has a line that is none: ${line}`]
    return text === undefined || digestOf(text) === digest ? [] : [`SHA256SUMS has another digest of ${name}`]
  })
  return lines.some((line) => line.endsWith(' run_rep.sh'))
    ? named
    : [...named, 'SHA256SUMS does not name run_rep.sh']
}

function judgeMap(map: string, script: string): string[] {
  const lines = script.split('\n')
  const parsed = parse(map)
  const steps = Object.entries(Object(Object(parsed).steps))
  if (steps.length === 0) return ['run_rep.map.json has no steps']
  const shown = steps.flatMap(([name, step]) => {
    const [from, to] = Object(step).lines ?? []
    const own = lines.slice(Number(from) - 1, Number(to))
    return own.some((line) => line === `step_${name}() {`)
      ? []
      : [`run_rep.map.json has other lines for the step ${name}`]
  })
  const run = lines.slice(lines.indexOf('run() {'))
  const order = run
    .slice(0, run.indexOf('}'))
    .flatMap((line) => /^ {2}step=(\w+)$/.exec(line)?.[1] ?? [])
    .join(' ')
  return order === steps.map(([name]) => name).join(' ')
    ? shown
    : [...shown, 'run_rep.map.json has other steps']
}

// What the app gives the script, and how long it lets the script stop.
function judgeApp(app: string, script: string): string[] {
  const parsed = Object(parse(app))
  const cmd = String(parsed.cmd ?? '')
  const env = Object(parsed.env)
  const fetched: unknown[] = Array.isArray(parsed.fetch) ? parsed.fetch : []
  const optional = new Set([...script.matchAll(/\[ -z "\$\{(\w+):-\}" \]/g)].map(([, name]) => name))
  const usual = new Set([...script.matchAll(/^ {2}(\w+)=\$\{\1:-./gm)].map(([, name]) => name))
  const wanted = [
    ...new Set([...script.matchAll(/\|\| malformed ([A-Z]\w*) /g)].map(([, name = '']) => name)),
  ]
  const missing = wanted.filter((name) => !optional.has(name) && !usual.has(name) && env[name] === undefined)
  const limit = (name: string) => Number(new RegExp(`^${name}=(\\d+)$`, 'm').exec(script)?.[1] ?? 0)
  const needed = limit('stop_fast') + limit('stop_immediate')
  return [
    ...(/\brun_rep\.sh\b/.test(cmd) ? [] : ['marathon.json starts something else than run_rep.sh']),
    ...(fetched.some((item) => /\/run_rep\.sh$/.test(String(Object(item).uri)))
      ? []
      : ['marathon.json does not fetch run_rep.sh']),
    ...missing.map((name) => `marathon.json gives no ${name}, without which each run ends`),
    ...(Number(parsed.taskKillGracePeriodSeconds) > needed
      ? []
      : [
          `marathon.json kills within ${parsed.taskKillGracePeriodSeconds} s; the script may take ${needed} s to stop`,
        ]),
  ]
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
