/** AnnData files (h5ad): counts in X, a layer or raw; cells in obs, genes in var. */
import { badFile } from '../../../shared/errors.ts';
import type { ReadOptions } from '../../../shared/model.ts';
import type { OpenedMatrix } from '../binary/assemble.ts';
import { DataFrame } from './data-frame.ts';
import { Hdf5Dataset } from './dataset.ts';
import type { Hdf5Group } from './file.ts';
import { isCountName } from '../binary/count-names.ts';
import { chooseLayer, type Candidate } from './layers.ts';
import { compressedMatrix, denseMatrix, type StoredMatrix } from './matrices.ts';

interface AnnDataCandidate extends Candidate {
  readonly genes: () => DataFrame;
}

export function isAnnData(root: Hdf5Group): boolean {
  if (root.attribute('encoding-type') === 'anndata') return true;
  return root.keys().has('obs') && root.keys().has('var');
}

export function openAnnData(file: string, root: Hdf5Group, options: ReadOptions): OpenedMatrix {
  const uns = root.group('uns');
  const table = (owner: Hdf5Group, name: string): DataFrame => {
    const stored = owner.child(name);
    if (stored === null) throw badFile(file, `is an AnnData file without ${name}`);
    return DataFrame.open(file, stored, uns);
  };
  const cells = table(root, 'obs');
  const candidates = candidatesOf(file, root, cells.rows, table);
  if (candidates.length === 0) {
    throw badFile(
      file,
      'is an AnnData file without X, and has no layer or raw to take its place: it holds no counts',
    );
  }
  const { layer, alreadyLog } = options;
  const choice = chooseLayer(file, candidates, layer, alreadyLog !== undefined);
  const genes = choice.candidate.genes().genes();
  return {
    ...choice.matrix,
    format: 'h5ad',
    layer: choice.layer,
    geneIds: genes.ids,
    geneSymbols: genes.symbols,
    cellNames: cells.index,
    geneOf: null,
    labels: () => cells.labels(),
    warnings: choice.warnings,
  };
}

/** In the order in which counts are looked for. */
function candidatesOf(
  file: string,
  root: Hdf5Group,
  cells: number,
  table: (owner: Hdf5Group, name: string) => DataFrame,
): AnnDataCandidate[] {
  const candidate = (
    name: string,
    stored: Hdf5Group | Hdf5Dataset | null,
    genes: () => DataFrame,
    automatic: boolean,
    aliases: readonly string[],
  ): AnnDataCandidate[] => {
    if (stored === null) return [];
    let opened: DataFrame | undefined;
    const table = (): DataFrame => (opened ??= genes());
    const open = (): StoredMatrix => openMatrix(file, stored, cells, table().rows);
    return [{ name, aliases, automatic, genes: table, open }];
  };
  const own = (): DataFrame => table(root, 'var');
  const layers = root.group('layers');
  const layerNames = [...(layers?.keys() ?? [])];
  const inLayers = (names: readonly string[], automatic: boolean): AnnDataCandidate[] =>
    names.flatMap(name => candidate(`layers/${name}`, layers!.child(name), own, automatic, [name]));
  const raw = root.group('raw');
  const ofRaw = (): DataFrame => {
    if (raw?.keys().has('var')) return table(raw, 'var');
    // AnnData before 0.7 kept the parts of raw beside the others.
    return root.keys().has('raw.var') ? table(root, 'raw.var') : own();
  };
  return [
    ...candidate('X', root.child('X'), own, true, []),
    ...inLayers(layerNames.filter(isCountName), true),
    ...candidate('raw/X', raw?.child('X') ?? root.child('raw.X'), ofRaw, true, ['raw', 'raw.X']),
    ...inLayers(
      layerNames.filter(name => !isCountName(name)),
      false,
    ),
  ];
}

function openMatrix(
  file: string,
  stored: Hdf5Group | Hdf5Dataset,
  cells: number,
  genes: number,
): StoredMatrix {
  const told = (matrix: { cells: number; genes: number }): void => {
    if (matrix.cells !== cells) {
      throw badFile(file, `names ${cells} cells but ${stored.path} has ${matrix.cells} rows`);
    }
    if (matrix.genes !== genes) {
      throw badFile(file, `names ${genes} genes but ${stored.path} has ${matrix.genes} columns`);
    }
  };
  if (stored instanceof Hdf5Dataset) {
    const dense = denseMatrix(file, stored, 'cells');
    told(dense);
    return dense;
  }
  const encoding = stored.attribute('encoding-type') ?? stored.attribute('h5sparse_format');
  const layout = typeof encoding === 'string' ? /^cs([rc])(_matrix)?$/.exec(encoding)?.[1] : undefined;
  if (layout === undefined) {
    throw badFile(
      file,
      `holds ${stored.path} in an encoding that cannot be read: write it as a sparse or dense matrix`,
    );
  }
  const shape = stored.attribute('shape') ?? stored.attribute('h5sparse_shape');
  if (Array.isArray(shape)) told({ cells: Number(shape[0]), genes: Number(shape[1]) });
  return compressedMatrix(file, stored, layout === 'r' ? 'cells' : 'genes', cells, genes);
}
