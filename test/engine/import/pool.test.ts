import { describe, expect, it } from 'vitest';
import { poolGenes } from '../../../src/engine/import/pool.ts';
import type { PoolFile } from '../../../src/engine/import/pool.ts';
import { resolveGenes } from '../../../src/engine/genes/resolver.ts';
import { reference } from '../../support/reference.ts';

const file = (name: string, genes: string[], totals = genes.map(() => 1)): PoolFile => ({
  name,
  table: resolveGenes(reference(), genes, genes, totals).table,
  totals,
});

describe('pooling of genes', () => {
  it('matches by Ensembl id, then Entrez id, then name, in the order of the first file', () => {
    const { table, rows } = poolGenes([
      file('a', ['ENSG00000141510', 'EGFR', 'ENSG00000204287', 'novel-1', 'ACTB']),
      file('b', ['novel-1', 'ENSG00000206308', '7157', 'ENSG00000146648.9', 'GAPDH']),
    ]);
    expect(table.name).toEqual(['ENSG00000141510', 'EGFR', 'ENSG00000204287', 'novel-1']);
    expect(rows.map(own => [...own])).toEqual([
      [0, 1, 2, 3],
      [2, 3, 1, 0],
    ]);
  });

  it('prefers the same Ensembl id to another id of the same gene', () => {
    const { table, rows } = poolGenes([
      file('a', ['ENSG00000204287', 'ENSG00000206308']),
      file('b', ['ENSG00000206308', 'ENSG00000226260']),
    ]);
    expect(table.name).toEqual(['ENSG00000204287', 'ENSG00000206308']);
    expect([...rows[1]!]).toEqual([1, 0]);
    expect(table.landmark.filter(landmark => landmark >= 0)).toHaveLength(1);
  });

  it('takes the row with most counts of several for one gene, and uses no row twice', () => {
    const { rows } = poolGenes([
      file('a', ['novel', 'ENSG00000075624']),
      file('b', ['ACTB', 'ENSG00000075624', 'ENSG00000075624.2'], [9, 2, 5]),
    ]);
    expect([...rows[0]!]).toEqual([1]);
    expect([...rows[1]!]).toEqual([0]);
  });

  it('fills in ids that the first file lacks, and says what every file loses', () => {
    const { table, warnings } = poolGenes([
      file('a.csv', ['RP11-1', 'TP53', 'EGFR']),
      file('b.csv', ['TP53', 'HLA-DRA', 'RP11-1', 'x', 'y']),
      file('c.csv', ['TP53', 'RP11-1']),
    ]);
    expect(table.name).toEqual(['RP11-1', 'TP53']);
    expect(table.ensembl).toEqual(['', 'ENSG00000141510']);
    expect(warnings).toEqual([
      'a.csv: 1 of its 3 genes is not in every other file and was left out, 1 landmark among them.',
      'b.csv: 3 of its 5 genes are not in every other file and were left out, 1 landmark among them.',
    ]);
  });

  it('leaves a single file as it is', () => {
    const { table, rows, warnings } = poolGenes([file('a', ['TP53', 'x', 'EGFR'])]);
    expect(table.name).toEqual(['TP53', 'x', 'EGFR']);
    expect([...rows[0]!]).toEqual([0, 1, 2]);
    expect(warnings).toEqual([]);
  });
});
