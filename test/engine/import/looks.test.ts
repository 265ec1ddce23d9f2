/** What is shown of files before they are stored: labels against the cells, shared genes. */
import { join } from 'node:path';
import { utimesSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { inspectLabels } from '../../../src/engine/import/label-report.ts';
import { Looks } from '../../../src/engine/import/looks.ts';
import { inspectPool } from '../../../src/engine/import/pool-report.ts';
import type { LabelsReport } from '../../../src/shared/import.ts';
import type { LabelOptions } from '../../../src/shared/model.ts';
import { testData, withData } from '../../support/data.ts';
import { testEnvironment } from '../../support/environment.ts';
import { reference } from '../../support/reference.ts';
import { madeFile, madeFolder } from '../readers/made.ts';

const context = { signal: new AbortController().signal, progress: () => {} };
const looks = (): Looks => new Looks(reference, testEnvironment('unused'));

const COUNTS = ',c1,c2,c3,c4\nTP53,1,0,2,0\nERCC-00002,9,9,9,9\nEGFR,0,3,1,2\nACTB,5,5,5,5\n';

async function labels(text: string, options: LabelOptions = {}): Promise<LabelsReport> {
  const look = await looks().look({ path: madeFile('counts.csv', COUNTS), options: {} }, context);
  return inspectLabels(look, madeFile('labels.csv', text), options, context.signal);
}

it('shows the columns of a labels file, what is used and why, and what does not match', async () => {
  const report = await labels(
    'cell,line,size,class\nc1,A,1.5,SNG\nc2,B,2.5,DBL\nc3,A,3.5,SNG\nx9,B,0.5,SNG\n',
    {
      typeColumn: 'line',
      drop: [{ column: 'class', value: 'DBL' }],
    },
  );
  expect(report).toMatchObject({
    cells: 4,
    matched: 3,
    rowsWithoutCell: 1,
    cellsWithoutRow: ['c4'],
    namesWithoutCell: ['x9'],
    idColumn: 'cell',
    header: ['cell', 'line', 'size', 'class'],
    roles: { type: { column: 'line', why: 'chosen by you' }, experiment: null, donor: null },
    kept: 3,
    problem: null,
  });
  expect(report.columns).toEqual([
    {
      name: 'line',
      from: 'labels',
      levels: 2,
      values: [
        { value: 'A', cells: 2 },
        { value: 'B', cells: 1 },
      ],
      unfit: null,
    },
    {
      name: 'class',
      from: 'labels',
      levels: 2,
      values: [
        { value: 'SNG', cells: 2 },
        { value: 'DBL', cells: 1 },
      ],
      unfit: null,
    },
    { name: 'size', from: 'labels', levels: 3, values: [], unfit: 'it holds measurements' },
  ]);
});

it('suggests a type by its name, and takes none where the user says so', async () => {
  const text = 'cell,cell_type,batch\nc1,A,1\nc2,B,1\nc3,A,2\nc4,A,2\n';
  expect((await labels(text)).roles.type).toEqual({ column: 'cell_type', why: 'by its name' });
  expect((await labels(text, { typeColumn: '' })).roles.type).toBe(null);
});

it('says what is wrong instead of failing', async () => {
  const strange = await labels('name,type\nq1,A\nq2,B\n');
  expect(strange).toMatchObject({ matched: 0, kept: 4, header: ['name', 'type'] });
  expect(strange.problem).toContain('names none of the 4 cells');
  const unclear = await labels('cell,a,b\nc1,x,u\nc2,y,v\nc3,x,v\nc4,y,u\n');
  expect(unclear.problem).toContain('not clear which column');
  expect(unclear.columns.map(column => column.name)).toEqual(['a', 'b']);
  const empty = await labels('cell,type\nc1,A\nc2,A\nc3,A\nc4,A\n', {
    drop: [{ column: 'type', value: 'A' }],
  });
  expect(empty).toMatchObject({ kept: 0 });
  expect(empty.problem).toContain('all 4 cells would be left out');
});

it('fails for a file that is no table', async () => {
  await expect(labels('')).rejects.toThrow('labels.csv is empty');
});

it('counts the genes that files share', async () => {
  const folder = madeFolder({ 'a.csv': COUNTS, 'b.csv': ',d1\nENSG00000141510,2\nACTB,7\nXIST,1\n' });
  const all = looks();
  const found = [];
  for (const name of ['a.csv', 'b.csv'])
    found.push(await all.look({ path: join(folder, name), options: {} }, context));
  expect(inspectPool(found)).toMatchObject({ cells: 5, genes: 2 });
  expect(inspectPool(found).files.map(file => file.genes)).toEqual([3, 3]);
});

it('reads a file once, and again where it has changed', async () => {
  const path = madeFile('counts.csv', COUNTS);
  const all = looks();
  const first = await all.look({ path, options: {} }, context);
  expect(await all.look({ path, options: {} }, context)).toBe(first);
  writeFileSync(path, COUNTS.replace('TP53', 'KRAS'));
  utimesSync(path, 1, 1);
  expect((await all.look({ path, options: {} }, context)).report.firstGenes[0]).toBe('KRAS');
});

withData('of real files', () => {
  it('finds the lines and the doublets of a mixture', async () => {
    const path = testData('sc_mixology/sc_dropseq.count.csv.gz');
    const look = await looks().look({ path, options: {} }, context);
    const file = testData('sc_mixology/sc_dropseq.metadata.csv.gz');
    const report = await inspectLabels(look, file, {}, context.signal);
    expect(report).toMatchObject({ cells: 225, matched: 225, roles: { type: { why: 'by its name' } } });
    const doublets = report.columns.find(column => column.name === 'demuxlet_cls');
    expect(doublets?.values).toEqual([
      { value: 'SNG', cells: 210 },
      { value: 'DBL', cells: 15 },
    ]);
  });

  it('offers the labels inside an h5ad', async () => {
    const path = testData('pbmc3k/small_data_raw_counts.h5ad');
    const look = await looks().look({ path, options: {} }, context);
    const report = await inspectLabels(look, undefined, {}, context.signal);
    expect(report.roles.type).toEqual({ column: 'celltype', why: 'by its name' });
    expect(report.columns[0]).toMatchObject({ from: 'counts' });
  });
});
