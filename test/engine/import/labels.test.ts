import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { labelCells } from '../../../src/engine/import/labels.ts';
import type { CellLabels } from '../../../src/engine/import/labels.ts';
import type { LabelColumn, LabelOptions } from '../../../src/shared/model.ts';
import { testData, withData } from '../../support/data.ts';
import { temporaryFolder } from '../../support/sandbox.ts';

const CELLS = ['AAAC-1', 'CCCA-1', 'GGGT-1', 'TTTA-1'];
const never = new AbortController().signal;

function label(
  content: string | Buffer | null,
  options: LabelOptions = {},
  cells: readonly string[] = CELLS,
  inside: LabelColumn[] = [],
): Promise<CellLabels> {
  if (content === null) return labelCells('counts.h5ad', cells, inside, undefined, options, never);
  const path = join(temporaryFolder(), 'labels.csv');
  writeFileSync(path, content);
  return labelCells('counts.h5ad', cells, inside, path, options, never);
}

/** Values of a column, cell by cell. */
function values(labels: CellLabels, name: string): (string | null)[] {
  const column = labels.columns.find(candidate => candidate.name === name)!;
  return [...column.codes].map(code => (code < 0 ? null : column.levels[code]!));
}

const column = (name: string, cells: string[]): LabelColumn => {
  const levels = [...new Set(cells)];
  return { name, levels, codes: Int32Array.from(cells, value => levels.indexOf(value)) };
};

