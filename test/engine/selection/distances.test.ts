/** Selection for distances, against the distances of all pairs of cells. */
import { expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { Distances } from '../../../src/engine/selection/distances.ts';
import { range } from '../../../src/engine/steps/cells.ts';
import { rowsOf } from '../steps/support.ts';
import { onEveryEngine } from '../tensor/engines.ts';

const [CELLS, GENES] = [14, 24];
const { signal } = new AbortController();

/** Squared distances of all pairs of cells by some genes. */
function between(table: readonly number[][], genes: readonly number[]): number[] {
  return table.flatMap(a => table.map(b => genes.reduce((sum, gene) => sum + (a[gene]! - b[gene]!) ** 2, 0)));
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
  const [x, y] = [mean(a), mean(b)];
  const sum = (of: (k: number) => number): number => a.reduce((total, _, k) => total + of(k), 0);
  return (
    sum(k => (a[k]! - x) * (b[k]! - y)) / Math.sqrt(sum(k => (a[k]! - x) ** 2) * sum(k => (b[k]! - y) ** 2))
  );
}

onEveryEngine(engine => {
  it('takes the gene after which distances correlate best with those by all genes', async () => {
    const random = createRandom(4, 'distances');
    const table = Array.from({ length: CELLS }, (_, cell) =>
      Array.from({ length: GENES }, (__, gene) =>
        Math.max(0, random.normal() + (gene % 3 === 0 ? (cell % 2) * 2 : 0)),
      ),
    );
    const before = engine.alive;
    const distances = new Distances(engine, rowsOf(table), range(CELLS));
    const banned = new Uint8Array(GENES);
    banned[5] = 1;
    const found = await distances.extend([7, 3], 12, banned, signal);
    distances.dispose();
    expect(engine.alive).toBe(before);

    const all = between(table, Array.from(range(GENES)));
    const expected = [7, 3];
    while (expected.length < 12) {
      const free = Array.from(range(GENES)).filter(gene => gene !== 5 && !expected.includes(gene));
      const likeness = (gene: number): number => correlation(between(table, [...expected, gene]), all);
      expected.push(free.reduce((best, gene) => (likeness(gene) > likeness(best) ? gene : best)));
    }
    expect(found).toEqual(expected);
  });

  it('has no more genes than there are', async () => {
    const distances = new Distances(
      engine,
      rowsOf([
        [1, 0, 2],
        [0, 3, 1],
        [2, 2, 0],
      ]),
      range(3),
    );
    expect((await distances.extend([], 5, Uint8Array.of(0, 1, 0), signal)).sort()).toEqual([0, 2]);
    distances.dispose();
  });
});
