/** An R file as named objects: one without a name in an RDS file, those of the workspace in an RData file. */
import { badFile } from '../../../shared/errors.ts';
import type { Progress } from '../../../shared/model.ts';
import { printable } from '../binary/printable.ts';
import type { Source } from '../contract.ts';
import { headOf } from '../bytes.ts';
import { ItemReader } from './items.ts';
import type { Segments } from './segments.ts';
import { AsciiStream, XdrStream, type RStream } from './stream.ts';
import { rPackingOf, unpack } from './unpack.ts';
import type { RValue } from './values.ts';

export interface RFile {
  readonly container: 'RDS' | 'RData';
  /** By name; '' for the object of an RDS file. */
  readonly objects: ReadonlyMap<string, RValue>;
}

interface Opening {
  readonly container: RFile['container'];
  readonly ascii: boolean;
  /** Bytes before the version. */
  readonly length: number;
}

const START_BYTES = 16;

/** Whether the unpacked start is that of an R file; of a packed file that cannot be unpacked: no. */
export async function startsAsR(source: Source, container: RFile['container']): Promise<boolean> {
  const head = await headOf(source);
  const packing = rPackingOf(head.raw);
  if (packing === 'none' || packing === 'gzip') return openingOf(head.content)?.container === container;
  const start = await unpack(source, packing, { most: START_BYTES }).catch(() => null);
  return start !== null && openingOf(startOf(start))?.container === container;
}

/** @throws AppError BAD_FILE */
export async function openR(source: Source, progress: (value: Progress) => void): Promise<RFile> {
  const { name } = source;
  const head = await headOf(source);
  if (head.size === 0) throw badFile(name, 'is empty');
  const bytes = await unpack(source, rPackingOf(head.raw), { progress });
  const opening = openingOf(startOf(bytes));
  if (opening === null)
    throw badFile(name, 'is not an R file that can be read: save the object with saveRDS');
  progress({ phase: 'parse', label: `Looking through ${name}`, done: 0, of: 0 });
  const stream = opening.ascii
    ? new AsciiStream(name, bytes, opening.length)
    : new XdrStream(name, bytes, opening.length);
  const value = afterHeader(name, stream).item();
  if (opening.container === 'RDS') return { container: 'RDS', objects: new Map([['', value]]) };
  const pairs = value.type === 'pairs' ? value.values : [];
  return {
    container: 'RData',
    objects: new Map(pairs.map(({ tag, value: held }) => [printable(tag), held])),
  };
}

function startOf(bytes: Segments): Buffer {
  return bytes.copy(0, Math.min(bytes.length, START_BYTES));
}

/** RData files start with a line of their own (`RDX3`); then, as in RDS files, a letter says how items are written. */
function openingOf(start: Buffer): Opening | null {
  const text = start.toString('latin1', 0, START_BYTES);
  const saved = /^RD[XA][23]\n/.test(text);
  const items = text.slice(saved ? 5 : 0);
  const letter = /^([XA])\r?\n/.exec(items);
  if (letter === null) return null;
  const ascii = letter[1] === 'A';
  const rest = items.slice(letter[0].length);
  // A text that starts with a line `A` could be anything; the version, 2 or 3, follows in both.
  const version = ascii
    ? /^[23]\r?\n/.test(rest)
    : ['\0\0\0\u0002', '\0\0\0\u0003'].some(v => rest.startsWith(v));
  if (!version) return null;
  return { container: saved ? 'RData' : 'RDS', ascii, length: (saved ? 5 : 0) + letter[0].length };
}

/** Past the versions of R that wrote the file and that can read it, and since version 3 the encoding of its text. */
function afterHeader(file: string, stream: RStream): ItemReader {
  const version = stream.int();
  stream.int();
  stream.int();
  if (version === 3) stream.bytes(stream.int());
  else if (version !== 2)
    throw badFile(file, `is written in version ${version} of R's format; 2 and 3 can be read`);
  return new ItemReader(file, stream);
}
