/** genes, enrich: lists of genes looked up and tested. */
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { csvOf } from '../../shared/csv.ts';
import type {
  BackgroundChoice,
  EnrichmentReport,
  ListSource,
  RankedReport,
  SetsChoice,
} from '../../shared/enrichment.ts';
import { enrichmentTable, isEnriched, SIGNIFICANT } from '../../shared/enrichment.ts';
import { badInput } from '../../shared/errors.ts';
import type { LandmarkReport } from '../../shared/import.ts';
import { parseParams, type Params } from '../../shared/params.ts';
import type { GeneFilterPreview } from '../../shared/quality/model.ts';
import { scoreWords, STATUS_WORDS, type GeneList } from '../../shared/gene-list.ts';
import type { AddCommand } from './data-commands.ts';
import { paramChanges, wholeNumber } from './options.ts';
import { count, printResult, table } from './output.ts';
import { withEngine, type CommonFlags } from './session.ts';

type Done = (code: Promise<number>) => Promise<void>;

interface WithinFlags extends CommonFlags {
  readonly run?: string;
  readonly dataset?: string;
  readonly sameLetters?: boolean;
}

interface LandmarkFlags extends CommonFlags {
  readonly preset?: string;
  readonly set: string[];
}

interface EnrichFlags extends WithinFlags {
  readonly background?: string;
  readonly gmt?: string;
  readonly gaf?: string;
  readonly obo?: string;
  readonly geneTable?: string;
  readonly smallest?: number;
  readonly largest?: number;
  readonly ranked?: boolean;
  readonly permutations?: number;
  readonly seed?: number;
  readonly csv?: boolean;
  readonly out?: string;
  readonly genes?: readonly string[];
}

/** Rows shown of each list. */
const SHOWN = 15;

export function addGeneCommands(add: AddCommand, done: Done): void {
  add('landmarks', 'how the L1000 landmarks of a data set were found, and which the gene filter loses')
    .argument('<dataset>')
    .option('--preset <name>', 'paper or quick (paper when not given)')
    .option(
      '--set <key=value...>',
      'change a parameter of the preset',
      (word: string, all: string[]) => [...all, word],
      [],
    )
    .action((id: string, flags: LandmarkFlags) => done(landmarks(id, flags)));

  add('genes', 'what each entry of a gene list is: found, renamed, a date, unknown; - reads standard input')
    .argument('<list>')
    .option('--run <id>', 'also say which genes this run has')
    .option('--dataset <id>', 'also say which genes this data set has')
    .option('--same-letters', 'take names that are human symbols but for capitals or punctuation')
    .action((list: string, flags: WithinFlags) =>
      done(
        withEngine(flags, async ({ client, output }) => {
          const within = backgroundOf(flags);
          const resolved = await client.call('list.resolve', {
            list: sourceOf(list),
            sameLetters: flags.sameLetters ?? false,
            ...(within === null ? {} : { within }),
          });
          printResult(output, resolved, listLines(resolved, within !== null));
        }),
      ),
    );

  add('score', 'a gene list scored as if it were the panel of a run; - reads standard input')
    .argument('<list>')
    .requiredOption('--run <id>', 'the run whose cells and genes it is scored on')
    .option('--same-letters', 'take names that are human symbols but for capitals or punctuation')
    .action((list: string, flags: WithinFlags & { readonly run: string }) =>
      done(
        withEngine(flags, async ({ client, output, meter, signal }) => {
          const score = await client.call(
            'list.score',
            { run: flags.run, list: sourceOf(list), sameLetters: flags.sameLetters ?? false },
            { signal, onProgress: meter.phase },
          );
          meter.end();
          printResult(output, score, [scoreWords(score, 'the list', 'the panel of the run')]);
        }),
      ),
    );

  add('enrich', 'test gene lists for enriched GO terms, or for gene sets of your own')
    .argument('[list...]', 'files with genes; - reads standard input')
    .option('--genes <file...>', 'the same as [list...]')
    .option('--run <id>', 'the background are the genes of this run; its panel and L1000 are tested as well')
    .option('--dataset <id>', 'the background are all genes of this data set')
    .option('--background <file>', 'the background is this list')
    .option('--gmt <file>', 'gene sets in place of GO')
    .option('--gaf <file>', 'an annotation in place of the one that comes with the app, with --obo')
    .option('--obo <file>', 'the ontology of --gaf')
    .option('--gene-table <file>', 'genes of the organism of --gaf: columns symbol, ensembl, entrez')
    .option('--smallest <n>', 'fewest background genes of a tested set (10)', wholeNumber)
    .option('--largest <n>', 'most background genes of a tested set (500)', wholeNumber)
    .option('--same-letters', 'take names that are human symbols but for capitals or punctuation')
    .option('--ranked', 'test the ranking of the run’s genes by their weights instead of lists')
    .option('--permutations <n>', 'random sets of each size for --ranked (1000)', wholeNumber)
    .option('--seed <n>', 'seed of the random sets (1)', wholeNumber)
    .option('--csv', 'the whole table as CSV')
    .option('--out <file>', 'the whole table as CSV, into this file')
    .action((lists: string[], flags: EnrichFlags) => done(enrich([...lists, ...(flags.genes ?? [])], flags)));
}

