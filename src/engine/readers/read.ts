/** Runs one reader under the rules that hold for all of them: known options only, and one kind of cancellation. */
import { AppError, badInput, cancelled } from '../../shared/errors.ts';
import type { ReadOptions } from '../../shared/model.ts';
import type { RowSink } from '../counts/rows.ts';
import type { ReadContext, Reader, ReadResult, Source } from './contract.ts';

const known: Record<keyof ReadOptions, (value: unknown) => string | null> = {
  layer: value => (typeof value === 'string' && value !== '' ? null : 'a name'),
  rows: value => (value === 'genes' || value === 'cells' ? null : "'genes' or 'cells'"),
  alreadyLog: value =>
    typeof value === 'number' && value > 1 && Number.isFinite(value) ? null : 'a base above 1',
  sameLetters: value => (typeof value === 'boolean' ? null : 'true or false'),
  duplicateCells: value => (value === 'refuse' || value === 'rename' ? null : "'refuse' or 'rename'"),
};

/** @throws AppError BAD_INPUT for an option that no reader knows, or a value it cannot have. */
export function checkOptions(options: ReadOptions): void {
  for (const [key, value] of Object.entries(options)) {
    if (!Object.hasOwn(known, key)) {
      throw badInput(
        key,
        `There is no reading option named ${key}; there are ${Object.keys(known).join(', ')}.`,
      );
    }
    const wanted = value === undefined ? null : known[key as keyof ReadOptions](value);
    if (wanted !== null) throw badInput(key, `The reading option ${key} has to be ${wanted}.`);
  }
}

/** What was cancelled is said once, here; readers only pass on that the signal fired. */
export async function cancellable<T>(name: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    signal.throwIfAborted();
    const result = await work();
    signal.throwIfAborted();
    return result;
  } catch (error) {
    if (!signal.aborted) throw error;
    const reason: unknown = signal.reason;
    throw reason instanceof AppError ? reason : cancelled(`Reading ${name}`);
  }
}

/**
 * One source through one reader; the sink gets nothing any more once the signal fired.
 * @throws AppError CANCELLED once the signal fired, else what the reader throws.
 */
export async function readWith(
  reader: Reader,
  source: Source,
  options: ReadOptions,
  sink: RowSink,
  context: ReadContext,
): Promise<ReadResult> {
  checkOptions(options);
  const { signal } = context;
  const guarded: RowSink = {
    rows: block => {
      signal.throwIfAborted();
      sink.rows(block);
    },
  };
  return cancellable(source.name, signal, () => reader.read(source, options, guarded, context));
}
