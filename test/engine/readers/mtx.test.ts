/** 10x matrices of three text files: real ones, and every way in which people's own differ. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MemorySink } from '../../../src/engine/counts/memory-rows.ts';
import { readPath } from '../../../src/engine/readers/index.ts';
import { OrderedEntries } from '../../../src/engine/readers/mtx-order.ts';
import { testData, withData } from '../../support/data.ts';
import { collect, conforms, quietly, refusal } from './conformance.ts';
import {
  madeFolder,
  SMALL_BARCODES,
  SMALL_EXPECTED,
  SMALL_FEATURES,
  SMALL_GENES,
  SMALL_MATRIX,
  smallMtx,
} from './made.ts';

withData('real 10x folders', () => {
  conforms(
    'pbmc283, version 3, all gzipped',
    { path: testData('pbmc283/filtered_feature_bc_matrix') },
    {
      format: '10x MTX v3',
      genes: 914,
      cells: 283,
      nonzeros: 82904,
      totalCounts: 352187,
      librarySizes: [1496, 1493, 2364, 2423, 1305],
      firstGene: 'ENSG00000105220',
      firstSymbol: 'GPI',
      lastGene: 'ENSG00000104870',
      firstCell: 'ACTCTCCTGCATAC',
      lastCell: 'GCACAATGGTGCAT',
      layer: null,
      rows: null,
      warnings: [],
    },
  );
  conforms(
    'scanpy, version 2, plain, in a genome folder',
    { path: testData('formats/scanpy/1.2.0/filtered_gene_bc_matrices') },
    {
      format: '10x MTX v2',
      genes: 343,
      cells: 12,
      nonzeros: 12,
      totalCounts: 12,
      firstGene: 'DSCAM',
      firstSymbol: 'DSCAM',
      warnings: [],
    },
  );
  conforms(
    'scanpy, numbers as ids, header real, no last newline',
    { path: testData('formats/scanpy/int-ids') },
    {
      format: '10x MTX v3',
      genes: 6,
      cells: 5,
      nonzeros: 3,
      totalCounts: 8,
      firstGene: '574405',
      firstSymbol: 'Pwwp4b',
    },
  );
  const scprep = { genes: 100, cells: 100, nonzeros: 1405, totalCounts: 7663, firstSymbol: 'Arl8b' };
  conforms(
    'scprep, version 2, matrix gzipped and gene by gene, lists plain',
    { path: testData('formats/scprep/test_10X') },
    { ...scprep, format: '10x MTX v2', librarySizes: [43, 68, 264, 70, 219] },
  );
  conforms(
    'scprep, version 3, all plain',
    { path: testData('formats/scprep/test_10X_cellranger3') },
    { ...scprep, format: '10x MTX v3' },
  );
  conforms(
    'scprep, two ids of one name',
    { path: testData('formats/scprep/test_10X_duplicate_gene_names') },
    { ...scprep, format: '10x MTX v2' },
  );
  conforms(
    'the path of the matrix file itself',
    { path: testData('pbmc283/filtered_feature_bc_matrix/matrix.mtx.gz') },
    { format: '10x MTX v3', genes: 914, cells: 283, nonzeros: 82904, totalCounts: 352187 },
  );
});

describe('a made 10x folder', () => {
  test('may be plain, gzipped or mixed', async () => {
    const path = madeFolder({
      'matrix.mtx.gz': SMALL_MATRIX,
      'genes.tsv': SMALL_GENES,
      'barcodes.tsv.gz': SMALL_BARCODES,
    });
    const { result, ...sums } = await collect({ path });
    expect(sums).toEqual({ nonzeros: 4, totalCounts: 10, librarySizes: [4, 6] });
    expect(result).toMatchObject({
      format: '10x MTX v2',
      geneIds: ['ENSG00000000001', 'ENSG00000000002', 'ENSG00000000003'],
      geneSymbols: ['GA', 'GB', 'GC'],
      cellNames: ['AAACCTGAGA-1', 'AAACCTGAGC-1'],
    });
  });

  test('may have CRLF ends, comments, spaces and no last newline', async () => {
    const windows = (text: string): string => text.replaceAll('\n', '\r\n');
    const path = smallMtx({
      'matrix.mtx': windows(SMALL_MATRIX.replace('3 2 4\n', '%a comment\n%%\n 3 2 4 \n').trimEnd()),
      'features.tsv': windows(SMALL_FEATURES.trimEnd()),
      'barcodes.tsv': windows(SMALL_BARCODES),
    });
    const { result, librarySizes } = await collect({ path });
    expect(librarySizes).toEqual(SMALL_EXPECTED.librarySizes);
    expect(result.cellNames).toEqual(['AAACCTGAGA-1', 'AAACCTGAGC-1']);
    expect(result.geneSymbols).toEqual(['GA', 'GB', 'GC']);
  });

  test.each([
    ['whole numbers as decimals', SMALL_MATRIX.replace('integer', 'real').replace('3 1 3', '3 1 3.0')],
    ['whole numbers with exponents', SMALL_MATRIX.replace('integer', 'real').replace('3 1 3', '3 1 3e+00')],
    ['tabs and indentation', SMALL_MATRIX.replace('3 1 3', '  3\t1\t 3 ')],
    ['entries gene by gene', SMALL_MATRIX.replace('3 1 3\n2 2 2\n', '2 2 2\n3 1 3\n')],
    ['genes of a cell out of order', SMALL_MATRIX.replace('1 1 1\n3 1 3\n', '3 1 3\n1 1 1\n')],
    ['written zeros', SMALL_MATRIX.replace('3 2 4\n1', '3 2 5\n2 1 0\n1')],
  ])('may hold %s', async (_, matrix) => {
    const sink = new MemorySink();
    await readPath(smallMtx({ 'matrix.mtx': matrix }), {}, sink, quietly());
    const rows = sink.finish(3);
    expect([...rows.ptr]).toEqual([0, 2, 4]);
    expect([...rows.idx]).toEqual([0, 2, 1, 2]);
    expect([...rows.val]).toEqual([1, 3, 2, 4]);
  });

  test('keeps gene expression and says what was left out', async () => {
    const features = SMALL_FEATURES.replace('GB\tGene Expression', 'CD4_TotalSeq\tAntibody Capture');
    const { result, nonzeros, totalCounts } = await collect({ path: smallMtx({ 'features.tsv': features }) });
    expect(result.geneSymbols).toEqual(['GA', 'GC']);
    expect({ nonzeros, totalCounts }).toEqual({ nonzeros: 3, totalCounts: 8 });
    expect(result.warnings).toEqual([
      '1 feature of features.tsv that is not a gene was left out (antibody capture 1).',
    ]);
    const none = SMALL_FEATURES.replaceAll('Gene Expression', 'Antibody Capture');
    expect((await refusal({ path: smallMtx({ 'features.tsv': none }) })).message).toBe(
      'features.tsv lists no gene expression, only other features (antibody capture 3).',
    );
  });

  test('may be cells x genes, which is told by the lengths', async () => {
    const matrix = '%%MatrixMarket matrix coordinate integer general\n2 3 4\n1 1 1\n1 3 3\n2 2 2\n2 3 4\n';
    const { result, librarySizes } = await collect({ path: smallMtx({ 'matrix.mtx': matrix }) });
    expect(librarySizes).toEqual([4, 6]);
    expect(result.warnings).toEqual([
      'matrix.mtx holds cells x genes instead of genes x cells; it was turned.',
    ]);
  });

  test('with prefixes as on GEO is read by its prefix', async () => {
    const named = (prefix: string): Record<string, string> => ({
      [`${prefix}matrix.mtx.gz`]: SMALL_MATRIX,
      [`${prefix}features.tsv.gz`]: SMALL_FEATURES,
      [`${prefix}barcodes.tsv.gz`]: SMALL_BARCODES,
    });
    expect((await collect({ path: madeFolder(named('GSM1_lung_')) })).totalCounts).toBe(10);

    const several = madeFolder({ ...named('GSM1_lung_'), ...named('GSM2.liver.') });
    const error = await refusal({ path: several });
    expect(error.code).toBe('BAD_INPUT');
    expect(error.message).toBe('made holds 2 matrices: choose one of GSM1_lung, GSM2.liver as the layer.');
    const { result, totalCounts } = await collect({ path: several, options: { layer: 'GSM2.liver' } });
    expect(totalCounts).toBe(10);
    expect(result.layer).toBe('GSM2.liver');
    expect((await refusal({ path: several, options: { layer: 'GSM3' } })).message).toContain(
      'holds no matrix named GSM3',
    );
  });

  test('of several genomes is chosen by its folder', async () => {
    const files = (genome: string): Record<string, string> => ({
      [`${genome}/matrix.mtx`]: SMALL_MATRIX,
      [`${genome}/genes.tsv`]: SMALL_GENES,
      [`${genome}/barcodes.tsv`]: SMALL_BARCODES,
    });
    const path = madeFolder({ ...files('hg19'), ...files('mm10') });
    expect((await refusal({ path })).message).toContain('choose one of hg19, mm10 as the layer');
    expect((await collect({ path, options: { layer: 'hg19' } })).result.layer).toBe('hg19');
  });

  test('makes repeated cell names unique where asked', async () => {
    const path = smallMtx({ 'barcodes.tsv': 'A\nA\n' });
    expect((await refusal({ path })).message).toContain('barcodes.tsv uses the cell name A 2 times');
    const { result } = await collect({ path, options: { duplicateCells: 'rename' } });
    expect(result.cellNames).toEqual(['A', 'A-1']);
    expect(result.warnings[0]).toContain('a number was added');
  });

  test('that is already logarithms is read where the user says so', async () => {
    const path = smallMtx({
      'matrix.mtx': SMALL_MATRIX.replace('integer', 'real').replace('3 1 3', '3 1 0.5'),
    });
    expect((await refusal({ path })).message).toBe(
      'matrix.mtx holds fractions such as 0.5: these look like normalised values, raw counts are needed.',
    );
    const { result, librarySizes } = await collect({ path, options: { alreadyLog: 10 } });
    expect(librarySizes).toEqual([1.5, 6]);
    expect(result.alreadyLog).toBe(10);
  });

  test.each([
    ['another first line', 'a,b\n1,2\n', 'does not begin with the line of a Matrix Market file'],
    ['pattern', SMALL_MATRIX.replace('integer', 'pattern'), 'says where counts are but not what they are'],
    ['complex', SMALL_MATRIX.replace('integer', 'complex'), 'holds no counts (Matrix Market field complex)'],
    ['dense', SMALL_MATRIX.replace('coordinate', 'array'), 'is a dense Matrix Market file'],
    ['symmetric', SMALL_MATRIX.replace('general', 'symmetric'), 'is a symmetric matrix'],
    [
      'row 0',
      SMALL_MATRIX.replace('1 1 1', '0 1 1'),
      'line 3 names row 0, column 1, but the matrix is 3 x 2',
    ],
    [
      'row 4',
      SMALL_MATRIX.replace('1 1 1', '4 1 1'),
      'line 3 names row 4, column 1, but the matrix is 3 x 2',
    ],
    [
      'column 3',
      SMALL_MATRIX.replace('3 2 4\n', '3 2 4\n')
        .replace('\n3 2 4\n1', '\n3 2 4\n1')
        .replace('2 2 2', '2 3 2'),
      'line 5 names row 2, column 3',
    ],
    ['two fields', SMALL_MATRIX.replace('2 2 2', '2 2'), 'line 5 is no entry of row, column and value: 2 2'],
    [
      'a word',
      SMALL_MATRIX.replace('2 2 2', '2 2 two'),
      'line 5 is no entry of row, column and value: 2 2 two',
    ],
    ['a repeat', SMALL_MATRIX.replace('2 2 2', '3 2 2'), 'lists gene GC, cell AAACCTGAGC-1 more than once'],
    [
      'a repeat far apart',
      SMALL_MATRIX.replace('2 2 2\n3 2 4', '2 2 2\n1 1 4'),
      'lists gene GA, cell AAACCTGAGA-1 more than once',
    ],
    ['too few', SMALL_MATRIX.replace('3 2 4\n1', '3 2 9\n1'), 'announces 9 entries but holds 4'],
    ['too many', SMALL_MATRIX.replace('3 2 4\n1', '3 2 3\n1'), 'announces 3 entries but holds 4'],
    [
      'no sizes',
      '%%MatrixMarket matrix coordinate integer general\n%\n',
      'ends before the line with the sizes',
    ],
    [
      'a minus',
      SMALL_MATRIX.replace('2 2 2', '2 2 -2'),
      'holds 1 negative value, at gene GB, cell AAACCTGAGC-1',
    ],
    ['a missing value', SMALL_MATRIX.replace('2 2 2', '2 2 NaN'), 'has 1 missing value, at gene GB'],
    ['a giant', SMALL_MATRIX.replace('2 2 2', '2 2 1e300'), 'holds 1 value above 16777216'],
  ])('with %s is refused', async (_, matrix, cause) => {
    const error = await refusal({ path: smallMtx({ 'matrix.mtx': matrix }) });
    expect(error.message).toContain(`matrix.mtx ${cause}`);
  });

  test('is refused where the lists do not fit', async () => {
    const said = async (files: Record<string, string>): Promise<string> =>
      (await refusal({ path: smallMtx(files) })).message;
    expect(await said({ 'features.tsv': 'G1\nG2\n' })).toBe(
      'features.tsv names 2 genes but matrix.mtx has 3 rows.',
    );
    expect(await said({ 'barcodes.tsv': 'C1\n' })).toBe(
      'barcodes.tsv names 1 cell but matrix.mtx has 2 columns.',
    );
    expect(await said({ 'barcodes.tsv': '' })).toBe('barcodes.tsv is empty.');
    expect(await said({ 'barcodes.tsv': '\nC2\n' })).toBe('barcodes.tsv has no name for cell 1.');
  });

  test('is refused where a list is missing', async () => {
    const path = madeFolder({ 'matrix.mtx': SMALL_MATRIX, 'barcodes.tsv': SMALL_BARCODES });
    expect((await refusal({ path })).message).toBe('matrix.mtx has no features.tsv or genes.tsv beside it.');
    const other = madeFolder({ 'matrix.mtx': SMALL_MATRIX, 'genes.tsv': SMALL_GENES });
    expect((await refusal({ path: other })).message).toBe('matrix.mtx has no barcodes.tsv beside it.');
  });

  test('has no layers', async () => {
    const error = await refusal({ path: join(smallMtx(), 'matrix.mtx'), options: { layer: 'hg19' } });
    expect(error.message).toBe('matrix.mtx holds one matrix only; there is no layer hg19 to choose.');
  });
});

describe('entries on their way to the sink', () => {
  const size = { cells: 4, genes: 5 };
  const entriesOf = (sink: MemorySink, lookAhead: number): OrderedEntries =>
    new OrderedEntries('m.mtx', size, sink, new AbortController().signal, lookAhead);

  test('come out the same in any order', async () => {
    const entries = [
      [0, 1, 5],
      [0, 4, 1],
      [2, 0, 2],
      [2, 3, 7],
      [3, 2, 9],
    ] as const;
    const read = async (list: typeof entries): Promise<number[][]> => {
      const sink = new MemorySink();
      const ordered = entriesOf(sink, 100);
      for (const [cell, gene, value] of list) ordered.add(cell, gene, value);
      expect(await ordered.finish()).toBeNull();
      const { ptr, idx, val } = sink.finish(size.genes);
      return [[...ptr], [...idx], [...val]];
    };
    const expected = [
      [0, 2, 2, 4, 5],
      [1, 4, 0, 3, 2],
      [5, 1, 2, 7, 9],
    ];
    expect(await read(entries)).toEqual(expected);
    expect(await read([...entries].reverse() as unknown as typeof entries)).toEqual(expected);
    const [a, b, c, d, e] = entries;
    expect(await read([b, a, d, c, e] as unknown as typeof entries)).toEqual(expected);
    expect(await read([c, e, a, d, b] as unknown as typeof entries)).toEqual(expected);
  });

  test('are refused where the file goes back beyond the look-ahead', () => {
    const ordered = entriesOf(new MemorySink(), 0);
    for (let cell = 0; cell < 4; cell++) ordered.add(cell, 0, 1);
    expect(() => ordered.add(0, 1, 1)).not.toThrow(); // still in the block that is being built
    const large = new OrderedEntries(
      'm.mtx',
      { cells: 3000, genes: 5 },
      new MemorySink(),
      new AbortController().signal,
      0,
    );
    for (let cell = 0; cell < 3000; cell++) large.add(cell, 0, 1);
    expect(() => large.add(0, 1, 1)).toThrow('goes back to cell 1: sort it by column');
  });
});
