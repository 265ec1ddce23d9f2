/** The files of one run. Every write is whole or not at all; the log alone is appended to. */
import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { badInput } from '../../shared/errors.ts';
import { sumFile, syncFolder, writeAtomic, writeJson } from './atomic.ts';
import type { FileSum } from './atomic.ts';
import { readRecord, writeRecord } from './record.ts';
import type { RunRecord } from './record.ts';
import { codeOf, storageError, workspaceError } from './storage-error.ts';

const LOG = 'log.jsonl';
const OLD_LOG = 'log.1.jsonl';
/** Bytes after which the log starts anew; the part before is kept once. */
const LOG_MOST = 4 << 20;
/** Files that change without a sum of their own. */
const UNSEALED: ReadonlySet<string> = new Set(['record.json', LOG, OLD_LOG]);

export class RunFolder {
  readonly id: string;
  readonly path: string;
  /** Folder for unfinished files, on the same disk. */
  readonly staging: string;
  #logEndsWhole: boolean | null = null;

  constructor(id: string, path: string, staging: string) {
    this.id = id;
    this.path = path;
    this.staging = staging;
  }

  /** As it stands in the folder now. @throws AppError WORKSPACE when record.json is missing or damaged */
  get record(): RunRecord {
    return readRecord(this.path);
  }

  has(name: string): boolean {
    return existsSync(this.#at(name));
  }

  /** Null where there is no such file. @throws AppError WORKSPACE when it holds no JSON */
  readJson<T>(name: string): T | null {
    const bytes = this.readBytes(name);
    if (bytes === null) return null;
    try {
      return JSON.parse(bytes.toString('utf8')) as T;
    } catch (cause) {
      throw workspaceError(
        this.#at(name),
        `${name} of run ${this.id} is damaged. Resume the run, or start it again with the same parameters.`,
        { cause },
      );
    }
  }

  /** Null where there is no such file. */
  readBytes(name: string): Buffer | null {
    try {
      return readFileSync(this.#at(name));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw storageError(error, this.#at(name));
    }
  }

  writeJson(name: string, value: unknown): void {
    this.#write(name, path => writeJson(path, value, this.staging));
  }

  /** @param chunks the file's bytes, whole or piece by piece (a large file needs no second copy in memory) */
  writeBytes(name: string, chunks: Uint8Array | Iterable<Uint8Array>): void {
    this.#write(name, path => writeAtomic(path, chunks, this.staging));
  }

  /** Does nothing where there is no such file. */
  remove(name: string): void {
    const path = this.#at(name);
    this.#setSum(name, null);
    if (!existsSync(path)) return;
    try {
      rmSync(path);
      syncFolder(dirname(path));
    } catch (error) {
      throw storageError(error, path);
    }
  }

  /** Appends one line with the time. A log is allowed to lose its last line in a power cut. */
  log(entry: Readonly<Record<string, unknown>>): void {
    const path = join(this.path, LOG);
    try {
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LOG_MOST) {
        renameSync(path, join(this.path, OLD_LOG));
        this.#logEndsWhole = true;
      }
      this.#logEndsWhole ??= endsWhole(path);
      const line = `${JSON.stringify({ time: new Date().toISOString(), ...entry })}\n`;
      appendFileSync(path, this.#logEndsWhole ? line : `\n${line}`);
      this.#logEndsWhole = true;
    } catch (error) {
      throw storageError(error, path);
    }
  }

  /** Entries of the log, oldest first. Lines that a kill has torn are left out. */
  readLog(): Record<string, unknown>[] {
    return [OLD_LOG, LOG].flatMap(name => {
      let text: string;
      try {
        text = readFileSync(join(this.path, name), 'utf8');
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return [];
        throw storageError(error, join(this.path, name));
      }
      return text.split('\n').flatMap(entryOf);
    });
  }

  /** Size and sum of every file that is kept, by name with '/' between folders. */
  sums(): Record<string, FileSum> {
    const names = readdirSync(this.path, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => relative(this.path, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter(name => !UNSEALED.has(name));
    return Object.fromEntries(names.sort().map(name => [name, sumFile(join(this.path, name))]));
  }

  #write(name: string, put: (path: string) => FileSum): void {
    const path = this.#at(name);
    // A run that has ended has its sums in the record: the old one goes first, so that a kill between leaves none.
    this.#setSum(name, null);
    try {
      mkdirSync(dirname(path), { recursive: true });
    } catch (error) {
      throw storageError(error, path);
    }
    this.#setSum(name, put(path));
  }

  #setSum(name: string, sum: FileSum | null): void {
    const { record } = this;
    if (record.summary.status === 'running' || (sum === null && !Object.hasOwn(record.files, name))) return;
    const { [name]: _old, ...others } = record.files;
    writeRecord(
      this.path,
      { ...record, files: sum === null ? others : { ...others, [name]: sum } },
      this.staging,
    );
  }

  /** @throws AppError BAD_INPUT for a name that could lead out of the folder or to the record */
  #at(name: string): string {
    const parts = name.split('/');
    const plain = parts.every(part => /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(part));
    if (plain && parts.length <= 3 && !UNSEALED.has(name)) return join(this.path, ...parts);
    throw badInput('name', `${JSON.stringify(name.slice(0, 120))} cannot be the name of a file of a run.`);
  }
}

function entryOf(line: string): Record<string, unknown>[] {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null ? [entry as Record<string, unknown>] : [];
  } catch {
    return [];
  }
}

/** Whether the log ends with a whole line: a kill may have torn the last one. */
function endsWhole(path: string): boolean {
  if (!existsSync(path)) return true;
  const descriptor = openSync(path, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const last = new Uint8Array(1);
    return size === 0 || (readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] === 10);
  } finally {
    closeSync(descriptor);
  }
}
