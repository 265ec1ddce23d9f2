/** run.json of an export, from which `run` repeats the run. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { contract, type ImportInput } from '../../shared/contract.ts';
import { badFile } from '../../shared/errors.ts';
import { upgradeParams, type Params } from '../../shared/params.ts';

export interface RunFile {
  readonly checksum: string;
  readonly preset: string;
  readonly params: Params;
  readonly input: ImportInput;
}

/** @returns null when the path is not a run.json (then it is data). @throws AppError BAD_FILE when it is one, but broken. */
export function readRunFile(path: string): RunFile | null {
  if (!path.toLowerCase().endsWith('.json') || !statSync(path, { throwIfNoEntry: false })?.isFile())
    return null;
  let raw: {
    f910Run?: unknown;
    dataset?: { checksum?: unknown; input?: ImportInput };
    preset?: unknown;
    paramsVersion?: unknown;
    params?: unknown;
  };
  try {
    raw = JSON.parse(readFileSync(path, 'utf8')) as typeof raw;
  } catch (cause) {
    throw badFile('run.json', 'is not valid JSON: export the run again', { cause });
  }
  const { dataset, preset, paramsVersion, params } = raw;
  if (
    raw.f910Run !== 1 ||
    typeof dataset?.checksum !== 'string' ||
    typeof preset !== 'string' ||
    typeof paramsVersion !== 'number'
  ) {
    throw badFile('run.json', 'is not the record of a run: use the run.json of an exported run');
  }
  const near = (p: string): string => (isAbsolute(p) ? p : resolve(dirname(path), p));
  const input = contract['data.import'].parse(dataset.input);
  return {
    checksum: dataset.checksum,
    preset,
    params: upgradeParams({ version: paramsVersion, params: params as Record<string, unknown> }),
    input: {
      ...input,
      files: input.files.map(f => ({
        ...f,
        path: near(f.path),
        ...(f.labels === undefined ? {} : { labels: near(f.labels) }),
      })),
    },
  };
}
