/** The maps of the cells in a run's folder: coordinates and codes as tensors, names as JSON beside them. */
import type { Embedding } from '../../shared/contract.ts';
import type { LabelColumn } from '../../shared/model.ts';
import { decodeTensors, encodeTensors, type NamedTensor } from '../models/tensors-file.ts';
import type { RunFolder } from '../workspace/run-folder.ts';

const TENSORS = 'embedding.safetensors';
const NAMES = 'embedding.json';

interface Names {
  readonly columns: readonly { readonly name: string; readonly levels: readonly string[] }[];
  readonly notes: readonly string[];
}

/** Whole numbers pass through float32 unchanged up to 2^24, more than any sample of cells that is shown. */
export function saveEmbedding(folder: RunFolder, embedding: Embedding, notes: readonly string[]): void {
  const { columns, ...arrays } = embedding;
  const tensors = new Map<string, NamedTensor>();
  for (const [name, values] of Object.entries(arrays)) tensors.set(name, tensor(values));
  columns.forEach((column, k) => tensors.set(`column.${k}`, tensor(column.codes)));
  folder.writeBytes(TENSORS, encodeTensors(tensors));
  const names: Names = { columns: columns.map(({ name, levels }) => ({ name, levels })), notes };
  folder.writeJson(NAMES, names);
}

/** Null where the run has none. */
export function loadEmbedding(folder: RunFolder): { embedding: Embedding; notes: readonly string[] } | null {
  const names = folder.readJson<Names>(NAMES);
  const bytes = folder.readBytes(TENSORS);
  if (names === null || bytes === null) return null;
  const { tensors } = decodeTensors(bytes, TENSORS);
  const take = (name: string): Float32Array => tensors.get(name)?.data ?? new Float32Array(0);
  const columns: LabelColumn[] = names.columns.map((c, k) => ({
    ...c,
    codes: Int32Array.from(take(`column.${k}`)),
  }));
  return {
    embedding: {
      cells: Int32Array.from(take('cells')),
      pca: take('pca'),
      tsne: take('tsne'),
      umap: take('umap'),
      varianceExplained: take('varianceExplained'),
      clusters: Int32Array.from(take('clusters')),
      librarySize: take('librarySize'),
      detected: Int32Array.from(take('detected')),
      columns,
    },
    notes: names.notes,
  };
}

function tensor(values: Float32Array | Int32Array): NamedTensor {
  return { shape: [values.length], data: Float32Array.from(values) };
}
