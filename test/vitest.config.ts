import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The sweep takes longest by far: begun last, it would keep one core busy while the others wait. */
class SweepFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isSweep = ({ moduleId }: TestSpecification) => /\/test\/(crash|failover)\//.test(moduleId)
    return [...sorted.filter(isSweep), ...sorted.filter((file) => !isSweep(file))]
  }

  /** The lab has parts of its own, by MATRIX_PART, so it is in each. */
  override async shard(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLab = ({ moduleId }: TestSpecification) => moduleId.includes('/test/lab/')
    return [...files.filter(isLab), ...(await super.shard(files.filter((file) => !isLab(file))))]
  }
}

// The tiers of test/run.sh. The quick one has all that starts no server and no browser, one life of a real pair in each layout, and
// a thin slice of the crashes.
const tier = process.env.TEST_TIER ?? 'all'
const all = ['test/**/*.test.ts']
const slow = [
  'test/pair/**',
  'test/agent/**',
  'test/lab/**',
  'test/failover/**',
  'test/supervisors/**',
  'test/demo/**',
  'test/browser/**',
]
const life = 'test/pair/life.test.ts'
const tiers: Readonly<Record<string, { include: string[]; exclude: string[] }>> = {
  quick: { include: all, exclude: [...slow.map((files) => `${files}/!(life).test.ts`)] },
  rest: {
    include: [...slow.map((files) => `${files}/*.test.ts`), 'test/crash/*.test.ts'],
    exclude: [life],
  },
  all: { include: all, exclude: [] },
}

// Real servers and shells are slow to start on two cores: limits are wide, and no test measures time.
export default defineConfig({
  test: {
    ...tiers[tier],
    globalSetup: ['test/build.setup.ts'],
    testTimeout: 600_000,
    hookTimeout: 300_000,
    pool: 'forks',
    // More than there are cores: pairs wait for each other most of the time.
    maxWorkers: 3,
    // A process for each file would load everything a hundred times; no file leaves anything behind in it.
    isolate: false,
    sequence: { sequencer: SweepFirst },
  },
})
