/**
 * What crosses between the engine and the thread that parses a binary file. HDF5 is read by a WASM library that a damaged
 * file can abort for good, and an R file is decoded in long loops: both run in a thread that can be ended at any moment
 * and leaves nothing behind.
 */
import type { WireError } from '../../../shared/errors.ts';
import type { Progress, ReadOptions } from '../../../shared/model.ts';
import type { RowBlock, RowSink } from '../../counts/rows.ts';
import type { ReadContext, ReadResult, Source } from '../contract.ts';

export type ParserName = 'hdf5' | 'r';

/** One file to parse: the worker's start data. */
export interface ParseJob {
  readonly parser: ParserName;
  readonly source: Source;
  readonly options: ReadOptions;
  /** One Int32: how many blocks the engine has taken so far. The worker stays only a few blocks ahead of it. */
  readonly taken: SharedArrayBuffer;
}

export type ParserMessage =
  | { readonly rows: RowBlock }
  | { readonly progress: Progress }
  | { readonly result: ReadResult }
  | { readonly error: WireError };

/** A parser as it runs in the worker. Its signal never fires: the thread is ended instead. */
export type Parser = (
  source: Source,
  options: ReadOptions,
  sink: RowSink,
  context: Pick<ReadContext, 'signal' | 'progress'>,
) => Promise<ReadResult>;
