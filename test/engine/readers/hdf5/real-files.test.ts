/** HDF5 files of other projects and of a real experiment (the READMEs of the test data), under the suite of all readers. */
import { expect, test } from 'vitest';
import { anndataReader, loomReader, tenxH5Reader } from '../../../../src/engine/readers/hdf5/index.ts';
import { parseHdf5 } from '../../../../src/engine/readers/hdf5/parse.ts';
import type { Reader } from '../../../../src/engine/readers/contract.ts';
import { testData, withData } from '../../../support/data.ts';
import { collect, conforms, refusal, type Expectation } from '../conformance.ts';

const parser: Reader = { format: 'HDF5', recognises: () => Promise.resolve(true), read: parseHdf5 };
const pbmc283 = {
  genes: 914,
  cells: 283,
  nonzeros: 82904,
  totalCounts: 352187,
  librarySizes: [1496, 1493, 2364, 2423, 1305],
  firstCell: 'ACTCTCCTGCATAC',
  lastCell: 'GCACAATGGTGCAT',
  firstSymbol: 'GPI',
  firstGene: 'ENSG00000105220',
  layer: null,
  warnings: [],
};
const scanpy = {
  genes: 507,
  cells: 1107,
  nonzeros: 23866,
  totalCounts: 41549,
  librarySizes: [36, 24, 23, 12, 32],
  firstCell: 'AAACCCAAGGAGAGTA-1',
  warnings: [],
};
const old = {
  format: 'h5ad',
  genes: 20,
  cells: 30,
  nonzeros: 228,
  totalCounts: 285,
  firstGene: 'gene0',
  layer: 'X',
  warnings: [/^X of adata\.h5ad was read; the file also has raw\/X, to be chosen as the layer\.$/],
};

