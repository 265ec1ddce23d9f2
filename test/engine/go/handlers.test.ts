import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunSummary } from '../../../src/shared/model.ts';
import { quiet, smallRuns, type SmallRun } from '../../support/small-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'f910-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const write = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

let small: SmallRun;
let run: RunSummary;
beforeAll(async () => {
  small = await smallRuns(folder);
  call = small.engine.handlers;
  run = await small.run();
});
afterAll(() => small.engine.close());

let call: SmallRun['engine']['handlers'];

describe('lists and their enrichment', () => {
  it('says which entries a run and a data set have', async () => {
    const panel = await call['run.panel']({ id: run.id }, quiet);
    const kept = panel[0]!;
    const list = { text: `${kept.ensembl}\nnonsense` };
    for (const within of [{ run: run.id }, { dataset: small.datasetId }]) {
      const { entries } = await call['list.resolve']({ list, within }, quiet);
      expect(entries[0]).toMatchObject({ status: 'found', gene: { symbol: kept.symbol } });
      expect(entries[0]!.row).toBeGreaterThanOrEqual(0);
      expect(entries[1]).toMatchObject({ status: 'unknown', gene: null, row: -1 });
    }
  });

  it('tests the panel, the landmarks and further lists against the genes of the run', async () => {
    const panel = await call['run.panel']({ id: run.id }, quiet);
    const text = panel
      .slice(0, 20)
      .map(gene => gene.symbol)
      .join('\n');
    const report = await call['enrich.lists'](
      {
        background: { run: run.id },
        lists: [{ name: 'mine', list: { text: `${text}\nnonsense` } }],
        sets: { kind: 'go' },
        sameLetters: false,
        smallest: 10,
        largest: 500,
      },
      quiet,
    );
    expect(report.lists.map(({ name }) => name)).toEqual([run.panelName, 'L1000', 'mine']);
    expect(report.background.genes).toBe(panel.length);
    expect(report.lists[2]).toMatchObject({ asked: 21, inBackground: 20 });
    const [first] = report.lists;
    expect(first!.shared!['L1000']).toBe(panel.filter(gene => gene.inPanel && gene.landmark).length);
    const flags = await call['run.flags']({ id: run.id }, quiet);
    expect(flags).toHaveLength(panel.length);
    panel.forEach((gene, k) => {
      expect(flags[k]!.includes('ribosomal'), gene.symbol).toBe(
        /^RP[LS](A|P?\d+[A-Z0-9]{0,2})$/.test(gene.symbol),
      );
    });
    expect(report.notes).toEqual(['1 of 21 entries of mine is not in the background and is left out.']);
    expect(report.sets.release).toContain('2022-07-01');
    for (const { rows } of report.lists) {
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) {
        expect(row.setSize).toBeGreaterThanOrEqual(10);
        expect(row.setSize).toBeLessThanOrEqual(500);
        expect(row.backgroundSize).toBe(report.background.annotated[row.namespace]);
      }
    }
  });

  it('scores a list as if it were the panel: the panel itself as well as the panel, a random list like chance', async () => {
    const panel = await call['run.panel']({ id: run.id }, quiet);
    const of = (take: (k: number) => boolean): { text: string } => ({
      text: panel
        .filter((_, k) => take(k))
        .map(gene => gene.ensembl || gene.name)
        .join(' '),
    });
    const own = {
      text: panel
        .filter(gene => gene.inPanel)
        .map(gene => gene.ensembl || gene.name)
        .join('\n'),
    };
    const same = await call['list.score']({ run: run.id, list: own, sameLetters: false }, quiet);
    expect(same.panel.ev).toBeCloseTo(same.panel.evList, 6);
    const view = await call['run.view']({ id: run.id }, quiet);
    const stored = view.metrics!.randomPanels!.panels.map(({ evPanel }) => evPanel);
    // The run's own random panels were drawn with the same seed.
    expect(same.random.evList.slice(0, stored.length)).toEqual(
      stored.map(ev => expect.closeTo(ev, 5) as number),
    );
    const few = await call['list.score'](
      { run: run.id, list: of(k => k % 9 === 4), sameLetters: false },
      quiet,
    );
    expect(few.random.count).toBe(19);
    expect(few.random.p).toBeGreaterThan(0.05);
    await expect(
      call['list.score']({ run: run.id, list: { text: 'nonsense' }, sameLetters: false }, quiet),
    ).rejects.toThrow('none of its genes');
  });

  it('ranks the genes of a run, with progress', async () => {
    const seen: number[] = [];
    const report = await call['enrich.ranked'](
      { run: run.id, sets: { kind: 'go' }, permutations: 100, seed: 1, smallest: 10, largest: 500 },
      { ...quiet, progress: ({ done }) => seen.push(done) },
    );
    expect(seen.at(-1)).toBe(100);
    expect(report.rows.length).toBeGreaterThan(10);
    for (const { p, score } of report.rows) {
      expect(p).toBeGreaterThan(0);
      expect(p).toBeLessThanOrEqual(1);
      expect(Math.abs(score)).toBeLessThanOrEqual(1);
    }
  });

  it('takes sets of a GMT file by any name of their genes, and a list as the background', async () => {
    const gmt = write(
      'own.gmt',
      'mine\thttp://x\tTP53\t672\tENSG00000139618\tMLL\nrest\tThe rest\tEGFR\tMYC\tacme1\n',
    );
    const { lists, sets } = await call['enrich.lists'](
      {
        background: { text: 'TP53 BRCA1 BRCA2 KMT2A EGFR MYC acme1 GAPDH' },
        lists: [{ name: 'l', list: { text: 'TP53 BRCA1 BRCA2 GAPDH' } }],
        sets: { kind: 'gmt', path: gmt },
        sameLetters: false,
        smallest: 1,
        largest: 10,
      },
      quiet,
    );
    expect(sets.title).toBe('own.gmt');
    const [mine, rest] = lists[0]!.rows;
    // GAPDH is in no set. Three or more of three drawn from seven, of which four: 4 / 35.
    expect(mine).toMatchObject({ id: 'mine', overlap: 3, setSize: 4, listSize: 3, backgroundSize: 7 });
    expect(mine!.p).toBeCloseTo(4 / 35, 14);
    expect(rest).toMatchObject({ id: 'rest', name: 'The rest', overlap: 0, setSize: 3, p: 1 });
  });

  it('takes an annotation with its ontology, of another organism with a table of its genes', async () => {
    const obo = write(
      'go.obo',
      [
        'format-version: 1.2\ndata-version: releases/2026-01-01\n',
        '[Term]\nid: GO:0000001\nname: top\nnamespace: biological_process\n',
        '[Term]\nid: GO:0000002\nname: part\nnamespace: biological_process\nalt_id: GO:0000009\nis_a: GO:0000001 ! top\n',
        '[Term]\nid: GO:0000003\nname: old\nnamespace: biological_process\nis_obsolete: true\n',
        '[Typedef]\nid: part_of\n',
      ].join('\n'),
    );
    const line = (symbol: string, go: string, qualifier = '') =>
      [
        'MGI',
        `MGI:${symbol}`,
        symbol,
        qualifier,
        go,
        'ref',
        'IDA',
        '',
        'P',
        '',
        '',
        'protein',
        'taxon:10090',
        '20260101',
        'MGI',
      ].join('\t');
    const gaf = write(
      'mgi.gaf.gz',
      gzipSync(
        [
          '!gaf-version: 2.2\n!date-generated: 2026-01-02',
          line('Trp53', 'GO:0000009'),
          line('Actb', 'GO:0000001'),
          line('Myc', 'GO:0000002', 'NOT|involved_in'),
        ].join('\n'),
      ),
    );
    const genes = write(
      'genes.tsv',
      'symbol\tensembl\nTrp53\tENSMUSG00000059552\nActb\tENSMUSG00000029580\n',
    );
    const { lists, sets } = await call['enrich.lists'](
      {
        background: { text: 'ENSMUSG00000059552 ENSMUSG00000029580 Myc' },
        lists: [{ name: 'l', list: { text: 'ENSMUSG00000059552' } }],
        sets: { kind: 'annotation', gaf, obo, genes },
        sameLetters: false,
        smallest: 1,
        largest: 10,
      },
      quiet,
    );
    expect(sets.release).toBe('ontology releases/2026-01-01, annotation 2026-01-02');
    expect(lists[0]!.rows.map(({ id, setSize, overlap }) => [id, setSize, overlap])).toEqual([
      ['GO:0000002', 1, 1],
      ['GO:0000001', 2, 1],
    ]);
  });

  it.each([
    ['no.gmt', 'just text\n', 'line 1 has no set name'],
    ['twice.gmt', 'a\tx\tTP53\na\tx\tMYC\n', 'has two sets named a'],
    ['empty.gmt', '\n\n', 'holds no gene sets'],
  ])('refuses %s with a sentence', async (name, content, sentence) => {
    const request = {
      background: { run: run.id },
      lists: [],
      sets: { kind: 'gmt' as const, path: write(name, content) },
      sameLetters: false,
      smallest: 10,
      largest: 500,
    };
    await expect(call['enrich.lists'](request, quiet)).rejects.toThrow(sentence);
  });

  it('says what is missing where there is nothing to test', async () => {
    const request = {
      background: { text: 'TP53 MYC' },
      lists: [],
      sets: { kind: 'go' as const },
      sameLetters: false,
      smallest: 10,
      largest: 500,
    };
    await expect(call['enrich.lists'](request, quiet)).rejects.toThrow('no list to test');
    await expect(call['enrich.lists']({ ...request, smallest: 600 }, quiet)).rejects.toThrow('swap the two');
  });
});
