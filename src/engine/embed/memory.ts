/** Says before a scran.js task starts whether its memory is there: a failed allocation in WebAssembly goes unnoticed. */
import { AppError } from '../../shared/errors.ts';

/** Bytes of WebAssembly memory per stored value, measured as the peak while a matrix is built. */
const BYTES_PER_VALUE = 22;
/** The module itself, and room for neighbours and graphs, which grow with the cells. */
const BASE_BYTES = 64 * 2 ** 20;
const BYTES_PER_CELL = 8192;
/** The compiled limit of scran.js 4.1: 262,144 pages of 64 KiB. */
export const WASM_LIMIT = 16 * 2 ** 30;

/** Bytes that a task on this many cells and stored values takes in WebAssembly, never too few. */
export function scranMemory(cells: number, values: number): number {
  return BASE_BYTES + cells * BYTES_PER_CELL + values * BYTES_PER_VALUE;
}

/**
 * @param free memory of the machine that may still be used, in bytes
 * @throws AppError NO_ROOM when the task would not fit into WebAssembly's 16 GiB or the machine's memory.
 */
export function requireScranMemory(cells: number, values: number, free: number): void {
  const needed = scranMemory(cells, values);
  const available = Math.min(WASM_LIMIT, free);
  if (needed <= available) return;
  const gigabytes = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
  throw new AppError(
    'NO_ROOM',
    `The maps of ${cells.toLocaleString('en')} cells need about ${gigabytes(needed)} GB of memory and ` +
      `${gigabytes(available)} GB can be used. Show fewer cells, or keep fewer genes.`,
    { needed, available, of: 'memory' },
  );
}
