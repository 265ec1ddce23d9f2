/** What an archive may do to the disk: files below its own folder, of limited number and size, and nothing else. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError, badFile } from '../../shared/errors.ts';

const MOST_FILES = 10_000;
const MOST_BYTES = 200 * 2 ** 30;
/** Count tables are mostly zeros and shrink up to a hundredfold; bombs shrink a thousandfold. */
const LARGEST_RATIO = 400;
/** Small archives are let through whatever their ratio. */
const FREE_ALLOWANCE = 64 * 2 ** 20;
const LONGEST_NAME = 200;
const DEEPEST = 12;

export class UnpackGuard {
  readonly #name: string;
  readonly #folder: string;
  readonly #allowed: number;
  readonly #room: number;
  #bytes = 0;
  #files = 0;

  constructor(name: string, folder: string, packedBytes: number, room: number) {
    this.#name = name;
    this.#folder = folder;
    this.#allowed = Math.min(MOST_BYTES, Math.max(FREE_ALLOWANCE, packedBytes * LARGEST_RATIO));
    this.#room = room;
  }

  get files(): number {
    return this.#files;
  }

  /** Files that systems leave in archives without anyone's wish. */
  isLitter(member: string): boolean {
    return /(^|\/)(__MACOSX\/|\._|\.DS_Store$|Thumbs\.db$)/.test(member);
  }

  /**
   * Where a member is to be written; its folder exists afterwards.
   * @throws AppError BAD_FILE for names that lead out of the folder or cannot be file names.
   */
  async place(member: string): Promise<string> {
    if (++this.#files > MOST_FILES) throw badFile(this.#name, `holds more than ${MOST_FILES} files`);
    const parts = member.split('/').filter(part => part !== '' && part !== '.');
    const leadsOut = member.startsWith('/') || parts.includes('..') || /^[a-z]:/i.test(member);
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    const unusable = /[\\\u0000-\u001f\u007f]/.test(member) || parts.some(part => part.length > LONGEST_NAME);
    if (leadsOut || unusable || parts.length === 0 || parts.length > DEEPEST) {
      throw badFile(this.#name, 'holds a file whose name leads out of the archive or cannot be used');
    }
    const path = join(this.#folder, ...parts);
    try {
      await mkdir(dirname(path), { recursive: true });
    } catch (error) {
      throw badFile(this.#name, 'holds files and folders of the same name', { cause: error });
    }
    return path;
  }

  /** @throws AppError BAD_FILE, NO_ROOM where so many more bytes would be too many. */
  expect(bytes: number): void {
    if (this.#bytes + bytes > this.#allowed) {
      throw badFile(this.#name, 'unpacks to far more than its size allows for, and was not unpacked');
    }
    if (this.#bytes + bytes > this.#room) throw noRoom(this.#name, this.#bytes + bytes, this.#room);
  }

  /** Counts bytes that are about to be written, whatever was announced. */
  add(bytes: number): void {
    this.expect(bytes);
    this.#bytes += bytes;
  }

  async *watch(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
    for await (const chunk of chunks) {
      this.add(chunk.length);
      yield chunk;
    }
  }
}

export function noRoom(name: string, needed: number, available: number): AppError<'NO_ROOM'> {
  const message = `There is too little room on the disk to unpack ${name}; free some and try again.`;
  return new AppError('NO_ROOM', message, { needed, available, of: 'disk' });
}
