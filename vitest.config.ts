import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/built.ts'],
    // Two workers are what the smallest supported CI machine has; more only swap places on it.
    maxWorkers: 2,
    testTimeout: 60_000,
  },
});
