/** Parses an HDF5 file, in the worker: what it holds decides, not what it is called. */
import { badFile } from '../../../shared/errors.ts';
import type { ReadOptions } from '../../../shared/model.ts';
import { readOpened, type OpenedMatrix } from '../binary/assemble.ts';
import { headOf } from '../bytes.ts';
import { isHdf5 } from '../detect.ts';
import type { Parser } from '../worker/protocol.ts';
import { isAnnData, openAnnData } from './anndata.ts';
import { withHdf5, type Hdf5Group } from './file.ts';
import { isLoom, openLoom } from './loom.ts';
import { isTenx, openTenx } from './tenx.ts';

export const parseHdf5: Parser = async (source, options, sink, context) => {
  const { path, name } = source;
  const head = await headOf(source);
  if (head.size === 0) throw badFile(name, 'is empty');
  if (!isHdf5(head.raw)) throw badFile(name, 'is not an HDF5 file');
  context.progress({ phase: 'open', label: `Opening ${name}`, done: 0, of: 0 });
  return withHdf5(path, name, root => readOpened(name, open(name, root, options), options, sink, context));
};

function open(file: string, root: Hdf5Group, options: ReadOptions): OpenedMatrix {
  if (isLoom(root)) return openLoom(file, root, options);
  if (isTenx(root)) return openTenx(file, root, options);
  if (isAnnData(root)) return openAnnData(file, root, options);
  if (root.attribute('encoding-type') === 'MuData' || root.group('mod') !== null) {
    throw badFile(file, 'is a MuData file of several kinds of data: write its RNA part as an h5ad file');
  }
  if (root.group('assays') !== null && root.dataset('cell.names') !== null) {
    throw badFile(file, 'is an h5Seurat file: save its counts from R with saveRDS, or as a 10x folder');
  }
  throw badFile(file, 'is HDF5 but has neither a 10x matrix nor an AnnData X');
}
