/** What the cells of a map can be coloured by, the cell types first. */
import { clusterColumn } from '../../shared/charts/categories.ts';
import type { CellColour } from '../../shared/charts/embedding.ts';
import type { Embedding } from '../../shared/contract.ts';

export interface NamedColour {
  readonly name: string;
  readonly colour: CellColour;
}

export function coloursOf(embedding: Embedding, typeColumn: string | null): NamedColour[] {
  const columns = embedding.columns.toSorted(
    (a, b) => Number(b.name === typeColumn) - Number(a.name === typeColumn),
  );
  return [
    ...columns.map((column): NamedColour => ({ name: column.name, colour: { kind: 'category', column } })),
    { name: 'cluster', colour: { kind: 'category', column: clusterColumn(embedding.clusters) } },
    value('library size', 'counts', embedding.librarySize),
    value('detected genes', 'genes', embedding.detected),
  ];
}

function value(name: string, unit: string, values: ArrayLike<number>): NamedColour {
  return { name, colour: { kind: 'value', name, unit, values } };
}
