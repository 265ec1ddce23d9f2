/**
 * Files that a browser sends, because a page cannot name a path. Each upload is a folder `uploads/<id>` of the
 * workspace with one thing in it: a file, or a folder with the files that belong together (10x MTX). Clients name it
 * `upload:<id>`; nothing but such a name becomes a path.
 */
import { randomBytes } from 'node:crypto';
import { createWriteStream, existsSync, readdirSync } from 'node:fs';
import { mkdir, readdir, rename, rm, rmdir, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError, badInput } from '../../shared/errors.ts';
import { Partials, type Piece } from './partials.ts';

const ID = /^[0-9a-f]{32}$/;
const GIB = 2 ** 30;
export const UPLOAD_LIMIT_BYTES = 64 * GIB;
/** Left free on the disk for the data set that is made of the upload. */
const DISK_RESERVE_BYTES = GIB;
const FILES_IN_FOLDER = 200;
const FOLDER_DEPTH = 4;
/** An import reads its upload soon after; what is older was left behind. */
const KEPT_MS = 7 * 24 * 3600 * 1000;

export interface UploadRequest {
  /** Plain file name; inside a folder also a short path below it (`filtered/matrix.mtx.gz`). */
  readonly name: string;
  /** Name of the folder that the file came from, when it is one of several. */
  readonly folder: string | null;
  /** Id of the upload that this file joins; null starts a new one. */
  readonly group: string | null;
  /** Where it begins, for an upload that can be taken up again when it breaks off. */
  readonly piece?: Piece | null;
}

export class Uploads {
  readonly #root: string;
  readonly #limit: number;
  readonly #partials: Partials;

  constructor(workspace: string, limit = UPLOAD_LIMIT_BYTES) {
    this.#root = join(workspace, 'uploads');
    this.#limit = limit;
    this.#partials = new Partials(this.#incoming);
  }

  get #incoming(): string {
    return join(this.#root, '.incoming');
  }

  /**
   * Stores one file and returns the id of its upload.
   * @throws AppError BAD_INPUT for names and groups that cannot be, NO_ROOM where limit or disk do not suffice.
   */
  async receive({ name, folder, group, piece }: UploadRequest, body: Readable): Promise<string> {
    const parts = folder === null ? [name] : [folder, ...name.split('/')];
    if (!parts.every(isBaseName) || parts.length > FOLDER_DEPTH)
      throw badInput('name', 'The name of the file cannot be used: it is no plain file name.');
    if (group !== null && (folder === null || !ID.test(group))) {
      throw badInput('group', 'A file can only be added to an upload of a folder.');
    }
    const id = group ?? randomBytes(16).toString('hex');
    const upload = join(this.#root, id);
    const target = join(upload, ...parts);
    if (group !== null && !existsSync(upload)) throw badInput('group', 'This upload does not exist.');
    await mkdir(this.#root, { recursive: true });
    const room = Math.min(this.#limit, await freeBytes(this.#root));
    const part = piece
      ? await this.#partials.append(piece, body, room)
      : join(this.#incoming, randomBytes(16).toString('hex') + '.whole');
    try {
      if (!piece) await this.#write(part, body, room);
      await mkdir(dirname(target), { recursive: true });
      await this.#checkPlace(upload, target);
      await rename(part, target);
    } finally {
      await rm(part, { force: true });
    }
    return id;
  }

  async #write(part: string, body: Readable, room: number): Promise<void> {
    await mkdir(this.#incoming, { recursive: true });
    await pipeline(body, atMost(room), createWriteStream(part, { flags: 'wx', mode: 0o600 }));
  }

  /** How many bytes of a file that broke off are here. @throws AppError BAD_INPUT for what is no key */
  received(key: string): Promise<number> {
    return this.#partials.received(key);
  }

  /** Removes an upload that is not needed any more, or what has arrived of one that was stopped. */
  async forget({ id, key }: { readonly id: string | null; readonly key: string | null }): Promise<void> {
    if (key !== null) await this.#partials.discard(key);
    if (id === null) return;
    if (!ID.test(id)) throw badInput('id', 'The id of this upload cannot be used.');
    await rm(join(this.#root, id), { recursive: true, force: true });
  }

  async #checkPlace(upload: string, target: string): Promise<void> {
    if (existsSync(target)) throw badInput('name', `There are two files ${basename(target)} in this folder.`);
    const files = await readdir(upload, { recursive: true });
    if (files.length > FILES_IN_FOLDER) {
      throw badInput(
        'folder',
        `The folder has more than ${FILES_IN_FOLDER} files: choose the one with the counts.`,
      );
    }
  }

  /**
   * The path behind `upload:<id>`.
   * @throws AppError BAD_INPUT for every other path: a page cannot have been given one by the user.
   */
  resolve(reference: string): string {
    const id = /^upload:(.*)$/.exec(reference)?.[1];
    if (id === undefined || !ID.test(id)) {
      throw badInput('path', 'In the browser, files are chosen or dropped; a path cannot be named.');
    }
    const folder = join(this.#root, id);
    const [name] = existsSync(folder) ? readdirSync(folder) : [];
    if (name === undefined)
      throw new AppError('NOT_FOUND', 'This upload is gone; choose the file again.', { what: 'upload', id });
    return join(folder, name);
  }

  /** Removes what earlier sessions left behind. */
  async tidy(now = Date.now()): Promise<void> {
    await this.#partials.tidy(now);
    // Goes where it is empty, and stays otherwise.
    await rmdir(this.#incoming).catch(() => {});
    for (const id of await readdir(this.#root).catch(() => [])) {
      if (id === basename(this.#incoming)) continue;
      const folder = join(this.#root, id);
      const age = now - (await stat(folder)).mtimeMs;
      if (age > KEPT_MS) await rm(folder, { recursive: true, force: true });
    }
  }
}

/** A name that is one file in its folder on every system, and not hidden. */
function isBaseName(name: string): boolean {
  // eslint-disable-next-line no-control-regex
  return /^[^./\\<>:"|?*\u0000-\u001f][^/\\<>:"|?*\u0000-\u001f]{0,199}$/.test(name) && !/[. ]$/.test(name);
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return Math.max(0, bavail * bsize - DISK_RESERVE_BYTES);
}

function atMost(limit: number): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      if (seen <= limit) return done(null, chunk);
      const facts = { needed: seen, available: limit, of: 'disk' } as const;
      done(new AppError('NO_ROOM', 'The file is larger than what may be stored here.', facts));
    },
  });
}
