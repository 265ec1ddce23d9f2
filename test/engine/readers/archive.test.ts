/** Archives: real ones, ways to pack a data set, and archives that want to do harm. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack, type Header } from 'tar-stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ZipFile } from 'yazl';
import { UnpackGuard } from '../../../src/engine/readers/archive-guard.ts';
import { temporaryFolder } from '../../support/sandbox.ts';
import { testData, withData } from '../../support/data.ts';
import { collect, conforms, refusal } from './conformance.ts';
import { madeFile, SMALL_BARCODES, SMALL_GENES, SMALL_MATRIX } from './made.ts';

type Members = readonly (readonly [name: string, content: string | Uint8Array])[];

const SMALL: Members = [
  ['sample/matrix.mtx', SMALL_MATRIX],
  ['sample/genes.tsv', SMALL_GENES],
  ['sample/barcodes.tsv', SMALL_BARCODES],
];
const CSV = ',AAACCTGAGA-1,AAACCTGAGC-1\nACTB,1,0\nMT-CO1,0,2\nRPL4,3,4\n';

async function zipOf(members: Members, mode = 0o100644): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of members) zip.addBuffer(Buffer.from(content), name, { mode });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function tarOf(members: Members, header: Partial<Header> = {}): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of members) tar.entry({ name, ...header }, Buffer.from(content));
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar as unknown as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Where members would land that climb out of the folder they are unpacked into. */
function watchedTemporaryFolder(): string {
  const folder = join(temporaryFolder(), 'a', 'b');
  mkdirSync(folder, { recursive: true });
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  onTestFinished(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  });
  return join(folder, '..');
}

/** What unpacking left behind; files that the test itself makes lie beside. */
const unpackedIn = (folder: string): string[] =>
  readdirSync(join(folder, 'b')).filter(name => !name.startsWith('f910-test-'));

withData('real archives', () => {
  const scprep = {
    format: '10x MTX v2',
    genes: 100,
    cells: 100,
    nonzeros: 1405,
    totalCounts: 7663,
    librarySizes: [43, 68, 264, 70, 219],
    firstCell: 'GATGAGGCATTTCAGG-1',
    firstSymbol: 'Arl8b',
  };
  conforms('zip with a folder', { path: testData('formats/scprep/test_10X.zip'), copies: 40 }, scprep);

  test('a gzipped HDF5 file, alone and in a tar as from GEO', async () => {
    const h5 = readFileSync(testData('pbmc283/filtered_feature_bc_matrix.h5'));
    const tar = await tarOf([['GSM1_filtered.h5.gz', gzipSync(h5)]]);
    for (const path of [madeFile('GSM1_filtered.h5.gz', h5), madeFile('GSE1_RAW.tar', tar)]) {
      expect((await collect({ path })).totalCounts).toBe(352187);
    }
  });

  test('the same data as tar and tar.gz, with and without a folder', async () => {
    const folder = testData('formats/scprep/test_10X');
    const inFolder: Members = readdirSync(folder).map(name => [
      `x/${name}`,
      readFileSync(join(folder, name)),
    ]);
    const bare: Members = inFolder.map(([name, content]) => [name.slice(2), content]);
    for (const members of [inFolder, bare]) {
      const tar = await tarOf(members);
      for (const bytes of [tar, gzipSync(tar), await zipOf(members)]) {
        const { nonzeros, totalCounts } = await collect({ path: madeFile('archive.bin', bytes) });
        expect({ nonzeros, totalCounts }).toEqual({ nonzeros: 1405, totalCounts: 7663 });
      }
    }
  });
});

