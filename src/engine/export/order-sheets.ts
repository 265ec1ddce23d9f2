/**
 * Sheets to order a panel by: genes for an imaging panel, for Ion AmpliSeq, and positions on plates of primers. They follow
 * what the makers' own forms ask for, and are no forms of theirs.
 */
import { FLAG_WORDS, type GeneFlag } from '../../shared/assay-fit.ts';
import { csvOf, plainCsv } from '../../shared/csv.ts';
import type { PanelGene } from '../../shared/model.ts';
import type { EngineEnvironment } from '../environment.ts';
import { assayFlags, levelOf } from '../genes/assay-fit.ts';
import { loadReference } from '../genes/reference.ts';
import type { RunArtifacts } from '../recipe/artifacts.ts';
import type { ListFile } from './gene-lists.ts';
import { oneLine } from './list-sets.ts';

const PLATES = [
  { wells: 96, rows: 8, columns: 12 },
  { wells: 384, rows: 16, columns: 24 },
] as const;

/** Sheets for the panel of a run. */
export function panelOrders(
  run: RunArtifacts,
  environment: Pick<EngineEnvironment, 'resources'>,
): ListFile[] {
  const { metrics, params } = run;
  const reference = loadReference(environment.resources);
  const genes = run.genes.filter(gene => gene.inPanel);
  const level = genes.map(gene => levelOf(gene.mean, metrics.logBase, params.targetSum));
  const flags = genes.map((gene, k) => assayFlags(reference, { ...gene, level: level[k]! }));
  return orderSheets(metrics.panel.name, genes, flags, level);
}

/**
 * @param flags of each gene of the panel
 * @param level of each gene: normalised counts of a mean cell
 */
export function orderSheets(
  panel: string,
  genes: readonly PanelGene[],
  flags: readonly (readonly GeneFlag[])[],
  level: readonly number[],
): ListFile[] {
  const unofficial = 'Not an official form: check it against the maker’s own before you order.';
  const imaging = csvOf(
    ['gene', 'ensembl_id', 'expression_level', 'detected_share', 'note'],
    genes.map((gene, k) => [
      gene.symbol,
      gene.ensembl,
      level[k]!,
      gene.detected,
      flags[k]!.map(flag => FLAG_WORDS[flag]).join('; '),
    ]),
  );
  const names = new Set(genes.map(gene => oneLine(gene.symbol)).filter(name => name !== ''));
  const ampliseq = plainCsv([['Type', 'Name'], ...[...names].map(name => ['GENE', name])]);
  return [
    {
      file: 'imaging_panel.csv',
      content: imaging,
      note: `the ${genes.length} genes of ${panel} with their expression (normalised counts of a mean training cell) and what speaks against each on an imaging platform. ${unofficial}`,
    },
    {
      file: 'ampliseq.csv',
      content: ampliseq,
      note: `${panel} for an Ion AmpliSeq RNA panel. ${unofficial}`,
    },
    ...PLATES.map(({ wells, rows, columns }) => ({
      file: `primer_plate_${wells}.csv`,
      content: csvOf(
        ['plate', 'well', 'gene', 'ensembl_id', 'entrez_id'],
        genes.map((gene, k) => {
          const place = k % wells;
          const well = `${String.fromCharCode(65 + Math.floor(place / columns))}${(place % columns) + 1}`;
          return [
            Math.floor(k / wells) + 1,
            well,
            gene.symbol,
            gene.ensembl,
            gene.entrez > 0 ? gene.entrez : null,
          ];
        }),
      ),
      note: `${panel} on plates of ${wells} wells (${rows} rows, ${columns} columns), row by row. ${unofficial}`,
    })),
  ];
}
