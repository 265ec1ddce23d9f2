/** run.json of an export, from which `run` repeats the run. */
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { contract, type ImportInput } from '../../shared/contract.ts';
import { badFile } from '../../shared/errors.ts';
import { upgradeParams, type Params } from '../../shared/params.ts';

export interface RunFile {
  readonly checksum: string;
  readonly preset: string;
  readonly params: Params;
  /** How the data were imported; null for the example, which the app makes itself. */
  readonly input: ImportInput | null;
}

const shape = z.object({
  schema: z.literal(1),
  preset: z.string(),
  paramsVersion: z.number(),
  params: z.record(z.string(), z.unknown()),
  dataset: z.object({ checksum: z.string(), imported: z.unknown() }),
});

/** @returns null when the path is not a run.json (then it is data). @throws AppError BAD_FILE when it is one, but broken. */
export function readRunFile(path: string): RunFile | null {
  if (!path.toLowerCase().endsWith('.json') || !statSync(path, { throwIfNoEntry: false })?.isFile())
    return null;
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw badFile(basename(path), 'is not valid JSON: export the run again', { cause });
  }
  const parsed = shape.safeParse(raw);
  if (!parsed.success) {
    throw badFile(basename(path), 'is not the record of a run: use the run.json of an exported run');
  }
  const { dataset, preset, paramsVersion, params } = parsed.data;
  return {
    checksum: dataset.checksum,
    preset,
    params: upgradeParams({ version: paramsVersion, params }),
    input: dataset.imported === null ? null : contract['data.import'].parse(dataset.imported),
  };
}
