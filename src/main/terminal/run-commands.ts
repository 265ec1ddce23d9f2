/** run, runs, export: the recipe, its history and its files. */
import type { Command } from 'commander';
import { resolve } from 'node:path';
import { badInput, isAppError } from '../../shared/errors.ts';
import type { DatasetSummary, RunMetrics, RunSummary } from '../../shared/model.ts';
import { PARAM_HELP, PARAM_KEYS, parseParams, PRESETS, type PresetName } from '../../shared/params.ts';
import { stabilityWords } from '../../shared/panel-words.ts';
import type { RunDiff } from '../../shared/run-diff.ts';
import { failing } from '../../shared/quality/words.ts';
import { importPaths, type AddCommand } from './data-commands.ts';
import {
  addLabelOptions,
  addReadOptions,
  paramChanges,
  wholeNumber,
  type LabelFlags,
  type ReadFlags,
} from './options.ts';
import { count, figure, printResult, table } from './output.ts';
import { readRunFile } from './run-file.ts';
import { withEngine, type CommonFlags, type Session } from './session.ts';

type Done = (code: Promise<number>) => Promise<void>;
interface RunFlags extends CommonFlags, ReadFlags, LabelFlags {
  readonly dataset?: string;
  readonly preset?: string;
  readonly seed?: number;
  readonly out?: string;
  readonly name?: string;
  readonly set: string[];
}

/** @param group makes a command that only holds others */
export function addRunCommands(add: AddCommand, group: AddCommand, done: Done): void {
  addLabelOptions(
    addReadOptions(
      add('run', 'the whole recipe: from counts to a panel and its scores').argument('[path...]'),
    ),
  )
    .option('--dataset <id>', 'a stored data set instead of paths')
    .option('--preset <name>', 'paper or quick (paper when not given)')
    .option('--seed <n>', 'seed of every random choice', wholeNumber)
    .option('--out <dir>', 'also export to this folder')
    .option('--name <name>', 'name of the run')
    .option(
      '--set <key=value...>',
      'change a parameter of the preset',
      (word: string, all: string[]) => [...all, word],
      [],
    )
    .addHelpText('after', () => `\n${parameterHelp()}`)
    .action((paths: string[], flags: RunFlags) =>
      done(
        withEngine(flags, async session => {
          const started = await startRun(session, paths, flags);
          await followRun(session, started, flags.out);
        }),
      ),
    );

  const runs = group('runs', 'the history of runs');
  const sub = (name: string, description: string): Command =>
    addCommon(runs.command(name).description(description));
  sub('list', 'all runs, newest first').action((flags: CommonFlags) =>
    done(
      withEngine(flags, async ({ client, output }) => {
        const list = await client.call('run.list', {});
        printResult(output, { runs: list }, list.length === 0 ? ['There are no runs yet.'] : runTable(list));
      }),
    ),
  );
  sub('show', 'one run with its figures')
    .argument('<id>')
    .action((id: string, flags: CommonFlags) =>
      done(
        withEngine(flags, async ({ client, output }) => {
          const view = await client.call('run.view', { id });
          const lines = [...runTable([view.summary]), ...(view.metrics ? metricLines(view.metrics) : [])];
          printResult(output, { run: view.summary, metrics: view.metrics }, lines);
        }),
      ),
    );
  sub('diff', 'what differs between two runs')
    .argument('<a>')
    .argument('<b>')
    .action((a: string, b: string, flags: CommonFlags) =>
      done(
        withEngine(flags, async ({ client, output }) => {
          const diff = await client.call('run.diff', { a, b });
          printResult(output, diff, diffLines(diff));
        }),
      ),
    );
  sub('delete', 'move a run to the bin')
    .argument('<id>')
    .action((id: string, flags: CommonFlags) =>
      done(
        withEngine(flags, async ({ client, output }) => {
          const result = await client.call('run.delete', { id });
          printResult(output, result, [`${result.deleted} is in the bin of the workspace.`]);
        }),
      ),
    );
  sub('resume', 'go on with a run that was paused, interrupted or stopped')
    .argument('<id>')
    .option('--out <dir>', 'also export to this folder')
    .action((id: string, flags: CommonFlags & { out?: string }) =>
      done(
        withEngine(flags, async session => {
          await followRun(session, await session.client.call('run.resume', { id }), flags.out);
        }),
      ),
    );

  add('export', 'write metrics, panel tables, gene lists, figures and the report of a run')
    .argument('<id>')
    .requiredOption('--out <dir>', 'folder to write')
    .action((id: string, flags: CommonFlags & { out: string }) =>
      done(
        withEngine(flags, async session => {
          const result = await exportRun(session, id, flags.out);
          printResult(session.output, result, [`${result.files.length} files written to ${result.out}`]);
        }),
      ),
    );
}

