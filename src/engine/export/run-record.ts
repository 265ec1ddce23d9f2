/** run.json: everything from which the same run can be made again, and recognised. */
import type { RunArtifacts } from '../recipe/artifacts.ts';

export function runRecord(run: RunArtifacts): string {
  const { summary, dataset, metrics, genes } = run;
  const record = {
    schema: 1,
    app: metrics.app,
    engine: metrics.engine,
    run: { id: summary.id, name: summary.name, created: summary.created, finished: summary.finished },
    note: summary.note,
    preset: summary.preset,
    seed: summary.seed,
    paramsVersion: run.paramsVersion,
    params: run.params,
    dataset: {
      name: dataset.name,
      checksum: dataset.checksum,
      simulated: dataset.simulated,
      cells: dataset.cells,
      genes: dataset.genes,
      sources: dataset.sources,
      imported: dataset.imported,
      roles: dataset.roles,
    },
    panel: {
      name: metrics.panel.name,
      rule: metrics.panel.rule,
      genes: genes
        .filter(g => g.inPanel)
        .map(({ name, symbol, ensembl, entrez }) => ({ name, symbol, ensembl, entrez })),
    },
  };
  return `${JSON.stringify(record, null, 2)}\n`;
}
