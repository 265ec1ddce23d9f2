import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { textKey } from '../../../src/engine/go/collection.ts';
import { propagated } from '../../../src/engine/go/ontology.ts';
import { Background } from '../../../src/engine/go/over-representation.ts';
import { rankedEnrichment, score } from '../../../src/engine/go/ranked.ts';

const names = Array.from({ length: 300 }, (_, k) => `g${k}`);
const genes = names.map(name => ({ name, symbol: name, ensembl: '', entrez: 0 }));
const quiet = { signal: new AbortController().signal, onShare: () => {} };

describe('ranked enrichment', () => {
  it('scores by the running sum', () => {
    // Ranking of 5 with weights 5 4 3 2 1; set at places 0 and 2: +5/8, -1/3, +3/8.
    const weight = Float64Array.of(5, 4, 3, 2, 1);
    expect(score([0, 2], weight).value).toBeCloseTo(5 / 8 - 1 / 3 + 3 / 8, 14);
    expect(score([0, 2], weight).peak).toBe(2);
    // At the end of the ranking: -1 before the first hit.
    expect(score([3, 4], weight)).toEqual({ value: -1, peak: 3 });
    expect(score([1, 3], Float64Array.of(0, 0, 0, 0)).value).toBeCloseTo(-0.5, 14);
  });

  it('finds the set at the top, not the scattered one, the same for the same seed', async () => {
    const scattered = new Set(names.filter((_, k) => k % 15 === 7));
    const collection = propagated(
      { title: 't', release: 'r', licence: 'l' },
      ['top', 'scattered', 'rest'].map(id => ({ id, name: id, namespace: 'A', parents: [] })),
      names.map((name, k) => [
        textKey(name),
        [...(k < 20 ? ['top'] : []), ...(scattered.has(name) ? ['scattered'] : []), 'rest'],
      ]),
    );
    const background = new Background(collection, genes);
    const values = names.map((_, k) => 300 - k);
    const run = (seed: number) =>
      rankedEnrichment(background, values, names, { ...quiet, seed, permutations: 200 });
    const rows = await run(3);
    expect(rows.map(({ id }) => id)).toEqual(['top', 'scattered', 'rest']);
    expect(rows[0]!.setSize).toBe(20);
    expect(rows[0]!.p).toBeLessThan(1 / 150);
    expect(rows[0]!.leading).toEqual(names.slice(0, 20));
    expect(rows[1]!.p).toBeGreaterThan(0.05);
    expect(await run(3)).toEqual(rows);
    expect((await run(4))[1]!.p).not.toBe(rows[1]!.p);
  });

  it('has p values that are uniform where nothing is enriched', async () => {
    const random = createRandom(5, 'sets');
    const collection = propagated(
      { title: 't', release: 'r', licence: 'l' },
      Array.from({ length: 200 }, (_, k) => ({ id: `s${k}`, name: '', namespace: 'A', parents: [] })),
      names.map(name => [
        textKey(name),
        Array.from({ length: 200 }, (_, s) => `s${s}`).filter(() => random.next() < 0.06),
      ]),
    );
    const background = new Background(collection, genes);
    const values = names.map(() => random.next());
    const rows = await rankedEnrichment(background, values, names, {
      ...quiet,
      smallest: 5,
      permutations: 200,
    });
    for (const level of [0.2, 0.5, 0.8]) {
      const below = rows.filter(({ p }) => p < level).length / rows.length;
      expect(Math.abs(below - level)).toBeLessThan(0.12);
    }
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const collection = propagated(
      { title: 't', release: 'r', licence: 'l' },
      [{ id: 's', name: '', namespace: 'A', parents: [] }],
      names.slice(0, 50).map(name => [textKey(name), ['s']] as const),
    );
    const work = rankedEnrichment(
      new Background(collection, genes),
      names.map((_, k) => k),
      names,
      {
        signal: controller.signal,
        permutations: 1_000_000,
        onShare: () => controller.abort(),
      },
    );
    await expect(work).rejects.toThrow();
  });
});
