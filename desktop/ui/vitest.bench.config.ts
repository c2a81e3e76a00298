// Figures of the desktop's window: `cargo xtask bench desktop`.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['tests/bench/**/*.test.ts'], environment: 'node', fileParallelism: false, testTimeout: 3_600_000 },
});
