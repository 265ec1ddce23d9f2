import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { twoSidedOverlap } from '../../../src/core/hypergeometric.ts';
import type { RunDiff } from '../../../src/shared/run-diff.ts';
import type { PanelGene } from '../../../src/shared/model.ts';
import { quiet, smallRuns, type SmallRun } from '../../support/small-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'f910-test-'));
let small: SmallRun;
let first: string;
const diff = async (b: string): Promise<RunDiff> => small.engine.handlers['run.diff']({ a: first, b }, quiet);
const panelOf = async (id: string): Promise<PanelGene[]> => small.engine.handlers['run.panel']({ id }, quiet);

beforeAll(async () => {
  small = await smallRuns(folder, 200, 240);
  first = (await small.run()).id;
}, 60_000);
afterAll(async () => {
  await small.engine.close();
  rmSync(folder, { recursive: true, force: true });
});

it('a run and its repetition differ in nothing', async () => {
  const again = await diff((await small.run()).id);
  expect(again).toMatchObject({
    sameData: true,
    sameSplit: true,
    sameGenes: true,
    sameLogBase: true,
    params: [],
  });
  expect(again.panel).toMatchObject({ onlyA: [], onlyB: [], jaccard: 1 });
  for (const model of again.models) {
    expect(model.sameTargets).toBe(true);
    expect(model.a).toEqual(model.b);
  }
  expect(again.randomPanels[0]).toEqual(again.randomPanels[1]);
});

it('another rule keeps cells and split, and stands beside the other panel’s models', async () => {
  const other = (await small.run({ rule: 'norm', panelSize: 20 })).id;
  const found = await diff(other);
  expect(found.params.map(({ key }) => key).sort()).toEqual(['panelSize', 'rule']);
  expect(found).toMatchObject({ sameSplit: true, sameGenes: true });
  const [a, b] = [await panelOf(first), await panelOf(other)];
  const models = new Map(found.models.map(model => [model.id, model]));
  expect([...models.keys()]).not.toContain('linear-f910');
  expect(models.get('linear-panel')).toMatchObject({ sameTargets: false, b: { targets: a.length - 20 } });
  expect(models.get('linear-panel')!.evA).not.toBeNull();
  expect(models.get('mean')!.sameTargets).toBe(true);

  const [inA, inB] = [a, b].map(genes => genes.filter(gene => gene.inPanel).map(gene => gene.name)) as [
    string[],
    string[],
  ];
  const shared = inA.filter(name => inB.includes(name)).length;
  expect(found.panel).toMatchObject({ sizeA: inA.length, sizeB: 20, shared, background: a.length });
  expect(found.panel.expected).toBeCloseTo((inA.length * 20) / a.length, 9);
  expect(found.panel.p).toBe(twoSidedOverlap({ shared, sizeA: inA.length, sizeB: 20, background: a.length }));
  expect(found.panel.genes).toHaveLength(inA.length + 20 - shared);
  const byNorm = a.toSorted((g, h) => h.norm - g.norm).map(({ name }) => name);
  for (const gene of found.panel.genes) {
    expect(gene.inA).toBe(inA.includes(gene.name));
    expect(gene.inB).toBe(inB.includes(gene.name));
    expect(gene.rankA).toBe(byNorm.indexOf(gene.name) + 1);
  }
}, 30_000);

it('another seed has other held-out cells, another filter other genes', async () => {
  const seed = await diff((await small.run({ seed: 9 })).id);
  expect(seed).toMatchObject({ sameData: true, sameSplit: false, sameGenes: true });
  const filter = await diff((await small.run({ minCells: 40, logBase: 2 })).id);
  expect(filter).toMatchObject({ sameGenes: false, sameLogBase: false });
  expect(filter.panel.background).toBe(Math.min(...filter.keptGenes.map(Number)));
  expect(filter.models.every(({ sameTargets }) => !sameTargets)).toBe(true);
}, 30_000);
