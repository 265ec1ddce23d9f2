/** A small simulated data set as 10x files with labels, on which the recipe takes seconds. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { temporaryFolder } from '../../support/sandbox.ts';
import { terminal } from '../../support/terminal.ts';

export interface SmallCounts {
  readonly counts: readonly string[];
  readonly labels: string;
}

/** Made by `f910 simulate`; gone after the test. */
export async function smallCounts(cells = 400, genes = 600): Promise<SmallCounts> {
  const out = join(temporaryFolder(), 'made');
  const shape = ['--cells', String(cells), '--genes', String(genes), '--types', '4', '--seed', '7'];
  const { code, err } = await terminal(join(out, '..', 'workspace'), 'simulate', ...shape, '--out', out);
  expect(code, err).toBe(0);
  const names = readdirSync(out, { recursive: true, encoding: 'utf8' });
  return {
    counts: names.filter(name => /\.(mtx|tsv)(\.gz)?$/.test(name)).map(name => join(out, name)),
    labels: join(out, 'labels.csv'),
  };
}
