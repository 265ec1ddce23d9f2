/** manifest.json of a stored data set: what it is, and size and sum of each file beside it. Written last. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { DatasetSummary, ImportRequest } from '../../shared/model.ts';
import { MATRIX_FILES } from '../counts/file-rows.ts';
import { sha256 } from './atomic.ts';
import type { FileSum } from './atomic.ts';
import { readSealed, writeSealed } from './sealed.ts';

export const DATASET_FILES = [
  ...MATRIX_FILES,
  'genes.json',
  'cells.json',
  'labels.json',
  'labels.codes',
] as const;
export type DatasetFile = (typeof DATASET_FILES)[number];

const whole = z.number().int().min(0);
const hex = z.string().regex(/^[0-9a-f]{64}$/);
export const fileSumSchema = z.object({ bytes: whole, sha256: hex });
export const sourceSchema = z.object({
  path: z.string(),
  format: z.string(),
  sha256: z.string(),
  cells: whole,
  genes: whole,
});
/** Only shown and handed to import again, which parses it as it parses every request. */
export const importedSchema = z.custom<ImportRequest | null>(
  value => value === null || (typeof value === 'object' && 'files' in value && Array.isArray(value.files)),
);
const summarySchema = z.object({
  id: z.string(),
  name: z.string(),
  created: z.string(),
  cells: whole,
  genes: whole,
  nonzeros: whole,
  totalCounts: z.number(),
  landmarks: whole,
  geneIds: z.enum(['ensembl', 'symbol', 'entrez', 'panglaodb', 'unknown']),
  alreadyLog: z.number().nullable(),
  sources: z.array(sourceSchema),
  columns: z.array(z.string()),
  roles: z.object({
    type: z.string().nullable(),
    experiment: z.string().nullable(),
    donor: z.string().nullable(),
  }),
  types: z.array(z.object({ type: z.string(), cells: whole })),
  experiments: z.array(z.object({ experiment: z.string(), cells: whole })),
  simulated: z.boolean(),
  warnings: z.array(z.string()),
  imported: importedSchema,
  madeFrom: z
    .object({ id: z.string(), name: z.string(), checksum: hex, cells: whole, how: z.string() })
    .optional(),
  checksum: hex,
});

export interface Manifest {
  readonly schema: 1;
  readonly appVersion: string;
  readonly summary: DatasetSummary;
  readonly files: Readonly<Record<DatasetFile, FileSum>>;
}
const manifestSchema: z.ZodType<Manifest> = z.object({
  schema: z.literal(1),
  appVersion: z.string(),
  summary: summarySchema,
  files: z.record(z.enum(DATASET_FILES), fileSumSchema),
});

/** @throws AppError WORKSPACE when it is missing, damaged or newer */
export function readManifest(folder: string): Manifest {
  return readSealed(
    join(folder, 'manifest.json'),
    manifestSchema,
    'Import the data again from their files, then delete this data set.',
  );
}

/** Replaces the manifest of a stored data set. @throws AppError NO_ROOM, WORKSPACE; then the old one stays */
export function writeManifest(folder: string, manifest: Manifest, temporaryFolder: string): void {
  writeSealed(join(folder, 'manifest.json'), manifest, temporaryFolder);
}

/** The identity of the data: SHA-256 over the sums of counts, genes, cells and labels, and how the values are meant. */
export function checksumOf(files: Readonly<Record<DatasetFile, FileSum>>, alreadyLog: number | null): string {
  const lines = DATASET_FILES.map(name => `${name} ${files[name].sha256}\n`);
  return sha256(`F910 data set 1\nlog ${alreadyLog}\n${lines.join('')}`);
}

/** What is wrong with the size of a file, as "genes.json is 10 bytes too short", or null. */
export function sizeProblem(folder: string, name: string, sum: FileSum): string | null {
  const size = statSync(join(folder, name), { throwIfNoEntry: false })?.size;
  if (size === undefined) return `${name} is missing`;
  if (size === sum.bytes) return null;
  return `${name} is ${Math.abs(size - sum.bytes)} bytes too ${size < sum.bytes ? 'short' : 'long'}`;
}
