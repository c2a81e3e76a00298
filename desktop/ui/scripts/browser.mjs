// @ts-check
// The system's Chromium for scripts, by the same names and in the same order as the tests look for it.
import { execFileSync } from 'node:child_process';

/** @returns {string} */
export function browserPath() {
  const given = process.env['VELORIA_CHROMIUM'];
  if (given) return given;
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    try {
      return execFileSync('which', [name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    } catch {
      // The next name.
    }
  }
  throw new Error('no Chromium: install it, or name it in VELORIA_CHROMIUM');
}