describe('labels of cells', () => {
  it('matches by name in any order and says nothing when all fits', async () => {
    const labels = await label('cell,cell_type\nTTTA-1,T\nAAAC-1,B\nGGGT-1,B\nCCCA-1,T\n');
    expect(values(labels, 'cell_type')).toEqual(['B', 'T', 'B', 'T']);
    expect(labels.roles).toEqual({ type: 'cell_type', experiment: null, donor: null });
    expect([...labels.kept]).toEqual([0, 1, 2, 3]);
    expect(labels.warnings).toEqual([]);
  });

  it('reads a header that is one field short, as R writes it', async () => {
    const labels = await label('"x","cell_line"\n"AAAC-1",1.5,"H1"\n"CCCA-1",2.5,"H2"\n"GGGT-1",1.5,"H2"\n');
    expect(values(labels, 'cell_line')).toEqual(['H1', 'H2', 'H2', null]);
    expect(labels.warnings).toEqual([
      'labels.csv has labels for 3 of the 4 cells of counts.h5ad; 0 rows of it name no cell there.',
      '1 column of labels.csv is not kept, being measurements or ids rather than labels: x.',
    ]);
  });

  it.each([
    ['space', ' '],
    ['tab', '\t'],
  ])('reads PanglaoDB clusters without a header, divided by a %s', async (_, by) => {
    const cells = ['AAACCTGAGAAACC', 'CCCATACAGGTTCC', 'GGGTTGCATCCAAG'];
    const text = `AAACCTGAGAAACC${by}10\nGGGTTGCATCCAAG${by}2\n`;
    const all = await label(text, {}, cells);
    expect(values(all, 'cluster')).toEqual(['10', null, '2']);
    expect(all.roles.type).toBe('cluster');
    expect(all.columns[0]!.levels).toEqual(['2', '10']);
    const some = await label(text, { dropUnlabelled: true }, cells);
    expect([...some.kept]).toEqual([0, 2]);
    expect(values(some, 'cluster')).toEqual(['10', '2']);
    expect(some.warnings).toContain('1 cell that labels.csv does not name was left out.');
  });

  it('takes a first line for a cell although the counts lack it', async () => {
    const labels = await label('ACGTACGTACGT 1\nAAAC-1 2\nCCCA-1 2\nGGGT-1 1\n');
    expect(values(labels, 'cluster')).toEqual(['2', '2', '1', null]);
  });

  it('finds the id column among others, and obeys the one named', async () => {
    const text = 'number,barcode,other,label\n1,AAAC-1,CCCA-1,a\n2,CCCA-1,none,b\n3,GGGT-1,none,a\n';
    expect(values(await label(text), 'label')).toEqual(['a', 'b', 'a', null]);
    expect(values(await label(text, { idColumn: 'other' }), 'label')).toEqual([null, 'a', null, null]);
    await expect(label(text, { idColumn: 'name' })).rejects.toThrow(
      'labels.csv has no column name; it has number, barcode, other, label.',
    );
  });

  it('matches without the number at the end only where nothing is mixed up, and says so', async () => {
    const labels = await label('id,label\nAAAC,a\nCCCA,b\nGGGT,a\nTTTA,b\n');
    expect(values(labels, 'label')).toEqual(['a', 'b', 'a', 'b']);
    expect(labels.warnings).toEqual([
      'The cell names of labels.csv and counts.h5ad differ in the number at their end (such as -1); they were matched without it.',
    ]);
    const mangled = await label('id,label\nAAAC.1,a\nCCCA.1,b\n');
    expect(values(mangled, 'label')).toEqual(['a', 'b', null, null]);
    await expect(label('id,label\nAAAC,a\nCCCA,b\n', {}, ['AAAC-1', 'AAAC-2', 'CCCA-1'])).rejects.toThrow(
      'names none of the 3 cells',
    );
  });

  it('shows a name of each side when nothing matches', async () => {
    await expect(label('id,label\ncell_1,a\ncell_2,b\n')).rejects.toThrow(
      'labels.csv names none of the 4 cells of counts.h5ad: it has names such as cell_1, the cells are named like AAAC-1. Choose the labels that belong to these counts, or the column with the cell names (--id-column).',
    );
  });

  it('chooses a type column by its name among several, and says which others there are', async () => {
    const text = 'id,batch,CellType,phase\nAAAC-1,b1,T,G1\nCCCA-1,b2,B,S\nGGGT-1,b1,T,G1\nTTTA-1,b1,T,S\n';
    const labels = await label(text, { experimentColumn: 'batch' });
    expect(labels.roles).toEqual({ type: 'CellType', experiment: 'batch', donor: null });
    expect(labels.warnings).toEqual([
      'The cell types are taken from the column CellType of labels.csv, because of its name. Others are phase (2 values); choose one with --label-column if it is the right one.',
    ]);
    expect((await label(text, { typeColumn: 'phase', donorColumn: 'batch' })).roles).toEqual({
      type: 'phase',
      experiment: null,
      donor: 'batch',
    });
  });

  it('asks for the type column where none can be told', async () => {
    const text = 'id,batch,phase\nAAAC-1,b1,G1\nCCCA-1,b2,S\nGGGT-1,b1,G1\nTTTA-1,b1,S\n';
    await expect(label(text)).rejects.toThrow(
      'It is not clear which column of labels.csv holds the cell types. The label columns are batch (2 values), phase (2 values). Name one with --label-column.',
    );
    expect((await label(text, { experimentColumn: 'batch' })).roles.type).toBe('phase');
    await expect(label(text, { typeColumn: 'type' })).rejects.toThrow(
      'There is no label column type in labels.csv.',
    );
  });

  it('leaves columns of measurements and ids out, unless one is named', async () => {
    const cells = Array.from({ length: 600 }, (_, c) => `cell ${c}`);
    const text = ['id,own,share,type,many']
      .concat(cells.map((cell, c) => `${cell},x${c},${c / 7},t${c % 3},m${c % 550}`))
      .join('\n');
    const labels = await label(text, {}, cells);
    expect(labels.columns.map(({ name }) => name)).toEqual(['type']);
    await expect(label(text, { typeColumn: 'many' }, cells)).rejects.toThrow(
      'The column many of labels.csv cannot be used: it has more than 500 values. The label columns are type (3 values).',
    );
    const few = await label('id,own\nAAAC-1,a\nCCCA-1,b\nGGGT-1,c\nTTTA-1,d\n', { typeColumn: 'own' });
    expect(values(few, 'own')).toEqual(['a', 'b', 'c', 'd']);
  });

  it('treats empty and NA as no label', async () => {
    const labels = await label('id,type\nAAAC-1,\nCCCA-1,NA\nGGGT-1,T\nTTTA-1,T\n');
    expect(values(labels, 'type')).toEqual([null, null, 'T', 'T']);
    expect(labels.kept).toHaveLength(4);
  });

  it('drops cells by value and takes the levels away with them', async () => {
    const text = 'id,type,call\nAAAC-1,T,SNG\nCCCA-1,B,DBL\nGGGT-1,T,SNG\nTTTA-1,T,DBL\n';
    const labels = await label(text, { drop: [{ column: 'call', value: 'DBL' }] });
    expect([...labels.kept]).toEqual([0, 2]);
    expect(labels.columns.find(({ name }) => name === 'type')!.levels).toEqual(['T']);
    expect(labels.warnings).toEqual(['2 cells with call = DBL were left out.']);
    await expect(label(text, { drop: [{ column: 'call', value: 'dbl' }] })).rejects.toThrow(
      'No cell has call = dbl in labels.csv; the values are DBL, SNG.',
    );
    await expect(
      label(text, {
        drop: [
          { column: 'call', value: 'DBL' },
          { column: 'call', value: 'SNG' },
        ],
      }),
    ).rejects.toThrow('No cell is left: all 4 cells would be left out.');
  });

  it('uses columns inside the count file, below those of a labels file', async () => {
    const inside = [column('celltype', ['T', 'T', 'B', 'B']), column('depth', ['low', 'high', 'low', 'low'])];
    const own = await label(null, {}, CELLS, inside);
    expect(own.roles.type).toBe('celltype');
    const depth = await label(null, {}, CELLS, inside.slice(1));
    expect(depth.roles.type).toBeNull();
    expect(depth.warnings).toEqual([
      'counts.h5ad has label columns (depth (2 values)), but none is used as cell type. Name one with --label-column.',
    ]);
    const both = await label('id,celltype\nAAAC-1,x\nCCCA-1,x\nGGGT-1,y\n', {}, CELLS, inside);
    expect(values(both, 'celltype')).toEqual(['x', 'x', 'y', null]);
    expect(both.columns).toHaveLength(2);
  });

  it('counts the first row of a cell that is named twice', async () => {
    const labels = await label('id,type\nAAAC-1,T\nAAAC-1,B\nCCCA-1,B\nGGGT-1,B\nTTTA-1,T\n');
    expect(values(labels, 'type')[0]).toBe('T');
    expect(labels.warnings[0]).toBe(
      'labels.csv has 1 row for cells that an earlier row has named; the first row of a cell counts.',
    );
  });

  it.each([
    ['has one column only: names of cells and their labels are needed', 'AAAC-1\nCCCA-1\n'],
    ['has 2 fields in line 3 where 3 are expected', 'id,a,b\nAAAC-1,1,2\nCCCA-1,1\n'],
    ['has two columns named a', 'id,a,a\nAAAC-1,1,2\n'],
    [
      'ends too early: the download or copy is incomplete',
      gzipSync('id,a\nAAAC-1,b\n'.repeat(99)).subarray(0, 40),
    ],
  ])('says that a file %s', async (cause, content) => {
    await expect(label(content)).rejects.toThrow(`labels.csv ${cause}.`);
  });

  it('stops when asked', async () => {
    const path = join(temporaryFolder(), 'labels.csv');
    writeFileSync(path, 'id,type\nAAAC-1,T\n');
    const stopped = AbortSignal.abort();
    await expect(labelCells('counts', CELLS, [], path, {}, stopped)).rejects.toThrow();
  });
});

