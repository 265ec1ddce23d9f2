/** Stability and transfer on simulated cells: what is planted is chosen again, and what is left out is not seen. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quiet, smallRuns, type SmallRun } from '../../support/small-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'f910-test-'));
let small: SmallRun;
let run: string;

beforeAll(async () => {
  small = await smallRuns(folder, 600, 240);
  ({ id: run } = await small.run());
}, 60_000);
afterAll(async () => {
  await small.engine.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('robustness', () => {
  it('counts how often each gene is chosen on halves of the cells, the same with the same seed', async () => {
    const ask = { run, selector: 'neighbours' as const, size: 12, draws: 4, leaveOut: [] };
    const found = await small.engine.handlers['board.robust'](ask, quiet);
    expect(found).toMatchObject({ selector: 'neighbours', size: 12, draws: 4, transfer: [] });
    expect(found.genes.filter(({ inPanel }) => inPanel)).toHaveLength(12);
    // Four draws of twelve genes each.
    expect(found.genes.reduce((sum, { share }) => sum + 4 * share, 0)).toBe(48);
    expect(found.jaccard).toBeGreaterThan(0);
    expect(found.jaccard).toBeLessThanOrEqual(1);
    expect(found.core + found.interchangeable).toBeLessThanOrEqual(12);
    expect(await small.engine.handlers['board.robust'](ask, quiet)).toEqual(found);
  });

  it('leaves cell types out one by one and scores the panel on their cells', async () => {
    const ask = { run, selector: 'neighbours' as const, size: 12, draws: 2, leaveOut: ['type' as const] };
    const { transfer } = await small.engine.handlers['board.robust'](ask, quiet);
    expect(transfer).toHaveLength(3);
    for (const { by, cells, random, evAllGenes, jaccard } of transfer) {
      expect(by).toBe('type');
      expect(cells).toBeGreaterThanOrEqual(20);
      expect(random).toBe(9);
      expect(evAllGenes!).toBeLessThan(1);
      expect(jaccard).toBeLessThanOrEqual(1);
    }
  });

  it('has several networks choose the panel of a network rule, in the run itself', async () => {
    const { id } = await small.run({ rule: 'norm', panelSize: 20, selectionDraws: 3 });
    const { metrics } = await small.engine.handlers['run.view']({ id }, quiet);
    expect(metrics!.panel).toMatchObject({ size: 20, stability: { draws: 3 } });
    const genes = await small.engine.handlers['run.panel']({ id }, quiet);
    expect(genes.reduce((sum, { share }) => sum + 3 * share!, 0)).toBeCloseTo(3 * 20, 6);
    const least = Math.min(...genes.flatMap(({ inPanel, share }) => (inPanel ? [share!] : [])));
    for (const { inPanel, share } of genes) if (!inPanel) expect(share!).toBeLessThanOrEqual(least);
    // Of the further networks their panels alone are kept.
    const kept = readdirSync(join(folder, 'workspace', 'runs', id, 'models'));
    expect(kept.filter(name => name.startsWith('select-'))).toEqual([]);
    const one = { run, selector: 'norm' as const, size: 20, draws: 2, leaveOut: [] };
    await expect(small.engine.handlers['board.robust'](one, quiet)).rejects.toThrow('Networks for stability');
  });

  it('says why each gene was selected, in the genes of the run', async () => {
    const { id } = await small.run({ rule: 'greedy', panelSize: 12 });
    const genes = await small.engine.handlers['run.panel']({ id }, quiet);
    for (const { inPanel, reason } of genes)
      expect(reason ?? '').toMatch(inPanel ? /^pick \d+: \d+\.\d\d %/ : /^$/);
    const { id: other } = await small.run({ rule: 'distances', panelSize: 12 });
    const found = (await small.engine.handlers['run.panel']({ id: other }, quiet)).filter(one => one.inPanel);
    expect(found.map(({ reason }) => reason!.split(':')[0]).sort()).toEqual([
      ...Array.from({ length: 9 }, () => 'keeps distances'),
      ...['pick 1', 'pick 2', 'pick 3'],
    ]);
  });

  it('refuses a panel that leaves nothing to predict', async () => {
    const ask = { run, selector: 'neighbours' as const, size: 200, draws: 2, leaveOut: [] };
    await expect(small.engine.handlers['board.robust'](ask, quiet)).rejects.toMatchObject({
      code: 'NOT_POSSIBLE',
    });
  });
});
