/** Files that are either there whole or not at all: written beside their place, synced, renamed. */
import { createHash, randomBytes } from 'node:crypto';
import type { Hash } from 'node:crypto';
import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { codeOf, storageError } from './storage-error.ts';

/** Size and SHA-256 of a file, in hexadecimal. */
export interface FileSum {
  readonly bytes: number;
  readonly sha256: string;
}

const BUFFER = 1 << 20;
/** Written bytes after which the disk has to keep up, so that no single sync takes long. */
const SYNC_EVERY = 64 << 20;

/** A new file written once from front to back and summed on the way. Not yet in its final place. */
export class SummedFile {
  readonly #path: string;
  readonly #hash: Hash = createHash('sha256');
  /** Not filled with zeros: most files are far smaller. */
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER);
  #buffered = 0;
  #bytes = 0;
  #unsynced = 0;
  #descriptor: number | null;

  /** @param shownAs the name that messages give, where it is not the name of the unfinished file */
  constructor(path: string, shownAs = path) {
    this.#path = shownAs;
    try {
      this.#descriptor = openSync(path, 'wx');
    } catch (error) {
      throw storageError(error, shownAs);
    }
  }

  append(chunk: Uint8Array): void {
    if (chunk.length > BUFFER - this.#buffered) this.#flush();
    if (chunk.length >= BUFFER) {
      this.#write(chunk);
    } else {
      this.#buffer.set(chunk, this.#buffered);
      this.#buffered += chunk.length;
    }
  }

  /** Brings everything to the disk and closes the file. */
  finish(): FileSum {
    this.#flush();
    try {
      fsyncSync(this.#open());
    } catch (error) {
      throw storageError(error, this.#path);
    }
    this.close();
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }

  /** Closes the file as it is; does nothing after `finish`. */
  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  #open(): number {
    if (this.#descriptor === null) throw new TypeError(`${basename(this.#path)} is closed`);
    return this.#descriptor;
  }

  #flush(): void {
    this.#write(this.#buffer.subarray(0, this.#buffered));
    this.#buffered = 0;
  }

  #write(bytes: Uint8Array): void {
    const descriptor = this.#open();
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
      this.#unsynced += bytes.length;
      if (this.#unsynced >= SYNC_EVERY) {
        fdatasyncSync(descriptor);
        this.#unsynced = 0;
      }
    } catch (error) {
      throw storageError(error, this.#path, bytes.length);
    }
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
  }
}

/**
 * Writes a file so that a reader sees the old content or the new, never a part.
 * @param temporaryFolder where the unfinished file stands, on the same disk; beside `path` by default
 * @throws AppError NO_ROOM when the disk is full, WORKSPACE otherwise
 */
export function writeAtomic(
  path: string,
  data: string | Uint8Array | Iterable<Uint8Array>,
  temporaryFolder = dirname(path),
): FileSum {
  const temporary = join(temporaryFolder, `.${randomBytes(8).toString('hex')}.partial`);
  const file = new SummedFile(temporary, path);
  try {
    for (const chunk of chunksOf(data)) file.append(chunk);
    const sum = file.finish();
    renameDurably(temporary, path);
    return sum;
  } catch (error) {
    file.close();
    rmSync(temporary, { force: true });
    throw storageError(error, path);
  }
}

/** Any JSON value as indented text, for files that people may want to read. */
export function writeJson(path: string, value: unknown, temporaryFolder = dirname(path)): FileSum {
  return writeAtomic(path, `${JSON.stringify(value, null, 1)}\n`, temporaryFolder);
}

function chunksOf(data: string | Uint8Array | Iterable<Uint8Array>): Iterable<Uint8Array> {
  if (typeof data === 'string') return [Buffer.from(data)];
  return data instanceof Uint8Array ? [data] : data;
}

/** Renames and brings the new name to the disk, so that it outlives a power cut. */
export function renameDurably(from: string, to: string): void {
  try {
    renamePatiently(from, to);
    syncFolder(dirname(to));
  } catch (error) {
    throw storageError(error, to);
  }
}

/** On Windows a virus scanner may hold a new file for a moment; elsewhere a refusal is final. */
function renamePatiently(from: string, to: string): void {
  for (let attempt = 1; ; attempt++) {
    try {
      renameSync(from, to);
      return;
    } catch (error) {
      const held = process.platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(codeOf(error));
      if (!held || attempt === 20) throw error;
      pause(50);
    }
  }
}

/** Stops this thread for some milliseconds. */
export function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/**
 * Brings the names in a folder to the disk. Windows does this on its own and refuses to open folders; some network
 * drives know no such request, and then there is nothing more to be done.
 */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'ENOSYS'].includes(codeOf(error))) throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** Size and sum of a file, read in one go without yielding: for files of a run, not for counts. */
export function sumFile(path: string): FileSum {
  const hash = createHash('sha256');
  const buffer = new Uint8Array(BUFFER);
  const descriptor = openSync(path, 'r');
  try {
    let bytes = 0;
    for (;;) {
      const n = readSync(descriptor, buffer, 0, BUFFER, null);
      if (n === 0) return { bytes, sha256: hash.digest('hex') };
      hash.update(buffer.subarray(0, n));
      bytes += n;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** SHA-256 of a text, in hexadecimal. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
