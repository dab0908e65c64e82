import { spawn } from 'node:child_process'
import { renameSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createLooker } from '../../generator/commands/watch.js'
import { waitFor } from '../pair/harness/wait.js'
import { type Folder, head, inFolder, repository } from './cli.js'

describe('createLooker', () => {
  test('names what was written, replaced, made or removed since it last looked', async () => {
    await inFolder({ a: '1', b: '1', c: '1' }, async ({ dir }) => {
      const at = (name: string) => join(dir, name)
      const looker = createLooker(['a', 'b', 'c', 'd'].map(at))
      expect([looker.look(), looker.count()]).toEqual([[], 3])
      writeFileSync(at('a'), 'longer')
      // As editors do: another file by the same name, of the same size and time.
      writeFileSync(at('new'), '1')
      utimesSync(at('new'), 1, 1)
      utimesSync(at('b'), 1, 1)
      expect(looker.look()).toEqual(['a', 'b'].map(at))
      renameSync(at('new'), at('b'))
      writeFileSync(at('d'), '')
      expect(looker.look()).toEqual(['b', 'd'].map(at))
      expect(looker.look()).toEqual([])
      renameSync(at('d'), at('e'))
      expect(looker.look()).toEqual([at('d')])
    })
  })

  test('a file that is new to it has changed when it was written after the run began', async () => {
    await inFolder({ a: '1' }, async ({ dir }) => {
      const looker = createLooker([])
      looker.keep([join(dir, 'a')], Date.now() + 60_000)
      expect(looker.look()).toEqual([])
      const late = createLooker([])
      late.keep([join(dir, 'a')], Date.now() - 60_000)
      expect(late.look()).toEqual([join(dir, 'a')])
    })
  })
})

// One life of it, since each run costs the time of a compiler of TypeScript.
test('generate --watch: after a change of a configuration, an import and a step, over a fault, until it is ended', async () => {
  const files = {
    'replica.config.ts': `${head}import { mem } from './lib/size'
export default defineReplica({
  task: { mem },
  steps: [{ name: 'warm', doc: 'warms it', file: './warm.sh', before: 'serve' }],
})
`,
    'lib/size.ts': 'export const mem = 1024\n',
    'warm.sh': 'step_warm() {\n  log INFO "one"\n}\n',
  }
  await inFolder(files, async (folder) => {
    const watching = startWatching(folder)
    try {
      await watching.see('watching 3 files')
      const app = async () => JSON.parse(await folder.read('marathon.json')).mem
      expect(await app()).toBe(1024)

      await replace(folder, 'lib/size.ts', 'export const mem = 2048\n')
      await watching.see('changed: lib/size.ts')
      await watching.see('wrote ')
      expect(await app()).toBe(2048)

      await folder.write('warm.sh', 'step_warm() {\n  ls $HOME\n}\n')
      await watching.see('changed: warm.sh')
      await watching.see('warm.sh:2:6 error E_SHELL_UNQUOTED')

      await folder.write('lib/more.ts', 'export const more = 1\n')
      await replace(folder, 'lib/size.ts', "import { more } from './more'\nexport const mem = 3071 + more\n")
      await folder.write('warm.sh', 'step_warm() {\n  log INFO "two"\n}\n')
      await watching.see('wrote ')
      expect(await app()).toBe(3072)
      expect(await folder.read('dist/run_rep.sh')).toContain('  log INFO "two"\n')
      // Is watched since the last run.
      await folder.write('lib/more.ts', 'export const more = 2\n')
      await watching.see('changed: lib/more.ts')
      expect(await watching.end('SIGINT')).toBe(130)
    } finally {
      await watching.end('SIGKILL')
    }
  })
})

test('generate --watch waits for a configuration, and is ended by SIGTERM', async () => {
  await inFolder({}, async (folder) => {
    const watching = startWatching(folder)
    try {
      await watching.see('E_CONFIG_NONE')
      await watching.see('waiting for a configuration')
      await folder.write('replica.config.json', '{}')
      await watching.see('changed: replica.config.json')
      await watching.see('wrote ')
      expect(await watching.end('SIGTERM')).toBe(0)
    } finally {
      await watching.end('SIGKILL')
    }
  })
})

// As editors do that keep the former file until the new one is whole.
async function replace({ dir, write }: Folder, name: string, text: string): Promise<void> {
  await write(`${name}~`, text)
  renameSync(join(dir, `${name}~`), join(dir, name))
}

interface Watching {
  /** Waits until it says that, after what was seen last. */
  readonly see: (words: string) => Promise<void>
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>
}

function startWatching({ dir }: Folder): Watching {
  const cli = join(repository, 'build/bin/cli.js')
  const child = spawn(process.execPath, [cli, 'generate', '--watch'], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  let seen = 0
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes) => {
      text += bytes
    })
  }
  const ended = new Promise<number | null>((settle) => child.on('close', settle))
  return {
    see: async (words) => {
      await waitFor(
        () => `${words} after ${JSON.stringify(text.slice(seen))}`,
        () => text.includes(words, seen),
      )
      seen = text.indexOf(words, seen) + words.length
    },
    end: (signal) => {
      child.kill(signal)
      return ended
    },
  }
}
