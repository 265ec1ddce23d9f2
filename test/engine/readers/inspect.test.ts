/** Inspecting gives the same figures as reading, and stores nothing. */
import { expect, test } from 'vitest';
import { inspectPath, type GeneResolver } from '../../../src/engine/readers/inspect.ts';
import { testData, withData } from '../../support/data.ts';
import { quietly } from './conformance.ts';
import { madeFile } from './made.ts';

const resolve: GeneResolver = (ids, symbols) => ({
  kind: 'symbol',
  landmarks: ids.length,
  warnings: [`${symbols.length} symbols.`],
});

test('a table with labels', async () => {
  const path = madeFile('made.csv', 'cell,type,ACTB,RPL4\ns1,B,1,0\ns2,T,0,2\ns3,B,3,4\n');
  expect(await inspectPath(path, {}, resolve, quietly(), quietly())).toEqual({
    path,
    format: 'CSV',
    cells: 3,
    genes: 2,
    nonzeros: 4,
    totalCounts: 10,
    geneIds: 'symbol',
    landmarks: 2,
    layer: null,
    rows: 'cells',
    firstGenes: ['ACTB', 'RPL4'],
    firstCells: ['s1', 's2', 's3'],
    lastGene: 'RPL4',
    lastCell: 's3',
    labelColumns: [{ name: 'type', levels: 2, examples: ['B', 'T'] }],
    warnings: ['2 symbols.'],
  });
});

withData('a real folder', () => {
  test('pbmc283', async () => {
    const path = testData('pbmc283/filtered_feature_bc_matrix');
    const report = await inspectPath(path, {}, resolve, quietly(), quietly());
    expect(report).toMatchObject({
      format: '10x MTX v3',
      cells: 283,
      genes: 914,
      nonzeros: 82904,
      totalCounts: 352187,
      lastGene: 'FCGRT',
      lastCell: 'GCACAATGGTGCAT',
    });
    expect(report.firstGenes[0]).toBe('GPI');
  });
});
