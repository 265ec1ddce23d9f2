/**
 * Forward selection and swaps against their definition: ridge equations solved anew in double precision for every
 * candidate of every step.
 */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { columnMeans } from '../../../src/engine/models/centred.ts';
import { crossProducts, type CrossProducts } from '../../../src/engine/models/cross-products.ts';
import {
  componentTargets,
  geneAim,
  mixedTargets,
  typeTargets,
  type Aim,
} from '../../../src/engine/selection/aim.ts';
import { forwardPath, improve, type SelectionRequest } from '../../../src/engine/selection/forward.ts';
import { onEveryEngine } from '../tensor/engines.ts';
import { range } from '../models/dense-rows.ts';
import { rowsOf } from '../steps/support.ts';

const [CELLS, GENES, SIZE, RIDGE] = [200, 40, 8, 3];

describe('forward selection', () => {
  onEveryEngine(engine => {
    const random = createRandom('forward');
    const loadings = Array.from({ length: GENES }, () => Array.from({ length: 5 }, () => random.normal()));
    const types = Int32Array.from({ length: CELLS }, (_, cell) => (cell % 20 === 0 ? 2 : cell % 2));
    const table = Array.from({ length: CELLS }, (_, cell) => {
      const factors = Array.from({ length: 5 }, () => random.normal());
      return loadings.map((own, gene) => {
        const mark = gene === 7 && types[cell] === 2 ? 30 : gene === 9 && types[cell] === 1 ? 20 : 0;
        return Math.max(0, 4 + own.reduce((sum, l, f) => sum + l * factors[f]!, 0) + random.normal() + mark);
      });
    });
    const rows = rowsOf(table);
    const cells = range(0, CELLS);
    const { signal } = new AbortController();
    const labels = { name: 'type', levels: ['A', 'B', 'Rare'], codes: types };

    async function prepared(): Promise<{ products: CrossProducts; means: Float64Array }> {
      const means = await columnMeans(rows, cells, cells.slice(0, GENES), signal);
      const products = await crossProducts(engine, rows, cells, range(0, GENES), means, {
        signal,
        onShare: () => {},
      });
      return { products, means };
    }

    async function request(
      aim?: (p: CrossProducts, m: Float64Array) => Promise<Aim> | Aim,
    ): Promise<SelectionRequest> {
      const { products, means } = await prepared();
      return {
        ...{
          engine,
          products,
          ridge: RIDGE,
          size: SIZE,
          mustHave: [],
          banned: new Uint8Array(GENES),
          signal,
        },
        aim: (await aim?.(products, means)) ?? geneAim(GENES),
        onShare: () => {},
      };
    }

    it('takes in each step the gene that a search over all finds, and says what it brings', async () => {
      const asked = await request();
      const before = engine.alive;
      const picks = await forwardPath(asked);
      expect(engine.alive).toBe(before);
      const c = matrixOf(asked.products);
      const panel: number[] = [];
      let left = objective(c, panel);
      for (const { gene, gain } of picks) {
        const tried = [...range(0, GENES)]
          .filter(g => !panel.includes(g))
          .map(g => objective(c, [...panel, g]));
        const least = Math.min(...tried);
        const now = objective(c, [...panel, gene]);
        expect(now).toBeCloseTo(least, 1);
        expect(gain / (left - now)).toBeCloseTo(1, 3);
        panel.push(gene);
        left = now;
      }
      expect(panel).toHaveLength(SIZE);
      expect(picks[0]!.carries).toHaveLength(3);
    });

    it('begins with what it must have and never takes what is banned', async () => {
      const asked = await request();
      const [first] = await forwardPath({ ...asked, size: 1 });
      const banned = new Uint8Array(GENES);
      banned[first!.gene] = 1;
      const picks = await forwardPath({ ...asked, banned, mustHave: [30, 31] });
      expect(picks.slice(0, 2).map(({ gene }) => gene)).toEqual([30, 31]);
      expect(picks.map(({ gene }) => gene)).not.toContain(first!.gene);
      expect(new Set(picks.map(({ gene }) => gene)).size).toBe(SIZE);
    });

    it('follows weights: a gene that counts for more is explained before', async () => {
      const asked = await request(() => {
        const weights = new Float32Array(GENES).fill(1e-6);
        weights[25] = 1;
        return geneAim(GENES, weights);
      });
      expect((await forwardPath({ ...asked, size: 1 }))[0]!.gene).toBe(25);
    });

    it('improves a poor panel by swaps to one that no single swap of the last round makes better', async () => {
      const asked = await request();
      const c = matrixOf(asked.products);
      const poor = [...range(0, SIZE)];
      const { genes, swaps, gained } = await improve(asked, poor, 1000);
      expect(genes).toHaveLength(SIZE);
      expect(swaps).toBeGreaterThan(0);
      expect((objective(c, poor) - objective(c, [...genes])) / gained).toBeCloseTo(1, 2);
      const again = await improve(asked, [...genes], 1000);
      expect(objective(c, [...again.genes])).toBeLessThanOrEqual(objective(c, [...genes]) + 1e-6);
    });

    it('drops to a smaller panel, grows to a larger one, and keeps what it must', async () => {
      const asked = await request();
      const smaller = await improve({ ...asked, size: 4, mustHave: [3] }, [3, 4, 5, 6, 7, 8, 9], 0);
      expect(smaller.genes).toHaveLength(4);
      expect(smaller.genes).toContain(3);
      const larger = await improve({ ...asked, size: 9 }, [3, 4], 0);
      expect(larger.genes).toHaveLength(9);
      expect([...larger.genes]).toEqual(expect.arrayContaining([3, 4]));
    });

    it('marks cell types, however few cells they have', async () => {
      const asked = await request((_, means) => ({
        geneWeights: null,
        others: typeTargets(rows, cells, means, labels),
      }));
      const picks = await forwardPath({ ...asked, size: 2 });
      expect(picks.map(({ gene }) => gene).sort()).toEqual([7, 9]);
      expect(picks.find(({ gene }) => gene === 7)!.carries[0]).toBe('Rare');
    });

    it('mixes components and types by a share: all of one is that one', async () => {
      const genes = async (share: number | null): Promise<number[]> => {
        const asked = await request(async (products, means) => {
          const components = await componentTargets(engine, products, 5, signal);
          const types = typeTargets(rows, cells, means, labels)!;
          return {
            geneWeights: null,
            others: share === null ? components : mixedTargets(components, types, share),
          };
        });
        return (await forwardPath(asked)).map(({ gene }) => gene);
      };
      expect(await genes(0)).toEqual(await genes(null));
      expect((await genes(1)).slice(0, 2).sort()).toEqual([7, 9]);
    });

    it('finds principal components as an eigenvalue solver does', async () => {
      const { products } = await prepared();
      const { products: cross, names } = await componentTargets(engine, products, 5, signal);
      expect(names).toEqual(['PC 1', 'PC 2', 'PC 3', 'PC 4', 'PC 5']);
      // X'T = X'X v: its length is the eigenvalue, and (X'X) (X'T) = value X'T.
      const c = matrixOf(products);
      for (let k = 0; k < 5; k++) {
        const column = Array.from({ length: GENES }, (_, gene) => cross[gene * 5 + k]!);
        const value = Math.hypot(...column);
        c.forEach((row, gene) => {
          const image = row.reduce((sum, x, other) => sum + x * column[other]!, 0);
          expect(image / value).toBeCloseTo(value * (column[gene]! / value), -Math.log10(value * 2e-3));
        });
      }
    });

    it('can be stopped, and leaves nothing behind', async () => {
      const asked = await request();
      const stop = new AbortController();
      stop.abort();
      const before = engine.alive;
      await expect(forwardPath({ ...asked, signal: stop.signal })).rejects.toMatchObject({
        code: 'CANCELLED',
      });
      expect(engine.alive).toBe(before);
    });
  });
});

function matrixOf(products: CrossProducts): number[][] {
  return Array.from({ length: GENES }, (_, gene) => [...products.row(gene)]);
}

/** Least of |Y - X B|^2 + r |B|^2 over all genes as targets. */
function objective(c: number[][], panel: number[]): number {
  let rest = c.map(row => [...row]);
  for (const gene of panel) {
    const row = rest[gene]!;
    const denominator = row[gene]! + RIDGE;
    rest = rest.map(other => other.map((value, j) => value - (other[gene]! * row[j]!) / denominator));
  }
  return rest.reduce((sum, row, gene) => sum + row[gene]!, 0);
}
