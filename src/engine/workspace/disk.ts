/** What a workspace takes on the disk. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DiskUse } from '../../shared/runs.ts';
import type { Folders } from './context.ts';
import { freeBytes } from './storage-error.ts';

export function diskUse({ root, datasets, runs, bin }: Folders): DiskUse {
  return { datasets: bytesIn(datasets), runs: bytesIn(runs), bin: bytesIn(bin), free: freeBytes(root) };
}

/** Bytes of all files below a folder. A file that goes meanwhile counts as nothing. */
export function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .reduce(
      (sum, entry) =>
        sum + (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
}