/** The flags that every command takes. */
export function addCommon(command: Command): Command {
  return command
    .option('--json', 'one JSON object on stdout')
    .option('--workspace <dir>', 'folder with data sets and runs (or F910_WORKSPACE)')
    .option('--quiet', 'no progress on stderr');
}

async function startRun(session: Session, given: readonly string[], flags: RunFlags): Promise<RunSummary> {
  const { changes, rest } = paramChanges(flags.set);
  const paths = [...given, ...rest];
  const seed = flags.seed === undefined ? {} : { seed: flags.seed };
  const name = flags.name === undefined ? {} : { name: flags.name };
  if (paths.length === 0 && flags.dataset === undefined) {
    throw badInput(
      'path',
      'Nothing to run on: give one or more paths, or --dataset ID of a stored data set.',
    );
  }
  if (paths.length > 0 && flags.dataset !== undefined) {
    throw badInput('--dataset', 'Give either paths or --dataset, not both.');
  }
  const repeated = paths.length === 1 ? readRunFile(paths[0]!) : null;
  if (repeated) {
    const { client, signal, meter } = session;
    const options = { signal, onProgress: meter.phase };
    const known = (await client.call('data.list', {})).find(d => d.checksum === repeated.checksum);
    const imported = (): Promise<DatasetSummary> =>
      repeated.input === null
        ? client.call('data.example', {}, options)
        : client.call('data.import', repeated.input, options);
    const dataset = known ?? (await imported());
    if (dataset.checksum !== repeated.checksum) {
      throw badInput(
        'path',
        'The files that this run was made from have changed since: import them and start a run of its own.',
      );
    }
    const params = { ...repeated.params, ...changes, ...seed };
    return client.call('run.start', {
      datasetId: dataset.id,
      preset: flags.preset ?? repeated.preset,
      params,
      ...name,
    });
  }
  // The parameters are checked before an import that may take minutes.
  const preset = flags.preset ?? 'paper';
  parseParams(preset, { ...changes, ...seed });
  const { name: _runName, ...importFlags } = flags;
  const datasetId = flags.dataset ?? (await importPaths(session, paths, importFlags)).id;
  return session.client.call('run.start', { datasetId, preset, params: { ...changes, ...seed }, ...name });
}

