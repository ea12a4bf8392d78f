import { defineConfig } from 'vitest/config';

const continuous = process.env['CI'] === 'true';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // Node says of its own SQLite that it is experimental, in every process.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    reporters: continuous ? ['default', ['json', { outputFile: 'coverage/results.json' }]] : ['default'],
  },
});