describe('an archive', () => {
  const kinds: [string, () => Promise<Buffer>][] = [
    ['made.zip', () => zipOf(SMALL)],
    ['made.tar', () => tarOf(SMALL)],
    ['made.tar.gz', async () => gzipSync(await tarOf(SMALL))],
  ];
  test.each(kinds)('%s gives its counts and leaves nothing behind', async (name, make) => {
    const path = madeFile('packed', await make());
    const folder = watchedTemporaryFolder();
    const { totalCounts, librarySizes } = await collect({ path });
    expect({ totalCounts, librarySizes }, name).toEqual({ totalCounts: 10, librarySizes: [4, 6] });
    expect(unpackedIn(folder)).toEqual([]);
  });

  test.each(kinds)('%s is read or refused however it is damaged', async (_, make) => {
    const bytes = await make();
    for (let n = 1; n < 12; n++) {
      const cut = bytes.subarray(0, Math.floor((bytes.length * n) / 12));
      const error = await collect({ path: madeFile('packed.bin', cut) }).then(
        ({ totalCounts }) => totalCounts,
        (thrown: unknown) => (thrown as { code: string }).code,
      );
      // Zeros at the end of a tar can be missing without harm.
      expect(['BAD_FILE', 'FORMAT_UNRECOGNISED', 10]).toContain(error);
    }
  });

  test('may hold a table, with the litter of other systems', async () => {
    const members: Members = [
      ['__MACOSX/._counts.csv', 'x'],
      ['.DS_Store', 'y'],
      ['study/._counts.csv', 'z'],
      ['study/README.txt', 'Counts of two cells.\n'],
      ['study/counts.csv', CSV],
    ];
    expect((await collect({ path: madeFile('a.zip', await zipOf(members)) })).totalCounts).toBe(10);
    expect((await collect({ path: madeFile('a.tar', await tarOf(members)) })).totalCounts).toBe(10);
  });

  test('with several data sets asks for one', async () => {
    const path = madeFile(
      'a.zip',
      await zipOf([
        ['a.csv', CSV],
        ['b/c.csv', CSV],
        ['b/d.csv.gz', gzipSync(CSV)],
      ]),
    );
    const error = await refusal({ path });
    expect(error.message).toBe(
      'a.zip holds 3 matrices: choose one of a.csv, b/c.csv, b/d.csv.gz as the layer.',
    );
    const { result, totalCounts } = await collect({ path, options: { layer: 'b/d.csv.gz' } });
    expect([result.layer, totalCounts]).toEqual(['b/d.csv.gz', 10]);
  });

  test('names itself beside the file in it that is wrong', async () => {
    const path = madeFile('a.zip', await zipOf([['counts.csv', CSV.replace('3,4', '3,-4')]]));
    expect((await refusal({ path })).message).toBe(
      'counts.csv in a.zip holds 1 negative value, at gene RPL4, cell AAACCTGAGC-1: these are not counts.',
    );
  });

  test.each([
    '../evil.csv',
    'a/../../evil.csv',
    '/evil.csv',
    'c:/evil.csv',
    'a\\..\\evil.csv',
    'a\u0001.csv',
  ])('with a member %j is refused and writes nothing outside', async name => {
    const folder = watchedTemporaryFolder();
    const tar = await tarOf([
      ['counts.csv', CSV],
      [name, CSV],
    ]);
    const error = await refusal({ path: madeFile('evil.tar', tar) });
    expect(error.message).toContain('evil.tar holds a file whose name leads out of the archive');
    // The library for writing refuses such names, so the name is put into a finished archive.
    const plain = 'x'.repeat(name.length);
    const zip = await zipOf([
      ['counts.csv', CSV],
      [plain, CSV],
    ]);
    const bad = Buffer.from(zip.toString('latin1').replaceAll(plain, name), 'latin1');
    const said = await refusal({ path: madeFile('evil.zip', bad) });
    expect(said.code).toBe('BAD_FILE');
    expect(readdirSync(folder)).toEqual(['b']);
    expect(unpackedIn(folder)).toEqual([]);
  });

  test('with links does not follow them', async () => {
    const secret = madeFile('secret.csv', CSV);
    const tar = pack();
    tar.entry({ name: 'counts.csv', type: 'symlink', linkname: secret });
    tar.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of tar as unknown as AsyncIterable<Buffer>) chunks.push(chunk);
    const inTar = await refusal({ path: madeFile('links.tar', Buffer.concat(chunks)) });
    expect(inTar.message).toBe('links.tar is an archive without a file in it.');
    const zip = await zipOf([['counts.csv', secret]], 0o120777);
    const inZip = await refusal({ path: madeFile('links.zip', zip) });
    expect(inZip.message).toBe('links.zip is an archive without a file in it.');
  });

  test('that is a bomb is not unpacked', async () => {
    const zeros = Buffer.alloc(65 * 2 ** 20);
    const folder = watchedTemporaryFolder();
    const said = 'unpacks to far more than its size allows for';
    const zip = await zipOf([['counts.csv', zeros]]);
    expect((await refusal({ path: madeFile('bomb.zip', zip) })).message).toContain(said);
    const tar = gzipSync(await tarOf([['counts.csv', zeros]]));
    expect((await refusal({ path: madeFile('bomb.bin', tar) })).message).toContain(said);
    expect(unpackedIn(folder)).toEqual([]);
  });

  test('whose checksum is wrong is refused', async () => {
    const zip = new ZipFile();
    zip.addBuffer(Buffer.from(CSV), 'counts.csv', { compress: false });
    zip.end();
    const chunks: Buffer[] = [];
    for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    bytes[bytes.indexOf('3,4')] = 0x39;
    expect((await refusal({ path: madeFile('a.zip', bytes) })).message).toBe(
      'a.zip is damaged: the checksum of a file in it is wrong.',
    );
  });

  test('that is an Excel workbook says what to do', async () => {
    const path = madeFile(
      'book.xlsx',
      await zipOf([
        ['[Content_Types].xml', '<x/>'],
        ['xl/workbook.xml', '<x/>'],
      ]),
    );
    expect((await refusal({ path })).message).toBe(
      'book.xlsx is an Excel workbook: save its sheet as CSV and choose that.',
    );
  });

  test('within an archive is not followed', async () => {
    const inner = await zipOf([['counts.csv', CSV]]);
    const error = await refusal({ path: madeFile('outer.zip', await zipOf([['inner.zip', inner]])) });
    expect(error.code).toBe('FORMAT_UNRECOGNISED');
  });

  test('of two members of one name is refused', async () => {
    const error = await refusal({
      path: madeFile(
        'a.tar',
        await tarOf([
          ['a.csv', CSV],
          ['a.csv', CSV],
        ]),
      ),
    });
    expect(error.message).toBe('a.tar holds two files of the same name.');
  });
});

