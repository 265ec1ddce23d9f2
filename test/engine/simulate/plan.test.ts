import { describe, expect, it } from 'vitest';
import { CellSampler, barcode } from '../../../src/engine/simulate/cells.ts';
import { MODEL, planSimulation } from '../../../src/engine/simulate/plan.ts';
import type { SimulationPlan } from '../../../src/engine/simulate/plan.ts';
import { reference } from '../../support/reference.ts';

const plan = (cells: number, genes: number, types: number, seed = 1): SimulationPlan =>
  planSimulation(reference(), { cells, genes, types, seed });

/** Counts as a dense matrix, cells x genes. */
function dense(of: SimulationPlan, step: number): { counts: Float64Array; sampler: CellSampler } {
  const sampler = new CellSampler(of);
  const counts = new Float64Array(of.cells * of.genes);
  for (let from = 0; from < of.cells; from += step) {
    const block = sampler.block(from, Math.min(of.cells, from + step));
    for (let r = 0; r < block.rows; r++) {
      for (let k = block.ptr[r]!; k < block.ptr[r + 1]!; k++) {
        counts[(from + r) * of.genes + block.idx[k]!] = block.val[k]!;
      }
    }
  }
  return { counts, sampler };
}

function correlation(a: Float64Array, b: Float64Array): number {
  const mean = (x: Float64Array): number => x.reduce((s, v) => s + v, 0) / x.length;
  const [ma, mb] = [mean(a), mean(b)];
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    ab += (a[i]! - ma) * (b[i]! - mb);
    aa += (a[i]! - ma) ** 2;
    bb += (b[i]! - mb) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

describe('planted structure', () => {
  it('uses real genes: all landmarks from 1,500 genes on, a share of them below', () => {
    const large = plan(10, 1600, 3);
    const landmarks = large.reference.filter(gene => gene.landmark >= 0);
    expect(landmarks).toHaveLength(978);
    expect(new Set(large.reference.map(gene => gene.ensembl[0])).size).toBe(1600);
    const small = plan(10, 300, 3);
    expect(small.reference.filter(gene => gene.landmark >= 0)).toHaveLength(Math.round((978 * 300) / 1500));
    expect(() => plan(10, 60_000, 3)).toThrow(/^At most 3\d,\d{3} genes can be simulated/);
  });

  it('plants programmes in all types, in some, and marker genes', () => {
    const { programmes, simulatedTypes, genes } = plan(10, 2000, 8);
    const everywhere = programmes.filter(programme => programme.types.length === 8);
    expect(everywhere.length).toBeGreaterThanOrEqual(MODEL.sharedProgrammes);
    expect(programmes.some(({ types }) => types.length > 1 && types.length < 8)).toBe(true);
    for (const { genes: members, loadings } of programmes) {
      expect(members).toHaveLength(genes * MODEL.programmeShare);
      expect(loadings.some(loading => loading < 0)).toBe(true);
      expect([...members]).toEqual([...new Set(members)].sort((a, b) => a - b));
    }
    for (const [t, type] of simulatedTypes.entries()) {
      expect(type.markers).toHaveLength(genes * MODEL.markerShare);
      for (const [k, activity] of type.activity.entries()) {
        expect(activity !== 0).toBe(programmes[k]!.types.includes(t));
      }
    }
    expect(plan(10, 100, 1).programmes.length).toBeGreaterThan(0);
  });

  it('gives the same counts for a seed, whatever the blocks, and others for another seed', () => {
    const one = dense(plan(60, 400, 3), 60).counts;
    expect(dense(plan(60, 400, 3), 7).counts).toEqual(one);
    expect(dense(plan(60, 400, 3, 2), 60).counts).not.toEqual(one);
  });

  it('draws counts like those of droplets: sizes, dropout, excess variance', () => {
    const of = plan(1500, 600, 4);
    const { counts, sampler } = dense(of, 200);
    expect(Object.values(Object.groupBy([...sampler.types], String)).map(g => g!.length)).toEqual([
      375, 375, 375, 375,
    ]);
    const sizes = Float64Array.from({ length: 1500 }, (_, c) =>
      counts.subarray(c * 600, (c + 1) * 600).reduce((a, b) => a + b, 0),
    ).sort();
    expect(Math.abs(Math.log(sizes[750]! / of.librarySizeMedian))).toBeLessThan(0.1);
    const quartiles = Math.log(sizes[1125]! / sizes[375]!) / (2 * 0.6745);
    expect(Math.abs(quartiles - MODEL.librarySizeDeviation)).toBeLessThan(0.06);
    let overdispersed = 0;
    let more = 0;
    for (let g = 0; g < 600; g++) {
      const values = Float64Array.from({ length: 1500 }, (_, c) => counts[c * 600 + g]!);
      const mean = values.reduce((a, b) => a + b, 0) / 1500;
      const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / 1500;
      const zeros = values.filter(v => v === 0).length / 1500;
      if (variance > mean) overdispersed++;
      if (zeros > Math.exp(-mean) - 0.02) more++;
    }
    expect(overdispersed).toBeGreaterThan(580);
    expect(more).toBeGreaterThan(580);
  });

  it('lets genes of one programme go together within a type, and others not', () => {
    const of = plan(3000, 600, 3);
    const { counts, sampler } = dense(of, 500);
    const cells = [...sampler.types.keys()].filter(cell => sampler.types[cell] === 0);
    const sizes = cells.map(c => counts.subarray(c * 600, (c + 1) * 600).reduce((a, b) => a + b, 0));
    const expression = (gene: number): Float64Array =>
      Float64Array.from(cells, (c, k) => Math.log1p((counts[c * 600 + gene]! / sizes[k]!) * 1e4));
    const { genes: members, loadings } = of.programmes[0]!;
    const strong = [...members.keys()]
      .filter(k => of.mean[members[k]!]! > 1e-3)
      .sort((a, b) => Math.abs(loadings[b]!) - Math.abs(loadings[a]!))
      .slice(0, 4);
    for (const a of strong) {
      for (const b of strong) {
        if (a <= b) continue;
        const r = correlation(expression(members[a]!), expression(members[b]!));
        expect(r * Math.sign(loadings[a]! * loadings[b]!)).toBeGreaterThan(0.1);
      }
    }
    const inNone = [...Array(600).keys()].filter(
      g => of.mean[g]! > 1e-3 && of.programmes.every(p => !p.types.includes(0) || !p.genes.includes(g)),
    );
    const r = correlation(expression(inNone[0]!), expression(inNone[1]!));
    expect(Math.abs(r)).toBeLessThan(0.15);
  });

  it('names cells by letters that never repeat', () => {
    const names = Array.from({ length: 50_000 }, (_, cell) => barcode(cell));
    expect(new Set(names).size).toBe(50_000);
    expect(names.every(name => /^[ACGT]{16}-1$/.test(name))).toBe(true);
  });
});
