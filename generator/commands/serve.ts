import { once } from 'node:events'
import type { Command } from 'commander'
import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { isSecretName } from '../diagnostics/mask.js'
import { usualValue } from '../model/contract/variables.js'
import { type Replica, taskEnv } from '../model/replica.js'
import { type Listening, type Place, serveSite } from '../serve/server.js'
import { makeSite, type Site } from '../serve/site.js'
import { bare } from '../shell/words.js'
import { buildOne, type OneModel } from './build.js'
import { type AddCommand, addModelOptions, exits } from './options.js'
import { showOrigin } from './place-files.js'
import { printAside, printText } from './print.js'
import { report } from './report.js'

export const addServe: AddCommand = (program, end) =>
  addModelOptions(program.command('serve'))
    .description(
      'publish what the model gives on this host, for a test: nothing is written, and Ctrl-C ends it',
    )
    .argument('[config]', 'replica.config.ts or .json; without it the one in this directory')
    .option('--port <number>', 'the port; 0 takes a free one', '8080')
    .option('--host <address>', 'the address to listen on; 0.0.0.0 for agents of the network', '127.0.0.1')
    .action(async (config: string | undefined, options: ServeOptions, command: Command) => {
      if (!/^\d{1,5}$/.test(options.port) || Number(options.port) > 65_535)
        command.error(`error: --port ${JSON.stringify(options.port)} is not a port: give 0 to 65535`)
      if (options.host === '') command.error('error: --host needs an address')
      end(await serve(config, options, { host: options.host, port: Number(options.port) }))
    })

interface ServeOptions extends OneModel {
  readonly port: string
  readonly host: string
}

/** Serves the artefacts of a model from memory until a signal comes. Gives the exit code. */
export async function serve(config: string | undefined, which: OneModel, place: Place): Promise<number> {
  printAside(`compiling ${config ?? 'the configuration of this directory'}; serve says when it listens\n`)
  const built = await buildOne(config, which)
  const { files, values, diagnostics } = built
  report(diagnostics, {})
  if (values === undefined) return exits.refused
  const site = makeSite(files)
  const { publish } = values.model
  let listening: Listening
  try {
    listening = await serveSite(site, { ...place, publish }, (line) => {
      printAside(`${new Date().toISOString()} ${line}\n`)
    })
  } catch (error) {
    report([describeFault(error, place)], {})
    return exits.refused
  }
  // Before the URLs are printed: who reads them may send a signal at once.
  const ended = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  printText(describeSite(site, listening.urls, { name: showOrigin(built), model: values.model }))
  await ended
  await listening.close()
  return exits.done
}

function describeFault(error: unknown, { host, port }: Place): Diagnostic {
  const code = String(Reflect.get(Object(error), 'code') ?? '')
  const [words, hint] = reasons[code] ?? [
    error instanceof Error ? error.message : String(error),
    'give another --host or --port',
  ]
  return { code: 'E_SERVE', message: `cannot listen on ${host} port ${port}: ${words}`, hint }
}

const reasons: Readonly<Record<string, readonly [words: string, hint: string]>> = {
  EADDRINUSE: ['the port is taken', '--port 0 takes a free one'],
  EACCES: ['not permitted', 'a port below 1024 needs a privilege; give another --port'],
  EADDRNOTAVAIL: ['this host has no such address', 'give --host one of its own, or 0.0.0.0 for all'],
  ENOTFOUND: ['no address of that name is known', 'give --host an address of this host'],
  EAI_AGAIN: ['no address of that name is known', 'give --host an address of this host'],
}

function describeSite(
  site: Site,
  urls: readonly string[],
  { name, model }: { readonly name: string; readonly model: Replica },
): string {
  const [url = ''] = urls
  const others = urls.slice(1)
  const below = new URL(model.publish).pathname.replace(/\/+$/, '')
  const variables = Object.entries({ ...taskEnv(model), CONFIG_URL: `${url}/conf` }).filter(
    ([variable, value]) => typeof value === 'string' && !isSecretName(variable),
  )
  const words = variables.map(([variable, value]) => `${variable}=${bare(String(value))}`)
  return [
    `Serving ${name} until Ctrl-C:`,
    ...[...site.keys()].map((path) => `  ${url}${path}`),
    ...(others.length > 0 ? [`Also at ${others.join(', ')}.`] : []),
    ...(below === '' ? [] : [`The same below ${url}${below}/, as under publish.`]),
    '',
    `CONFIG_URL is ${url}/conf. A replica from here, in an empty directory of an agent:`,
    `  curl -fsSO ${url}/run_rep.sh`,
    `  ${words.join(' ')} sh run_rep.sh`,
    "The password of the role: as a line of .pgpass in RUN_USER's home directory (mode 600), or in a file that POSTGRES_REPPASSWORD_FILE names.",
    `The replica listens on port ${usualValue('PORT0')}; another one: PORT0=5433 before sh.`,
    '',
    `The files name publish: ${model.publish}. A supervisor that is given them fetches from there, not from this host.`,
    '',
  ].join('\n')
}
