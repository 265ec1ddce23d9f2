import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { panelGenes, panelSummary } from '../../../src/engine/steps/panel-tables.ts';
import { readPanel, stablePanel, type Panel, type WeightRows } from '../../../src/engine/steps/panel.ts';
import { PRESETS } from '../../../src/shared/params.ts';
import { genesNamed } from './support.ts';

const paper = PRESETS.paper;

/** Maximum, minimum and norm of random rows. */
function randomWeights(genes: number, hidden: number, seed: number): WeightRows {
  const random = createRandom(seed, 'weights');
  const rows = Array.from({ length: genes }, () => {
    const scale = Math.exp(random.normal());
    return Float32Array.from({ length: hidden }, () => scale * random.normal());
  });
  return weightsOf(rows);
}

function weightsOf(rows: readonly ArrayLike<number>[]): WeightRows {
  const each = (f: (row: number[]) => number): Float32Array =>
    Float32Array.from(rows, row => f(Array.from(row)));
  return {
    maximum: each(row => Math.max(...row)),
    minimum: each(row => Math.min(...row)),
    norm: each(row => Math.hypot(...row)),
  };
}

describe('rule paper', () => {
  it('takes 500 genes from each end of 8,960, and names the panel by its size', () => {
    const weights = randomWeights(8960, 16, 1);
    const panel = readPanel(weights, paper);
    const order = Array.from({ length: 8960 }, (_, g) => g);
    const top = new Set([...order].sort((g, h) => weights.maximum[h]! - weights.maximum[g]!).slice(0, 500));
    const bottom = new Set(
      [...order].sort((g, h) => weights.minimum[g]! - weights.minimum[h]!).slice(0, 500),
    );
    const union = order.filter(g => top.has(g) || bottom.has(g));
    expect([...panel.genes]).toEqual(union);
    expect(panel.name).toBe(`F${union.length}`);
    order.forEach(g => {
      const list = top.has(g) ? (bottom.has(g) ? 'both' : 'maximum') : bottom.has(g) ? 'minimum' : '';
      expect(panel.list[g]).toBe(list);
      if (top.has(g) !== panel.rankMaximum[g]! <= 500 || bottom.has(g) !== panel.rankMinimum[g]! <= 500) {
        throw new Error(`ranks of gene ${g}`);
      }
    });
    expect(panel).toMatchObject({ ties: 0, notes: [] });
  });

  it('passes over genes to avoid, which others take the place of', () => {
    const weights = randomWeights(1000, 8, 9);
    const before = readPanel(weights, paper);
    const avoided = new Uint8Array(1000);
    for (const gene of before.genes.subarray(0, 10)) avoided[gene] = 1;
    const after = readPanel(weights, paper, avoided);
    expect(after.genes.filter(gene => avoided[gene] === 1)).toHaveLength(0);
    const ends = (panel: typeof after, list: string): number =>
      panel.list.filter(own => own === list || own === 'both').length;
    expect(ends(after, 'maximum')).toBe(ends(before, 'maximum'));
    expect(ends(after, 'minimum')).toBe(ends(before, 'minimum'));
  });

  it('takes no more than its share of small data, and says so', () => {
    const panel = readPanel(randomWeights(341, 8, 2), paper);
    expect(panel.list.filter(list => list === 'maximum' || list === 'both')).toHaveLength(19); // 5.6 % of 341
    expect(panel.notes).toEqual([
      '19 genes were taken from each end instead of 500, because the data have 341 genes and most have to be left to predict.',
    ]);
    const greedy = readPanel(randomWeights(40, 8, 3), { ...paper, panelShare: 0.5 });
    expect(greedy.genes.length).toBeLessThanOrEqual(20);
  });

  it('breaks ties by gene order and counts them', () => {
    // Four genes share the second largest maximum; two places are left for them.
    const rows = [
      [1, -9],
      [5, -1],
      [3, -2],
      [3, -3],
      [3, -4],
      [3, -5],
      [0, -6],
      [0, -7],
      [0, -8],
      [0, -0.5],
    ];
    const panel = readPanel(weightsOf([...rows, ...rows.map(() => [0, -0.1])]), {
      ...paper,
      panelEnds: 3,
      panelShare: 0.5,
    });
    expect([...panel.genes]).toEqual([0, 1, 2, 3, 7, 8]);
    expect(panel.list.slice(0, 10)).toEqual([
      'minimum',
      'maximum',
      'maximum',
      'maximum',
      '',
      '',
      '',
      'minimum',
      'minimum',
      '',
    ]);
    expect(panel.ties).toBe(2);
  });

  it('never takes a gene that is switched off, even where few are on', () => {
    const rows = Array.from({ length: 40 }, (_, g) => (g % 10 === 0 ? [g + 1, -g - 1] : [1e-3, -1e-3]));
    const panel = readPanel(weightsOf(rows), { ...paper, panelShare: 0.25 });
    expect([...panel.genes]).toEqual([0, 10, 20, 30]);
    expect(panel.switchedOff.reduce((a, b) => a + b, 0)).toBe(36);
    expect(panel.notes[1]).toBe(
      'The group lasso left 4 of 40 genes on, fewer than the 10 asked for from each end. Lower `lambda` for a larger panel.',
    );
  });
});

