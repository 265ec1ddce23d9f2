/** Tables of counts as text: real ones, and the ways in which people's own differ. */
import { gunzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { MemorySink } from '../../../src/engine/counts/memory-rows.ts';
import { readPath } from '../../../src/engine/readers/index.ts';
import type { ReadOptions } from '../../../src/shared/model.ts';
import { testData, withData } from '../../support/data.ts';
import { collect, conforms, quietly, refusal } from './conformance.ts';
import { madeFile } from './made.ts';

withData('real tables', () => {
  const mixology = { format: 'CSV', rows: 'genes', warnings: [] } as const;
  conforms(
    'pbmc283, genes x cells, empty corner',
    { path: testData('pbmc283/counts_genes_by_cells.csv.gz') },
    {
      format: 'CSV',
      rows: 'genes',
      genes: 914,
      cells: 283,
      nonzeros: 82904,
      totalCounts: 352187,
      librarySizes: [1496, 1493, 2364, 2423, 1305],
      firstGene: 'GPI',
      lastGene: 'FCGRT',
      firstCell: 'ACTCTCCTGCATAC',
      lastCell: 'GCACAATGGTGCAT',
      warnings: [],
    },
  );
  conforms(
    'sc_mixology CEL-seq2, header one field shorter',
    { path: testData('sc_mixology/sc_celseq2.count.csv.gz'), copies: 4 },
    {
      ...mixology,
      genes: 28204,
      cells: 274,
      nonzeros: 1954979,
      totalCounts: 10321416,
      librarySizes: [16430, 73088, 31179, 34288, 48246],
      firstCell: 'A1',
      firstGene: 'ENSG00000281131',
    },
  );
  test.each([
    ['sc_celseq2_5cl_p1', 15564, 297, 1810635, 9783530, [34719, 24168, 30055, 43128, 41440]],
    ['sc_celseq2_5cl_p2', 14078, 307, 1737067, 7347615, [34992, 34985, 17505, 28078, 18569]],
    ['sc_dropseq', 15127, 225, 1290921, 5830998, [73523, 67673, 79430, 73978, 65570]],
  ])('%s', async (name, genes, cells, nonzeros, totalCounts, first) => {
    const read = await collect({ path: testData(`sc_mixology/${name}.count.csv.gz`) });
    expect([read.result.geneIds.length, read.result.cellNames.length]).toEqual([genes, cells]);
    expect([read.nonzeros, read.totalCounts]).toEqual([nonzeros, totalCounts]);
    expect(read.librarySizes.slice(0, 5)).toEqual(first);
  });
  const scprep = {
    rows: 'cells',
    genes: 100,
    cells: 100,
    nonzeros: 1405,
    totalCounts: 7663,
    librarySizes: [43, 68, 264, 70, 219],
    firstGene: 'Arl8b',
    firstCell: 'GATGAGGCATTTCAGG-1',
    warnings: [],
  } as const;
  conforms(
    'scprep, cells x genes, comma',
    { path: testData('formats/scprep/test_small.csv') },
    { ...scprep, format: 'CSV' },
  );
  conforms(
    'scprep, cells x genes, tab',
    { path: testData('formats/scprep/test_small.tsv') },
    { ...scprep, format: 'TSV' },
  );
  conforms(
    'anndata, the header in a comment line',
    { path: testData('formats/anndata/adata-comments.tsv') },
    {
      format: 'TSV',
      rows: 'cells',
      genes: 2,
      cells: 3,
      nonzeros: 4,
      totalCounts: 15,
      librarySizes: [1, 3, 11],
      firstGene: 'c1',
      firstCell: 'r1',
      warnings: [/Nothing says whether the rows of adata-comments.tsv are genes or cells/],
    },
  );
  test('the other way round where the user says so', async () => {
    const path = testData('formats/anndata/adata-comments.tsv');
    const { result, librarySizes } = await collect({ path, options: { rows: 'genes' } });
    expect(result).toMatchObject({ geneIds: ['r1', 'r2', 'r3'], cellNames: ['c1', 'c2'], warnings: [] });
    expect(librarySizes).toEqual([9, 6]);
  });
  test('in UTF-16, with a byte order mark and with old line ends', async () => {
    const text = gunzipSync(readFileSync(testData('pbmc283/counts_genes_by_cells.csv.gz'))).toString();
    const little = Buffer.from(`\ufeff${text}`, 'utf16le');
    const variants: [string, Uint8Array][] = [
      ['little.csv', little],
      ['big.csv', Buffer.from(little).swap16()],
      ['mark.csv', Buffer.from(`\ufeff${text}`)],
      ['mac.csv', Buffer.from(text.replaceAll('\n', '\r'))],
      ['semicolon.csv', Buffer.from(text.replaceAll(',', ';'))],
      ['spaces.txt', Buffer.from(text.replace(/^,/, '').replaceAll(',', '  '))],
      ['quoted.csv', Buffer.from(text.replaceAll(/[^,\n]+/g, '"$&"'))],
      ['decimals.csv', Buffer.from(text.replaceAll(/(?<=,)(\d+)(?=[,\n])/g, '$1.0'))],
    ];
    for (const [name, bytes] of variants) {
      const { result, nonzeros, totalCounts } = await collect({ path: madeFile(name, bytes) });
      expect([result.geneIds.length, result.cellNames.length, nonzeros, totalCounts], name).toEqual([
        914, 283, 82904, 352187,
      ]);
      expect([result.geneIds[0], result.geneIds.at(-1), result.cellNames.at(-1)], name).toEqual([
        'GPI',
        'FCGRT',
        'GCACAATGGTGCAT',
      ]);
    }
  });
});

/** Reads a made table as cells x genes numbers. */
async function table(
  text: string | Uint8Array,
  options: ReadOptions = {},
  name = 'made.csv',
): Promise<{
  counts: number[][];
  genes: readonly string[];
  cells: readonly string[];
  warnings: readonly string[];
  symbols: readonly string[];
  labels: [string, (string | null)[]][];
}> {
  const sink = new MemorySink();
  const result = await readPath(madeFile(name, text), options, sink, quietly());
  const rows = sink.finish(result.geneIds.length);
  const counts = Array.from({ length: rows.cells }, (_, cell) => {
    const line = new Array<number>(rows.genes).fill(0);
    for (let k = rows.ptr[cell]!; k < rows.ptr[cell + 1]!; k++) line[rows.idx[k]!] = rows.val[k]!;
    return line;
  });
  const labels = result.labels.map(({ name, levels, codes }): [string, (string | null)[]] => [
    name,
    [...codes].map(code => levels[code] ?? null),
  ]);
  return {
    counts,
    genes: result.geneIds,
    symbols: result.geneSymbols,
    cells: result.cellNames,
    warnings: result.warnings,
    labels,
  };
}

describe('a made table', () => {
  const expected = {
    counts: [
      [1, 0, 3],
      [0, 2, 4],
    ],
    genes: ['ACTB', 'MT-CO1', 'RPL4'],
    cells: ['s1', 's2'],
  };

  test.each([
    ['an empty corner', ',s1,s2\nACTB,1,0\nMT-CO1,0,2\nRPL4,3,4\n'],
    ['a named corner', 'gene,s1,s2\nACTB,1,0\nMT-CO1,0,2\nRPL4,3,4'],
    ['no corner, as R writes it', '"s1","s2"\n"ACTB",1,0\n"MT-CO1",0,2\n"RPL4",3,4\n'],
    ['spaces, as write.table writes it', '"s1" "s2"\n"ACTB" 1 0\n"MT-CO1" 0 2\n"RPL4" 3 4\n'],
    ['runs of spaces', 'gene   s1  s2\nACTB    1   0\nMT-CO1  0   2  \n  RPL4  3   4\n'],
    ['tabs', '\ts1\ts2\nACTB\t1\t0\nMT-CO1\t0\t2\nRPL4\t3\t4\n'],
    ['semicolons', ';s1;s2\nACTB;1;0\nMT-CO1;0;2\nRPL4;3;4\n'],
    ['empty lines', ',s1,s2\nACTB,1,0\n\nMT-CO1,0,2\r\n\r\nRPL4,3,4\n\n\n'],
    ['bare carriage returns', ',s1,s2\rACTB,1,0\rMT-CO1,0,2\rRPL4,3,4'],
    ['other ways to write whole numbers', ',s1,s2\nACTB,1.0,0.00\nMT-CO1,+0,2e0\nRPL4,0.3e1, 4 \n'],
    ['comments', '# made by hand\n# twice\n,s1,s2\nACTB,1,0\nMT-CO1,0,2\nRPL4,3,4\n'],
    ['a header in a comment', '# made by hand\n#gene,s1,s2\nACTB,1,0\nMT-CO1,0,2\nRPL4,3,4\n'],
    ['a separator after every row', 'gene\ts1\ts2\nACTB\t1\t0\t\nMT-CO1\t0\t2\t\nRPL4\t3\t4\t\n'],
    ['a separator after every line', 'gene,s1,s2,\nACTB,1,0,\nMT-CO1,0,2,\nRPL4,3,4,\n'],
    ['cells as rows', 'cell,ACTB,MT-CO1,RPL4\ns1,1,0,3\ns2,0,2,4\n'],
    ['cells as rows without a corner', 'ACTB,MT-CO1,RPL4\ns1,1,0,3\ns2,0,2,4\n'],
  ])('with %s', async (_, text) => {
    const { counts, genes, cells, warnings } = await table(text);
    expect({ counts, genes, cells }).toEqual(expected);
    expect(warnings).toEqual([]);
  });

  test('is the same wherever its bytes are cut', async () => {
    // Every cut of a chunk falls into a field somewhere; a table of more than one chunk shows it.
    const cells = Array.from({ length: 300 }, (_, c) => `"cell ""${c}"""`);
    const lines = Array.from({ length: 3000 }, (_, g) => {
      const values = cells.map((_, c) => ((g * 7 + c * 13) % 5 === 0 ? `${(g * c) % 1000}` : '0'));
      return `"ENSG${String(g).padStart(11, '0')}",${values.join(',')}`;
    });
    const path = madeFile('large.csv', `,${cells.join(',')}\r\n${lines.join('\r\n')}`);
    const { result, totalCounts, nonzeros } = await collect({ path });
    let total = 0;
    let entries = 0;
    for (let g = 0; g < 3000; g++) {
      for (let c = 0; c < 300; c++) {
        if ((g * 7 + c * 13) % 5 !== 0) continue;
        total += (g * c) % 1000;
        if ((g * c) % 1000 !== 0) entries++;
      }
    }
    expect([totalCounts, nonzeros]).toEqual([total, entries]);
    expect([result.cellNames[0], result.cellNames[299], result.geneIds[2999]]).toEqual([
      'cell "0"',
      'cell "299"',
      'ENSG00000002999',
    ]);
  });

  test('with quoted separators and doubled quotes in names', async () => {
    const { genes, cells } = await table('"","a, b","say ""c"""\n"ACTB",1,2\n"RPL4",3,4\n');
    expect([genes, cells]).toEqual([
      ['ACTB', 'RPL4'],
      ['a, b', 'say "c"'],
    ]);
  });

  test('with letters of an older encoding', async () => {
    const { cells } = await table(Buffer.from(',\xb5g_1,\xb5g_2\nACTB,1,2\nRPL4,3,4\n', 'latin1'));
    expect(cells).toEqual(['\u00b5g_1', '\u00b5g_2']);
  });

  test('with gene names beside the ids', async () => {
    const text = 'gene_id,gene_name,s1,s2\nENSG00000075624,ACTB,1,0\nENSG00000174444,RPL4,0,2\n';
    const read = await table(text);
    expect(read.genes).toEqual(['ENSG00000075624', 'ENSG00000174444']);
    expect(read.symbols).toEqual(['ACTB', 'RPL4']);
    expect(read.counts).toEqual([
      [1, 0],
      [0, 2],
    ]);
    expect(read.warnings).toEqual(['Column 1 of made.csv was taken as gene ids, column 2 as gene names.']);
    const swapped = await table('symbol,ensembl,s1,s2\nACTB,ENSG00000075624,1,0\nRPL4,ENSG00000174444,0,2\n');
    expect([swapped.genes[0], swapped.symbols[0]]).toEqual(['ENSG00000075624', 'ACTB']);
  });

  test('with the columns that featureCounts puts before the counts', async () => {
    const text =
      '# Program:featureCounts v2.0.1; Command:"featureCounts"\n' +
      'Geneid\tChr\tStart\tEnd\tStrand\tLength\ts1\ts2\n' +
      'ENSG00000075624\tchr7;chr7\t1;5\t4;9\t-;-\t1800\t1\t0\nENSG00000174444\tchr15\t1\t9\t+\t900\t0\t2\n';
    const read = await table(text, {}, 'counts.txt');
    expect(read.counts).toEqual([
      [1, 0],
      [0, 2],
    ]);
    expect(read.cells).toEqual(['s1', 's2']);
    expect(read.warnings).toEqual([
      'Column 1 of counts.txt was taken as gene ids; 5 more before the counts were left out.',
    ]);
  });

  test('with a running number before the names', async () => {
    const read = await table(',gene,s1,s2\n0,ACTB,1,0\n1,RPL4,0,2\n2,B2M,5,6\n');
    expect(read.genes).toEqual(['ACTB', 'RPL4', 'B2M']);
    expect(read.counts).toEqual([
      [1, 0, 5],
      [0, 2, 6],
    ]);
  });

  test('of cells with label columns keeps the labels', async () => {
    const read = await table('cell,type,ACTB,RPL4,donor\ns1,B cell,1,0,d1\ns2,,0,2,d2\ns3,B cell,3,3,d1\n');
    expect(read.genes).toEqual(['ACTB', 'RPL4']);
    expect(read.counts).toEqual([
      [1, 0],
      [0, 2],
      [3, 3],
    ]);
    expect(read.labels).toEqual([
      ['type', ['B cell', null, 'B cell']],
      ['donor', ['d1', 'd2', 'd1']],
    ]);
  });

  test('with repeated gene names keeps them and says so', async () => {
    const { genes, warnings } = await table(',AAACCTGAGA,AAACCTGAGC\nACTB,1,0\nACTB,0,2\n');
    expect(genes).toEqual(['ACTB', 'ACTB']);
    expect(warnings).toEqual(['One gene name occurs more than once in made.csv (ACTB).']);
  });

  test('with repeated cell names makes them unique where asked', async () => {
    const text = ',s,s-1,s\nACTB,1,0,3\n';
    expect((await refusal({ path: madeFile('made.csv', text) })).message).toContain(
      'uses the cell name s 2 times',
    );
    const { cells, warnings } = await table(text, { duplicateCells: 'rename' });
    expect(cells).toEqual(['s', 's-1', 's-2']);
    expect(warnings[0]).toContain('made.csv uses the cell name s 2 times');
    const rows = 'cell,ACTB,RPL4\ns,1,2\ns,3,4\n';
    expect((await table(rows, { duplicateCells: 'rename' })).cells).toEqual(['s', 's-1']);
  });

  test('of logarithms too small for single precision has no zeros among its entries', async () => {
    const options = { alreadyLog: 2 };
    const cells = { path: madeFile('cells.csv', 'cell,ACTB,RPL4\ns1,1e-50,1\ns2,1.25,3\n'), options };
    const genes = { path: madeFile('genes.csv', ',s1,s2\nACTB,1e-50,1.25\nRPL4,1,3\n'), options };
    expect((await collect(cells)).nonzeros).toBe(3);
    expect((await collect(genes)).nonzeros).toBe(3);
  });

  test('of logarithms is read where the user says so', async () => {
    const { counts } = await table('cell,ACTB,RPL4\ns1,0.5,0\ns2,1.25,3.0625\n', { alreadyLog: 2 });
    expect(counts).toEqual([
      [0.5, 0],
      [1.25, 3.0625],
    ]);
  });

  test.each([
    ['s1,s2\nACTB,1,0\nRPL4,x7,3\nB2M,2,3', 'line 3 has "x7" in column 2, where a number is expected'],
    [',s1,s2\nACTB,1,0\nRPL4,0x10,3\nB2M,2,3', 'line 3 has "0x10" in column 2, where a number is expected'],
    [
      ',s1,s2\nACTB,1,0\nRPL4,"1,000",3\nB2M,2,3',
      'line 3 has "1,000" in column 2, where a number is expected',
    ],
    [',s1,s2\nACTB,1,0\nRPL4,2\nB2M,2,3', 'line 3 has 2 fields where 3 are expected'],
    [',s1,s2\nACTB,1,0\nRPL4,2,3,4\nB2M,2,3', 'line 3 has 4 fields where 3 are expected'],
    ['# c\n\n,s1,s2\nACTB,1,0\n\nRPL4,2\nB2M,2,3', 'line 6 has 2 fields where 3 are expected'],
    [',s1,s2\nACTB,1,0\nRPL4,,3\nB2M,2,3', 'has 1 missing value, at gene RPL4, cell s1'],
    [',s1,s2\nACTB,1,Inf\nB2M,2,3', 'has 1 infinite value, at gene ACTB, cell s2'],
    ['cell,ACTB,RPL4\ns1,1,-3\ns2,2,-1', 'holds 2 negative values, the first at gene RPL4, cell s1'],
    [',s1,s2\nACTB,1,0\nRPL4,"2,3', 'ends within a quoted field of line 3'],
    ['ACTB\nRPL4\nB2M\n', 'has one column only'],
    ['gene,s1,s2\n', 'holds a header at most'],
    ['gene,s1,s2', 'holds a header at most'],
    ['a,b,c\nd,e,f\ng,h,i\n', 'holds no numbers'],
    ['ACTB,1,0,5\nRPL4,2,3,5\nB2M,4,4,0\n', 'has numbers in its first line'],
    [',s1,,s3\nACTB,1,0,5\nRPL4,2,3,5\n', 'has no name for cell 2'],
    ['s1,s2\nACTB,1,0,5,6\nRPL4,2,3,5,6\n', 'has 2 fields in its header where the rows have 5'],
    [
      'barcode,nCount,cluster\nAAACCTGAGACTTT-1,100,B cell\nAAACCTGAGACTTC-1,90,T cell\n',
      'looks like a table of cell labels',
    ],
    ['barcode,cluster\nAAACCTGAGACTTT-1,1\nAAACCTGAGACTTC-1,2\n', 'looks like a table of cell labels'],
  ])('%j is refused', async (text, cause) => {
    expect((await refusal({ path: madeFile('made.csv', text) })).message).toContain(`made.csv ${cause}`);
  });

  test('with a quote that is never closed does not swallow memory', async () => {
    const rows = (n: number): string => 'RPL4,2,3\n'.repeat(n);
    const early = madeFile('made.csv', `,s1,s2\n"ACTB,1,0\n${rows(20_000)}`);
    expect((await refusal({ path: early })).message).toContain('ends within a quoted field of line 2');
    const late = madeFile('made.csv', `,s1,s2\n${rows(500)}"ACTB,1,0\n${rows(20_000)}`);
    expect((await refusal({ path: late })).message).toContain(
      'line 502 has a field that does not end: perhaps a quote is missing',
    );
  });

  test('has no layers', async () => {
    const error = await refusal({ path: madeFile('made.csv', ',s1\nACTB,1\n'), options: { layer: 'a' } });
    expect(error.code).toBe('BAD_INPUT');
  });
});
