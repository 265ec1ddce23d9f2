/** The leak audit finds what was planted, and nothing in clean data. */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import type { LeakCheck } from '../../../src/shared/model.ts';
import { auditLeaks, type LeakFacts } from '../../../src/engine/steps/leak-audit.ts';
import { range } from '../models/dense-rows.ts';
import { context, rowsOf } from './support.ts';

const [CELLS, GENES] = [120, 60];

function clean(): number[][] {
  const random = createRandom('leaks');
  return Array.from({ length: CELLS }, () =>
    Array.from({ length: GENES }, () => (random.next() < 0.5 ? 0 : Math.fround(random.next() * 3))),
  );
}

async function audit(
  table: number[][],
  changes: Partial<LeakFacts> = {},
): Promise<Record<LeakCheck['id'], LeakCheck>> {
  const names = Array.from({ length: GENES }, (_, gene) => `G${gene}`);
  const genes = {
    ...{ name: names, symbol: names, ensembl: names, entrez: names.map(() => 0) },
    landmark: names.map(() => -1),
  };
  const checks = await auditLeaks(
    {
      ...{ rows: rowsOf(table), genes, copies: 0, types: null, experiments: null, seed: 1 },
      split: { train: range(0, 80), stop: range(80, 90), test: range(90, CELLS) },
      models: [{ id: 'linear-panel', inputs: range(0, 10), targets: range(10, GENES) }],
      panel: range(0, 10),
      ...changes,
    },
    context(),
  );
  return Object.fromEntries(checks.map(check => [check.id, check])) as Record<LeakCheck['id'], LeakCheck>;
}

describe('the leak audit', () => {
  it('finds nothing in clean data', async () => {
    for (const { ok, text } of Object.values(await audit(clean()))) expect(ok, text).toBe(true);
  });

  it('finds a target that is an input', async () => {
    const { targets } = await audit(clean(), {
      models: [{ id: 'dnn-panel', inputs: range(0, 10), targets: range(9, GENES) }],
    });
    expect(targets).toMatchObject({ ok: false, text: expect.stringContaining('dnn-panel: G9') as string });
  });

  it('finds a training cell among the test cells, scaled by another depth', async () => {
    const table = clean();
    table[100] = table[3]!.map(value => value * 1.7);
    const { cells } = await audit(table);
    expect(cells).toMatchObject({ ok: false, text: expect.stringContaining('1 test cell has') as string });
  });

  it('finds a gene under two names, and says when one of them predicts the other', async () => {
    const table = clean().map(row =>
      row.map((value, gene) => (gene === 40 ? row[5]! * 2 : gene === 51 ? row[50]! : value)),
    );
    const { genes } = await audit(table);
    expect(genes.ok).toBe(false);
    expect(genes.text).toMatch(/^2 pairs of genes are nearly identical/);
    expect(genes.text).toContain('in 1 of them one gene is in the panel');
    const apart = await audit(clean().map(row => row.map((value, gene) => (gene === 51 ? row[50]! : value))));
    expect(apart.genes).toMatchObject({
      ok: true,
      text: expect.stringContaining('none of them lies between') as string,
    });
  });

  it('finds experiments that stand for cell types', async () => {
    const column = (levels: string[], code: (cell: number) => number) => ({
      ...{ name: 'x', levels },
      codes: Int32Array.from({ length: CELLS }, (_, cell) => code(cell)),
    });
    const types = column(['T', 'B'], cell => cell % 2);
    const bound = await audit(clean(), { types, experiments: column(['one', 'two'], cell => cell % 2) });
    expect(bound.experiments).toMatchObject({
      ok: false,
      text: expect.stringContaining('T in one, B in two') as string,
    });
    const free = await audit(clean(), {
      types,
      experiments: column(['one', 'two'], cell => (cell >> 1) % 2),
    });
    expect(free.experiments.ok).toBe(true);
  });
});