describe('rule norm', () => {
  it('takes exactly the genes with the largest rows', () => {
    const weights = randomWeights(2000, 16, 4);
    const panel = readPanel(weights, { ...paper, rule: 'norm', panelSize: 910 });
    const threshold = [...weights.norm].sort((a, b) => b - a)[909]!;
    expect(panel.genes.length).toBe(910);
    expect([...panel.genes].every(g => weights.norm[g]! >= threshold && panel.list[g] === 'norm')).toBe(true);
    expect(panel.name).toBe('F910');
  });

  it('leaves half of the genes to predict, and says so', () => {
    const panel = readPanel(randomWeights(341, 8, 5), { ...paper, rule: 'norm' });
    expect(panel.genes.length).toBe(170);
    expect(panel.notes).toEqual([
      'A panel of 910 of 341 genes would leave too few to predict; 170 were taken.',
    ]);
  });
});

describe('readPanel', () => {
  it('refuses weights of which no panel can be read', () => {
    const off = weightsOf(Array.from({ length: 30 }, () => [0, 0]));
    expect(() => readPanel(off, paper)).toThrow(/switched off every gene.*Lower `lambda`/);
    const broken = weightsOf(Array.from({ length: 30 }, (_, g) => (g === 3 ? [NaN, 1] : [1, 2])));
    expect(() => readPanel(broken, paper)).toThrow(/not numbers.*Lower `learningRate`/);
  });
});

describe('panelSummary', () => {
  const only = (genes: Int32Array) => ({
    ...readPanel(randomWeights(8960, 4, 6), paper),
    genes,
    name: `F${genes.length}`,
  });
  const range = (from: number, to: number) => Int32Array.from({ length: to - from }, (_, k) => from + k);

  it("gives the paper's overlap: 33 shared where 77 are expected", () => {
    const genes = genesNamed(8960, [...range(877, 1631)]);
    const summary = panelSummary(only(range(0, 910)), genes);
    expect(summary).toMatchObject({
      rule: 'paper',
      name: 'F910',
      size: 910,
      l1000Overlap: 33,
      l1000Present: 754,
    });
    expect(summary.expectedOverlap).toBeCloseTo(76.6, 1);
    expect(summary.p! / 2.275159242018131e-9).toBeCloseTo(1, 9);
  });

  it('has no p value where there is nothing to share', () => {
    expect(panelSummary(only(range(0, 910)), genesNamed(8960)).p).toBeNull();
  });
});

