/** One dataset of an HDF5 file: its shape and kind, and its values read in slices of bounded size. */
import type { Dataset } from 'h5wasm/node';
import { badFile } from '../../../shared/errors.ts';
import { chunkIndexOf } from './chunk-index.ts';
import type { Library, Metadata } from './library.ts';
import { Unpacker } from './unpacker.ts';
import { decodeNumbers, isReadable, type Numbers, type NumberType } from './numbers.ts';

/** From (inclusive) and to (exclusive), one per dimension. */
export type Range = readonly [from: number, to: number];

export type DatasetKind = 'integer' | 'float' | 'boolean' | 'text' | 'record' | 'other';

/** One column of an array of records (a compound type), as AnnData wrote tables before version 0.7. */
export interface RecordColumn {
  readonly name: string;
  readonly kind: 'integer' | 'float' | 'text' | 'other';
}

// Classes of HDF5 types (H5T_class_t).
const INTEGER = 0;
const FLOAT = 1;
const TEXT = 3;
const COMPOUND = 6;
const ENUM = 8;

/** Bytes of one read. */
const MOST_BYTES = 2 ** 28;
const TEXTS_AT_ONCE = 1 << 15;
/** No cell or gene table is longer; a damaged shape is. */
const MOST_TEXTS = 2 ** 25;

export class Hdf5Dataset {
  /** Path within the file. */
  readonly path: string;
  /** Empty for a scalar. */
  readonly shape: readonly number[];
  readonly kind: DatasetKind;
  /** Shape of the pieces in which it is stored, or null where it is stored in one. */
  readonly chunks: readonly number[] | null;
  readonly #file: string;
  readonly #library: Library;
  readonly #dataset: Dataset;
  readonly #metadata: Metadata;

