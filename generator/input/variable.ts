import type { ChoiceVariableInput, NumberVariableInput, PlainVariableInput } from './replica-input.js'

/**
 * Builds the variables of `env` in a model, by the type of what they may hold: `variable.port({ default: '8080' })`. The
 * name of one is upper case letters, digits and _ (POSIX.1-2017, XBD 8.1). Every value is text, as in the environment.
 *
 * What may be said of each: `default`, which the script takes when the variable is absent; `required`, so that a run
 * without it is refused; `secret`, so that no message shows it; `value`, which the supervisor gives it; `doc`, one sentence.
 * They throw nothing: what the type does not allow is found when the model is compiled.
 */
export const variable = {
  /** A TCP port: 1 to 65535. */
  port: (about: About<PlainVariableInput> = {}): VariableInput => ({ type: 'port', ...about }),
  /** One to 16 hosts, separated by commas: a name, IPv4 or [IPv6], each with an optional :port, or a bare IPv6. */
  host_list: (about: About<PlainVariableInput> = {}): VariableInput => ({ type: 'host_list', ...about }),
  /** The name of a PostgreSQL role: 1 to 63 bytes (NAMEDATALEN less one) without control characters. */
  role: (about: About<PlainVariableInput> = {}): VariableInput => ({ type: 'role', ...about }),
  /** A system user other than root: up to 32 of a-z 0-9 _ -, first a letter or _, and perhaps a $ at the end. */
  user_name: (about: About<PlainVariableInput> = {}): VariableInput => ({ type: 'user_name', ...about }),
  /** A path of up to 1000 bytes that has no '..' and no control characters and does not start with -. */
  path: (about: About<PlainVariableInput> = {}): VariableInput => ({ type: 'path', ...about }),
  /** A path that starts with /. */
  absolute_path: (about: About<PlainVariableInput> = {}): VariableInput => ({
    type: 'absolute_path',
    ...about,
  }),
  /** An http or https URL without user or fragment, of letters, digits and -._~:/?@&+,;=%. */
  url: (about: About<PlainVariableInput> = {}): VariableInput => ({ type: 'url', ...about }),
  /** disable, allow, prefer, require, verify-ca or verify-full (libpq, "SSL Support"). */
  ssl_mode: (about: About<PlainVariableInput> = {}): VariableInput => ({ type: 'ssl_mode', ...about }),
  /** on or off. */
  flag: (about: About<PlainVariableInput> = {}): VariableInput => ({ type: 'flag', ...about }),
  /** One line of up to 1024 bytes without control characters. */
  text: (about: About<PlainVariableInput> = {}): VariableInput => ({ type: 'text', ...about }),
  /** A whole number from `min` to `max`: nine decimal digits at most, no sign. */
  integer: (about: About<NumberVariableInput>): VariableInput => ({ type: 'integer', ...about }),
  /** Whole seconds from `min` to `max`, as an integer. */
  seconds: (about: About<NumberVariableInput>): VariableInput => ({ type: 'seconds', ...about }),
  /** One of `words`, each of letters, digits, _ . and -. */
  choice: (about: About<ChoiceVariableInput>): VariableInput => ({ type: 'choice', ...about }),
} as const

type About<T> = Omit<T, 'type'>
type VariableInput = PlainVariableInput | NumberVariableInput | ChoiceVariableInput
