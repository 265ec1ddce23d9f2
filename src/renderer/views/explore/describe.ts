/** Cells and maps in words: under the pointer, and for who does not see the map. Pure. */
import type { Explore } from '../../state/explore.svelte.ts';
import { count } from '../../ui/format.ts';
import type { Panel } from './views.ts';

/** Name of the cell, then what it is coloured by, its type, its library size. @param cell place among the shown cells */
export function describeCell({ cells, colouring, maps, dataset }: Explore, cell: number): string[] {
  if (maps === null || colouring === null) return [];
  const position = maps.shown.cells[cell]!;
  const lines = [cells.name(position)];
  const { type } = dataset.roles;
  const column = type === null ? undefined : cells.columns.find(({ name }) => name === type);
  const typeName = column?.levels[column.codes[position]!];
  if (typeName !== undefined && colouring.name !== type) lines.push(typeName);
  if (colouring.kind === 'category') lines.push(colouring.categories[colouring.of[cell]!]!.label);
  else lines.push(`${colouring.name}: ${colouring.text(colouring.values[cell]!)}`);
  if (colouring.name !== 'Library size') lines.push(`${count(maps.shown.librarySize[cell]!)} counts`);
  return lines;
}

export function aboutMap(explore: Explore, panel: Panel): string {
  const { maps, colouring, selectedCount, hiddenCount } = explore;
  if (maps === null || colouring === null || panel.points.length === 0) return 'Nothing is drawn yet.';
  const n = maps.shown.cells.length;
  return [
    `${count(n)} cells, ${panel.axes.x} against ${panel.axes.y}, coloured by ${colouring.name}.`,
    ...(hiddenCount > 0 ? [`${count(hiddenCount)} cells are hidden.`] : []),
    selectedCount > 0 ? `${count(selectedCount)} cells are selected.` : 'No cell is selected.',
    'Keys: plus and minus zoom, arrows move, 0 shows everything, Escape clears the selection.',
  ].join(' ');
}
