import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { findDelimiter, readText, records } from '../../../src/engine/import/delimited.ts';
import type { Delimiter } from '../../../src/engine/import/delimited.ts';
import { temporaryFolder } from '../../support/sandbox.ts';

const cut = (text: string, delimiter: Delimiter = ','): (readonly string[])[] =>
  [...records(text, delimiter, 'file')].map(record => record.fields);

describe('delimited text', () => {
  it('reads quotes, doubled quotes, delimiters and line ends in quotes', () => {
    expect(cut('a,"b ""c"", d"\r\n"line\nbreak",\n\n,""')).toEqual([
      ['a', 'b "c", d'],
      ['line\nbreak', ''],
      ['', ''],
    ]);
    expect([...records('"a\nb"\nc', ',', 'file')].map(record => record.line)).toEqual([1, 3]);
    expect(cut('a,"b"c\n')).toEqual([['a', 'bc']]);
    expect(cut('a\rb')).toEqual([['a'], ['b']]);
  });

  it('refuses a quote that is never closed', () => {
    expect(() => cut('a,b\n"c,d\ne')).toThrow('file has a quote in line 2 that is never closed.');
  });

  it.each([
    ['id\ttype\nA\tT, B', '\t'],
    ['id,type\nA,T cell', ','],
    ['id;type\nA;T cell', ';'],
    ['AAACCTG 3\nAAAGATG 4', ' '],
    ['"type"\n"A","T"', ','],
    ['A,1', ','],
    ['A\nB\n', null],
    ['', null],
  ])('finds the delimiter of %j', (text, delimiter) => {
    expect(findDelimiter(text, 'file')).toBe(delimiter);
  });

  it.each([
    ['plain', Buffer.from('a,µ\n')],
    ['with a byte order mark', Buffer.from('\uFEFFa,µ\n')],
    ['as UTF-16', Buffer.from('\uFEFFa,µ\n', 'utf16le')],
    ['as UTF-16 the other way round', Buffer.from('\uFEFFa,µ\n', 'utf16le').swap16()],
    ['gzipped', gzipSync('a,µ\n')],
  ])('decodes a file %s', async (_, bytes) => {
    const path = join(temporaryFolder(), 'labels.csv');
    writeFileSync(path, bytes);
    expect(await readText(path, 'labels.csv')).toBe('a,µ\n');
  });

  it.each([
    ['is empty', Buffer.alloc(0)],
    ['is not a text file', Buffer.from([1, 0, 2, 0])],
    ['ends too early: the download or copy is incomplete', gzipSync('a,b\n'.repeat(1000)).subarray(0, 30)],
    ['is too large for a file of labels', gzipSync(Buffer.alloc(401_000_000), { level: 1 })],
  ])('says when a file %s', async (cause, bytes) => {
    const path = join(temporaryFolder(), 'labels.csv');
    writeFileSync(path, bytes);
    await expect(readText(path, 'labels.csv')).rejects.toThrow(`labels.csv ${cause}.`);
  });

  it('says when there is no such file', async () => {
    await expect(readText(join(temporaryFolder(), 'labels.csv'), 'labels.csv')).rejects.toThrow(
      'labels.csv does not exist.',
    );
  });
});
