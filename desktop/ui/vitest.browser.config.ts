// Tests in a real browser against a real server; `npm run test:browser`, or `cargo xtask test` with everything.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/browser/**/*.test.ts'],
    globalSetup: ['tests/server.ts'],
    environment: 'node',
    // One browser beside one server is as much as a small machine likes.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
