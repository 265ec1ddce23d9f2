/**
 * The suite that every reader has to pass: exact content, the order of entries, cancelling, nothing left behind, and
 * one clear error for every damaged copy of the file.
 *
 * Given a path alone the whole way in is tested (readPath); given a reader too, that reader.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { RowBlock, RowSink } from '../../../src/engine/counts/rows.ts';
import type { ReadContext, Reader, ReadResult } from '../../../src/engine/readers/contract.ts';
import { readPath } from '../../../src/engine/readers/index.ts';
import { readWith } from '../../../src/engine/readers/read.ts';
import { AppError, type ErrorCode } from '../../../src/shared/errors.ts';
import type { ReadOptions } from '../../../src/shared/model.ts';
import { temporaryFolder } from '../../support/sandbox.ts';

export interface Given {
  readonly path: string;
  /** Without it: readPath. */
  readonly reader?: Reader;
  readonly options?: ReadOptions;
  /** Damaged copies tried of each kind, over all files of a folder (default 16). */
  readonly copies?: number;
}

export interface Expectation {
  readonly format: string;
  readonly genes: number;
  readonly cells: number;
  readonly nonzeros: number;
  readonly totalCounts: number;
  /** Total counts of the first cells. */
  readonly librarySizes?: readonly number[];
  readonly firstGene?: string;
  readonly lastGene?: string;
  readonly firstCell?: string;
  readonly lastCell?: string;
  readonly firstSymbol?: string;
  readonly layer?: string | null;
  readonly rows?: 'genes' | 'cells' | null;
  readonly alreadyLog?: number | null;
  /** Each has to match one warning, and there must be no more warnings than these. */
  readonly warnings?: readonly RegExp[];
}

/** What was read, with the figures that the tests look at. */
export interface Collected {
  readonly result: ReadResult;
  readonly nonzeros: number;
  readonly totalCounts: number;
  readonly librarySizes: readonly number[];
}

/** Worker entries run from their sources, as in a checkout. */
const worker = (name: string): URL => new URL(`../../../src/main/${name}.ts`, import.meta.url);

/** A context that nobody watches. */
export function quietly(signal = new AbortController().signal): ReadContext {
  return { signal, progress: () => undefined, worker };
}

const REFUSALS: readonly ErrorCode[] = ['BAD_FILE', 'FORMAT_UNRECOGNISED', 'BAD_INPUT', 'NOT_POSSIBLE'];

/** Reads everything, and checks what has to hold of any result whatever the file. */
export async function collect(given: Given, signal = new AbortController().signal): Promise<Collected> {
  const sink = new CheckingSink();
  const result = await read(given, sink, quietly(signal));
  expect(sink.librarySizes.length).toBe(result.cellNames.length);
  expect(sink.largestGene).toBeLessThan(result.geneIds.length);
  expect(result.geneSymbols.length).toBe(result.geneIds.length);
  expect(new Set(result.cellNames).size).toBe(result.cellNames.length);
  for (const label of result.labels) {
    expect(label.codes.length).toBe(result.cellNames.length);
    expect(label.codes.every(code => code >= -1 && code < label.levels.length)).toBe(true);
  }
  return {
    result,
    nonzeros: sink.nonzeros,
    totalCounts: sink.totalCounts,
    librarySizes: sink.librarySizes,
  };
}

/** The one sentence with which a path is refused. */
export async function refusal(given: Given): Promise<AppError> {
  const error = await collect(given).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error, 'the file was read').not.toBeNull();
  expectOneSentence(error);
  return error as AppError;
}