function landmarks(id: string, flags: LandmarkFlags): Promise<number> {
  return withEngine(flags, async ({ client, output, meter, signal }) => {
    const { changes, rest } = paramChanges(flags.set);
    if (rest.length > 0) throw badInput('--set', `--set takes key=value, not "${rest[0]}".`);
    const preset = flags.preset ?? 'paper';
    const params = parseParams(preset, changes);
    const report = await client.call('data.landmarks', { id });
    const filter = await client.call(
      'quality.genes',
      { id, preset, params: changes },
      { signal, onProgress: meter.phase },
    );
    meter.end();
    printResult(output, { ...report, filter }, landmarkLines(report, filter, params));
  });
}

function landmarkLines(
  { present, missing, found }: LandmarkReport,
  { landmarksKept, lostLandmarks, options }: GeneFilterPreview,
  { minReads, minCells }: Params,
): string[] {
  const by = Map.groupBy(found, gene => gene.by);
  const renamed = by.get('other name') ?? [];
  const gentler = options.filter(option => option.landmarks > landmarksKept);
  return [
    `${count(present.length)} of 978 landmarks are in the data: ${[...by].map(([how, genes]) => `${count(genes.length)} by ${how}`).join(', ')}`,
    ...renamed.map(({ name, symbol }) => `  ${name} is ${symbol} now`),
    ...(missing.length > 0 ? [`Not in the data: ${missing.join(', ')}`] : []),
    `${count(landmarksKept)} pass the gene filter (${minReads} reads in ${minCells} cells)`,
    ...(lostLandmarks.length === 0
      ? []
      : table(
          ['lost', 'cells with enough reads', 'needed', 'cells with any read'],
          lostLandmarks.map(({ symbol, seenIn, anyIn }) => [symbol, seenIn, minCells, anyIn]),
        )),
    ...gentler.map(
      option =>
        `${count(option.landmarks)} landmarks and ${count(option.genes)} genes with --set minReads=${option.minReads} minCells=${option.minCells}`,
    ),
  ];
}

function enrich(lists: readonly string[], flags: EnrichFlags): Promise<number> {
  return withEngine(flags, async ({ client, output, meter, signal }) => {
    const sets = setsOf(flags);
    const { smallest, largest } = flags;
    const limits = {
      ...(smallest === undefined ? {} : { smallest }),
      ...(largest === undefined ? {} : { largest }),
    };
    if (flags.ranked === true) {
      if (flags.run === undefined || lists.length > 0) {
        throw badInput('--ranked', 'A ranking is one of a run: give --run ID and no lists.');
      }
      const { permutations, seed } = flags;
      const report = await client.call(
        'enrich.ranked',
        {
          ...{ run: flags.run, sets, ...limits },
          ...(permutations === undefined ? {} : { permutations }),
          ...(seed === undefined ? {} : { seed }),
        },
        { signal, onProgress: meter.phase },
      );
      meter.end();
      const csv = rankedCsv(report);
      if (flags.out !== undefined) await write(flags.out, csv);
      return printResult(output, report, flags.csv === true ? csvLines(csv) : rankedLines(report));
    }
    const background = backgroundOf(flags);
    if (background === null) {
      throw badInput(
        '--background',
        'A test needs the genes that the list was chosen from: give --run, --dataset or --background.',
      );
    }
    const report = await client.call('enrich.lists', {
      ...{ background, sets, ...limits },
      lists: lists.map(list => ({ name: list === '-' ? 'list' : basename(list), list: sourceOf(list) })),
      sameLetters: flags.sameLetters ?? false,
    });
    const csv = reportCsv(report);
    if (flags.out !== undefined) await write(flags.out, csv);
    printResult(output, report, flags.csv === true ? csvLines(csv) : reportLines(report));
  });
}

async function write(path: string, csv: string): Promise<void> {
  const { writeAtomic } = await import('../../engine/workspace/atomic.ts');
  writeAtomic(resolve(path), csv);
}

function sourceOf(list: string): ListSource {
  return list === '-' ? { text: readFileSync(0, 'utf8') } : { path: resolve(list) };
}

function backgroundOf(flags: WithinFlags & { readonly background?: string }): BackgroundChoice | null {
  const given = [
    ...(flags.run === undefined ? [] : [{ run: flags.run }]),
    ...(flags.dataset === undefined ? [] : [{ dataset: flags.dataset }]),
    ...(flags.background === undefined ? [] : [sourceOf(flags.background)]),
  ];
  if (given.length > 1) throw badInput('--background', 'Give one of --run, --dataset and --background.');
  return given[0] ?? null;
}

