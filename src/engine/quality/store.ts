/**
 * The metrics of all cells, kept beside the data set they were computed from. The arrays are written first and their
 * sum stands in the record, so a record without its arrays, or with others, is found out and computed anew.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { QualityOfCells } from '../steps/cell-quality.ts';
import { sha256, writeAtomic } from '../workspace/atomic.ts';
import { readSealed, writeSealed } from '../workspace/sealed.ts';

const RECORD = 'quality.json';
const ARRAYS = 'quality.bin';

const record = z.object({
  schema: z.literal(1),
  /** Of the data set. */
  checksum: z.string(),
  cells: z.number().int().min(0),
  mitochondrialGenes: z.number().int().min(0),
  arrays: z.object({ bytes: z.number(), sha256: z.string() }),
});

/** library sizes (float64), shares (float64, only where there are mitochondrial genes), detected genes (int32). */
export function saveQuality(folder: string, checksum: string, quality: QualityOfCells): void {
  const { librarySize, mitochondrialShare, detected, mitochondrialGenes } = quality;
  const parts = [librarySize, ...(mitochondrialShare === null ? [] : [mitochondrialShare]), detected];
  const arrays = writeAtomic(
    join(folder, ARRAYS),
    parts.map(part => new Uint8Array(part.buffer, part.byteOffset, part.byteLength)),
  );
  const cells = librarySize.length;
  writeSealed(join(folder, RECORD), { schema: 1, checksum, cells, mitochondrialGenes, arrays });
}

/** Null where there are none for this content, or they are damaged: both mean that they have to be computed. */
export function loadQuality(folder: string, checksum: string): QualityOfCells | null {
  try {
    const head = readSealed(join(folder, RECORD), record, 'It is computed anew.');
    if (head.checksum !== checksum) return null;
    const stored = readFileSync(join(folder, ARRAYS));
    if (stored.length !== head.arrays.bytes || sha256(stored) !== head.arrays.sha256) return null;
    // A buffer of its own: what readFileSync returns need not start where a float64 may.
    const { buffer } = new Uint8Array(stored);
    const { cells, mitochondrialGenes } = head;
    const shares = mitochondrialGenes > 0 ? 1 : 0;
    return {
      librarySize: new Float64Array(buffer, 0, cells),
      mitochondrialShare: shares === 0 ? null : new Float64Array(buffer, 8 * cells, cells),
      detected: new Int32Array(buffer, 8 * cells * (1 + shares), cells),
      mitochondrialGenes,
    };
  } catch {
    return null;
  }
}
