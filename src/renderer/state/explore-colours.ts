/** What the shown cells can be coloured by, and the colouring of each choice. Pure. */
import { clusterColumn } from '../../shared/charts/categories.ts';
import { formatCount, formatFigure, formatShare } from '../../shared/charts/text.ts';
import type { ExploreMaps, GeneValues } from '../../shared/explore.ts';
import type { DatasetSummary, LabelColumn } from '../../shared/model.ts';
import { byValue, type Colouring } from '../charts/cells/colouring.ts';

export interface ColourOption {
  /** "column:cell_type", "own:mine", "cluster", "library", "detected", "mitochondrial", "gene". */
  readonly id: string;
  readonly label: string;
  readonly group: 'Labels' | 'Your labels' | 'From the maps' | 'Measures';
}

export function colourOptions(
  dataset: DatasetSummary,
  columns: readonly LabelColumn[],
  own: readonly LabelColumn[],
  maps: Pick<ExploreMaps, 'shown' | 'clusters'> | null,
): ColourOption[] {
  const { type, experiment, donor } = dataset.roles;
  const rank = (name: string): number => [type, experiment, donor].indexOf(name) >>> 0;
  const part = (name: string): string =>
    name === type ? ' (cell type)' : name === experiment ? ' (experiment)' : name === donor ? ' (donor)' : '';
  return [
    ...columns
      .toSorted((a, b) => rank(a.name) - rank(b.name))
      .map(({ name }) => ({
        id: `column:${name}`,
        label: name + part(name),
        group: 'Labels' as const,
      })),
    ...own.map(({ name }) => ({ id: `own:${name}`, label: name, group: 'Your labels' as const })),
    ...(maps && maps.clusters.length > 0
      ? [{ id: 'cluster', label: 'Cluster', group: 'From the maps' as const }]
      : []),
    { id: 'library', label: 'Library size', group: 'Measures' },
    { id: 'detected', label: 'Detected genes', group: 'Measures' },
    ...(maps && maps.shown.mitochondrial.length > 0
      ? [{ id: 'mitochondrial', label: 'Mitochondrial share', group: 'Measures' as const }]
      : []),
  ];
}

/** A label column over the shown cells; null where the choice is no category. */
export function columnOf(
  id: string,
  columns: readonly LabelColumn[],
  own: readonly LabelColumn[],
  maps: Pick<ExploreMaps, 'shown' | 'clusters'>,
): LabelColumn | null {
  if (id === 'cluster') return maps.clusters.length > 0 ? clusterColumn(maps.clusters) : null;
  const [kind, name] = [id.slice(0, id.indexOf(':')), id.slice(id.indexOf(':') + 1)];
  const column = (kind === 'own' ? own : columns).find(other => other.name === name);
  if (!column) return null;
  return { ...column, codes: maps.shown.cells.map(cell => column.codes[cell]!) };
}

export function measureOf(
  id: string,
  { shown }: Pick<ExploreMaps, 'shown'>,
  gene: GeneValues | null,
): Colouring {
  switch (id) {
    case 'detected':
      return byValue('Detected genes', 'genes with a count', shown.detected, formatCount);
    case 'mitochondrial':
      return byValue('Mitochondrial share', 'of the counts of the cell', shown.mitochondrial, share =>
        formatShare(share),
      );
    case 'gene':
      if (gene) return byValue(gene.symbol, gene.scale, gene.values, formatFigure);
  }
  const logs = shown.librarySize.map(size => Math.log10(Math.max(1, size)));
  return byValue('Library size', 'counts, log10 scale', logs, power => formatCount(10 ** power));
}

/** Cells of each category that are shown. */
export function countsOf(of: Int32Array, categories: number, flags: Uint8Array | null): Uint32Array {
  const counts = new Uint32Array(categories);
  for (let c = 0; c < of.length; c++) if (flags === null || flags[c] !== 0) counts[of[c]!]!++;
  return counts;
}
