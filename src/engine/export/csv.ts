/** A table of genes as CSV. */
import { csvOf } from '../../shared/csv.ts';
import type { PanelGene } from '../../shared/model.ts';
import type { Column } from './gene-table.ts';

export function geneCsv(columns: readonly Column[], genes: readonly PanelGene[]): string {
  return csvOf(
    columns.map(({ name }) => name),
    genes.map(gene => columns.map(column => column.value(gene))),
  );
}