export function conforms(name: string, given: Given, expected: Expectation): void {
  describe(name, () => {
    test('gives every count, name and figure', async () => {
      const { result, nonzeros, totalCounts, librarySizes } = await collect(given);
      const sizes = expected.librarySizes ?? [];
      expect({
        format: result.format,
        genes: result.geneIds.length,
        cells: result.cellNames.length,
        nonzeros,
        totalCounts,
        librarySizes: librarySizes.slice(0, sizes.length),
      }).toEqual({
        format: expected.format,
        genes: expected.genes,
        cells: expected.cells,
        nonzeros: expected.nonzeros,
        totalCounts: expected.totalCounts,
        librarySizes: sizes,
      });
      const ends = {
        firstGene: result.geneIds[0],
        lastGene: result.geneIds.at(-1),
        firstCell: result.cellNames[0],
        lastCell: result.cellNames.at(-1),
        firstSymbol: result.geneSymbols[0],
        layer: result.layer,
        rows: result.rows,
        alreadyLog: result.alreadyLog,
      };
      for (const key of Object.keys(ends) as (keyof typeof ends)[]) {
        if (expected[key] !== undefined) expect(ends[key], key).toBe(expected[key]);
      }
      if (expected.warnings !== undefined) {
        expect(result.warnings.length, result.warnings.join(' ')).toBe(expected.warnings.length);
        for (const pattern of expected.warnings) expect(result.warnings.join('\n')).toMatch(pattern);
      }
    });

    test('stops where the user asks to', async () => {
      await stops(given, AbortSignal.abort(), new CheckingSink());

      const atFirstBlock = new AbortController();
      let blocks = 0;
      await stops(given, atFirstBlock.signal, {
        rows: () => {
          blocks++;
          atFirstBlock.abort();
        },
      });
      expect(blocks, 'blocks handed over after the abort').toBe(1);

      const atFirstProgress = new AbortController();
      let late = 0;
      const sink: RowSink = { rows: () => void (atFirstProgress.signal.aborted && late++) };
      const context = { ...quietly(atFirstProgress.signal), progress: () => atFirstProgress.abort() };
      const ended = await read(given, sink, context).then(
        () => 'read',
        () => 'stopped',
      );
      expect(ended).toBe(atFirstProgress.signal.aborted ? 'stopped' : 'read');
      expect(late, 'blocks handed over after the abort').toBe(0);
    });

    test('leaves nothing in the temporary folder', async () => {
      const folder = privateTemporaryFolder();
      await collect(given);
      expect(readdirSync(folder)).toEqual([]);
      await stops(given, AbortSignal.abort(), new CheckingSink());
      expect(readdirSync(folder)).toEqual([]);
    });

    test('refuses an option that does not exist', async () => {
      const options = { ...given.options, sheet: 'counts' } as ReadOptions;
      const error = await refusal({ ...given, options });
      expect(error.code).toBe('BAD_INPUT');
      expect(error.message).toContain('sheet');
    });

    test('reads or refuses every truncated copy', async () => {
      await damage(given, 1, (bytes, random) => bytes.subarray(0, Math.floor(random() * bytes.length)));
    });

    test('reads or refuses every copy with flipped bytes', async () => {
      await damage(given, 2, (bytes, random) => {
        const copy = Uint8Array.from(bytes);
        for (let flips = 1 + Math.floor(random() * 4); flips > 0; flips--) {
          // Headers and indexes stand at the ends of files; half of the flips go there.
          const near = Math.min(bytes.length, 600);
          const at = [0, bytes.length - near, 0, 0][Math.floor(random() * 4)]!;
          const span = at === 0 && random() < 0.5 ? bytes.length : near;
          copy[at + Math.floor(random() * span)]! ^= 1 << Math.floor(random() * 8);
        }
        return copy;
      });
    });
  });
}

/** Damages one file of a copy of the path at a time, reads it, and looks at how that ended. */
async function damage(
  given: Given,
  seed: number,
  change: (bytes: Uint8Array, random: () => number) => Uint8Array,
): Promise<void> {
  const folder = temporaryFolder();
  const temporary = privateTemporaryFolder();
  const copy = join(folder, basename(given.path));
  cpSync(given.path, copy, { recursive: true });
  makeWritable(copy);
  const files = statSync(copy).isDirectory() ? allFiles(copy) : siblings(given.path, copy);
  const random = generator(seed);
  for (let n = 0; n < (given.copies ?? 16); n++) {
    const file = files[n % files.length]!;
    const bytes = readFileSync(file);
    if (bytes.length === 0) continue;
    const damaged = change(bytes, random);
    writeFileSync(file, damaged);
    const label = `copy ${n} of ${relative(folder, file)}, ${damaged.length} of ${bytes.length} bytes`;
    const ended = await collect({ ...given, path: copy }, AbortSignal.timeout(20_000)).then(
      () => null,
      (error: unknown) => error,
    );
    if (ended !== null) expectOneSentence(ended, label);
    expect(readdirSync(temporary), label).toEqual([]);
    writeFileSync(file, bytes);
  }
}