describe('the guard of unpacking', () => {
  const guardOf = (packed: number, room = 2 ** 50): UnpackGuard =>
    new UnpackGuard('a.zip', temporaryFolder(), packed, room);

  test('limits bytes by the size of the archive, and by the disk', () => {
    expect(() => guardOf(1000).add(2 ** 26)).not.toThrow();
    expect(() => guardOf(1000).add(2 ** 26 + 1)).toThrow('far more than its size allows');
    expect(() => guardOf(2 ** 30).add(2 ** 38)).toThrow('far more than its size allows');
    expect(() => guardOf(2 ** 20, 1000).add(1001)).toThrow('too little room on the disk to unpack a.zip');
  });

  test('limits the number of files and the depth of folders', async () => {
    const guard = guardOf(1000);
    for (let n = 0; n < 10_000; n++) await guard.place('a.csv');
    await expect(guard.place('b.csv')).rejects.toThrow('holds more than 10000 files');
    await expect(guardOf(1).place(`${'a/'.repeat(20)}b.csv`)).rejects.toThrow('leads out of the archive');
    await expect(guardOf(1).place('a'.repeat(300))).rejects.toThrow('cannot be used');
  });

  test('refuses a file where a folder stands', async () => {
    const folder = temporaryFolder();
    const guard = new UnpackGuard('a.zip', folder, 1, 1000);
    writeFileSync(await guard.place('a'), 'x');
    await expect(guard.place('a/b')).rejects.toThrow('files and folders of the same name');
  });
});
