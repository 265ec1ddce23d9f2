/**
 * Where the pieces of a compressed list of numbers lie in an HDF5 file, so that they can be unpacked by Node's zlib on all
 * cores: the library has one thread, and its zlib is WebAssembly. Only the layout that h5py and Cell Ranger write is known
 * (HDF5 file format 3.0: superblock 0 or 1, groups as symbol tables, object headers 1, chunks in B-trees 1, gzip with or
 * without shuffle); for any other, and for whatever does not look right, there is no index, and the library reads.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

export interface ChunkIndex {
  /** Values in a chunk; the last may hold fewer of use. */
  readonly length: number;
  /** Bytes of a value. */
  readonly size: number;
  readonly shuffled: boolean;
  /** Chunk k holds the values from k * length on. */
  readonly chunks: readonly { readonly at: number; readonly bytes: number }[];
}

const SIGNATURE = '\x89HDF\r\n\x1a\n';
const LINKS = 0x11;
const LAYOUT = 0x08;
const FILTERS = 0x0b;
const CONTINUED = 0x10;
const DEFLATE = 1;
const SHUFFLE = 2;
/** Nodes, messages and names of a sound file stay far below. */
const MOST_NODES = 1 << 20;
const MOST_MESSAGES = 4096;
const LONGEST_NAME = 1024;

/** @param dataset path within the file; @param values its length; @returns null where the layout is not known */
export function chunkIndexOf(path: string, dataset: string, values: number): ChunkIndex | null {
  let file: Bytes | null = null;
  try {
    file = new Bytes(path);
    return new Walk(file).index(dataset.split('/'), values);
  } catch (error) {
    // A RangeError: a message that is shorter than its kind, or nodes below nodes without end.
    if (error instanceof Unknown || error instanceof RangeError) return null;
    throw error;
  } finally {
    file?.close();
  }
}

/** The file is laid out in a way that is not known here, or damaged. */
class Unknown extends Error {}

class Bytes {
  readonly #descriptor: number;
  readonly #size: number;

  constructor(path: string) {
    this.#descriptor = openSync(path, 'r');
    this.#size = fstatSync(this.#descriptor).size;
  }