withData('labels of sc_mixology', () => {
  const cellsOf = (name: string): string[] => {
    const text = gunzipSync(readFileSync(testData(`sc_mixology/${name}.count.csv.gz`))).toString('latin1');
    return text.slice(0, text.indexOf('\n')).replaceAll('"', '').trim().split(',');
  };
  const count = (labels: CellLabels, name: string): Record<string, number> => {
    const out: Record<string, number> = {};
    for (const value of values(labels, name)) out[value ?? ''] = (out[value ?? ''] ?? 0) + 1;
    return out;
  };
  const read = (name: string, options: LabelOptions): Promise<CellLabels> =>
    labelCells(name, cellsOf(name), [], testData(`sc_mixology/${name}.metadata.csv.gz`), options, never);

  it('reads the lines and leaves doublets out', async () => {
    const all = await read('sc_celseq2_5cl_p1', {});
    expect(all.roles.type).toBe('cell_line_demuxlet');
    expect(count(all, 'cell_line_demuxlet')).toEqual({
      A549: 103,
      H1975: 50,
      H2228: 50,
      H838: 51,
      HCC827: 43,
    });
    const single = await read('sc_celseq2_5cl_p1', {
      typeColumn: 'cell_line_demuxlet',
      drop: [{ column: 'demuxlet_cls', value: 'DBL' }],
    });
    expect(count(single, 'cell_line_demuxlet')).toEqual({
      A549: 45,
      H1975: 30,
      H2228: 28,
      H838: 32,
      HCC827: 21,
    });
  });

  it('keeps every label column and no measurement', async () => {
    const labels = await read('sc_celseq2', { typeColumn: 'cell_line_demuxlet' });
    expect(count(labels, 'cell_line_demuxlet')).toEqual({ H1975: 112, H2228: 81, HCC827: 81 });
    expect(labels.columns.map(({ name }) => name)).toEqual([
      'outliers',
      'cell_line',
      'cell_line_demuxlet',
      'demuxlet_cls',
    ]);
    expect(labels.warnings).toHaveLength(1);
  });
});
