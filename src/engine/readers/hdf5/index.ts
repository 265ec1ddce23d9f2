/** The readers of HDF5 files. Which of the three is asked makes no difference to what is read: the content decides. */
import { open } from 'node:fs/promises';
import type { Reader, Source } from '../contract.ts';
import { headOf } from '../bytes.ts';
import { isHdf5 } from '../detect.ts';
import { parseInWorker } from '../worker/client.ts';

/** Names of groups stand as they are in the file, most often near its start. */
const LOOK = 1 << 20;

export const tenxH5Reader = hdf5Reader('10x HDF5', ['barcodes', 'indptr']);
export const loomReader = hdf5Reader('loom', ['row_attrs', 'col_attrs']);
/** Goes last: it takes every HDF5 file, and refuses in words one that holds no counts. */
export const anndataReader = hdf5Reader('h5ad', []);

/** @param names words that the start of such a file contains */
function hdf5Reader(format: string, names: readonly string[]): Reader {
  return {
    format,
    async recognises(source) {
      if (source.isFolder || !isHdf5((await headOf(source)).raw)) return false;
      if (names.length === 0) return true;
      const start = await startOf(source);
      return names.every(name => start.includes(name));
    },
    read: (source, options, sink, context) => parseInWorker('hdf5', source, options, sink, context),
  };
}

async function startOf(source: Source): Promise<Buffer> {
  const handle = await open(source.path, 'r');
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(LOOK), 0, LOOK, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
