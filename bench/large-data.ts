/** Sparse counts of any number of cells as a 10x folder, written piece by piece: memory does not grow with the cells. */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom, type Random } from '../src/core/random.ts';

const TYPES = 12;
/** Genes that a type can express; a cell shows about half of them. */
const EXPRESSED = 1200;
const PIECE = 1 << 22;

/**
 * @param symbols of the genes, the same in every folder made with the same number of them
 * @returns entries written
 */
export function writeLargeData(folder: string, cells: number, symbols: readonly string[]): number {
  mkdirSync(folder);
  const random = createRandom(1, 'large', symbols.length);
  const programs = Array.from({ length: TYPES }, () => program(random, symbols.length));
  writeFileSync(
    join(folder, 'features.tsv'),
    symbols.map((s, g) => `G${g + 1}\t${s}\tGene Expression\n`).join(''),
  );
  const names = openSync(join(folder, 'barcodes.tsv'), 'w');
  for (let from = 0; from < cells; from += 1e5) {
    const count = Math.min(1e5, cells - from);
    writeSync(names, Array.from({ length: count }, (_, k) => `CELL${from + k + 1}-1\n`).join(''));
  }
  closeSync(names);
  return writeEntries(join(folder, 'matrix.mtx'), cells, symbols.length, programs, random);
}

/** Genes, ascending, each with how likely a cell shows it. */
function program(random: Random, genes: number): { gene: number; share: number }[] {
  const shares = new Map<number, number>();
  while (shares.size < EXPRESSED)
    shares.set(Math.floor(random.next() ** 1.5 * genes), 0.1 + 0.8 * random.next());
  return [...shares].sort(([a], [b]) => a - b).map(([gene, share]) => ({ gene, share }));
}

function writeEntries(
  path: string,
  cells: number,
  genes: number,
  programs: readonly (readonly { gene: number; share: number }[])[],
  random: Random,
): number {
  const file = openSync(path, 'w');
  const piece = Buffer.alloc(PIECE + 64);
  // The number of entries is known at the end: its place is kept by spaces.
  const head = '%%MatrixMarket matrix coordinate integer general\n%\n';
  writeSync(file, `${head}${`${genes} ${cells}`.padEnd(40)}\n`);
  let at = 0;
  let entries = 0;
  for (let cell = 1; cell <= cells; cell++) {
    // A factor of every cell moves half of its program up and the other half down.
    const factor = 0.6 + 0.8 * random.next();
    for (const [k, { gene, share }] of programs[cell % TYPES]!.entries()) {
      const level = share * (k % 2 === 0 ? factor : 2 - factor);
      const drawn = random.next();
      if (drawn >= level) continue;
      at = digits(piece, at, gene + 1, 32);
      at = digits(piece, at, cell, 32);
      at = digits(piece, at, 1 + Math.floor((6 * (level - drawn)) ** 2), 10);
      entries++;
      if (at < PIECE) continue;
      writeSync(file, piece, 0, at);
      at = 0;
    }
  }
  writeSync(file, piece, 0, at);
  writeSync(file, `${genes} ${cells} ${entries}`.padEnd(40), head.length);
  closeSync(file);
  return entries;
}

function digits(into: Buffer, at: number, value: number, end: number): number {
  let size = 1;
  for (let bound = 10; value >= bound; bound *= 10) size++;
  for (let k = at + size - 1; k >= at; k--) {
    into[k] = 48 + (value % 10);
    value = Math.floor(value / 10);
  }
  into[at + size] = end;
  return at + size + 1;
}
