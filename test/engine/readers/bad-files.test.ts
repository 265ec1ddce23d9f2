/** Broken files, and the sentence that each of them deserves (the README of the test data, word by word). */
import { expect, test } from 'vitest';
import { testData, withData } from '../../support/data.ts';
import { conforms, refusal } from './conformance.ts';

withData('a broken file is refused with one sentence', () => {
  test.each([
    ['truncated_gzip', 'matrix.mtx.gz ends too early: the download or copy is incomplete.'],
    ['mtx_fewer_entries', 'matrix.mtx announces 574 entries but holds 534.'],
    ['features_short', 'genes.tsv names 29 genes but matrix.mtx has 30 rows.'],
    ['no_matrix_file', 'no_matrix_file cannot be read: the folder has no matrix.mtx or matrix.mtx.gz.'],
    [
      'negative_counts.csv',
      'negative_counts.csv holds 2 negative values, the first at gene B2M, cell GGCACGTGTGAGAA: these are not counts.',
    ],
    [
      'missing_values.tsv',
      'missing_values.tsv has 3 missing values, the first at gene RPL4, cell GTGTATCTAGTAGA.',
    ],
    [
      'log_values.csv',
      'log_values.csv holds fractions such as 6.2757: these look like normalised values, raw counts are needed.',
    ],
    [
      'duplicate_barcodes.csv',
      'duplicate_barcodes.csv uses the cell name AACCTACTGTGAGG 3 times: give every cell a name of its own, or choose to have repeated cell names made unique.',
    ],
    ['empty.csv', 'empty.csv is empty.'],
    ['ragged_rows.csv', 'ragged_rows.csv line 10 has 18 fields where 21 are expected.'],
    ['garbage.h5', 'garbage.h5 is not an HDF5 file.'],
    ['no_matrix_group.h5', 'no_matrix_group.h5 is HDF5 but has neither a 10x matrix nor an AnnData X.'],
    [
      'data_frame.RData',
      'data_frame.RData holds `sm`, a data.frame; a sparse or dense count matrix is needed.',
    ],
  ])('%s', async (name, sentence) => {
    const error = await refusal({ path: testData(`bad/${name}`) });
    expect(error.code).toBe('BAD_FILE');
    expect(error.message).toBe(sentence);
  });

  test.each([
    ['formats/scprep/test_10X_invalid.zip', 'test_10X_invalid.zip is an archive without a file in it.'],
    [
      'pbmc283/filtered_feature_bc_matrix/barcodes.tsv.gz',
      'barcodes.tsv.gz is one of the three files of a 10x matrix: choose the folder that holds them.',
    ],
    [
      'sc_mixology/sc_celseq2.metadata.csv.gz',
      'sc_celseq2.metadata.csv.gz looks like a table of cell labels: choose it as the labels of a count file, or say what its rows are if it holds counts.',
    ],
    ['bad/README.md', 'README.md is a text but not a table: its lines have different numbers of fields.'],
  ])('%s', async (name, sentence) => {
    expect((await refusal({ path: testData(name) })).message).toBe(sentence);
  });

  test('a Zarr folder, naming what is read instead', async () => {
    const error = await refusal({ path: testData('formats/scanpy/10x-10k-subset.zarr') });
    expect(error.code).toBe('FORMAT_UNRECOGNISED');
    expect(error.message).toMatch(/^10x-10k-subset\.zarr is a Zarr folder, .*h5ad.*loom.*RDS/);
  });
});

withData('a table is read right', () => {
  const correct = {
    format: 'CSV',
    rows: 'genes',
    genes: 30,
    cells: 20,
    nonzeros: 574,
    totalCounts: 19612,
    librarySizes: [754, 735, 1258, 991, 587],
    firstGene: 'RPS14',
    lastGene: 'ACTB',
    firstCell: 'ACTCTCCTGCATAC',
    lastCell: 'GCGCATCTGGTTAC',
  } as const;
  conforms('with CRLF line ends', { path: testData('bad/crlf.csv') }, { ...correct, warnings: [] });
  conforms(
    'with repeated cell names made unique',
    { path: testData('bad/duplicate_barcodes.csv'), options: { duplicateCells: 'rename' } },
    { ...correct, warnings: [/uses the cell name AACCTACTGTGAGG 3 times/] },
  );
});
