/**
 * Maps kept beside a data set, so that they are there at once the next time: datasets/<id>/explore/maps-<key>.safetensors,
 * one file each, written whole. The key holds everything that decides the maps, so a file is never out of date. The
 * files of the data set itself and its checksum are not touched, and the bin takes and gives back both together.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ExploreMaps, MapSettings } from '../../shared/explore.ts';
import type { Params } from '../../shared/params.ts';
import { SCRAN_VERSION } from '../embed/embed.ts';
import { decodeTensors, encodeTensors, type NamedTensor } from '../models/tensors-file.ts';
import { sha256, writeAtomic } from '../workspace/atomic.ts';
import { codeOf, storageError } from '../workspace/storage-error.ts';

/** Maps with what gene values need: the factor that normalises each shown cell. */
export interface KeptMaps {
  readonly maps: ExploreMaps;
  readonly scale: Float32Array;
}

/** Files kept for one data set; those used longest ago go. */
const MOST_FILES = 8;
const NAME = /^maps-[0-9a-f]{24}\.safetensors$/;
/** Raised when the content of the file or the way to compute it changes. */
const VERSION = 1;

/** The folder beside the counts for what Explore keeps; made where it is missing. */
export function exploreFolder(datasetFolder: string): string {
  const folder = join(datasetFolder, 'explore');
  try {
    mkdirSync(folder);
  } catch (error) {
    // Never the data set's own folder: a deleted one must not come back as an empty shell.
    if (codeOf(error) !== 'EEXIST') throw storageError(error, folder);
  }
  return folder;
}

/** Everything that decides which cells are mapped and how. */
export function mapsKey(checksum: string, params: Params, settings: MapSettings, cells: number): string {
  const { maxCellsPerType, minLibrarySize, minReads, minCells, targetSum, logBase } = params;
  const sampled = cells > settings.cells ? settings.seed : 0;
  const { seed: _seed, cells: most, ...others } = settings;
  const parts = {
    version: VERSION,
    scran: SCRAN_VERSION,
    checksum,
    // A seed that decides nothing must not part what is the same.
    filters: {
      maxCellsPerType,
      seed: maxCellsPerType > 0 ? params.seed : 0,
      ...{ minLibrarySize, minReads, minCells, targetSum, logBase },
    },
    settings: { ...others, cells: cells > most ? most : 0, seed: sampled },
  };
  return sha256(JSON.stringify(parts)).slice(0, 24);
}

const whole = z.number().int().min(0);
const metaSchema = z.object({
  kept: whole,
  total: whole,
  mitochondrialGenes: whole,
  notes: z.array(z.string()),
  run: z.object({ id: z.string(), name: z.string() }).nullable(),
  tsne: z.object({ done: whole, of: whole }),
  umap: z.object({ done: whole, of: whole }),
});

export function saveMaps(datasetFolder: string, key: string, { maps, scale }: KeptMaps): void {
  const folder = exploreFolder(datasetFolder);
  const { shown, pca, tsne, umap } = maps;
  const arrays: Record<string, Float32Array | Int32Array> = {
    cells: shown.cells,
    librarySize: shown.librarySize,
    detected: shown.detected,
    mitochondrial: shown.mitochondrial,
    pca: pca.points,
    varianceExplained: pca.varianceExplained,
    clusters: maps.clusters,
    tsne: tsne.points,
    umap: umap.points,
    scale,
  };
  // Whole numbers pass through float32 unchanged up to 2^24, more than any data set has cells here.
  const tensors = new Map<string, NamedTensor>(
    Object.entries(arrays).map(([name, values]) => [
      name,
      { shape: [values.length], data: Float32Array.from(values) },
    ]),
  );
  const meta: z.infer<typeof metaSchema> = {
    kept: shown.kept,
    total: shown.total,
    mitochondrialGenes: shown.mitochondrialGenes,
    notes: [...maps.notes],
    run: maps.run,
    tsne: { done: tsne.done, of: tsne.of },
    umap: { done: umap.done, of: umap.of },
  };
  writeAtomic(join(folder, fileOf(key)), encodeTensors(tensors, { maps: JSON.stringify(meta) }));
  removeOldest(folder);
}

/** Null where there are none, or where they cannot be read: they are computed again then. */
export function loadMaps(datasetFolder: string, key: string): KeptMaps | null {
  const path = join(datasetFolder, 'explore', fileOf(key));
  try {
    const { tensors, meta } = decodeTensors(readFileSync(path), fileOf(key));
    const { kept, total, mitochondrialGenes, notes, run, tsne, umap } = metaSchema.parse(
      JSON.parse(meta['maps'] ?? ''),
    );
    const take = (name: string): Float32Array => tensors.get(name)!.data;
    const now = new Date();
    utimesSync(path, now, now);
    return {
      maps: {
        shown: {
          cells: Int32Array.from(take('cells')),
          ...{ kept, total, mitochondrialGenes },
          librarySize: take('librarySize'),
          detected: take('detected'),
          mitochondrial: take('mitochondrial'),
        },
        pca: { points: take('pca'), varianceExplained: take('varianceExplained') },
        clusters: Int32Array.from(take('clusters')),
        tsne: { points: take('tsne'), ...tsne },
        umap: { points: take('umap'), ...umap },
        notes,
        run,
      },
      scale: take('scale'),
    };
  } catch {
    return null;
  }
}

function removeOldest(folder: string): void {
  const files = readdirSync(folder)
    .filter(name => NAME.test(name))
    .map(name => ({ path: join(folder, name), used: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.used - a.used);
  for (const { path } of files.slice(MOST_FILES)) rmSync(path, { force: true });
}

const fileOf = (key: string): string => `maps-${key}.safetensors`;
