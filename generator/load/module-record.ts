/** What a module exports, by name. */
export type Namespace = { readonly [name: string]: unknown }

/** One module while it is linked and run. */
export interface Module {
  readonly namespace: Namespace
  readonly imports: readonly string[]
  /** The modules of these imports, as far as they are connected. */
  readonly needs: readonly Module[]
  readonly isDone: boolean
  /** Gives the next of its imports its module. */
  connect(module: Module): void
  /** Calls back with the exports, now and whenever they change. */
  follow(set: (namespace: Namespace) => void): void
  /** Runs it once, whoever asks; whatever it imports was run before. */
  run(): Promise<void>
}

/** Runs a module after all that it imports, each in the order of the text, as ECMAScript has it. */
export async function runInOrder(root: Module): Promise<Namespace> {
  const order: Module[] = []
  const seen = new Set<Module>()
  const visit = (module: Module) => {
    if (seen.has(module)) return
    seen.add(module)
    for (const needed of module.needs) visit(needed)
    order.push(module)
  }
  visit(root)
  for (const module of order) await module.run()
  return root.namespace
}

/** What TypeScript's System format hands over (system.js, "System.register"). */
interface Registered {
  readonly setters: readonly ((namespace: Namespace) => void)[]
  readonly execute: () => unknown
}
type Declare = (exports: (names: string | object, value?: unknown) => unknown, context: object) => Registered

export interface Registration {
  /** What the file knows of itself: `import.meta`, and `import()` from it. */
  readonly context: object
  readonly announce: () => void
}

/** Makes modules, by where their exports come from. */
export const createModule = { known, later, registered }

/** Of a value that is there. */
function known(exports: object): Module {
  return createPlain(exports, () => undefined)
}

/** Of a module that somebody else imports, in its turn. */
function later(load: () => Promise<object>): Module {
  return createPlain({}, load)
}

/**
 * Of a file in the System format: the only one of TypeScript's that can be run from memory and holds what an ES module
 * has: live exports, `await` at its top and `import.meta`. `start` runs its text with a System of ours, and gives the
 * way to what it left in `module.exports`.
 */
function registered(start: (system: object) => () => object, { context, announce }: Registration): Module {
  const namespace: { [name: string]: unknown } = {}
  const followers: ((namespace: Namespace) => void)[] = []
  const tell = () => {
    for (const set of followers) set(namespace)
  }
  const exports = (names: string | object, value?: unknown): unknown => {
    Object.assign(namespace, typeof names === 'string' ? { [names]: value } : names)
    tell()
    return value
  }
  let imports: readonly string[] = []
  let file: Registered = { setters: [], execute: () => undefined }
  const register = (list: readonly string[], declare: Declare) => {
    imports = list
    file = declare(exports, context)
  }
  const readCommonJs = start({ register })
  const needs: Module[] = []
  let done: Promise<void> | undefined
  let isDone = false
  const execute = async () => {
    announce()
    await file.execute()
    const own = readCommonJs()
    if (!('default' in namespace) && (Object.keys(own).length > 0 || typeof own !== 'object'))
      exports('default', own)
    isDone = true
  }
  return {
    namespace,
    imports,
    needs,
    get isDone() {
      return isDone
    },
    connect: (module) => {
      const set = file.setters[needs.push(module) - 1]
      if (set !== undefined) module.follow(set)
    },
    follow: (set) => {
      followers.push(set)
      set(namespace)
    },
    run: () => {
      done ??= execute()
      return done
    },
  }
}

function createPlain(first: object, load: () => Promise<object> | undefined): Module {
  let namespace = first as Namespace
  let done: Promise<void> | undefined
  const followers: ((namespace: Namespace) => void)[] = []
  const execute = async () => {
    const loaded = await load()
    if (loaded === undefined) return
    namespace = loaded as Namespace
    for (const set of followers) set(namespace)
  }
  return {
    get namespace() {
      return namespace
    },
    imports: [],
    needs: [],
    get isDone() {
      return done !== undefined
    },
    connect: () => undefined,
    follow: (set) => {
      followers.push(set)
      set(namespace)
    },
    run: () => {
      done ??= execute()
      return done
    },
  }
}
