import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { benjaminiHochberg } from '../../../src/core/false-discovery.ts';
import { loadReference } from '../../../src/engine/genes/reference.ts';
import { loadGeneOntology } from '../../../src/engine/go/built-in.ts';
import { textKey, type GeneSetCollection } from '../../../src/engine/go/collection.ts';
import { propagated } from '../../../src/engine/go/ontology.ts';
import { Background, overRepresentation } from '../../../src/engine/go/over-representation.ts';
import { resources } from '../../support/reference.ts';

const about = { title: 'Made up', release: 'none', licence: 'none' };
const gene = (name: string) => ({ name, symbol: name, ensembl: '', entrez: 0 });

/** root over left and right; left over deep; a gene in each. */
const small = (): GeneSetCollection =>
  propagated(
    about,
    [
      { id: 'root', name: 'root', namespace: 'A', parents: [] },
      { id: 'left', name: 'left', namespace: 'A', parents: ['root'] },
      { id: 'right', name: 'right', namespace: 'A', parents: ['root'] },
      { id: 'deep', name: 'deep', namespace: 'A', parents: ['left', 'right', 'gone'] },
      { id: 'other', name: 'other', namespace: 'B', parents: [] },
    ],
    [
      [textKey('g1'), ['deep']],
      [textKey('g2'), ['deep', 'other', 'gone']],
      [textKey('g3'), ['left']],
      [textKey('g4'), ['right']],
      [textKey('g5'), ['root']],
      [textKey('g6'), ['other']],
    ],
  );

describe('over-representation', () => {
  it('agrees with goseq in R on the same database', () => {
    const { genes } = loadReference(resources);
    const coding = genes
      .filter(({ type }) => type === 'protein-coding')
      .map(({ symbol, ensembl, entrez, landmark }) => ({
        name: symbol,
        symbol,
        ensembl: ensembl[0] ?? '',
        entrez,
        landmark,
      }));
    const background = new Background(loadGeneOntology(resources), coding);
    const symbols = coding.map(({ symbol }) => symbol);
    const is = {
      ribosomal: /^RP[LS][0-9]/,
      matrix: /^(COL[0-9]+A|LAM[ABC]|MMP|ADAMTS|FBN|FBLN|TNX|ELN|FN1|SPARC|LOX|TIMP)/,
    };
    const file = gunzipSync(
      readFileSync(new URL('../../reference/enrichment/enrichment.tsv.gz', import.meta.url)),
    );
    const expected = Map.groupBy(
      file
        .toString('utf8')
        .trimEnd()
        .split('\n')
        .slice(1)
        .map(line => line.split('\t')),
      ([list]) => list!,
    );
    for (const [name, rows] of expected) {
      const list = coding.flatMap(({ symbol, landmark }, row) =>
        (name === 'landmarks' ? landmark >= 0 : is[name as keyof typeof is].test(symbol)) ? [row] : [],
      );
      const found = new Map(
        overRepresentation(background, list, symbols)
          .filter(({ overlap }) => overlap > 0)
          .map(row => [row.id, row]),
      );
      expect([...found.keys()].sort()).toEqual(rows.map(([, id]) => id).sort());
      let worst = 0;
      for (const [, id, namespace, overlap, size, p, adjusted] of rows) {
        const own = found.get(id!)!;
        expect(own).toMatchObject({ namespace, overlap: Number(overlap), setSize: Number(size) });
        expect(own.genes).toHaveLength(own.overlap);
        worst = Math.max(
          worst,
          Math.abs(own.p / Number(p) - 1),
          Math.abs(own.adjusted / Number(adjusted) - 1),
        );
      }
      expect(worst).toBeLessThan(1e-9);
    }
  });

  it('carries annotations to every ancestor, and counts a gene once', () => {
    const background = new Background(small(), ['g1', 'g2', 'g3', 'g4', 'g5', 'g6', 'g1', 'none'].map(gene));
    expect(background.size).toBe(6);
    expect(
      Object.fromEntries(background.collection.sets.map(({ id }, k) => [id, background.setSize[k]])),
    ).toEqual({
      root: 5,
      left: 3,
      right: 3,
      deep: 2,
      other: 2,
    });
    const symbols = ['g1', 'g2', 'g3', 'g4', 'g5', 'g6', 'g1', 'none'];
    const rows = overRepresentation(background, [0, 6, 1, 7], symbols, { smallest: 1 });
    const deep = rows.find(({ id }) => id === 'deep')!;
    // Both of two drawn from five: 1 / 10.
    expect(deep).toMatchObject({ overlap: 2, setSize: 2, listSize: 2, backgroundSize: 5, fold: 2.5 });
    expect(deep.p).toBeCloseTo(0.1, 14);
    expect(deep.genes).toEqual(['g1', 'g2']);
    const other = rows.find(({ id }) => id === 'other')!;
    expect(other).toMatchObject({ overlap: 1, listSize: 1, backgroundSize: 2, p: 1, adjusted: 1 });
  });

  it('tests only sets of the sizes asked for', () => {
    const background = new Background(small(), ['g1', 'g2', 'g3', 'g4', 'g5', 'g6'].map(gene));
    const ids = (smallest: number, largest: number) =>
      overRepresentation(background, [0], ['g1', 'g2', 'g3', 'g4', 'g5', 'g6'], { smallest, largest })
        .map(({ id }) => id)
        .sort();
    expect(ids(3, 4)).toEqual(['left', 'right']);
    expect(ids(6, 9)).toEqual([]);
  });

  it('marks the most specific of enriched terms, and groups those that rest on the same genes', () => {
    const names = Array.from({ length: 60 }, (_, k) => `g${k}`);
    const collection = propagated(
      about,
      [
        { id: 'all', name: 'all', namespace: 'A', parents: [] },
        { id: 'wide', name: 'wide', namespace: 'A', parents: ['all'] },
        { id: 'narrow', name: 'narrow', namespace: 'A', parents: ['wide'] },
        { id: 'apart', name: 'apart', namespace: 'A', parents: ['all'] },
      ],
      names.map((name, k) => [
        textKey(name),
        [k < 10 ? 'narrow' : k < 12 ? 'wide' : k < 22 ? 'apart' : 'all'],
      ]),
    );
    const background = new Background(collection, names.map(gene));
    const list = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 17, 18];
    const rows = new Map(
      overRepresentation(background, list, names, { smallest: 2 }).map(row => [row.id, row]),
    );
    expect(rows.get('narrow')).toMatchObject({ specific: true, group: 'narrow' });
    expect(rows.get('wide')).toMatchObject({ specific: false, group: 'narrow' });
    expect(rows.get('apart')).toMatchObject({ specific: true, group: 'apart' });
    expect(rows.get('all')).toMatchObject({ specific: false, group: null });
  });

  it('refuses an ontology that goes round in a circle', () => {
    const terms = ['a', 'b'].map(id => ({ id, name: id, namespace: 'A', parents: [id === 'a' ? 'b' : 'a'] }));
    expect(() => propagated(about, terms, [[textKey('g'), ['a']]])).toThrow('circle');
  });

  it('adjusts p values as R does', () => {
    // p.adjust(c(0.01, 0.04, 0.03, 0.005, 0.5, 0.04), "BH")
    const adjusted = benjaminiHochberg([0.01, 0.04, 0.03, 0.005, 0.5, 0.04]);
    [0.03, 0.048, 0.048, 0.03, 0.5, 0.048].forEach((value, k) => expect(adjusted[k]).toBeCloseTo(value, 14));
  });
});
