// Tests of the desktop's window: the built program under Xvfb, driven by WebDriver; `npm run test:desktop`.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/desktop/**/*.test.ts'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 180_000,
  },
});
