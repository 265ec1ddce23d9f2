/** Whatever path a user gives: nothing there, folders of all sorts, and things that only look like data. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readers, readPath } from '../../../src/engine/readers/index.ts';
import { cancelled } from '../../../src/shared/errors.ts';
import type { Progress, ReadOptions } from '../../../src/shared/model.ts';
import { testData, withData } from '../../support/data.ts';
import { temporaryFolder } from '../../support/sandbox.ts';
import { collect, quietly, refusal } from './conformance.ts';
import { madeFile, madeFolder, SMALL_BARCODES, SMALL_FEATURES, SMALL_MATRIX, smallMtx } from './made.ts';

const CSV = ',AAACCTGAGA-1,AAACCTGAGC-1\nACTB,1,0\nMT-CO1,0,2\nRPL4,3,4\n';

test.each([
  ['a path that is not there', () => join(temporaryFolder(), 'x.csv'), 'x.csv does not exist.'],
  ['an empty file', () => madeFile('empty.csv', ''), 'empty.csv is empty.'],
  ['an empty packed file', () => madeFile('a.csv.gz', ''), 'a.csv.gz is empty.'],
  ['an empty folder', () => madeFolder({}), 'made is an empty folder.'],
  [
    'a folder without a matrix',
    () => madeFolder({ 'barcodes.tsv': 'A\n' }),
    'made cannot be read: the folder has no matrix.mtx or matrix.mtx.gz.',
  ],
  [
    'a name as HDF5 without the content',
    () => madeFile('a.h5ad', Buffer.from([7, 0, 7, 0])),
    'a.h5ad is not an HDF5 file.',
  ],
  [
    'a web page',
    () => madeFile('a.csv', '<!DOCTYPE html><p>404'),
    'a.csv is a web page, not data: the download went wrong.',
  ],
  [
    'bzip2',
    () => madeFile('a.csv.bz2', Buffer.from('BZh91AY\0')),
    'a.csv.bz2 is packed with bzip2: unpack it first.',
  ],
  [
    'an old Excel file',
    () => madeFile('a.xls', Buffer.from('d0cf11e0a1b11ae1', 'hex')),
    'a.xls is an Excel workbook: save its sheet as CSV and choose that.',
  ],
  [
    'half a gzip file',
    () => madeFile('a.bin', gzipSync(CSV).subarray(0, 40)),
    'a.bin ends too early: the download or copy is incomplete.',
  ],
  [
    'a damaged gzip file',
    () => madeFile('a.bin', flipped(gzipSync(CSV.repeat(20)), -6)),
    'a.bin is damaged: its packed content cannot be unpacked.',
  ],
])('%s is refused in words', async (_, make, sentence) => {
  const error = await refusal({ path: make() });
  expect(error.code).toBe('BAD_FILE');
  expect(error.message).toBe(sentence);
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[copy.length + at]! ^= 0xff;
  return copy;
}

test('bytes of no format are refused, naming the formats', async () => {
  const error = await refusal({ path: madeFile('a.dat', Buffer.from([1, 0, 2, 0, 3, 0])) });
  expect(error.code).toBe('FORMAT_UNRECOGNISED');
  expect(error.message).toMatch(/^a\.dat is in no format that can be read; these are: 10x MTX.*CSV.*RDS/);
});

test('a folder with one file to read is that file', async () => {
  const path = madeFolder({
    'README.txt': 'Counts, as sent by the core facility.\n',
    'notes/protocol.pdf': '%PDF-1.7',
    '.hidden.csv': CSV,
    'deep/er/counts.csv.gz': CSV,
  });
  const { result, totalCounts } = await collect({ path });
  expect([result.format, result.layer, totalCounts]).toEqual(['CSV', null, 10]);
});

test('a folder with a matrix is read whatever lies beside it', async () => {
  const path = smallMtx({
    'labels.csv': 'cell,type\nAAACCTGAGA-1,B\nAAACCTGAGC-1,T\n',
    'raw/matrix.mtx': SMALL_MATRIX,
    'raw/features.tsv': SMALL_FEATURES,
    'raw/barcodes.tsv': SMALL_BARCODES,
  });
  expect((await collect({ path })).totalCounts).toBe(10);
});

test('tables beside the folder of a matrix are taken for its labels, other data are asked about', async () => {
  const files = {
    'x/matrix.mtx': SMALL_MATRIX,
    'x/features.tsv': SMALL_FEATURES,
    'x/barcodes.tsv': SMALL_BARCODES,
    'labels.csv': 'cell,type\nAAACCTGAGA-1,B\nAAACCTGAGC-1,T\n',
  };
  expect((await collect({ path: madeFolder(files) })).totalCounts).toBe(10);
  const more = madeFolder({ ...files, 'y/matrix.mtx': SMALL_MATRIX });
  expect((await refusal({ path: more })).message).toContain('choose one of x, y as the layer');
});

withData('a folder with the same counts in several formats', () => {
  test('asks for one', async () => {
    const error = await refusal({ path: testData('pbmc283') });
    expect(error.message).toContain('pbmc283 holds 5 matrices: choose one of filtered_feature_bc_matrix');
    const options = { layer: 'pbmc.rds' };
    expect((await collect({ path: testData('pbmc283'), options })).totalCounts).toBe(352187);
  });
});

test('links to files are followed, links to folders are not', async () => {
  const counts = madeFile('counts.csv', CSV);
  const folder = join(temporaryFolder(), 'linked');
  mkdirSync(folder);
  symlinkSync(counts, join(folder, 'mine.csv'));
  symlinkSync(folder, join(folder, 'around'));
  expect((await collect({ path: folder })).totalCounts).toBe(10);
});

test.skipIf(process.platform === 'win32')('a pipe is refused and not waited for', async () => {
  const path = join(temporaryFolder(), 'pipe.csv');
  execFileSync('mkfifo', [path]);
  expect((await refusal({ path })).message).toBe('pipe.csv is neither a file nor a folder.');
});

test('a file that came unpacked or packed against its name is read', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a.csv.gz'), CSV);
  writeFileSync(join(folder, 'b.csv'), gzipSync(CSV));
  writeFileSync(join(folder, 'c.csv'), Buffer.concat([gzipSync(CSV.slice(0, 40)), gzipSync(CSV.slice(40))]));
  for (const name of ['a.csv.gz', 'b.csv', 'c.csv']) {
    expect((await collect({ path: join(folder, name) })).totalCounts, name).toBe(10);
  }
});

test('options are checked before anything is read', async () => {
  const bad: [ReadOptions, string][] = [
    [{ sheet: 1 } as ReadOptions, 'There is no reading option named sheet; there are layer, rows'],
    [{ toString: 1 } as unknown as ReadOptions, 'There is no reading option named toString'],
    [{ rows: 'columns' } as unknown as ReadOptions, "The reading option rows has to be 'genes' or 'cells'."],
    [{ alreadyLog: 1 }, 'The reading option alreadyLog has to be a base above 1.'],
    [{ duplicateCells: 'drop' } as unknown as ReadOptions, "has to be 'refuse' or 'rename'"],
  ];
  for (const [options, message] of bad) {
    const error = await refusal({ path: '/nowhere/at/all.csv', options });
    expect([error.code, error.message]).toEqual(['BAD_INPUT', expect.stringContaining(message)]);
  }
});

test('a reason for stopping is passed on', async () => {
  const reason = cancelled('Importing');
  const reading = readPath(
    madeFile('a.csv', CSV),
    {},
    { rows: () => undefined },
    quietly(AbortSignal.abort(reason)),
  );
  await expect(reading).rejects.toBe(reason);
});

test('progress is told in bytes of the file', async () => {
  const seen: Progress[] = [];
  const context = { ...quietly(), progress: (value: Progress): void => void seen.push(value) };
  await readPath(madeFile('a.csv', CSV), {}, { rows: () => undefined }, context);
  expect(seen).toEqual([{ phase: 'read', label: 'Reading a.csv', done: CSV.length, of: CSV.length }]);
});

test('readers ask content, not names', async () => {
  const table = { path: madeFile('matrix.h5', CSV), name: 'matrix.h5', isFolder: false };
  const named = await Promise.all(
    readers.map(async reader => ((await reader.recognises(table)) ? reader.format : null)),
  );
  expect(named.filter(format => format !== null)).toEqual(['table']);
});
