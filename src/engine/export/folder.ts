/**
 * The folder of an export. Files are written into a folder beside it and renamed into place when all are there, so
 * that a cancelled or broken export leaves what was there before.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { badInput } from '../../shared/errors.ts';
import { codeOf, storageError } from '../workspace/storage-error.ts';

export class ExportFolder {
  /** Where the export ends. */
  readonly out: string;
  readonly #temporary: string;
  readonly #files: string[] = [];

  private constructor(out: string, temporary: string) {
    this.out = out;
    this.#temporary = temporary;
  }

  /** @throws AppError BAD_INPUT when `out` is a file, WORKSPACE or NO_ROOM when nothing can be written there */
  static async open(out: string): Promise<ExportFolder> {
    let place = resolve(out);
    const existing = await statOf(place);
    if (existing !== null && !existing.isDirectory()) {
      throw badInput('out', `${place} is a file. Choose a folder for the export.`);
    }
    // A link to a folder stays a link: the folder behind it is filled.
    if (existing !== null) place = await realpath(place);
    const temporary = `${place}.partial-${randomBytes(4).toString('hex')}`;
    try {
      await mkdir(temporary, { recursive: true });
    } catch (error) {
      throw storageError(error, temporary);
    }
    return new ExportFolder(place, temporary);
  }

  /** Names of the files written so far, with / between folders. */
  get files(): readonly string[] {
    return this.#files;
  }

  /** @param name with / between folders */
  async write(name: string, content: string | Uint8Array): Promise<void> {
    const path = join(this.#temporary, ...name.split('/'));
    try {
      await mkdir(dirname(path), { recursive: true });
      // flush: on the disk before it is renamed.
      await writeFile(path, content, { flush: true });
    } catch (error) {
      throw storageError(error, path, content.length);
    }
    this.#files.push(name);
  }

  /**
   * Puts everything in place. In a folder that is there already only files of the same names are replaced, and earlier
   * exports' files that this one does not have are removed, so that no figure of another run stays among these.
   * @param isOurs whether an export may have written a file of this name
   */
  async publish(isOurs: (name: string) => boolean): Promise<void> {
    try {
      if ((await statOf(this.out)) === null) {
        await rename(this.#temporary, this.out);
        return;
      }
      for (const name of this.#files) {
        const target = join(this.out, ...name.split('/'));
        await mkdir(dirname(target), { recursive: true });
        await rename(join(this.#temporary, ...name.split('/')), target);
      }
      for (const name of await this.#present()) {
        if (!this.#files.includes(name) && isOurs(name)) await rm(join(this.out, ...name.split('/')));
      }
      await this.discard();
    } catch (error) {
      throw storageError(error, this.out);
    }
  }

  /** Removes what was written and not published. */
  async discard(): Promise<void> {
    await rm(this.#temporary, { recursive: true, force: true });
  }

  /** Files in the export's folder and in the folders that exports make, by name. */
  async #present(): Promise<string[]> {
    const folders = [
      '',
      ...new Set(this.#files.flatMap(name => (name.includes('/') ? [`${dirname(name)}/`] : []))),
    ];
    const names: string[] = [];
    for (const folder of folders) {
      const entries = await readdir(join(this.out, folder), { withFileTypes: true });
      for (const entry of entries) if (entry.isFile()) names.push(`${folder}${entry.name}`);
    }
    return names;
  }
}

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw storageError(error, path);
  }
}