  at(position: number, length: number): Buffer {
    if (!(Number.isSafeInteger(position) && position >= 0 && position + length <= this.#size))
      throw new Unknown();
    const bytes = Buffer.alloc(length);
    if (readSync(this.#descriptor, bytes, 0, length, position) !== length) throw new Unknown();
    return bytes;
  }

  holds(position: number, length: number): boolean {
    return position + length <= this.#size;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

interface Message {
  readonly type: number;
  readonly data: Buffer;
}

class Walk {
  readonly #file: Bytes;
  #nodes = 0;

  constructor(file: Bytes) {
    this.#file = file;
  }

  index(names: readonly string[], values: number): ChunkIndex {
    const head = this.#file.at(0, 96);
    const version = head[8]!;
    // Offsets and lengths of 8 bytes, and the file starting at 0.
    if (head.toString('latin1', 0, 8) !== SIGNATURE || version > 1 || head[13] !== 8 || head[14] !== 8) {
      throw new Unknown();
    }
    const base = version === 0 ? 24 : 28;
    if (long(head, base) !== 0) throw new Unknown();
    let object = long(head, base + 32 + 8);
    for (const name of names) object = this.#child(object, name);
    return this.#chunks(this.#messages(object), values);
  }

  #messages(object: number): Message[] {
    const head = this.#file.at(object, 16);
    if (head[0] !== 1) throw new Unknown();
    const blocks = [{ at: object + 16, length: head.readUInt32LE(8) }];
    const messages: Message[] = [];
    for (const { at, length } of blocks) {
      if (length > 1 << 24 || blocks.length > MOST_MESSAGES) throw new Unknown();
      const block = this.#file.at(at, length);
      for (let k = 0; k + 8 <= length;) {
        const type = block.readUInt16LE(k);
        const size = block.readUInt16LE(k + 2);
        const data = block.subarray(k + 8, k + 8 + size);
        if (data.length !== size || messages.length > MOST_MESSAGES) throw new Unknown();
        // A shared message stands elsewhere.
        if ((block[k + 4]! & 2) !== 0 && [LINKS, LAYOUT, FILTERS].includes(type)) throw new Unknown();
        if (type === CONTINUED) blocks.push({ at: long(data, 0), length: long(data, 8) });
        else messages.push({ type, data });
        k += 8 + size;
      }
    }
    return messages;
  }

  #child(group: number, name: string): number {
    const links = this.#messages(group).find(({ type }) => type === LINKS)?.data;
    if (links === undefined) throw new Unknown();
    const heap = this.#file.at(long(links, 8), 32);
    if (heap.toString('latin1', 0, 4) !== 'HEAP') throw new Unknown();
    const names = long(heap, 24);
    const size = long(heap, 8);
    for (const leaf of this.#leaves(long(links, 0), 0, 8)) {
      const head = this.#file.at(leaf.child, 8);
      if (head.toString('latin1', 0, 4) !== 'SNOD') throw new Unknown();
      const entries = this.#file.at(leaf.child + 8, head.readUInt16LE(6) * 40);
      for (let k = 0; k < entries.length; k += 40) {
        const offset = long(entries, k);
        if (offset >= size) throw new Unknown();
        const text = this.#file.at(names + offset, Math.min(LONGEST_NAME, size - offset));
        const end = text.indexOf(0);
        // 1 is a link that stands in the entry itself: an ordinary one says where the object is.
        if (text.toString('utf8', 0, end) === name && entries.readUInt32LE(k + 16) < 2)
          return long(entries, k + 8);
      }
    }
    throw new Unknown();
  }

  #chunks(messages: readonly Message[], values: number): ChunkIndex {
    const layout = messages.find(({ type }) => type === LAYOUT)?.data;
    // Version 3, chunked, one dimension beside that of the bytes of a value.
    if (layout === undefined || layout[0] !== 3 || layout[1] !== 2 || layout[2] !== 2) throw new Unknown();
    const tree = long(layout, 3);
    const length = layout.readUInt32LE(11);
    const size = layout.readUInt32LE(15);
    const filters = filtersOf(messages.find(({ type }) => type === FILTERS)?.data);
    const shuffled = filters[0] === SHUFFLE;
    if (filters.at(-1) !== DEFLATE || filters.length !== (shuffled ? 2 : 1)) throw new Unknown();
    if (length === 0 || ![1, 2, 4, 8].includes(size)) throw new Unknown();
    const chunks: { at: number; bytes: number }[] = [];
    for (const { key, child } of this.#leaves(tree, 1, 24)) {
      // A mask other than 0 left a filter out.
      if (key.readUInt32LE(4) !== 0 || long(key, 8) !== chunks.length * length) throw new Unknown();
      const bytes = key.readUInt32LE(0);
      if (!this.#file.holds(child, bytes)) throw new Unknown();
      chunks.push({ at: child, bytes });
    }
    if (chunks.length !== Math.ceil(values / length)) throw new Unknown();
    return { length, size, shuffled, chunks };
  }

  /** Keys and children of all leaves of a B-tree, in order. @param keySize bytes of a key */
  *#leaves(node: number, kind: number, keySize: number): Generator<{ key: Buffer; child: number }> {
    if (++this.#nodes > MOST_NODES) throw new Unknown();
    const head = this.#file.at(node, 24);
    if (head.toString('latin1', 0, 4) !== 'TREE' || head[4] !== kind) throw new Unknown();
    const level = head[5]!;
    const entries = this.#file.at(node + 24, head.readUInt16LE(6) * (keySize + 8));
    for (let k = 0; k < entries.length; k += keySize + 8) {
      const child = long(entries, k + keySize);
      if (level === 0) yield { key: entries.subarray(k, k + keySize), child };
      else yield* this.#leaves(child, kind, keySize);
    }
  }
}

function filtersOf(data: Buffer | undefined): number[] {
  if (data === undefined) return [];
  const version = data[0]!;
  const filters: number[] = [];
  let at = version === 1 ? 8 : 2;
  for (let k = 0; k < data[1]!; k++) {
    if (at + 8 > data.length || version > 2) throw new Unknown();
    const id = data.readUInt16LE(at);
    const named = version === 1 || id >= 256;
    const name = named ? data.readUInt16LE(at + 2) : 0;
    const values = data.readUInt16LE(at + (named ? 6 : 4));
    filters.push(id);
    const padded = version === 1 ? Math.ceil(name / 8) * 8 : name;
    at += (named ? 8 : 6) + padded + 4 * (version === 1 && values % 2 === 1 ? values + 1 : values);
  }
  return filters;
}

function long(bytes: Buffer, at: number): number {
  if (at + 8 > bytes.length) throw new Unknown();
  return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32;
}
