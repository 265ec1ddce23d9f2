/** A browser for the end-to-end tests; without one they are skipped, and say so. */
import { describe } from 'vitest';
import { findBrowser } from '../../src/main/browser/find.ts';

export const browser = findBrowser();

/** A group of tests that need a browser; skipped, and counted as skipped, where there is none. */
export function withBrowser(name: string, body: () => void): void {
  const found = browser !== null;
  describe.skipIf(!found)(found ? name : `${name} (skipped: no Chromium, Chrome or Edge)`, body);
}
