import { defineConfig } from 'vitest/config'

// Real servers and shells are slow to start on two cores: limits are wide, and no test measures time.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/build.setup.ts'],
    testTimeout: 240_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
