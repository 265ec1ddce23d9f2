import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { MemoryRows } from '../../../src/engine/counts/memory-rows.ts';
import {
  clusterCells,
  computeEmbedding,
  highlyVariableGenes,
  nearestNeighbours,
  perCellQc,
  SCRAN_VERSION,
  type EmbedContext,
} from '../../../src/engine/embed/embed.ts';
import { requireScranMemory, scranMemory, WASM_LIMIT } from '../../../src/engine/embed/memory.ts';
import type { AppError } from '../../../src/shared/errors.ts';
import type { Progress } from '../../../src/shared/model.ts';
import { testEnvironment } from '../../support/environment.ts';

const environment = testEnvironment('');
const quiet = (): EmbedContext => ({ signal: new AbortController().signal, progress: () => undefined });

/** A dense table as sparse rows. */
function sparse(cells: number, genes: number, value: (cell: number, gene: number) => number) {
  const ptr = new Float64Array(cells + 1);
  const idx: number[] = [];
  const val: number[] = [];
  const librarySize = new Float64Array(cells);
  const detected = new Int32Array(cells);
  for (let c = 0; c < cells; c++) {
    for (let g = 0; g < genes; g++) {
      const v = value(c, g);
      if (v <= 0) continue;
      idx.push(g);
      val.push(v);
      librarySize[c]! += v;
      detected[c]!++;
    }
    ptr[c + 1] = idx.length;
  }
  const rows = new MemoryRows(genes, ptr, Uint32Array.from(idx), Float32Array.from(val));
  return { rows, counts: { librarySize, detected } };
}

/** Cell types of their own genes, with noise. */
function planted(cells: number, genes: number, types: number) {
  const random = createRandom(5, 'planted');
  return sparse(cells, genes, (c, g) => (g % types === c % types ? 1.5 : 0.2) + random.normal() * 0.5);
}

interface PcaReference {
  readonly cells: number;
  readonly genes: number;
  readonly components: number;
  readonly values: readonly number[];
  readonly scores: readonly number[];
  readonly varianceExplained: readonly number[];
  readonly nearest: readonly number[];
}
const reference = JSON.parse(
  readFileSync(new URL('../../reference/embedding/pca.json', import.meta.url), 'utf8'),
) as PcaReference;

