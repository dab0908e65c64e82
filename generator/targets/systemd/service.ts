import type { ModelPath } from '../../diagnostics/path.js'
import type { EnvValue } from '../../model/task.js'

/** A service, before it is text: the sections of its unit, and its environment. */
export interface Service {
  /** The name of its unit file, without the ending. */
  readonly unitName: string
  /** The name of the model's, and of the environment file. */
  readonly name: string
  /** Where the environment file is installed. */
  readonly environmentFile: string
  readonly unit: readonly Section[]
  /** What the environment file says. */
  readonly environment: Readonly<Record<string, EnvValue>>
}

/** A section of a unit file (systemd.syntax(7)): its name, and its directives in their order. */
export interface Section {
  readonly title: string
  readonly directives: readonly Directive[]
}

export interface Directive {
  readonly key: string
  readonly value: string
  /** The parts of the model that make it what it is. */
  readonly from: readonly ModelPath[]
  readonly why: string | undefined
}

/** A directive by the words that it is about, and by the parts of the model that it comes from. */
export function say(
  key: string,
  value: string,
  { from = [], why }: { readonly from?: readonly ModelPath[]; readonly why?: string } = {},
): Directive {
  return { key, value, from, why }
}

/** Keeps a text as it is: systemd.unit(5), "Specifiers". */
export function escapeSpecifiers(text: string): string {
  return text.replaceAll('%', '%%')
}

/** One of a list of paths, each that is no plain word in quotes: systemd.syntax(7), "Quoting". */
export function quotePath(path: string): string {
  const text = escapeSpecifiers(path)
  return /^[\w.+/%-]*$/.test(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`
}
