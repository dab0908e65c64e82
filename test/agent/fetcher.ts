// mesos-fetcher (Mesos src/launcher/fetcher.cpp), as a program: puts the app's artefacts into the working directory,
// one after the other, as the task's user. The first failure ends it, and with it the task.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, isAbsolute } from 'node:path'
import type { Artifact } from './app.js'
import { isArchive } from './archive.js'

const artifacts: readonly Artifact[] = JSON.parse(process.argv[2] ?? '[]')

try {
  for (const artifact of artifacts) await fetchOne(artifact)
} catch (error) {
  console.error(`Failed to fetch all URIs: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}

async function fetchOne({ uri, destPath, executable, extract }: Artifact): Promise<void> {
  // Everything behind the last slash, a query too (slave/containerizer/fetcher.cpp).
  const path = destPath ?? uri.slice(uri.lastIndexOf('/') + 1)
  if (path === '' || isAbsolute(path) || path.split('/').includes('..'))
    throw new Error(`no file name: ${uri}`)
  mkdirSync(dirname(path), { recursive: true })
  if (/^https?:/.test(uri)) writeFileSync(path, await download(uri))
  else
    execFileSync('cp', ['--', uri.replace(/^file:\/\//, ''), path], {
      stdio: ['ignore', 'inherit', 'inherit'],
    })
  if (executable) chmodSync(path, 0o755)
  else if (extract && isArchive(path)) unpack(path)
  else if (extract)
    console.error(`Copying instead of extracting resource from URI with 'extract' flag: ${uri}`)
}

// Redirects are followed, and only 200 will do. The fetcher gives up a transfer that stalls for a minute.
async function download(uri: string): Promise<Buffer> {
  const answer = await fetch(uri, { signal: AbortSignal.timeout(60_000) })
  if (answer.status !== 200) throw new Error(`HTTP status ${answer.status} for ${uri}`)
  return Buffer.from(await answer.arrayBuffer())
}

function unpack(path: string): void {
  const file = `./${basename(path)}`
  const isTar = /\.(tar(\.(gz|bz2|xz))?|tgz|tbz2|txz)$/.test(path)
  const words = isTar
    ? ['tar', '-x', '-f', file]
    : path.endsWith('.zip')
      ? ['unzip', '-o', file]
      : ['gzip', '-dk', file]
  execFileSync(words[0] ?? '', words.slice(1), { cwd: dirname(path), stdio: ['ignore', 'ignore', 'inherit'] })
}
