/** What several files have in common, before they are stored as one data set. */
import type { PoolReport } from '../../shared/import.ts';
import type { GeneTable } from '../../shared/model.ts';
import type { Look } from './looks.ts';
import { poolGenes } from './pool.ts';

export function inspectPool(looks: readonly Look[]): PoolReport {
  const pooled = poolGenes(looks.map(({ name, genes, totals }) => ({ name, table: genes, totals })));
  return {
    cells: looks.reduce((sum, { report }) => sum + report.cells, 0),
    genes: pooled.table.name.length,
    landmarks: landmarksOf(pooled.table),
    files: looks.map(({ name, genes }) => ({
      name,
      genes: genes.name.length,
      landmarks: landmarksOf(genes),
    })),
    warnings: pooled.warnings,
  };
}

function landmarksOf({ landmark }: GeneTable): number {
  return new Set(landmark.filter(row => row >= 0)).size;
}