function setsOf({ gmt, gaf, obo, geneTable }: EnrichFlags): SetsChoice {
  if (gmt !== undefined && (gaf !== undefined || obo !== undefined)) {
    throw badInput('--gmt', 'Give either --gmt or --gaf with --obo.');
  }
  if (gmt !== undefined) return { kind: 'gmt', path: resolve(gmt) };
  if (gaf === undefined && obo === undefined) return { kind: 'go' };
  if (gaf === undefined || obo === undefined) {
    throw badInput('--gaf', 'An annotation (--gaf) and its ontology (--obo) are needed together.');
  }
  return {
    ...{ kind: 'annotation' as const, gaf: resolve(gaf), obo: resolve(obo) },
    genes: geneTable === undefined ? null : resolve(geneTable),
  };
}

function listLines({ entries, heading }: GeneList, within: boolean): string[] {
  const found = entries.filter(({ gene }) => gene !== null);
  const rows = entries.map(({ text, status, gene, row, repeats, suggestions }) => [
    text,
    gene?.symbol ?? '-',
    gene?.ensembl ?? '-',
    gene !== null && gene.entrez > 0 ? String(gene.entrez) : '-',
    ...(within ? [row! >= 0 ? 'yes' : 'no'] : []),
    [
      STATUS_WORDS[status],
      ...(repeats === '' ? [] : [`the same gene as ${repeats}`]),
      ...(suggestions.length === 0 ? [] : [`perhaps ${suggestions.join(', ')}`]),
    ].join('; '),
  ]);
  return [
    ...table(['entry', 'symbol', 'Ensembl', 'Entrez', ...(within ? ['measured'] : []), 'how'], rows),
    '',
    `${count(found.length)} of ${count(entries.length)} ${entries.length === 1 ? 'entry' : 'entries'} found.`,
    ...(heading === '' ? [] : [`"${heading}" was taken for a heading.`]),
  ];
}

function reportLines({ sets, background, lists, smallest, largest, notes }: EnrichmentReport): string[] {
  return [
    `${sets.title}: ${sets.release}; sets of ${smallest} to ${largest} background genes`,
    `Background: ${background.what}, ${count(background.genes)} genes; with a set: ${Object.entries(
      background.annotated,
    )
      .map(([space, genes]) => `${space} ${count(genes)}`)
      .join(', ')}`,
    ...notes.map(note => `Note: ${note}`),
    ...lists.flatMap(list => {
      const enriched = list.rows.filter(isEnriched);
      const shown = enriched.filter(row => row.specific).sort((a, b) => a.p - b.p);
      return [
        '',
        `${list.name}: ${count(list.inBackground)} of ${count(list.asked)} genes in the background; ${count(enriched.length)} of ${count(list.rows.length)} tested sets enriched (adjusted p up to ${SIGNIFICANT})`,
        ...(enriched.length === 0
          ? []
          : table(
              ['set', 'space', 'name', 'genes', 'of', 'fold', 'p', 'adjusted'],
              shown
                .slice(0, SHOWN)
                .map(row => [
                  row.id,
                  row.namespace,
                  row.name.slice(0, 60),
                  row.overlap,
                  row.setSize,
                  row.fold.toFixed(1),
                  row.p.toExponential(1),
                  row.adjusted.toExponential(1),
                ]),
            )),
        ...(shown.length > SHOWN
          ? [`and ${count(shown.length - SHOWN)} more without an enriched set below them; --csv has all`]
          : []),
      ];
    }),
  ];
}

function reportCsv({ lists }: EnrichmentReport): string {
  const { header, rows } = enrichmentTable(lists);
  return csvOf(header, rows);
}

function rankedCsv({ rows }: RankedReport): string {
  return csvOf(
    ['id', 'name', 'namespace', 'set_size', 'score', 'normalised_score', 'p', 'adjusted_p', 'leading_genes'],
    rows.map(row => [
      ...[row.id, row.name, row.namespace, row.setSize, row.score, row.normalised, row.p, row.adjusted],
      row.leading.join(' '),
    ]),
  );
}

function csvLines(csv: string): string[] {
  return csv.replace(/\r\n$/, '').split('\r\n');
}

function rankedLines({ sets, genes, permutations, seed, rows }: RankedReport): string[] {
  const enriched = rows.filter(row => row.adjusted <= SIGNIFICANT);
  return [
    `${sets.title}: ${sets.release}`,
    `${count(genes)} genes ranked by the norm of their weights; null: ${count(permutations)} random sets of each size, seed ${seed}`,
    `${count(enriched.length)} of ${count(rows.length)} tested sets enriched (adjusted p up to ${SIGNIFICANT})`,
    ...table(
      ['set', 'space', 'name', 'genes', 'score', 'normalised', 'p', 'adjusted'],
      [...rows]
        .sort((a, b) => a.adjusted - b.adjusted || b.normalised - a.normalised)
        .slice(0, SHOWN)
        .map(row => [
          row.id,
          row.namespace,
          row.name.slice(0, 60),
          row.setSize,
          row.score.toFixed(3),
          row.normalised.toFixed(2),
          row.p.toExponential(1),
          row.adjusted.toExponential(1),
        ]),
    ),
  ];
}
