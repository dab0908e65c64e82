import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The sweep takes longest by far: begun last, it would keep one core busy while the other waits. */
class SweepFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isSweep = ({ moduleId }: TestSpecification) => moduleId.includes('/test/crash/')
    return [...sorted.filter(isSweep), ...sorted.filter((file) => !isSweep(file))]
  }
}

// Real servers and shells are slow to start on two cores: limits are wide, and no test measures time.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/build.setup.ts'],
    testTimeout: 600_000,
    hookTimeout: 300_000,
    pool: 'forks',
    maxWorkers: 2,
    // A process for each file would load everything a hundred times; no file leaves anything behind in it.
    isolate: false,
    sequence: { sequencer: SweepFirst },
  },
})
