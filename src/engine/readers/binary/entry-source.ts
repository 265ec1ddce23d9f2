/** What the compressed layouts have in common: entries in the order of the file, and pointers into them. */
import { badFile } from '../../../shared/errors.ts';

/** Some entries, in the file's order: where each belongs, and its value. */
export interface Entries {
  readonly indices: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  /** The arrays are nobody else's: whoever asked may keep them. */
  readonly own?: boolean;
}

/** Any slice of the entries, in the file's order. */
export interface EntrySource {
  /** Names in the file, for sentences. */
  readonly indexName: string;
  readonly pointerName: string;
  readonly entries: number;
  /** How many rows (or columns) it has pointers for. */
  readonly lines: number;
  pointers(): ArrayLike<number>;
  /** Entries to ask for at a time. */
  readonly step: number;
  entriesOf(from: number, to: number): Entries | Promise<Entries>;
  /** Says what will be asked for next, for a source that can begin with it. */
  announce?(from: number, to: number): void;
}

/**
 * Pointers of a compressed matrix: where each row (or column) starts among the entries.
 * @param rows how many there have to be
 * @throws AppError BAD_FILE unless there is one more than there are rows, and they ascend from 0 to the number of entries
 */
export function checkedPointers(file: string, source: EntrySource, rows: number): Float64Array {
  const { pointerName: name, entries, lines } = source;
  if (lines !== rows) {
    throw badFile(file, `is damaged: ${name} has ${lines + 1} values where ${rows + 1} belong`);
  }
  const stored = source.pointers();
  const pointers = new Float64Array(rows + 1);
  for (let r = 0; r <= rows; r++) {
    const at = stored[r]!;
    const before = r === 0 ? 0 : pointers[r - 1]!;
    if (!(Number.isInteger(at) && at >= before && at <= entries && (r > 0 || at === 0))) {
      throw badFile(file, `is damaged: ${name} does not ascend from 0 to the number of entries`);
    }
    pointers[r] = at;
  }
  if (pointers[rows] !== entries) {
    throw badFile(file, `announces ${pointers[rows]} entries in ${name} but holds ${entries}`);
  }
  return pointers;
}