withData('real files', () => {
  // Every damaged copy costs a thread of its own: few of them here, one kind of file each.
  conforms(
    '10x HDF5 v3',
    { path: testData('pbmc283/filtered_feature_bc_matrix.h5'), reader: tenxH5Reader, copies: 4 },
    { format: '10x HDF5 v3', ...pbmc283 },
  );
  conforms(
    'h5ad of AnnData 0.7 with LZF',
    { path: testData('formats/anndata/v0.7.0/adata.h5ad'), reader: anndataReader, copies: 4 },
    old,
  );
  conforms(
    'loom',
    { path: testData('formats/made/scanpy-3.0.0.loom'), reader: loomReader, copies: 4 },
    { format: 'loom', ...scanpy },
  );

  const others: [string, Expectation][] = [
    ['pbmc283/pbmc_csr.h5ad', { format: 'h5ad', ...pbmc283 }],
    ['formats/scanpy/3.0.0/filtered_feature_bc_matrix.h5', { format: '10x HDF5 v3', ...scanpy }],
    [
      'formats/scanpy/1.2.0/filtered_gene_bc_matrices_h5.h5',
      {
        format: '10x HDF5 v2',
        genes: 343,
        cells: 12,
        nonzeros: 12,
        totalCounts: 12,
        layer: null,
        warnings: [],
      },
    ],
    [
      'formats/scanpy/visium-2.1.0/raw_probe_bc_matrix.h5',
      {
        format: '10x HDF5 v3',
        genes: 1000,
        cells: 4987,
        nonzeros: 858,
        totalCounts: 3372,
        warnings: [/rows of raw_probe_bc_matrix\.h5 are probes, not genes/],
      },
    ],
    [
      'formats/scprep/test_10X_cellranger3.h5',
      {
        format: '10x HDF5 v3',
        genes: 100,
        cells: 100,
        nonzeros: 1405,
        totalCounts: 7663,
        firstGene: 'Arl8b',
        warnings: [/^44 of 100 gene ids .* the gene names were used instead\.$/],
      },
    ],
    [
      'formats/loompy/test.loom',
      {
        format: 'loom',
        genes: 20,
        cells: 200,
        nonzeros: 0,
        totalCounts: 0,
        firstGene: 'A',
        lastGene: 'S',
        firstCell: '0',
        warnings: [/uses the cell name 0 2 times.*make the names unique/],
      },
    ],
    [
      'pbmc3k/small_data_raw_counts.h5ad',
      {
        format: 'h5ad',
        genes: 2000,
        cells: 2700,
        nonzeros: 214939,
        totalCounts: 529631,
        firstGene: 'ENSG00000187608',
        firstSymbol: 'ISG15',
        layer: null,
        warnings: [],
      },
    ],
  ];
  test.each(others)('%s', async (path, expected) => {
    const { result, nonzeros, totalCounts, librarySizes } = await collect({
      path: testData(path),
      reader: parser,
    });
    expect(result).toMatchObject({
      format: expected.format,
      ...(expected.layer !== undefined && { layer: expected.layer }),
    });
    expect([result.geneIds.length, result.cellNames.length]).toEqual([expected.genes, expected.cells]);
    expect([nonzeros, totalCounts]).toEqual([expected.nonzeros, expected.totalCounts]);
    expect(librarySizes.slice(0, expected.librarySizes?.length ?? 0)).toEqual(expected.librarySizes ?? []);
    if (expected.firstGene !== undefined) expect(result.geneIds[0]).toBe(expected.firstGene);
    if (expected.lastGene !== undefined) expect(result.geneIds.at(-1)).toBe(expected.lastGene);
    if (expected.firstCell !== undefined) expect(result.cellNames[0]).toBe(expected.firstCell);
    if (expected.firstSymbol !== undefined) expect(result.geneSymbols[0]).toBe(expected.firstSymbol);
    expect(result.warnings.length).toBe(expected.warnings?.length);
    for (const pattern of expected.warnings ?? []) expect(result.warnings.join('\n')).toMatch(pattern);
  });

  test('columns over cells of pbmc3k and pbmc283', async () => {
    const large = (
      await collect({
        path: testData('pbmc3k/small_data_raw_counts.h5ad'),
        reader: parser,
      })
    ).result;
    const sizes = Object.fromEntries(large.labels.map(({ name, levels }) => [name, levels.length]));
    expect(sizes).toEqual({ celltype: 8, leiden: 11, tissue: 3 });
    const celltype = large.labels.find(({ name }) => name === 'celltype')!;
    const cells = celltype.levels.map((_, level) => celltype.codes.filter(code => code === level).length);
    expect([Math.max(...cells), Math.min(...cells)]).toEqual([1196, 1]);

    const small = (await collect({ path: testData('pbmc283/pbmc_csr.h5ad'), reader: parser })).result;
    expect(small.labels.map(({ name }) => name)).toEqual(['depth']);
    const depth = Object.fromEntries(
      small.labels[0]!.levels.map((level, k) => [
        level,
        small.labels[0]!.codes.filter(code => code === k).length,
      ]),
    );
    expect(depth).toEqual({ low: 95, middle: 94, high: 94 });
    // Genes without an Ensembl id keep their name as the id.
    expect(small.geneIds.filter(id => !id.startsWith('ENSG')).length).toBe(12);
  });

  test('raw is read with its own genes when it is asked for', async () => {
    const { result, totalCounts } = await collect({
      path: testData('formats/anndata/v0.7.0/adata.h5ad'),
      reader: parser,
      options: { layer: 'raw/X' },
    });
    expect([result.layer, result.geneIds.length, totalCounts]).toEqual(['raw/X', 40, 627]);
  });

  test.each([
    [
      'formats/anndata/v0.11.4/adata.h5ad',
      'adata.h5ad is an AnnData file without X, and has no layer or raw to take its place: it holds no counts.',
    ],
    ['bad/no_matrix_group.h5', 'no_matrix_group.h5 is HDF5 but has neither a 10x matrix nor an AnnData X.'],
    ['bad/garbage.h5', 'garbage.h5 is not an HDF5 file.'],
  ])('%s is refused', async (path, sentence) => {
    expect((await refusal({ path: testData(path) })).message).toBe(sentence);
  });
});
