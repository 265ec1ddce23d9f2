/** The layouts in which HDF5 files keep a matrix, each seen as cells x genes. */
import { badFile } from '../../../shared/errors.ts';
import { readGeneByGene } from '../binary/compressed-columns.ts';
import { readCellByCell } from '../binary/compressed-rows.ts';
import type { Entries, EntrySource } from '../binary/entry-source.ts';
import { readDense } from '../binary/dense-blocks.ts';
import type { MatrixTarget } from '../binary/matrix-target.ts';
import type { Hdf5Dataset } from './dataset.ts';
import type { Hdf5Group } from './file.ts';
import type { Numbers } from './numbers.ts';

export interface StoredMatrix {
  /** Name within the file. */
  readonly path: string;
  readonly cells: number;
  readonly genes: number;
  /** Some values from the start, the middle and the end. */
  sample(): Numbers[];
  read(target: MatrixTarget): Promise<void>;
}

/** Entries of one read of a compressed matrix, and values of one read of a dense one. */
const ENTRIES_AT_ONCE = 1 << 21;
const VALUES_AT_ONCE = 1 << 22;
/** Where the file is stored in large pieces, whole pieces are read, up to this many values. */
const MOST_AT_ONCE = 1 << 25;
const SAMPLE = 1 << 14;

/**
 * A compressed matrix: a group with data, indices and indptr.
 * @param major what the pointers run over: 'cells' for CSR of cells x genes and for the CSC of 10x files
 */
export function compressedMatrix(
  file: string,
  group: Hdf5Group,
  major: 'cells' | 'genes',
  cells: number,
  genes: number,
): StoredMatrix {
  const data = group.needDataset('data');
  const indices = group.needDataset('indices');
  const pointers = group.needDataset('indptr');
  for (const part of [data, indices, pointers]) {
    if (part.shape.length !== 1) throw badFile(file, `is damaged: ${part.path} is not a list of numbers`);
  }
  if (data.length !== indices.length) {
    throw badFile(
      file,
      `is damaged: ${data.path} has ${data.length} values and ${indices.path} ${indices.length}`,
    );
  }
  if (pointers.length > 2 ** 25) throw badFile(file, `is damaged: ${pointers.path} is too long`);
  return {
    path: group.path,
    cells,
    genes,
    sample: () => samples(data.length, (from, to) => data.numbers([[from, to]])),
    read: async target => {
      const step = Math.max(ENTRIES_AT_ONCE, pieceOf(data, 0), pieceOf(indices, 0));
      const packed = data.length > step ? packedEntries(group.diskPath, indices, data) : null;
      const ahead = new Map<number, Promise<Entries | null>>();
      const source: EntrySource = {
        indexName: indices.path,
        pointerName: pointers.path,
        entries: data.length,
        lines: pointers.length - 1,
        pointers: () => pointers.numbers(),
        step,
        entriesOf: async (from, to) => {
          const asked = ahead.get(from) ?? packed?.read(from, to);
          ahead.delete(from);
          return (
            (await asked) ?? {
              indices: indices.numbers([[from, to]]),
              values: data.numbers([[from, to]]),
              own: true,
            }
          );
        },
        announce: (from, to) => {
          if (packed !== null) ahead.set(from, packed.read(from, to));
        },
      };
      const read = major === 'cells' ? readCellByCell : readGeneByGene;
      try {
        await read(source, cells, genes, target);
      } finally {
        await Promise.allSettled(ahead.values());
        packed?.close();
      }
    },
  };
}

/** Entries unpacked past the library, where both lists allow it; a stretch that cannot be is null. */
function packedEntries(
  path: string,
  indices: Hdf5Dataset,
  data: Hdf5Dataset,
): { read(from: number, to: number): Promise<Entries | null>; close(): void } | null {
  const lists = [indices, data].map(list => list.packed(path));
  const [first, second] = lists;
  if (!first || !second) {
    lists.forEach(list => list?.close());
    return null;
  }
  return {
    async read(from, to) {
      const [own, values] = await Promise.all([first.read(from, to), second.read(from, to)]);
      return own === null || values === null ? null : { indices: own, values, own: true };
    },
    close: () => lists.forEach(list => list?.close()),
  };
}

/** A dense matrix of two dimensions. @param rows what its rows are */
export function denseMatrix(file: string, dataset: Hdf5Dataset, rows: 'cells' | 'genes'): StoredMatrix {
  const [height, width, ...others] = dataset.shape;
  if (height === undefined || width === undefined || others.length > 0) {
    throw badFile(file, `holds ${dataset.path}, which is not a matrix of two dimensions`);
  }
  const cells = rows === 'cells' ? height : width;
  const genes = rows === 'cells' ? width : height;
  if (genes > MOST_AT_ONCE) throw badFile(file, `is damaged: ${dataset.path} would have ${genes} genes`);
  const values = (from: number, to: number): Numbers =>
    rows === 'cells'
      ? dataset.numbers([
          [from, to],
          [0, genes],
        ])
      : dataset.numbers([
          [0, genes],
          [from, to],
        ]);
  const step = cellsAtOnce(dataset, rows === 'cells' ? 0 : 1, genes);
  return {
    path: dataset.path,
    cells,
    genes,
    sample: () => samples(cells, values, Math.max(1, Math.floor(SAMPLE / Math.max(1, genes)))),
    read: target =>
      readDense(
        {
          cells,
          genes,
          step,
          block: (from, to) =>
            rows === 'cells'
              ? { values: values(from, to), perGene: 1, perCell: genes }
              : { values: values(from, to), perGene: to - from, perCell: 1 },
        },
        target,
      ),
  };
}

/** Whole pieces along the cells, so that none is unpacked twice. */
function cellsAtOnce(dataset: Hdf5Dataset, axis: 0 | 1, genes: number): number {
  const width = Math.max(1, genes);
  // Cells that are columns of an undivided matrix lie scattered: the more at once, the fewer short reads.
  const wanted = axis === 1 && dataset.chunks === null ? MOST_AT_ONCE : VALUES_AT_ONCE;
  const atOnce = Math.max(1, Math.floor(wanted / width));
  const piece = pieceOf(dataset, axis);
  if (piece === 0 || piece * width > MOST_AT_ONCE) return atOnce;
  return Math.max(piece, atOnce - (atOnce % piece));
}

/** Length of the pieces of a dataset along an axis, 0 where there are none or they are too long to read whole. */
function pieceOf(dataset: Hdf5Dataset, axis: number): number {
  const length = dataset.chunks?.[axis] ?? 0;
  return length <= MOST_AT_ONCE ? length : 0;
}

function samples(length: number, read: (from: number, to: number) => Numbers, size = SAMPLE): Numbers[] {
  const middle = Math.floor(length / 2);
  const starts = [0, Math.max(0, middle - (size >> 1)), Math.max(0, length - size)];
  return starts.map(from => read(from, Math.min(length, from + size)));
}