describe('maps of the cells', () => {
  it('agree with scikit-learn in the principal components, up to the sign of each', async () => {
    const { cells, genes, components: pcs } = reference;
    const data = sparse(cells, genes, (c, g) => reference.values[c * genes + g]!);
    const result = await computeEmbedding(data.rows, data.counts, { pcs, logBase: 2 }, environment, quiet());
    expect(result.components).toBe(pcs);
    for (let k = 0; k < pcs; k++) {
      // Values are handed over as 32-bit floats, good to 6e-8 of values near 5.
      expect(result.varianceExplained[k]).toBeCloseTo(reference.varianceExplained[k]!, 6);
      const largest = Array.from({ length: cells }, (_, c) => c).reduce((a, b) =>
        Math.abs(reference.scores[a * pcs + k]!) > Math.abs(reference.scores[b * pcs + k]!) ? a : b,
      );
      const sign = Math.sign(reference.scores[largest * pcs + k]! * result.scores[largest * pcs + k]!);
      for (let c = 0; c < cells; c++) {
        // scran.js's iterative PCA (IRLBA) stops at a relative change of 1e-5; scores here go up to 5.
        expect(sign * result.scores[c * pcs + k]!).toBeCloseTo(reference.scores[c * pcs + k]!, 3);
      }
    }
    expect(result.pca[2]).toBe(result.scores[pcs]);
    expect(result.pca[3]).toBe(result.scores[pcs + 1]);
  });

  it('have the scale of the values whatever the base of their logarithm', async () => {
    const { cells, genes } = reference;
    const at = (base: number) => {
      const data = sparse(cells, genes, (c, g) => reference.values[c * genes + g]! / Math.log2(base));
      return computeEmbedding(data.rows, data.counts, { logBase: base, pcs: 3 }, environment, quiet());
    };
    const [two, ten] = [await at(2), await at(10)];
    expect(ten.scores[0]! * Math.log2(10)).toBeCloseTo(two.scores[0]!, 4);
  });

  it('find planted types, report every phase, and are the same twice', async () => {
    const data = planted(240, 150, 4);
    const seen: Progress[] = [];
    const context = { ...quiet(), progress: (p: Progress) => seen.push(p) };
    const options = { perplexity: 20 };
    const first = await computeEmbedding(data.rows, data.counts, options, environment, context);
    const second = await computeEmbedding(data.rows, data.counts, options, environment, quiet());
    expect(second).toEqual(first);
    for (let c = 0; c < 240; c++) expect(first.clusters[c]).toBe(first.clusters[c % 4]);
    expect(new Set(first.clusters).size).toBe(4);
    expect(first.notes).toEqual([]);
    expect(first.cells.length).toBe(240);
    expect([first.pca, first.tsne, first.umap].map(a => a.length)).toEqual([480, 480, 480]);
    const phases = [...new Set(seen.map(p => p.phase))];
    expect(phases).toEqual(['collect', 'load', 'pca', 'neighbours', 'clusters', 'tsne', 'umap']);
    // Cells of a type lie together on both maps.
    for (const map of [first.tsne, first.umap]) {
      const centre = (type: number, axis: number) =>
        Array.from({ length: 60 }, (_, k) => map[2 * (4 * k + type) + axis]!).reduce((a, b) => a + b) / 60;
      const apart = Math.hypot(centre(0, 0) - centre(1, 0), centre(0, 1) - centre(1, 1));
      const spread = Math.hypot(map[0]! - centre(0, 0), map[1]! - centre(0, 1));
      expect(apart).toBeGreaterThan(spread);
    }
  });

  it('use the variable genes where there are more than asked for', async () => {
    const data = planted(80, 60, 2);
    const seen = new Set<string>();
    const context = { ...quiet(), progress: (p: Progress) => seen.add(p.phase) };
    const result = await computeEmbedding(data.rows, data.counts, { hvgs: 20 }, environment, context);
    expect(seen).toContain('variances');
    // 20 genes hold 19 components at most.
    expect(result.components).toBeLessThanOrEqual(25);
    expect(result.umap.length).toBe(160);
  });

  it('show a seeded sample above the limit, and say so', async () => {
    const data = planted(120, 30, 2);
    const at = (seed: number) =>
      computeEmbedding(data.rows, data.counts, { maxCells: 50, seed }, environment, quiet());
    const [a, again, b] = [await at(1), await at(1), await at(2)];
    expect(a).toEqual(again);
    expect(a.cells).not.toEqual(b.cells);
    expect(a.cells).toEqual(a.cells.toSorted());
    expect(new Set(a.cells).size).toBe(50);
    expect(a.librarySize[7]).toBeCloseTo(data.counts.librarySize[a.cells[7]!]!, 3);
    expect(a.detected[7]).toBe(data.counts.detected[a.cells[7]!]);
    expect(a.notes[0]).toBe('50 of 120 cells are shown, drawn at random with seed 1.');
  });

  it('hold for very small data, with lowered settings said', async () => {
    const data = planted(10, 20, 2);
    const result = await computeEmbedding(data.rows, data.counts, {}, environment, quiet());
    expect(result.components).toBe(9);
    expect(result.tsne.every(Number.isFinite)).toBe(true);
    expect(result.umap.length).toBe(20);
    expect(result.notes).toEqual([
      '9 principal components instead of 25: the data hold no more.',
      't-SNE perplexity 3 instead of 30: there are 10 cells.',
      'UMAP on 9 neighbours instead of 15: there are 10 cells.',
    ]);
    const five = planted(5, 6, 2);
    const tiny = await computeEmbedding(five.rows, five.counts, {}, environment, quiet());
    expect(tiny.tsne.length).toBe(0);
    expect(tiny.notes).toContain('t-SNE was left out: it needs at least 7 cells.');
  });

  it('refuse what cannot be mapped, with the reason', async () => {
    const refused = async (data: ReturnType<typeof sparse>, why: string) => {
      const work = computeEmbedding(data.rows, data.counts, {}, environment, quiet());
      await expect(work).rejects.toMatchObject({
        code: 'NOT_POSSIBLE',
        message: expect.stringContaining(why) as string,
      });
    };
    await refused(planted(3, 20, 2), 'there are 3 cells');
    await refused(planted(20, 2, 2), 'there are 2 genes');
    await refused(
      sparse(20, 10, () => 1),
      'all cells are alike',
    );
  });

  it('leave no cell without a place when many are identical', async () => {
    const data = sparse(60, 10, (c, g) => (c < 50 ? 1 : (c * g) % 5));
    const result = await computeEmbedding(data.rows, data.counts, {}, environment, quiet());
    for (const map of [result.pca, result.tsne, result.umap]) expect(map.every(Number.isFinite)).toBe(true);
  });

  it('stop when cancelled, before and while the worker computes', async () => {
    const data = planted(1500, 60, 3);
    const before = AbortSignal.abort();
    await expect(
      computeEmbedding(data.rows, data.counts, {}, environment, {
        signal: before,
        progress: () => undefined,
      }),
    ).rejects.toMatchObject({ code: 'CANCELLED' });
    const controller = new AbortController();
    const after: string[] = [];
    const work = computeEmbedding(data.rows, data.counts, {}, environment, {
      signal: controller.signal,
      progress: p => {
        if (controller.signal.aborted) after.push(p.phase);
        if (p.phase === 'tsne') controller.abort();
      },
    });
    await expect(work).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(after).toEqual([]);
  });
});

