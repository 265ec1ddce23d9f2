/** The selected cells for other programs: their names on the clipboard, all that is known of them as CSV. */
import { clusterColumn } from '../../../shared/charts/categories.ts';
import type { CsvValue } from '../../../shared/csv.ts';
import { cellsCsv } from '../../state/explore-cells.svelte.ts';
import type { Explore } from '../../state/explore.svelte.ts';
import { count } from '../../ui/format.ts';
import { saveMade } from '../../ui/save.ts';
import { fileName } from '../../ui/table.ts';

/** Places of the selected cells among those shown. */
function selectedRows({ selected }: Explore): number[] {
  return selected === null ? [] : [...selected.keys()].filter(cell => selected[cell] !== 0);
}

/** Their positions in the data set. */
export function selectedPositions(explore: Explore): Int32Array {
  return Int32Array.from(selectedRows(explore), row => explore.maps!.shown.cells[row]!);
}

export async function copyNames(explore: Explore): Promise<void> {
  const { cells, studio } = explore;
  const names = Array.from(selectedPositions(explore), cell => cells.name(cell));
  try {
    await navigator.clipboard.writeText(names.join('\n'));
    studio.toasts.say(`${count(names.length)} names of cells are on the clipboard.`);
  } catch {
    studio.toasts.say(
      'The names could not be copied: the clipboard is not available. Save them as CSV instead.',
    );
  }
}

export function saveCells(explore: Explore): Promise<void> {
  const { maps, cells, gene, dataset, studio } = explore;
  if (maps === null) return Promise.resolve();
  const rows = selectedRows(explore);
  const { shown, pca, tsne, umap, clusters } = maps;
  const columns: { name: string; value(row: number): CsvValue }[] = [];
  const add = (name: string, value: (cell: number) => CsvValue): void => {
    columns.push({ name, value: row => value(rows[row]!) });
  };
  for (const { name, levels, codes } of [...cells.columns, ...cells.own]) {
    add(name, cell => levels[codes[shown.cells[cell]!]!] ?? null);
  }
  if (clusters && clusters.length > 0) {
    const { levels } = clusterColumn(clusters);
    add('cluster', cell => levels[clusters[cell]!] ?? null);
  }
  add('library size', cell => shown.librarySize[cell]!);
  add('detected genes', cell => shown.detected[cell]!);
  if (shown.mitochondrial.length > 0) add('mitochondrial share', cell => shown.mitochondrial[cell]!);
  if (gene) add(`${gene.symbol}, ${gene.scale}`, cell => gene.values[cell]!);
  for (const [name, points] of [
    ['PC', pca?.points],
    ['t-SNE', tsne?.points],
    ['UMAP', umap?.points],
  ] as const) {
    if (!points || points.length === 0) continue;
    add(`${name} 1`, cell => points[2 * cell]!);
    add(`${name} 2`, cell => points[2 * cell + 1]!);
  }
  const names = rows.map(row => cells.name(shown.cells[row]!));
  return saveMade(studio, fileName(`${dataset.name} selected cells`, 'csv'), () => cellsCsv(names, columns));
}
