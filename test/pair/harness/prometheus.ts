import { execa } from 'execa'
import { findTool } from './capability.js'

/** A sample of the text format of Prometheus. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Reads that text strictly, HELP and TYPE before each sample, and lets promtool judge it where that is installed. */
export async function readPrometheus(text: string): Promise<Sample[]> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  if (text.includes('\ufffd')) throw new Error('the text is not UTF-8')
  const samples: Sample[] = []
  const lines = text.slice(0, -1).split('\n')
  for (let at = 0; at < lines.length; at += 3) {
    const [help = '', type = '', sample = ''] = lines.slice(at, at + 3)
    const found = /^([a-z_]+)\{((?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*)\} (\d+)$/.exec(sample)
    const [, name = '', labels = '', value = ''] = found ?? []
    if (!help.startsWith(`# HELP ${name} `) || type !== `# TYPE ${name} gauge` || name === '') {
      throw new Error(`not a sample: ${help} | ${type} | ${sample}`)
    }
    if (samples.some((one) => one.name === name)) throw new Error(`${name} is there twice`)
    const pairs = [...labels.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(
      ([, key = '', text = '']) => [key, text.replace(/\\(.)/g, '$1')] as const,
    )
    samples.push({ name, labels: Object.fromEntries(pairs), value: Number(value) })
  }
  const promtool = findTool('promtool')
  if (promtool !== undefined) await execa(promtool, ['check', 'metrics'], { input: text })
  return samples
}
