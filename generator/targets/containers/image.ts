import type { Replica } from '../../model/replica.js'
import type { ContainerSection } from './schema.js'

/** An image, as far as a replica in it depends on it. */
export interface Image {
  readonly name: string
  /** The number of RUN_USER and its group. */
  readonly uid: number
  /** Where the volume for the data is mounted. */
  readonly mount: string
  /** What is known of an image of docker-library/postgres; undefined of any other. */
  readonly official: Official | undefined
}

interface Official {
  readonly isAlpine: boolean
  /** The major that its tag names. */
  readonly major: number | undefined
  /** The number of its user postgres. */
  readonly uid: number
}

/** The image of a model. With several majors the newest is taken, and a rule says what is wrong. */
export function chooseImage({ image, uid, mount }: ContainerSection, { postgresql }: Replica): Image {
  const major = Math.max(...postgresql.majors)
  const name = image ?? `postgres:${major}`
  const official = readOfficial(name)
  return {
    name,
    uid: uid ?? official?.uid ?? (/alpine/.test(name) ? 70 : 999),
    // Elsewhere the image's own VOLUME would become another, nameless volume.
    mount: mount ?? (major >= 18 ? '/var/lib/postgresql' : '/var/lib/postgresql/data'),
    official,
  }
}

// Dockerfile-debian.template and Dockerfile-alpine.template of docker-library/postgres.
function readOfficial(name: string): Official | undefined {
  const [, tag] = /^(?:docker\.io\/)?(?:library\/)?postgres(?::([^@]*))?(?:@.*)?$/.exec(name) ?? [
    undefined,
    undefined,
  ]
  if (!/^(docker\.io\/)?(library\/)?postgres([:@]|$)/.test(name)) return undefined
  const isAlpine = /alpine/.test(tag ?? '')
  const major = /^\d+/.exec(tag ?? '')?.[0]
  return { isAlpine, major: major === undefined ? undefined : Number(major), uid: isAlpine ? 70 : 999 }
}
