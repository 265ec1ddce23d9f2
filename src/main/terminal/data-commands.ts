/** inspect, import, simulate: from files to data sets. */
import type { Command } from 'commander';
import { resolve } from 'node:path';
import type { DatasetSummary, InspectReport } from '../../shared/model.ts';
import {
  addLabelOptions,
  addReadOptions,
  importInput,
  readOptions,
  wholeNumber,
  type LabelFlags,
  type ReadFlags,
} from './options.ts';
import { count, printResult } from './output.ts';
import { withEngine, type CommonFlags, type Session } from './session.ts';

type Action = (code: Promise<number>) => Promise<void>;
export type AddCommand = (name: string, description: string) => Command;

export function addDataCommands(add: AddCommand, done: Action): void {
  addReadOptions(add('inspect', 'look at a file or folder without storing it').argument('<path>')).action(
    (path: string, flags: CommonFlags & ReadFlags) =>
      done(
        withEngine(flags, async ({ client, output, meter, signal }) => {
          const report = await client.call(
            'data.inspect',
            { path: resolve(path), options: readOptions(flags) },
            { signal, onProgress: meter.phase },
          );
          meter.end();
          printResult(output, report, inspectLines(report));
        }),
      ),
  );

  addLabelOptions(
    addReadOptions(
      add('import', 'store a data set; several paths are pooled on the genes they share').argument(
        '<path...>',
      ),
    ),
  )
    .option('--name <name>', 'name of the data set')
    .action((paths: string[], flags: CommonFlags & ReadFlags & LabelFlags & { name?: string }) =>
      done(
        withEngine(flags, async session => {
          const dataset = await importPaths(session, paths, flags);
          printResult(session.output, dataset, datasetLines(dataset));
        }),
      ),
    );

  add('simulate', 'write simulated counts with planted structure, as 10x MTX with labels.csv and truth.json')
    .requiredOption('--cells <n>', 'number of cells', wholeNumber)
    .requiredOption('--genes <n>', 'number of genes', wholeNumber)
    .requiredOption('--types <n>', 'number of cell types', wholeNumber)
    .option('--seed <n>', 'seed', wholeNumber, 1)
    .requiredOption('--out <dir>', 'folder to write')
    .action(
      (flags: CommonFlags & { cells: number; genes: number; types: number; seed: number; out: string }) =>
        done(
          withEngine(flags, async ({ client, output, meter, signal }) => {
            const { cells, genes, types, seed } = flags;
            const result = await client.call(
              'data.simulate',
              { cells, genes, types, seed, out: resolve(flags.out) },
              { signal, onProgress: meter.phase },
            );
            meter.end();
            printResult(output, result, [
              `${count(result.cells)} cells x ${count(result.genes)} genes, ${count(result.nonzeros)} non-zeros, written to ${result.out}`,
            ]);
          }),
        ),
    );
}

/** Stores the paths as one data set, with progress. */
export async function importPaths(
  { client, meter, signal }: Session,
  paths: readonly string[],
  flags: ReadFlags & LabelFlags & { name?: string },
): Promise<DatasetSummary> {
  const input = importInput(
    paths.map(path => resolve(path)),
    { ...flags, labels: flags.labels.map(path => resolve(path)) },
  );
  const dataset = await client.call('data.import', input, { signal, onProgress: meter.phase });
  meter.end();
  return dataset;
}

function inspectLines(r: InspectReport): string[] {
  return [
    `${r.format}${r.layer === null ? '' : ` (${r.layer})`}: ${count(r.cells)} cells x ${count(r.genes)} genes`,
    `${count(r.nonzeros)} non-zero counts, ${count(r.totalCounts)} in total`,
    `gene ids: ${r.geneIds}; ${r.landmarks} of the 978 L1000 landmarks present`,
    ...r.labelColumns.map(
      c => `label column ${c.name}: ${c.levels} values, such as ${c.examples.join(', ')}`,
    ),
    ...r.warnings.map(w => `Note: ${w}`),
  ];
}

export function datasetLines(d: DatasetSummary): string[] {
  return [
    `${d.id}: ${d.name}`,
    `${count(d.cells)} cells x ${count(d.genes)} genes, ${count(d.nonzeros)} non-zeros, ${d.landmarks} of the 978 landmarks present`,
    ...(d.types.length > 0
      ? [`cell types: ${d.types.map(t => `${t.type} ${count(t.cells)}`).join(', ')}`]
      : []),
    ...(d.experiments.length > 1
      ? [`experiments: ${d.experiments.map(e => `${e.experiment} ${count(e.cells)}`).join(', ')}`]
      : []),
    ...d.warnings.map(w => `Note: ${w}`),
  ];
}
