/** Layouts of HDF5 files that other programs write: each holds the same counts, and each has to give exactly them. */
import { describe, expect, test } from 'vitest';
import { anndataReader, loomReader, tenxH5Reader } from '../../../../src/engine/readers/hdf5/index.ts';
import { parseHdf5 } from '../../../../src/engine/readers/hdf5/parse.ts';
import type { Reader } from '../../../../src/engine/readers/contract.ts';
import { isAppError } from '../../../../src/shared/errors.ts';
import type { ReadOptions } from '../../../../src/shared/model.ts';
import {
  CELLS,
  COUNTS,
  fixture,
  IDS,
  labelsOf,
  readSmall,
  SYMBOLS,
  TYPES,
  type Small,
} from '../small-counts.ts';

// Without the thread around it, which real-files.test.ts has: these files do not harm the library.
const parser: Reader = { format: 'HDF5', recognises: () => Promise.resolve(true), read: parseHdf5 };
const h5ad = (name: string, options: ReadOptions = {}): Promise<Small> =>
  readSmall(parser, fixture(`h5ad/${name}.h5ad`), options);
const tenx = (name: string, options: ReadOptions = {}): Promise<Small> =>
  readSmall(parser, fixture(`h5ad/${name}.h5`), options);

describe('h5ad', () => {
  test.each([
    'csc',
    'dense',
    'dense-int64',
    'unsorted',
    'half-floats',
    'big-endian',
    'unsigned-bytes',
    'packed-blosc',
    'packed-bzip2',
    'records',
  ])('%s', async name => {
    const { result, counts } = await h5ad(name);
    expect(counts).toEqual(COUNTS);
    expect(result.cellNames).toEqual(CELLS);
    expect(result.geneSymbols).toEqual(SYMBOLS);
    expect(result.layer).toBeNull();
    expect(result.warnings).toEqual([]);
  });

  test('counts in a layer are found where X is normalised', async () => {
    const { result, counts } = await h5ad('counts-in-layer');
    expect(counts).toEqual(COUNTS);
    expect(result.layer).toBe('layers/counts');
    expect(result.warnings).toEqual([
      'X of counts-in-layer.h5ad holds values that are not counts; layers/counts was read instead.',
    ]);
  });

  test('counts in raw come with the genes of raw', async () => {
    const { result, counts } = await h5ad('counts-in-raw');
    expect(counts).toEqual(COUNTS);
    expect(result.layer).toBe('raw/X');
    expect(result.geneIds).toEqual(IDS);
  });

  test.each([
    ['counts', 'layers/counts'],
    ['layers/counts', 'layers/counts'],
  ])('the layer %s is read when it is asked for', async (layer, name) => {
    const { result, counts } = await h5ad('counts-in-layer', { layer });
    expect(counts).toEqual(COUNTS);
    expect(result.layer).toBe(name);
  });

  test('normalised values are read when the user says what they are', async () => {
    const { result, counts } = await h5ad('counts-in-layer', { layer: 'X', alreadyLog: Math.E });
    expect(result.alreadyLog).toBe(Math.E);
    expect(counts[2]![0]).toBeCloseTo(Math.log1p(7000), 4);
  });

  test('a layer that is not there is refused with those that are', async () => {
    const error: unknown = await h5ad('counts-in-layer', { layer: 'spliced' }).catch((e: unknown) => e);
    expect(isAppError(error, 'BAD_INPUT')).toBe(true);
    expect((error as Error).message).toBe(
      'counts-in-layer.h5ad has no matrix named spliced; it has X, layers/counts, layers/scaled.',
    );
  });

  test.each(['ensembl-index', 'numbered-genes'])('ids and symbols of %s', async name => {
    const { result } = await h5ad(name);
    expect(result.geneIds).toEqual(IDS);
    expect(result.geneSymbols).toEqual(SYMBOLS);
  });

  test('columns over cells in every encoding', async () => {
    const { result } = await h5ad('columns');
    expect(result.labels.map(label => label.name)).toEqual([
      'celltype',
      'cluster',
      'donor',
      'doublet',
      'checked',
      'batch',
      'plate',
      'missing',
    ]);
    expect(result.labels[0]!.levels).toEqual(['NK', 'T', 'B']);
    expect(labelsOf(result, 'celltype')).toEqual(TYPES);
    expect(labelsOf(result, 'cluster')).toEqual(['0', '1', '0', '1', '2', '0']);
    expect(labelsOf(result, 'donor')).toEqual(['d1', 'd1', 'd1', 'd2', 'd2', 'd2']);
    expect(labelsOf(result, 'doublet')).toEqual(['True', 'False', 'False', 'False', 'False', 'True']);
    expect(labelsOf(result, 'checked')).toEqual(['True', null, 'False', 'False', 'False', 'True']);
    expect(labelsOf(result, 'batch')).toEqual(['1', '1', '2', null, '2', '2']);
    expect(labelsOf(result, 'missing')).toEqual(['x', null, 'x', 'y', null, 'y']);
  });

  test('categories of an old file are found in uns', async () => {
    const { result } = await h5ad('records');
    expect(labelsOf(result, 'celltype')).toEqual(TYPES);
    expect(labelsOf(result, 'plate')).toEqual(['1', '1', '1', '2', '2', '2']);
    expect(result.geneIds).toEqual(IDS);
  });

  test('repeated cell names are refused, or made unique when the user wants that', async () => {
    await expect(h5ad('doubled-cells')).rejects.toThrow('uses the cell name AAAC-1 2 times');
    const { result } = await h5ad('doubled-cells', { duplicateCells: 'rename' });
    expect(result.cellNames).toEqual([...CELLS.slice(0, 5), 'AAAC-1-1']);
  });
});

