/** record.json of a run: everything needed to repeat it, even where the database and the data set are gone. */
import { join } from 'node:path';
import { z } from 'zod';
import type { DatasetSource, ImportRequest, RunSummary } from '../../shared/model.ts';
import type { FileSum } from './atomic.ts';
import { fileSumSchema, importedSchema, sourceSchema } from './manifest.ts';
import { readSealed, writeSealed } from './sealed.ts';

const text = z.string().nullable();
const summarySchema = z.object({
  id: z.string(),
  name: z.string(),
  datasetId: z.string(),
  datasetName: z.string(),
  datasetChecksum: z.string(),
  preset: z.string(),
  seed: z.number(),
  status: z.enum(['running', 'paused', 'interrupted', 'cancelled', 'failed', 'done']),
  created: z.string(),
  finished: text,
  seconds: z.number().nullable(),
  error: text,
  verdict: text,
  panelName: text,
  panelSize: z.number().nullable(),
  // Records written before these were kept.
  explainedVariance: z.number().nullable().default(null),
  note: z.string().default(''),
  repeats: z
    .object({
      id: z.string(),
      name: z.string(),
      samePanel: z.boolean().nullable(),
      sameNumbers: z.boolean().nullable(),
    })
    .nullable()
    .default(null),
});

export interface RunRecord {
  readonly schema: 1;
  readonly appVersion: string;
  readonly summary: RunSummary;
  /** Files the data set was imported from. */
  readonly sources: readonly DatasetSource[];
  /** The request that imported them; null for the example. */
  readonly imported: ImportRequest | null;
  readonly paramsVersion: number;
  readonly params: Readonly<Record<string, unknown>>;
  /** Size and sum of each file of a run that has ended; empty while it runs. */
  readonly files: Readonly<Record<string, FileSum>>;
}
const recordSchema: z.ZodType<RunRecord, unknown> = z.object({
  schema: z.literal(1),
  appVersion: z.string(),
  summary: summarySchema,
  sources: z.array(sourceSchema),
  imported: importedSchema,
  paramsVersion: z.number(),
  params: z.record(z.string(), z.unknown()),
  files: z.record(z.string(), fileSumSchema),
});

/** @throws AppError WORKSPACE when it is missing, damaged or newer */
export function readRecord(folder: string): RunRecord {
  return readSealed(
    join(folder, 'record.json'),
    recordSchema,
    'Start the run again with the same parameters, then delete this one.',
  );
}

export function writeRecord(folder: string, record: RunRecord, temporaryFolder?: string): void {
  writeSealed(join(folder, 'record.json'), record, temporaryFolder);
}
