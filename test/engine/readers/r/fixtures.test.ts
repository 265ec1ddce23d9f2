/** R files in every packing and with every object that can hold counts: each holds the same ones. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Reader } from '../../../../src/engine/readers/contract.ts';
import { rdataReader, rdsReader } from '../../../../src/engine/readers/r/index.ts';
import { parseR } from '../../../../src/engine/readers/r/parse.ts';
import { isAppError } from '../../../../src/shared/errors.ts';
import type { ReadOptions } from '../../../../src/shared/model.ts';
import { temporaryFolder } from '../../../support/sandbox.ts';
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

// Without the thread around it, which real-files.test.ts has.
const parser: Reader = { format: 'R', recognises: () => Promise.resolve(true), read: parseR };
const rds = (name: string, options: ReadOptions = {}): Promise<Small> =>
  readSmall(parser, fixture(`r/${name}.rds`), options);
const rdata = (name: string, options: ReadOptions = {}): Promise<Small> =>
  readSmall(parser, fixture(`r/${name}.RData`), options);
const panglao = SYMBOLS.map((symbol, k) => `${symbol}_${IDS[k]}`);

describe('RDS', () => {
  test.each([
    'sparse-v3-gzip',
    'sparse-v2-gzip',
    'sparse-none',
    'sparse-bzip2',
    'sparse-xz',
    'sparse-ascii',
    'triplets',
    'rows',
    'dense-double',
    'dense-integer',
  ])('%s', async name => {
    const { result, counts } = await rds(name);
    expect(counts).toEqual(COUNTS);
    expect(result.cellNames).toEqual(CELLS);
    expect(result.geneIds).toEqual(SYMBOLS);
    expect([result.format, result.layer, result.warnings]).toEqual(['RDS', null, []]);
  });

  test('packed with Zstandard, as R offers from 4.5 on', async () => {
    const path = join(temporaryFolder(), 'sparse-zstd.rds');
    writeFileSync(path, zstdCompressSync(readFileSync(fixture('r/sparse-none.rds'))));
    expect(await rdsReader.recognises({ path, name: 'sparse-zstd.rds', isFolder: false })).toBe(true);
    expect((await readSmall(parser, path)).counts).toEqual(COUNTS);
  });

  test('cells without names are numbered, and that is said', async () => {
    const { result, counts } = await rds('no-cell-names');
    expect(counts).toEqual(COUNTS);
    expect(result.cellNames[5]).toBe('cell6');
    expect(result.warnings).toEqual(['no-cell-names.rds has no cell names; its cells were numbered.']);
  });

  test.each(['turned', 'turned-rows', 'turned-triplets', 'turned-dense'])(
    '%s: cells x genes, told by the ids',
    async name => {
      const { result, counts } = await rds(name);
      expect(counts).toEqual(COUNTS);
      expect([result.geneIds, result.cellNames]).toEqual([IDS, CELLS]);
      expect(result.rows).toBe('cells');
      expect(result.warnings).toEqual([
        `${name}.rds holds cells x genes instead of genes x cells; it was turned.`,
      ]);
    },
  );

  test('cells x genes, told by the user', async () => {
    const { result, counts } = await rds('turned-symbols', { rows: 'cells' });
    expect(counts).toEqual(COUNTS);
    expect([result.geneIds, result.cellNames, result.warnings]).toEqual([SYMBOLS, CELLS, []]);
  });

  test('of a list of matrices gene expression is taken, another one when asked for', async () => {
    const { result, counts } = await rds('read10x-list');
    expect(counts).toEqual(COUNTS);
    expect(result.layer).toBe('Gene Expression');
    const other = await rds('read10x-list', { layer: 'Antibody Capture' });
    expect(other.counts).toEqual(COUNTS.map(row => row.slice(0, 3)));
  });

  test('logarithms are read when the user says what they are', async () => {
    const { counts } = await rds('log', { alreadyLog: Math.E });
    expect(counts[0]![0]).toBeCloseTo(Math.log(6), 6);
  });
});

describe('RData', () => {
  test.each(['sm-v3-gzip', 'sm-v2-bzip2', 'sm-v3-xz', 'sm-ascii', 'workspace'])('%s', async name => {
    const { result, counts } = await rdata(name);
    expect(counts).toEqual(COUNTS);
    expect(result.geneIds).toEqual(panglao);
    expect(result.geneSymbols).toEqual(panglao);
    expect(result.format).toBe('PanglaoDB RData');
  });

  test('sm is preferred to other matrices', async () => {
    const { result, counts } = await rdata('sm-and-others');
    expect(counts).toEqual(COUNTS);
    expect(result.layer).toBe('sm');
  });

  test('of several matrices one is asked for', async () => {
    const error: unknown = await rdata('two-matrices').catch((e: unknown) => e);
    expect(isAppError(error, 'BAD_INPUT')).toBe(true);
    expect((error as Error).message).toBe(
      'two-matrices.RData holds 2 matrices: choose one of sparse, other as the layer.',
    );
    const { result, counts } = await rdata('two-matrices', { layer: 'sparse' });
    expect(counts).toEqual(COUNTS);
    expect([result.format, result.layer]).toEqual(['RData', 'sparse']);
  });
});

describe('Seurat', () => {
  test('version 4: the RNA assay, the table of cells and the identities', async () => {
    const { result, counts } = await rds('seurat4');
    expect(counts).toEqual(COUNTS);
    expect([result.format, result.layer]).toEqual(['Seurat object (RDS)', 'RNA']);
    expect(result.warnings).toEqual([
      'Assay RNA of seurat4.rds was read; it also has ADT, to be chosen as the layer.',
    ]);
    expect(labelsOf(result, 'celltype')).toEqual(TYPES);
    expect(result.labels.find(({ name }) => name === 'celltype')!.levels).toEqual(['NK', 'T', 'B']);
    expect(labelsOf(result, 'donor')).toEqual(['d1', 'd1', 'd1', 'd2', 'd2', 'd2']);
    expect(labelsOf(result, 'batch')).toEqual(['1', '1', '2', '2', '2', '1']);
    expect(labelsOf(result, 'doublet')).toEqual(['TRUE', 'FALSE', 'FALSE', 'FALSE', 'FALSE', null]);
    expect(labelsOf(result, 'active.ident')).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);
    expect(labelsOf(result, 'percent')).toBeUndefined();
  });

  test.each([
    ['ADT', COUNTS.map(row => row.slice(0, 2))],
    ['RNA', COUNTS],
    ['RNA/counts', COUNTS],
  ])('version 4: %s when it is asked for', async (layer, expected) => {
    const { result, counts } = await rds('seurat4', { layer });
    expect(counts).toEqual(expected);
    expect(result.layer).toBe(layer);
  });

  test('version 5: layers without names of their own', async () => {
    const { result, counts } = await rds('seurat5');
    expect(counts).toEqual(COUNTS);
    expect(result.geneIds).toEqual(SYMBOLS);
    expect(result.cellNames).toEqual(CELLS);
    // The identities are those of a column, and are not repeated.
    expect(result.labels.map(({ name }) => name)).toEqual(['celltype', 'donor', 'batch', 'doublet']);
  });

  test('version 5: layers of samples are pooled on the genes they share, with the labels of each cell', async () => {
    const { result, counts } = await rds('seurat5-split');
    const order = [0, 2, 4, 1, 3, 5];
    expect(counts).toEqual(order.map(cell => COUNTS[cell]!.slice(0, 7)));
    expect(result.cellNames).toEqual(order.map(cell => CELLS[cell]));
    expect(labelsOf(result, 'celltype')).toEqual(order.map(cell => TYPES[cell]));
    expect(result.warnings).toEqual([
      '2 layers of counts in seurat5-split.rds (counts.d1, counts.d2) were pooled; 1 gene that not all of them have was left out.',
    ]);
  });

  test('version 5: one of the layers when it is asked for', async () => {
    const { result, counts } = await rds('seurat5-split', { layer: 'RNA/counts.d2' });
    expect(counts).toEqual([1, 3, 5].map(cell => COUNTS[cell]!.slice(0, 7)));
    expect(result.layer).toBe('RNA/counts.d2');
  });
});

describe('SingleCellExperiment', () => {
  test('counts, ids and symbols, columns over cells', async () => {
    const { result, counts } = await rds('experiment');
    expect(counts).toEqual(COUNTS);
    expect([result.format, result.layer]).toEqual(['SingleCellExperiment (RDS)', 'counts']);
    expect(result.geneIds).toEqual(IDS);
    expect(result.geneSymbols).toEqual(SYMBOLS);
    expect(labelsOf(result, 'label')).toEqual(TYPES);
    expect(result.cellNames).toEqual(CELLS);
  });

  test('genes with places in the genome', async () => {
    const { result, counts } = await rds('experiment-ranges');
    expect(counts).toEqual(COUNTS);
    expect(result.geneIds).toEqual(SYMBOLS);
  });
});

describe('refused with the cause', () => {
  const hint =
    'write the counts with Matrix::writeMM or DropletUtils::write10xCounts, or save them as a sparse matrix with saveRDS';
  test.each([
    ['data-frame.rds', 'holds a data.frame; a sparse or dense count matrix is needed'],
    [
      'no-matrix.RData',
      'holds `clusters`, a factor (and 1 other object); a sparse or dense count matrix is needed',
    ],
    ['logical.rds', `holds an lgCMatrix; a sparse or dense count matrix is needed: ${hint}`],
    ['pattern.rds', `holds an ngCMatrix; a sparse or dense count matrix is needed: ${hint}`],
    ['no-names.rds', 'has no gene names: the rows of its matrix are not named'],
    ['log.rds', 'holds fractions such as 1.7918: these look like normalised values, raw counts are needed'],
    ['missing.rds', 'has 1 missing value, at gene CD3E, cell AACC-1'],
    ['seurat4-normalised.rds', `holds a Seurat object without counts in memory: ${hint}`],
    ['seurat5-bpcells.rds', `holds a Seurat object without counts in memory: ${hint}`],
    ['experiment-no-counts.rds', `holds a SingleCellExperiment without an assay of counts: ${hint}`],
    [
      'experiment-delayed.rds',
      `holds a SummarizedExperiment whose counts is a DelayedMatrix, not a matrix in memory: ${hint}`,
    ],
  ])('%s', async (name, cause) => {
    const error: unknown = await readSmall(parser, fixture(`r/${name}`)).catch((e: unknown) => e);
    expect((error as Error).message).toBe(`${name} ${cause}.`);
    expect(isAppError(error, 'BAD_FILE')).toBe(true);
  });
});

test('each reader knows its files, packed or not', async () => {
  const of = async (name: string): Promise<boolean[]> => {
    const source = { path: fixture(name), name, isFolder: false };
    return [await rdsReader.recognises(source), await rdataReader.recognises(source)];
  };
  for (const name of ['gzip', 'none', 'bzip2', 'xz', 'ascii']) {
    const file = name === 'gzip' ? 'r/sparse-v3-gzip.rds' : `r/sparse-${name}.rds`;
    expect(await of(file), file).toEqual([true, false]);
  }
  for (const name of ['sm-v3-gzip', 'sm-v2-bzip2', 'sm-v3-xz', 'sm-ascii']) {
    expect(await of(`r/${name}.RData`), name).toEqual([false, true]);
  }
  expect(await of('h5ad/dense.h5ad')).toEqual([false, false]);
  expect(await of('r/make.R')).toEqual([false, false]);
});
