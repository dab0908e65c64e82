import { maskSecrets } from '../diagnostics/mask.js'
import { type Style, styleOf } from '../diagnostics/style.js'

/** Prints a text for a person or a program on standard output, without a secret. */
export function printText(text: string): void {
  process.stdout.write(maskSecrets(text))
}

/** Prints a text for a person on standard error, without a secret. */
export function printAside(text: string): void {
  process.stderr.write(maskSecrets(text))
}

/** Prints what is a product itself, as a model or an artefact: whoever made it has judged it, and it stays as it is. */
export function printProduct(text: string): void {
  process.stdout.write(text)
}

/** How standard error shows a text. */
export function asideStyle(): Style {
  return styleOf(process.stderr, process.env)
}

/** How standard output shows one. */
export function textStyle(): Style {
  return styleOf(process.stdout, process.env)
}
