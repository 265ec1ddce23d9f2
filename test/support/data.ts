/**
 * Real data sets stand beside the checkout, not in it. Tests that need them use `withData`, which says so where they
 * are missing instead of passing.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { describe } from 'vitest';

const root = process.env['F910_TEST_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));
export const hasData = existsSync(join(root, 'pbmc283'));

/** Path of a file of the test data, e.g. `testData('pbmc283/pbmc.rds')`. */
export const testData = (path: string): string => join(root, path);

/** A group of tests on real data; skipped, and counted as skipped, where the data are not there. */
export function withData(name: string, body: () => void): void {
  describe.skipIf(!hasData)(hasData ? name : `${name} (skipped: no test data at F910_TEST_DATA)`, body);
}
