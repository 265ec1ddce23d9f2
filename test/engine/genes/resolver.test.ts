import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { resolveGenes } from '../../../src/engine/genes/resolver.ts';
import type { ResolvedGenes } from '../../../src/engine/genes/resolver.ts';
import { testData, withData } from '../../support/data.ts';
import { reference } from '../../support/reference.ts';

const resolve = (ids: readonly string[], symbols = ids, totals?: number[]): ResolvedGenes =>
  resolveGenes(reference(), ids, symbols, totals);

describe('gene identity', () => {
  it('looks for Ensembl, then Entrez, then the current symbol, then an alias of one gene', () => {
    const { table, foundBy, landmarks, warnings } = resolve([
      'ENSG00000141510.17',
      '7157',
      'EGFR',
      'HIST1H2BK',
      'RP11-347P5.1',
    ]);
    expect(foundBy).toEqual(['ensembl', 'entrez', 'symbol', 'alias', 'none']);
    expect(table.symbol).toEqual(['TP53', 'TP53', 'EGFR', 'H2BC12', 'RP11-347P5.1']);
    expect(table.entrez).toEqual([7157, 7157, 1956, 85236, 0]);
    expect(table.ensembl).toEqual([
      'ENSG00000141510',
      'ENSG00000141510',
      'ENSG00000146648',
      'ENSG00000197903',
      '',
    ]);
    expect(table.name[3]).toBe('HIST1H2BK');
    expect(landmarks).toBe(3);
    expect(warnings).toHaveLength(1);
  });

  it('tells genes apart that share an Ensembl id, by the symbol beside it or by who has fewer ids', () => {
    const shared = 'ENSG00000237541';
    expect(resolve([shared]).table.symbol).toEqual(['HLA-DQA2']);
    expect(resolve([shared], ['HLA-DQA1']).table.symbol).toEqual(['HLA-DQA1']);
  });

  it('lets an id win over the name beside it', () => {
    const { table, foundBy } = resolve(['ENSG00000141510'], ['EGFR']);
    expect(foundBy).toEqual(['ensembl']);
    expect(table.symbol).toEqual(['TP53']);
  });

  it('reads PanglaoDB names by their Ensembl id, and keeps an id that the reference does not know', () => {
    const { table, kind, foundBy } = resolve([
      'TP53_ENSG00000141510.6',
      'EGFR-ENSG00000146648',
      'Y_RNA_ENSG00000999999',
      'AARS',
    ]);
    expect(kind).toBe('panglaodb');
    expect(foundBy).toEqual(['ensembl', 'ensembl', 'none', 'alias']);
    expect(table.symbol).toEqual(['TP53', 'EGFR', 'Y_RNA', 'AARS1']);
    expect(table.ensembl[2]).toBe('ENSG00000999999');
  });

  it('takes one row for a landmark: found best, then with most counts', () => {
    const rows = ['TP53', 'ENSG00000141510', '1956', 'EGFR', 'ENSG00000198851', 'CD3E_ENSG00000198851.9'];
    const { table, warnings } = resolve(rows, rows, [900, 1, 5, 800, 3, 7]);
    const landmark = (symbol: string): number => reference().bySymbol.get(symbol)!.landmark;
    expect(table.landmark).toEqual([-1, landmark('TP53'), landmark('EGFR'), -1, -1, -1]);
    expect(landmark('CD3E')).toBe(-1);
    expect(warnings).toEqual([
      '2 landmark genes have several rows; the row found by Ensembl id, then the one with most counts, is taken: TP53 (ENSG00000141510), EGFR (1956).',
    ]);
    const equal = resolve(['ENSG00000204287', 'ENSG00000206308'], undefined, [1, 2]);
    expect(equal.table.landmark).toEqual([-1, landmark('HLA-DRA')]);
  });

  it('keeps names unique', () => {
    const repeated = resolve(['ENSG00000141510', 'ENSG00000141510'], ['TP53', 'TP53-copy']);
    expect(repeated.table.name).toEqual(['TP53', 'TP53-copy']);
    expect(repeated.warnings).toContain('1 gene id repeats an earlier one; the gene names are used as ids.');
    expect(resolve(['MATR3', 'MATR3', 'MATR3.1']).table.name).toEqual(['MATR3', 'MATR3.2', 'MATR3.1']);
    expect(resolve(['', 'ENSG00000141510'], ['MT-ATP6', 'TP53']).table.name[0]).toBe('MT-ATP6');
  });

  it('says mouse genes by id or by spelling, and matches none of them', () => {
    const byId = resolve(['ENSMUSG00000029580.14', 'ENSMUSG00000024164'], ['Actb', 'C3']);
    expect(byId.warnings[0]).toMatch(/^The gene ids are those of mouse genes \(ENSMUSG00000029580, /);
    expect(byId.foundBy).toEqual(['none', 'none']);
    const byName = resolve(['Actb', 'Gapdh', 'Apoe', 'C3', 'Trp53']);
    expect(byName.warnings).toEqual([
      'The gene names look like mouse genes: 3 of them, such as Actb, Gapdh, Apoe, are human ones in capital letters only. They are not matched with human genes or landmarks, unless you ask for genes of the same letters.',
    ]);
    expect(byName.foundBy).toEqual(['none', 'none', 'none', 'none', 'none']);
    expect(byName.table.symbol[3]).toBe('C3');
    expect(byName.kind).toBe('symbol');
  });

  it('never takes a mouse row of a mixed table for a human gene', () => {
    const { foundBy, warnings } = resolve(
      ['ENSG00000125730', 'ENSG00000141510', 'ENSMUSG00000024164'],
      ['C3', 'TP53', 'C3'],
    );
    expect(foundBy).toEqual(['ensembl', 'ensembl', 'none']);
    expect(warnings).toEqual([]);
  });

  it('does not take row numbers for Entrez ids, and says that the genes are unknown', () => {
    const ids = Array.from({ length: 30 }, (_, row) => String(row));
    const { landmarks, kind, warnings } = resolve(ids);
    expect(landmarks).toBe(0);
    expect(kind).toBe('unknown');
    expect(warnings).toEqual([
      'None of the 30 genes is known: the gene ids are row numbers. Choose a file or layer that holds the gene names.',
    ]);
    expect(resolve(ids.slice(0, 3), ['TP53', 'EGFR', 'ACTB']).foundBy).toEqual([
      'symbol',
      'symbol',
      'symbol',
    ]);
    expect(resolve(['7157', '1956', '60']).kind).toBe('entrez');
  });

  it('says names that a spreadsheet turned into dates', () => {
    const { warnings, foundBy } = resolve(['TP53', '1-Mar', '2-Sep']);
    expect(warnings[0]).toMatch(/^2 gene names look like a date \(1-Mar, 2-Sep\)/);
    expect(foundBy[1]).toBe('none');
  });

  it('stands names made to harm', () => {
    const names = ['__proto__', 'constructor', 'toString', 'x'.repeat(100_000), '_'.repeat(50_000), '\u0000'];
    const { foundBy } = resolve(names);
    expect(new Set(foundBy)).toEqual(new Set(['none']));
    expect(resolve([]).kind).toBe('unknown');
  });
});

const lines = (path: string): string[] =>
  gunzipSync(readFileSync(testData(path)))
    .toString('utf8')
    .trimEnd()
    .split('\n');

withData('landmarks of real data sets', () => {
  it('finds 68 in pbmc283, by id, by name and by PanglaoDB name', () => {
    const features = lines('pbmc283/filtered_feature_bc_matrix/features.tsv.gz').map(line =>
      line.split('\t'),
    );
    const ids = features.map(fields => fields[0]!);
    const names = features.map(fields => fields[1]!);
    const joined = ids.map((id, row) => (id === names[row] ? id : `${names[row]}_${id}`));
    for (const found of [resolve(ids, names), resolve(names), resolve(joined)]) {
      expect(found.landmarks).toBe(68);
      expect(found.warnings).toEqual([]);
    }
    expect(resolve(ids, names).foundBy.filter(by => by === 'ensembl')).toHaveLength(902);
  });

  it.each([
    ['sc_celseq2', 970],
    ['sc_celseq2_5cl_p1', 947],
    ['sc_celseq2_5cl_p2', 929],
    ['sc_dropseq', 926],
  ])('finds those of %s', (name, expected) => {
    const ids = lines(`sc_mixology/${name}.count.csv.gz`)
      .slice(1)
      .map(line => line.slice(0, line.indexOf(',')).replaceAll('"', ''));
    const found = resolve(ids);
    expect(found.landmarks).toBe(expected);
    expect(found.kind).toBe('ensembl');
    expect(found.warnings).toEqual([]);
  });

  it('takes genes of the same letters where the user asks for it, and says which', () => {
    const ids = ['ENSMUSG00000029580', 'Gapdh', 'Trp53bp1', 'TP53', 'Xkr4', 'nonsense'];
    const symbols = ['Actb', 'Gapdh', 'Trp53bp1', 'TP53', 'Xkr4', 'nonsense'];
    const { table, foundBy, warnings } = resolveGenes(reference(), ids, symbols, undefined, {
      sameLetters: true,
    });
    expect(table.symbol.slice(0, 2)).toEqual(['ACTB', 'GAPDH']);
    expect(table.symbol[3]).toBe('TP53');
    expect(table.ensembl[0]).toBe('ENSMUSG00000029580');
    expect(foundBy.slice(0, 2)).toEqual(['letters', 'letters']);
    expect(foundBy[5]).toBe('none');
    expect(warnings.join()).toContain('Actb as ACTB, Gapdh as GAPDH');
    const without = resolveGenes(reference(), ids, symbols);
    expect(without.foundBy.includes('letters')).toBe(false);
  });
});