describe('memory', () => {
  it('is asked for before the work starts', () => {
    expect(scranMemory(50_000, 100_000_000)).toBeGreaterThan(2.2e9);
    expect(() => requireScranMemory(1000, 1e6, 8e9)).not.toThrow();
    const refused = (cells: number, values: number, free: number): AppError<'NO_ROOM'> => {
      try {
        requireScranMemory(cells, values, free);
      } catch (error) {
        return error as AppError<'NO_ROOM'>;
      }
      throw new Error('nothing was refused');
    };
    expect(refused(50_000, 1e9, 64e9).facts.available).toBe(WASM_LIMIT);
    const little = refused(50_000, 1e8, 2e9);
    expect(little.facts.available).toBe(2e9);
    expect(little.message).toMatch(/2\.5 GB of memory and 1\.9 GB can be used\. Show fewer cells/);
  });
});

describe('the other tasks', () => {
  it('give library size, genes and mitochondrial share of every cell', async () => {
    const { rows, counts } = sparse(30, 12, (c, g) => (c * 7 + g * 3) % 5);
    const symbols = Array.from({ length: 12 }, (_, g) =>
      g < 2 ? `MT-ND${g + 1}` : g === 2 ? 'mt-Co1' : `G${g}`,
    );
    const table = await perCellQc(rows, symbols, environment, quiet());
    expect(table.mitochondrialGenes).toBe(3);
    expect(table.librarySize).toEqual(counts.librarySize);
    expect(table.detected).toEqual(counts.detected);
    for (let c = 0; c < 30; c++) {
      const mito = [0, 1, 2].reduce((sum, g) => sum + ((c * 7 + g * 3) % 5), 0);
      expect(table.mitochondrialShare![c]).toBeCloseTo(mito / counts.librarySize[c]!, 12);
    }
    const without = await perCellQc(
      rows,
      symbols.map(() => 'MTOR'),
      environment,
      quiet(),
    );
    expect(without.mitochondrialShare).toBeNull();
  });

  it('rank genes by variance above the trend', async () => {
    const { rows } = planted(120, 60, 2);
    const table = await highlyVariableGenes(rows, { number: 10, logBase: 2 }, environment, quiet());
    expect(table.chosen.length).toBe(10);
    const least = Math.min(...Array.from(table.chosen, g => table.residual[g]!));
    const better = table.residual.filter(r => r > least).length;
    expect(better).toBeLessThan(10);
    const mean = Array.from({ length: 60 }, () => 0);
    const block = rows.read(0, 120);
    block.idx.forEach((g, k) => (mean[g]! += block.val[k]! / 120));
    expect(table.mean[5]).toBeCloseTo(mean[5]!, 5);
    expect(table.residual[3]).toBeCloseTo(table.variance[3]! - table.fitted[3]!, 12);
  });

  it('find the neighbours that a full distance matrix gives', async () => {
    const { cells, components: dims } = reference;
    const points = { cells, dims, values: Float64Array.from(reference.scores) };
    const found = await nearestNeighbours(points, { k: 5 }, environment, quiet());
    expect(found.k).toBe(5);
    expect([...found.indices]).toEqual([...reference.nearest]);
    const all = await nearestNeighbours(points, { k: 500 }, environment, quiet());
    expect(all.k).toBe(cells - 1);
    await expect(
      nearestNeighbours({ ...points, dims: 3 }, { k: 5 }, environment, quiet()),
    ).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });

  it('cluster where groups are plain, more finely at a higher resolution', async () => {
    const random = createRandom(2, 'groups');
    const values = Float64Array.from({ length: 90 * 5 }, (_, i) => {
      const cell = Math.floor(i / 5);
      return (cell % 3 === i % 5 ? 20 : 0) + random.normal();
    });
    const points = { cells: 90, dims: 5, values };
    const options = { neighbors: 20, resolutions: [1, 20] };
    const [clusters, again] = await clusterCells([points, points], options, environment, quiet());
    expect(again).toEqual(clusters);
    const [coarse, fine] = clusters!;
    expect(coarse).toBeInstanceOf(Int32Array);
    expect(new Set(coarse).size).toBe(3);
    for (let c = 0; c < 90; c++) expect(coarse![c]).toBe(coarse![c % 3]);
    expect(new Set(fine).size).toBeGreaterThan(3);
  });

  it('name the version of scran.js that is installed', () => {
    const path = new URL('../../../node_modules/scran.js/package.json', import.meta.url);
    const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
    expect(version).toBe(SCRAN_VERSION);
  });
});
