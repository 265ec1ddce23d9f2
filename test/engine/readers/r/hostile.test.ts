/** R files that nobody's R wrote: nested without end, longer than they are, packed to fill the memory. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Reader } from '../../../../src/engine/readers/contract.ts';
import { rdsReader } from '../../../../src/engine/readers/r/index.ts';
import { parseR } from '../../../../src/engine/readers/r/parse.ts';
import { isAppError } from '../../../../src/shared/errors.ts';
import { temporaryFolder } from '../../../support/sandbox.ts';
import { refusal } from '../conformance.ts';

const HEADER = [2, 0x00040202, 0x00020300];
const NULL = 254;
const LIST = 19;
const INTEGER = 13;
const PAIRS = 2;
const ALTREP = 238;
const SYMBOL = 1;
const CHAR = 9;

/** An RDS file of these 32-bit words after the header; a text stands for its bytes. */
function rds(words: readonly (number | string | Buffer)[]): string {
  const parts = [...HEADER, ...words].map(word => {
    if (typeof word === 'string') return Buffer.from(word, 'latin1');
    if (typeof word !== 'number') return word;
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(word | 0);
    return bytes;
  });
  const path = join(temporaryFolder(), 'hostile.rds');
  writeFileSync(path, Buffer.concat([Buffer.from('X\n'), ...parts]));
  return path;
}

const parser: Reader = { format: 'R', recognises: () => Promise.resolve(true), read: parseR };

const causeOf = async (path: string, reader = parser): Promise<string> => {
  const error = await refusal({ path, reader });
  return isAppError(error, 'BAD_FILE') ? error.facts.cause : error.message;
};

describe('refused without harm', () => {
  test('lists within lists without end', async () => {
    const nested = Array.from({ length: 200_000 }, () => [LIST, 1]).flat();
    // In the thread, whose stack is the one that has to hold.
    expect(await causeOf(rds([...nested, NULL]), rdsReader)).toBe(
      'holds R objects that are nested too deeply to be read',
    );
  });

  test('lists of attributes within each other', async () => {
    const nested = Array.from({ length: 200_000 }, () => PAIRS | 512);
    expect(await causeOf(rds(nested), rdsReader)).toBe(
      'holds R objects that are nested too deeply to be read',
    );
  });

  test('byte code within byte code', async () => {
    const constant = [21, NULL, 1];
    const nested = Array.from({ length: 100_000 }, () => constant).flat();
    expect(await causeOf(rds([21, 1, NULL, 1, ...nested]), rdsReader)).toMatch(
      /nested too deeply|ends too early/,
    );
  });

  test.each([
    ['a vector', [INTEGER, 0x7fffffff]],
    ['a long vector', [INTEGER, -1, 0x7fffffff, -1]],
    ['a list', [LIST, 0x7fffffff]],
    ['texts', [16, 0x7fffffff]],
    ['a text', [CHAR, 0x7fffffff]],
  ])('%s that is longer than the file', async (_, words) => {
    expect(await causeOf(rds(words))).toBe('ends too early: the download or copy is incomplete');
  });

  test('a negative length, a reference to nothing, a type that does not exist', async () => {
    expect(await causeOf(rds([INTEGER, -7]))).toMatch(/^is damaged/);
    expect(await causeOf(rds([0xff | (5 << 8)]))).toMatch(/^is damaged/);
    expect(await causeOf(rds([77]))).toMatch(/^is damaged/);
  });

  test('a short text that stands for a thousand million numbers', async () => {
    const sequence = Buffer.alloc(24);
    [1e9, 1, 1].forEach((value, k) => sequence.writeDoubleBE(value, 8 * k));
    const named = (name: string): (number | string)[] => [PAIRS, SYMBOL, CHAR, name.length, name];
    const class_ = (name: string): (number | string)[] => [
      ...named(name),
      PAIRS,
      SYMBOL,
      CHAR,
      4,
      'base',
      NULL,
    ];
    const numbers = [ALTREP, ...class_('compact_intseq'), 14, 3, sequence, NULL];
    const texts = [ALTREP, ...class_('deferred_string'), PAIRS, ...numbers, NULL, NULL];
    expect(await causeOf(rds(texts))).toBe(
      'is damaged: it holds an R vector that is longer than can be true',
    );
  });

  test('a matrix that claims a size its parts do not have', async () => {
    // A 2147483647 x 2147483647 matrix of one whole number.
    const name = (text: string): (number | string)[] => [PAIRS | 1024, SYMBOL, CHAR, text.length, text];
    const dim = [...name('dim'), INTEGER, 2, 0x7fffffff, 0x7fffffff, NULL];
    expect(await causeOf(rds([INTEGER | 512, 1, 5, ...dim]))).toMatch(/^has no gene names/);
  });

  test('packed data that unpack to far more than they are, without an R object in them', async () => {
    const path = join(temporaryFolder(), 'bomb.rds');
    writeFileSync(path, gzipSync(Buffer.concat([Buffer.from('X\n\0\0\0\u0003'), Buffer.alloc(2 ** 27)])));
    expect(await causeOf(path)).toMatch(/^is damaged/);
  });
});
