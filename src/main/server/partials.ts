/**
 * Uploads that broke off: what had arrived is kept under a key that the page makes of the file, so that the same file is
 * taken up where it was. The bytes before that place are compared by their sum, and the size has to fit in the end.
 */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError, badInput } from '../../shared/errors.ts';

const KEY = /^[0-9a-f]{32}$/;
/** Bytes before the place of resumption that are compared. The page knows the same number. */
export const TAIL_BYTES = 64 * 1024;
/** More than these were left behind by somebody; the oldest go. */
const MOST_PARTS = 20;
const KEPT_MS = 24 * 3600 * 1000;

export interface Piece {
  readonly key: string;
  /** Bytes of the whole file. */
  readonly size: number;
  /** Where in the file the body begins. */
  readonly offset: number;
  /** SHA-256 of the last bytes before the offset, hexadecimal; empty at the beginning. */
  readonly tail: string;
}

interface Going {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

export class Partials {
  readonly #folder: string;
  readonly #going = new Map<string, Going>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** How many bytes of a file have arrived; 0 for one that is not known. */
  async received(key: string): Promise<number> {
    const found = await stat(this.#path(key)).catch(() => null);
    return found?.size ?? 0;
  }

  /**
   * Writes the rest of a file and returns where the whole of it is. What arrived stays when the connection is lost.
   * @throws AppError BAD_INPUT where the piece does not fit what is there, NO_ROOM.
   */
  async append(piece: Piece, body: Readable, room: number): Promise<string> {
    const path = this.#path(piece.key);
    checkNumbers(piece);
    // A connection that is dead without knowing it still holds the file: the newer one counts.
    await this.#end(piece.key);
    const stop = new AbortController();
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    this.#going.set(piece.key, { stop, ended });
    try {
      await mkdir(this.#folder, { recursive: true });
      await this.#makeRoom(piece.key);
      await this.#fit(path, piece, room);
      const written = createWriteStream(path, { flags: 'a', mode: 0o600 });
      await pipeline(body, exactly(piece.size - piece.offset), written, { signal: stop.signal });
      return path;
    } finally {
      this.#going.delete(piece.key);
      resolve();
    }
  }

  /** Ends an upload and removes what has arrived of it. */
  async discard(key: string): Promise<void> {
    const path = this.#path(key);
    await this.#end(key);
    await rm(path, { force: true });
  }

  /** Removes what nobody has come back for. */
  async tidy(now: number): Promise<void> {
    for (const name of await readdir(this.#folder).catch(() => [])) {
      if (this.#going.has(name)) continue;
      const path = join(this.#folder, name);
      const found = await stat(path).catch(() => null);
      if (found === null || (KEY.test(name) && now - found.mtimeMs < KEPT_MS)) continue;
      await rm(path, { recursive: true, force: true });
    }
  }

  #path(key: string): string {
    if (!KEY.test(key)) throw badInput('key', 'The key of this upload cannot be used.');
    return join(this.#folder, key);
  }

  async #end(key: string): Promise<void> {
    const going = this.#going.get(key);
    going?.stop.abort();
    await going?.ended;
  }

  /** Cuts the part to the offset, having seen that it is the beginning of the same file. */
  async #fit(path: string, { size, offset, tail }: Piece, room: number): Promise<void> {
    const there = (await stat(path).catch(() => null))?.size ?? 0;
    if (offset > there) {
      throw badInput('offset', 'Less of this file is here than was thought; it is sent again.');
    }
    if (offset > 0 && (await tailSum(path, offset)) !== tail) {
      await rm(path, { force: true });
      throw badInput('tail', 'What is here belongs to another version of this file; it is sent again.');
    }
    if (there > offset) await truncate(path, offset);
    if (size - offset <= room) return;
    await rm(path, { force: true });
    throw new AppError('NO_ROOM', 'The file is larger than what may be stored here.', {
      needed: size,
      available: room,
      of: 'disk',
    });
  }

  async #makeRoom(key: string): Promise<void> {
    const names = (await readdir(this.#folder)).filter(name => name !== key && !this.#going.has(name));
    if (names.length < MOST_PARTS) return;
    const parts = await Promise.all(
      names.map(async name => ({ name, at: (await stat(join(this.#folder, name))).mtimeMs })),
    );
    parts.sort((a, b) => a.at - b.at);
    for (const { name } of parts.slice(0, parts.length - MOST_PARTS + 1)) {
      await rm(join(this.#folder, name), { force: true });
    }
  }
}

function checkNumbers({ size, offset }: Piece): void {
  if ([size, offset].some(value => !Number.isSafeInteger(value) || value < 0) || offset > size) {
    throw badInput('offset', 'The place in the file at which this upload begins cannot be.');
  }
}

async function tailSum(path: string, offset: number): Promise<string> {
  const file = await open(path);
  try {
    const bytes = Buffer.alloc(Math.min(TAIL_BYTES, offset));
    await file.read(bytes, 0, bytes.length, offset - bytes.length);
    return createHash('sha256').update(bytes).digest('hex');
  } finally {
    await file.close();
  }
}

/** Passes on what comes, and fails where it is more or less than was announced. */
function exactly(bytes: number): Transform {
  let seen = 0;
  const wrong = (): AppError => badInput('size', 'The file has changed while it was sent. Choose it again.');
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      if (seen > bytes) done(wrong());
      else done(null, chunk);
    },
    flush: done => (seen === bytes ? done() : done(wrong())),
  });
}