describe('10x HDF5', () => {
  test('antibodies are left out, and that is said', async () => {
    const { result, counts } = await tenx('tenx-antibodies');
    expect(counts).toEqual(COUNTS);
    expect(result.geneIds).toEqual(IDS);
    expect(result.warnings).toEqual([
      '2 features of tenx-antibodies.h5 that are not genes were left out (antibody capture 2).',
    ]);
  });

  test('a file without its optional parts', async () => {
    const { result, counts } = await tenx('tenx-bare');
    expect(counts).toEqual(COUNTS);
    expect(result.geneIds).toEqual(SYMBOLS);
  });

  test.each(['tenx-genomes', 'tenx-two-species'])('%s: the genome is asked for', async name => {
    await expect(tenx(name)).rejects.toThrow(
      `${name}.h5 holds the genes of 2 genomes: choose one of GRCh38, mm10 as the layer.`,
    );
    await expect(tenx(name, { layer: 'hg19' })).rejects.toThrow('has no genome named hg19');
  });

  test('of one group per genome the one asked for is read', async () => {
    const { result, counts } = await tenx('tenx-genomes', { layer: 'mm10' });
    expect(counts).toEqual([...COUNTS].reverse());
    expect(result.geneIds[0]).toBe('ENSMUSG00000000001');
    expect(result.format).toBe('10x HDF5 v2');
    expect(result.layer).toBe('mm10');
  });

  test('of the genes of two species those of the one asked for are read', async () => {
    const { result, counts } = await tenx('tenx-two-species', { layer: 'GRCh38' });
    expect(counts).toEqual(COUNTS.map(row => row.slice(0, 5)));
    expect(result.warnings).toEqual([
      '3 genes of other genomes in tenx-two-species.h5 were left out (mm10).',
    ]);
  });
});

test('loom: counts in a layer, columns over cells', async () => {
  const { result, counts } = await readSmall(parser, fixture('h5ad/layers.loom'));
  expect(counts).toEqual(COUNTS);
  expect(result.layer).toBe('layers/counts');
  expect(result.geneIds).toEqual(IDS);
  expect(result.geneSymbols).toEqual(SYMBOLS);
  expect(labelsOf(result, 'celltype')).toEqual(TYPES);
  expect(labelsOf(result, 'clusters')).toEqual(['0', '1', '0', '1', '2', '0']);
  expect(labelsOf(result, 'percent')).toBeUndefined();
});

describe('refused with the cause', () => {
  const file = (name: string): string => fixture(`h5ad/${name}`);
  test.each([
    [
      'normalised.h5ad',
      'holds fractions such as 8.4221: these look like normalised values, raw counts are needed',
    ],
    ['index-out-of-range.h5ad', 'is damaged: X/indices names gene 9 of 8'],
    ['index-negative.h5ad', 'is damaged: X/indices names gene 0 of 8'],
    ['gene-twice.h5ad', 'holds two values for gene CD3D in cell AAAC-1'],
    ['pointers-descend.h5ad', 'is damaged: X/indptr does not ascend from 0 to the number of entries'],
    ['pointers-beyond.h5ad', 'is damaged: X/indptr does not ascend from 0 to the number of entries'],
    ['missing-value.h5ad', 'has 1 missing value, at gene NKG7, cell AAAC-1'],
    ['negative-value.h5ad', 'holds 1 negative value, at gene NKG7, cell AAAC-1: these are not counts'],
    ['huge-value.h5ad', 'holds 1 value above 16777216, at gene NKG7, cell AAAC-1: too large for a count'],
    ['external-link.h5ad', 'keeps X in another file, which is not read'],
    ['external-storage.h5ad', 'keeps a part of its content in other files, which are not read'],
    ['virtual.h5ad', 'keeps X in other files, which are not read'],
    ['mudata.h5mu', 'is a MuData file of several kinds of data: write its RNA part as an h5ad file'],
  ])('%s', async (name, cause) => {
    const reader = name === 'external-storage.h5ad' ? anndataReader : parser;
    const error: unknown = await readSmall(reader, file(name)).catch((e: unknown) => e);
    expect((error as Error).message).toBe(`${name} ${cause}.`);
    expect(isAppError(error, 'BAD_FILE')).toBe(true);
  });
});

test('each reader knows its files', async () => {
  const of = async (path: string): Promise<string> => {
    const source = { path, name: path, isFolder: false };
    const all: Reader[] = [];
    for (const reader of [tenxH5Reader, loomReader, anndataReader]) {
      if (await reader.recognises(source)) all.push(reader);
    }
    return all.map(reader => reader.format).join();
  };
  expect(await of(fixture('h5ad/tenx-bare.h5'))).toBe('10x HDF5,h5ad');
  expect(await of(fixture('h5ad/layers.loom'))).toBe('loom,h5ad');
  expect(await of(fixture('h5ad/dense.h5ad'))).toBe('h5ad');
  expect(await of(fixture('r/sparse-v3-gzip.rds'))).toBe('');
});