  constructor(file: string, library: Library, dataset: Dataset, path: string) {
    this.path = path;
    this.#file = file;
    this.#library = library;
    this.#dataset = dataset;
    this.#metadata = library.call(() => dataset.metadata);
    this.kind = kindOf(this.#metadata);
    // Without a shape there is nothing in it.
    this.shape = this.#metadata.shape ?? [0];
    this.chunks = this.#metadata.chunks;
    if (!this.shape.every(length => Number.isSafeInteger(length) && length >= 0)) {
      throw badFile(file, `is damaged: the shape of ${path} is not valid`);
    }
    // A virtual dataset whose files are missing reads as zeros.
    if ((this.#metadata.virtual_sources?.length ?? 0) > 0) {
      throw badFile(file, `keeps ${path} in other files, which are not read`);
    }
  }

  /** Number of values. */
  get length(): number {
    return this.shape.reduce((product, length) => product * length, 1);
  }

  get isNumber(): boolean {
    return this.kind === 'integer' || this.kind === 'float' || this.kind === 'boolean';
  }

  /** Bytes of one value. */
  get size(): number {
    return this.#metadata.size;
  }

  /** Numbers of a slice, row by row; all of them where no ranges are given. */
  numbers(ranges: readonly Range[] = this.shape.map(length => [0, length])): Numbers {
    const type = numberType(this.#metadata);
    if (!this.isNumber || type === null || !isReadable(type)) {
      throw badFile(this.#file, `holds ${this.path} in a type that cannot be read as numbers`);
    }
    const total = ranges.reduce((product, [from, to]) => product * (to - from), 1);
    if (total === 0) return new Float64Array(0);
    const bytes = total * type.size;
    if (bytes > MOST_BYTES) throw badFile(this.#file, `holds more in ${this.path} than can be read at once`);
    const big = (pick: (range: Range) => number): bigint[] => ranges.map(range => BigInt(pick(range)));
    return this.#library.call(() => {
      const { module } = this.#library;
      const at = module._malloc(bytes);
      if (at === 0) throw new Error('Memory allocation failed');
      try {
        const count = big(([from, to]) => to - from);
        const offset = big(([from]) => from);
        const stride = big(() => 1);
        const { file_id, path } = this.#dataset;
        module.get_dataset_data(file_id, path, count, offset, stride, BigInt(at));
        return decodeNumbers(new Uint8Array(module.HEAPU8.slice(at, at + bytes)), type);
      } finally {
        module._free(at);
      }
    });
  }

  /**
   * Stretches of a compressed list, unpacked past the library on all cores; null where it is stored in a way that only the
   * library knows. A stretch is null where it cannot be unpacked.
   */
  packed(path: string): { read(from: number, to: number): Promise<Numbers | null>; close(): void } | null {
    const type = numberType(this.#metadata);
    if (!this.isNumber || type === null || !isReadable(type) || !this.#metadata.littleEndian) return null;
    if (this.chunks?.length !== 1) return null;
    const index = chunkIndexOf(path, this.path, this.length);
    if (index === null || index.size !== type.size || index.length !== this.chunks[0]) return null;
    const unpacker = new Unpacker(path, index);
    return {
      async read(from, to) {
        const found = await unpacker.read(from, to, !type.float);
        if (found === null) return null;
        const narrowed = found.size < type.size;
        return decodeNumbers(
          found.bytes,
          narrowed ? { float: false, size: found.size, signed: false } : type,
        );
      },
      close: () => unpacker.close(),
    };
  }

  /** All texts of a dataset of one dimension, or the one of a scalar. */
  texts(): string[] {
    const out: string[] = [];
    this.#slices(slice => {
      for (const value of slice) out.push(typeof value === 'string' ? value : '');
    }, this.kind === 'text');
    return out;
  }

  /** The columns of an array of records. */
  recordColumns(): readonly RecordColumn[] {
    return (this.#metadata.compound_type?.members ?? []).map(member => ({
      name: member.name,
      kind: member.shape !== null && member.shape.length > 0 ? 'other' : columnKind(member),
    }));
  }

  /** One column of an array of records. */
  recordColumn(name: string): (string | number)[] {
    const at = this.recordColumns().findIndex(column => column.name === name);
    const out: (string | number)[] = [];
    this.#slices(slice => {
      for (const record of slice) {
        const value: unknown = Array.isArray(record) ? record[at] : undefined;
        out.push(typeof value === 'string' ? value : Number(value));
      }
    }, this.kind === 'record');
    return out;
  }

  #slices(take: (slice: readonly unknown[]) => void, valid: boolean): void {
    const length = this.length;
    if (!valid || this.shape.length > 1 || length > MOST_TEXTS) {
      throw badFile(this.#file, `holds ${this.path} in a form that cannot be read`);
    }
    const step = Math.max(1, Math.min(TEXTS_AT_ONCE, Math.floor(MOST_BYTES / Math.max(1, this.size))));
    for (let from = 0; from < length; from += step) {
      const ranges =
        this.shape.length === 0 ? [] : [[from, Math.min(length, from + step)] as [number, number]];
      const slice: unknown = this.#library.call(() => this.#dataset.slice(ranges));
      take(Array.isArray(slice) && this.shape.length > 0 ? slice : [slice]);
    }
  }
}

function kindOf(metadata: Metadata): DatasetKind {
  switch (metadata.type) {
    case INTEGER:
      return 'integer';
    case FLOAT:
      return 'float';
    case TEXT:
      return 'text';
    case COMPOUND:
      return 'record';
    case ENUM: {
      const members = metadata.enum_type?.members ?? {};
      return members['FALSE'] === 0 && members['TRUE'] === 1 ? 'boolean' : 'integer';
    }
    default:
      return 'other';
  }
}

function columnKind(member: Metadata): RecordColumn['kind'] {
  const kind = kindOf(member);
  return kind === 'boolean' ? 'integer' : kind === 'record' ? 'other' : kind;
}

function numberType(metadata: Metadata): NumberType | null {
  const { type, size, signed } = metadata;
  if (type === FLOAT) return { float: true, size, signed: true };
  if (type === INTEGER) return { float: false, size, signed };
  return type === ENUM && metadata.enum_type?.type === INTEGER ? { float: false, size, signed } : null;
}