function expectOneSentence(error: unknown, label = ''): void {
  const shown = error instanceof Error ? (error.stack ?? error.message) : String(error);
  expect(error, `${label}: ${shown}`).toBeInstanceOf(AppError);
  const { code, message } = error as AppError;
  expect(REFUSALS, `${label}: ${shown}`).toContain(code);
  expect(message, label).toMatch(/^[^\n]+\.$/);
  expect(message.length, message).toBeLessThan(500);
}

async function stops(given: Given, signal: AbortSignal, sink: RowSink): Promise<void> {
  const error = await read(given, sink, quietly(signal)).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error, 'reading went on to the end').toBeInstanceOf(AppError);
  expect((error as AppError).code).toBe('CANCELLED');
}

function read(given: Given, sink: RowSink, context: ReadContext): Promise<ReadResult> {
  const { path, reader, options = {} } = given;
  if (!reader) return readPath(path, options, sink, context);
  const source = { path, name: basename(path), isFolder: statSync(path).isDirectory() };
  return readWith(reader, source, options, sink, context);
}

/** Adds up what arrives, and refuses blocks that break the promises of RowBlock. */
class CheckingSink implements RowSink {
  readonly librarySizes: number[] = [];
  nonzeros = 0;
  totalCounts = 0;
  largestGene = -1;

  rows(block: RowBlock): void {
    expect(block.ptr.length).toBe(block.rows + 1);
    expect(block.ptr[0]).toBe(0);
    const end = block.ptr[block.rows]!;
    expect(block.idx.length).toBeGreaterThanOrEqual(end);
    expect(block.val.length).toBeGreaterThanOrEqual(end);
    let faults = 0;
    for (let r = 0; r < block.rows; r++) {
      const from = block.ptr[r]!;
      const to = block.ptr[r + 1]!;
      if (to < from) faults++;
      let size = 0;
      for (let k = from; k < to; k++) {
        if (k > from && block.idx[k]! <= block.idx[k - 1]!) faults++;
        if (!(block.val[k]! > 0)) faults++;
        size += block.val[k]!;
      }
      if (to > from) this.largestGene = Math.max(this.largestGene, block.idx[to - 1]!);
      this.librarySizes.push(size);
      this.totalCounts += size;
    }
    this.nonzeros += end;
    expect(faults, 'entries out of order, repeated, zero or negative').toBe(0);
  }
}

/** Points the process's temporary folder at one of the test's own. */
function privateTemporaryFolder(): string {
  const folder = temporaryFolder();
  const names = ['TMPDIR', 'TEMP', 'TMP'];
  const before = names.map(name => process.env[name]);
  for (const name of names) process.env[name] = folder;
  onTestFinished(() => {
    for (const [k, name] of names.entries()) {
      if (before[k] === undefined) delete process.env[name];
      else process.env[name] = before[k];
    }
  });
  return folder;
}

/** A single file is damaged itself; files that it needs beside it are copied along. */
function siblings(original: string, copy: string): string[] {
  if (!/\.mtx(\.gz)?$/.test(original)) return [copy];
  for (const name of readdirSync(dirname(original))) {
    cpSync(join(dirname(original), name), join(dirname(copy), name), { recursive: true });
  }
  makeWritable(dirname(copy));
  return [copy];
}

function allFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .sort();
}

/** Test data may be read-only, and copies inherit that. */
function makeWritable(path: string): void {
  if (!statSync(path).isDirectory()) return writeFileSync(path, readFileSync(path), { mode: 0o644 });
  mkdirSync(path, { recursive: true });
  for (const name of readdirSync(path)) makeWritable(join(path, name));
}

/** Mulberry32, so that the same damage is done every time. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