/** Watches a run to its end; Ctrl-C stops it where it can be resumed. */
async function followRun(session: Session, started: RunSummary, out: string | undefined): Promise<void> {
  const { client, meter, output, signal } = session;
  const cancel = (): void => {
    void client.call('run.cancel', { id: started.id }).catch(() => {});
  };
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  let summary: RunSummary;
  try {
    summary = await client.call('run.watch', { id: started.id }, { onProgress: meter.run });
  } catch (error) {
    meter.end();
    if (isAppError(error, 'CANCELLED') && !output.quiet) {
      process.stderr.write(`The run is kept as far as it came. Go on with: f910 runs resume ${started.id}\n`);
    }
    throw error;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
  meter.end();
  const exported = out === undefined ? null : await exportRun(session, started.id, out);
  const { metrics } = await client.call('run.view', { id: started.id });
  printResult(output, { run: summary, metrics, out: exported?.out ?? null }, [
    ...(metrics ? metricLines(metrics) : []),
    '',
    `Run ${summary.id}${exported ? `, exported to ${exported.out}` : `; export with: f910 export ${summary.id} --out DIR`}`,
  ]);
}

async function exportRun(
  { client, meter, signal }: Session,
  id: string,
  out: string,
): Promise<{ out: string; files: string[] }> {
  const result = await client.call(
    'run.export',
    { id, out: resolve(out) },
    { signal, onProgress: meter.phase },
  );
  meter.end();
  return result;
}

function runTable(list: readonly RunSummary[]): string[] {
  return table(
    ['run', 'status', 'data', 'preset', 'seed', 'panel', 'started'],
    list.map(r => [
      r.id,
      r.status,
      r.datasetName,
      r.preset,
      r.seed,
      r.panelName ?? '-',
      r.created.slice(0, 16).replace('T', ' '),
    ]),
  );
}

function metricLines(m: RunMetrics): string[] {
  const { preprocess: p, split: s, panel } = m;
  return [
    `${count(p.cellsKept)} of ${count(p.cellsIn)} cells and ${count(p.genesKept)} of ${count(p.genesIn)} genes kept; ${p.landmarksKept} landmarks`,
    ...(p.cellFilters ?? [])
      .filter(({ lost }) => lost > 0)
      .map(x => `  ${count(x.lost)} cells removed for ${failing(x.filter, x.threshold)}`),
    `train ${count(s.train)}, stop ${count(s.stop)}, test ${count(s.test)} cells; figures below are of the test cells, log base ${m.logBase === Math.E ? 'e' : m.logBase}`,
    '',
    ...table(
      ['model', 'inputs', 'targets', 'MSE', 'EV', 'EV all genes', 'median R2', 'epochs'],
      m.models.map(x => [
        x.id,
        count(x.inputs),
        count(x.targets),
        x.mse.toPrecision(4),
        figure(x.ev),
        figure(x.evAllGenes),
        figure(x.medianGeneR2),
        x.epochs,
      ]),
    ),
    '',
    ...m.pairs.map(
      x =>
        `${x.b} against ${x.a} on ${count(x.targets)} common genes: EV ${figure(x.evB)} against ${figure(x.evA)}, difference ${figure(x.difference)} (${figure(x.low)} to ${figure(x.high)})`,
    ),
    `Panel ${panel.name}: ${panel.size === 1 ? '1 gene' : `${panel.size} genes`} by the ${panel.rule} rule, ${panel.l1000Overlap} of them landmarks (${panel.expectedOverlap.toFixed(1)} expected by chance)`,
    ...(panel.stability ? [stabilityWords(panel.stability)] : []),
    ...m.skipped.map(x => `Skipped: ${x.what}: ${x.why}`),
    ...(m.leaks ?? []).filter(({ ok }) => !ok).map(({ text }) => `Leak audit: ${text}`),
    ...[...m.preprocess.notes, ...m.notes].map(note => `Note: ${note}`),
    '',
    m.verdict,
  ];
}

function diffLines(d: RunDiff): string[] {
  return [
    d.sameData
      ? 'Both runs used the same data.'
      : `The data differ: ${d.a.datasetName} and ${d.b.datasetName}.`,
    ...table(
      ['parameter', d.a.id, d.b.id],
      d.params.map(p => [p.key, String(p.a), String(p.b)]),
    ),
    ...table(
      ['explained variance', d.a.id, d.b.id],
      d.models.map(m => [m.id, figure(m.evA), figure(m.evB)]),
    ),
    `panels: ${d.panel.shared} genes shared, ${d.panel.onlyA.length} only in ${d.a.id}, ${d.panel.onlyB.length} only in ${d.b.id}, Jaccard ${figure(d.panel.jaccard)}`,
  ];
}

/** Every key with its default and meaning. */
function parameterHelp(): string {
  const presets = Object.keys(PRESETS) as PresetName[];
  const rows = PARAM_KEYS.map(key => [
    key,
    ...presets.map(name => String(PRESETS[name][key])),
    PARAM_HELP[key],
  ]);
  return `Parameters for --set, with the value in each preset:\n${table(['key', ...presets, 'meaning'], rows)
    .map(line => `  ${line}`)
    .join('\n')}`;
}
