/** Reads stored files from end to end and compares them with their sums. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { AppError, cancelled } from '../../shared/errors.ts';
import type { DatasetSummary } from '../../shared/model.ts';
import type { FileSum } from './atomic.ts';
import { checksumOf, DATASET_FILES, readManifest, sizeProblem } from './manifest.ts';
import type { Manifest } from './manifest.ts';

/** What is wrong with a file, or null. */
export async function fileProblem(
  folder: string,
  name: string,
  sum: FileSum,
  signal: AbortSignal,
): Promise<string | null> {
  const problem = sizeProblem(folder, name, sum);
  if (problem !== null) return problem;
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(join(folder, name), { highWaterMark: 1 << 20, signal })) {
      hash.update(chunk as Buffer);
    }
  } catch (error) {
    if (signal.aborted) throw cancelled('The check');
    return `${name} cannot be read (${error instanceof Error ? error.message : String(error)})`;
  }
  return hash.digest('hex') === sum.sha256 ? null : `${name} has changed since it was written`;
}

/** Phrases for all that is wrong with a stored data set. */
export async function verifyDataset(
  folder: string,
  summary: DatasetSummary,
  signal: AbortSignal,
): Promise<string[]> {
  let manifest: Manifest;
  try {
    manifest = readManifest(folder);
  } catch (error) {
    if (error instanceof AppError) return [error.message];
    throw error;
  }
  const problems: string[] = [];
  for (const name of DATASET_FILES) {
    const problem = await fileProblem(folder, name, manifest.files[name], signal);
    if (problem !== null) problems.push(problem);
  }
  const checksum = checksumOf(manifest.files, manifest.summary.alreadyLog);
  if (checksum !== manifest.summary.checksum || checksum !== summary.checksum) {
    problems.push('manifest.json does not belong to these files');
  }
  return problems;
}
