/** GO terms of the panel and of the landmarks, tested against the genes of the run. */
import { csvOf } from '../../shared/csv.ts';
import { enrichmentTable, isEnriched, SIGNIFICANT, type EnrichedList } from '../../shared/enrichment.ts';
import type { EngineEnvironment } from '../environment.ts';
import { loadGeneOntology } from '../go/built-in.ts';
import { Background, overRepresentation } from '../go/over-representation.ts';
import type { RunArtifacts } from '../recipe/artifacts.ts';
import type { ListFile } from './gene-lists.ts';

export interface EnrichmentFiles {
  /** Dates of the sets, for everything that rests on them. */
  readonly release: string;
  readonly lists: readonly EnrichedList[];
  readonly files: readonly ListFile[];
}

export function enrichmentFiles(
  { genes, metrics }: Pick<RunArtifacts, 'genes' | 'metrics'>,
  environment: Pick<EngineEnvironment, 'resources'>,
): EnrichmentFiles {
  const collection = loadGeneOntology(environment.resources);
  const background = new Background(collection, genes);
  const symbols = genes.map(({ symbol }) => symbol);
  const rowsOf = (take: (gene: (typeof genes)[number]) => boolean): number[] =>
    genes.flatMap((gene, row) => (take(gene) ? [row] : []));
  const lists = [
    { name: metrics.panel.name, rows: rowsOf(gene => gene.inPanel) },
    { name: 'L1000', rows: rowsOf(gene => gene.landmark) },
  ]
    .filter(({ rows }) => rows.length > 0)
    .map(({ name, rows }) => ({
      name,
      asked: rows.length,
      inBackground: rows.length,
      rows: overRepresentation(background, rows, symbols),
    }));
  const release = `${collection.title}: ${collection.release}; ${collection.licence}`;
  return {
    release,
    lists,
    files: lists.map(list => {
      const { header, rows } = enrichmentTable([list]);
      const enriched = list.rows.filter(isEnriched).length;
      return {
        file: `${list.name}_GO.csv`,
        content: csvOf(header, rows),
        note: `${list.rows.length} GO terms tested for over-representation in ${list.name}, ${enriched} of them enriched (adjusted p up to ${SIGNIFICANT}); ${release}`,
      };
    }),
  };
}