describe('panelGenes', () => {
  it('tells every gene with why it is in or out', () => {
    const weights = weightsOf(Array.from({ length: 20 }, (_, g) => [g, -1]));
    const panel = readPanel(weights, { ...paper, panelEnds: 1, panelShare: 0.5 });
    const training = { means: new Float32Array(20).fill(0.5), detected: new Float32Array(20).fill(0.25) };
    const r2 = new Float64Array(20).fill(0.1);
    r2[19] = NaN;
    const table = panelGenes(panel, weights, genesNamed(20, [19]), training, r2);
    expect(table[19]).toEqual({
      name: 'g19',
      symbol: 'g19',
      ensembl: '',
      entrez: 0,
      list: 'maximum',
      rankMaximum: 1,
      rankMinimum: 20,
      maximum: 19,
      minimum: -1,
      norm: Math.fround(Math.hypot(19, 1)),
      inPanel: true,
      switchedOff: false,
      landmark: true,
      mean: 0.5,
      detected: 0.25,
      r2: null,
    });
    expect(table[5]).toMatchObject({ inPanel: false, list: '', r2: 0.1, landmark: false });
  });
});

describe('stability selection', () => {
  const GENES = 400;
  /** Twenty genes with large rows in every network, the others at random in each. */
  const network = (seed: number): WeightRows => {
    const random = createRandom(seed, 'network');
    return weightsOf(
      Array.from({ length: GENES }, (_, gene) => {
        const scale = gene % 20 === 0 ? 6 : 1;
        return Float32Array.from(
          { length: 4 },
          () => scale * (0.5 + random.next()) * (random.next() < 0.5 ? -1 : 1),
        );
      }),
    );
  };
  const read = (rule: 'paper' | 'norm', seed: number): Panel =>
    readPanel(network(seed), { ...paper, rule, panelSize: 30, panelShare: 0.06 });
  const draws = (rule: 'paper' | 'norm'): Int32Array[] => [2, 3, 4, 5, 6].map(seed => read(rule, seed).genes);
  const planted = Array.from({ length: 20 }, (_, k) => 20 * k);

  it('takes as many genes as the norm rule asks for, those of most networks first', () => {
    const first = read('norm', 1);
    const panel = stablePanel(first, network(1).norm, draws('norm'));
    expect(panel.genes).toHaveLength(30);
    for (const gene of planted) expect(panel.shares![gene]).toBeCloseTo(1, 12);
    expect([...panel.genes]).toEqual(expect.arrayContaining(planted));
    const least = Math.min(...Array.from(panel.genes, gene => panel.shares![gene]!));
    expect(panel.shares!.filter(share => share > least + 1e-9).length).toBeLessThanOrEqual(30);
    expect(panel.stability).toMatchObject({ draws: 5 });
    expect(panel.stability!.core).toBeGreaterThanOrEqual(20);
    expect(panel.stability!.jaccard).toBeGreaterThan(20 / 40);
    expect(panel.stability!.jaccard).toBeLessThan(1);
  });

  it('lets the size of the paper rule fall out of what half of the networks choose', () => {
    const panel = stablePanel(read('paper', 1), network(1).norm, draws('paper'));
    for (let gene = 0; gene < GENES; gene++)
      expect(panel.list[gene] !== '').toBe(panel.shares![gene]! >= 0.5 - 1e-9);
    expect([...panel.genes]).toEqual(expect.arrayContaining(planted));
    expect(panel.name).toBe(`F${panel.genes.length}`);
    expect(panel.stability!.interchangeable).toBe(0);
  });

  it('keeps the panel of one network where others agree on nothing, and says so', () => {
    const first = read('paper', 1);
    const alone = Array.from({ length: 4 }, (_, k) => Int32Array.from([k]));
    const panel = stablePanel(first, network(1).norm, alone);
    expect(panel.genes).toEqual(first.genes);
    expect(panel.stability).toBeUndefined();
    expect(panel.notes.at(-1)).toContain('that of one network');
  });
});
