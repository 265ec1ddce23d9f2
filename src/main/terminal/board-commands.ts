/** panels: panels of several sizes by every selector, scored beside controls and random ones. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { badInput } from '../../shared/errors.ts';
import {
  PANEL_NAMES,
  halvesAt,
  SELECTOR_IDS,
  type HalvesScore,
  type PanelId,
  type Robustness,
  type Scoreboard,
  type SelectorId,
} from '../../shared/scoreboard.ts';
import type { AddCommand } from './data-commands.ts';
import { wholeNumber } from './options.ts';
import { count, figure, printResult, table } from './output.ts';
import { withEngine, type CommonFlags } from './session.ts';

interface StabilityFlags extends CommonFlags {
  readonly selector?: string;
  readonly size?: number;
  readonly draws?: number;
}

interface PanelsFlags extends CommonFlags {
  readonly sizes?: number[];
  readonly selectors?: SelectorId[];
  readonly random?: number;
  readonly typeShare?: number;
  readonly swaps?: number;
  readonly start?: string;
  readonly must?: string;
  readonly ban?: string;
  readonly weights?: string;
  readonly draws?: number;
  readonly networks?: boolean;
  readonly stored?: boolean;
}

export function addBoardCommands(add: AddCommand, done: (code: Promise<number>) => Promise<void>): void {
  add(
    'panels',
    'panels of several sizes by every selector, scored on held-out cells beside controls and random panels',
  )
    .argument('<run>')
    .option('--sizes <list>', 'genes of the panels, with commas (32,100,300,900)', numbers)
    .option(
      '--selectors <list>',
      `some of ${SELECTOR_IDS.join(', ')}, with commas (all but gates, which takes minutes)`,
      selectors,
    )
    .option('--random <n>', 'random panels of each size (99)', wholeNumber)
    .option('--type-share <share>', 'for mixed: share of the aim that cell types have, 0 to 1 (0.2)', Number)
    .option('--swaps <n>', 'swap genes after the selection until n in a row brought nothing (0)', wholeNumber)
    .option('--start <file>', 'a list of genes that guided starts from (L1000)')
    .option('--must <file>', 'a list of genes that every selected panel has')
    .option('--ban <file>', 'a list of genes that no selected panel has')
    .option('--weights <file>', 'genes with their weight as targets, two columns; 1 for all others')
    .option('--draws <n>', 'parts of the cells that the best selector chooses anew on (3)', wholeNumber)
    .option('--networks', 'train networks on the best panel, on L1000 and on the panel of the run (slower)')
    .option('--stored', 'show the scoreboard that was made last')
    .action((run: string, flags: PanelsFlags) => done(panels(run, flags)));

  add(
    'stability',
    'how much a panel depends on its cells: selected anew on halves of them, and without one experiment, donor or type',
  )
    .argument('<run>')
    .option('--selector <name>', `one of ${SELECTOR_IDS.join(', ')} (neighbours)`)
    .option('--size <n>', 'genes of the panel (100)', wholeNumber)
    .option('--draws <n>', 'random halves of the training cells (10)', wholeNumber)
    .action((run: string, flags: StabilityFlags) => done(stability(run, flags)));
}

function stability(run: string, flags: StabilityFlags): Promise<number> {
  return withEngine(flags, async ({ client, output, meter, signal }) => {
    const { selector, size, draws } = flags;
    const found = await client.call(
      'board.robust',
      {
        run,
        ...(selector !== undefined && { selector: selectors(selector)[0]! }),
        ...(size !== undefined && { size }),
        ...(draws !== undefined && { draws }),
      },
      { signal, onProgress: meter.phase },
    );
    meter.end();
    printResult(output, found, stabilityLines(found));
  });
}

function stabilityLines(found: Robustness): string[] {
  const percent = (share: number): string => `${Math.round(100 * share)} %`;
  return [
    `${PANEL_NAMES[found.selector]}, ${count(found.size)} genes, selected anew on ${found.draws} random halves of the training cells:`,
    `two such panels share ${percent(found.jaccard)} of their genes (Jaccard); ${count(found.core)} genes of the panel are in 8 of 10, ${count(found.interchangeable)} in fewer than half`,
    `Core: ${found.genes
      .filter(({ inPanel, share }) => inPanel && share >= 0.8)
      .map(({ symbol }) => symbol)
      .join(', ')}`,
    ...(found.transfer.length === 0
      ? []
      : [
          '',
          ...table(
            [
              'left out',
              'value',
              'test cells',
              'over all genes',
              'lead over random',
              'random as good',
              'same genes',
            ],
            found.transfer.map(one => [
              one.by,
              one.left,
              one.cells,
              figure(one.evAllGenes),
              (100 * one.lead).toFixed(1),
              `${one.asGood} of ${one.random}`,
              percent(one.jaccard),
            ]),
          ),
        ]),
    ...found.notes.map(note => `Note: ${note}`),
  ];
}

function panels(run: string, flags: PanelsFlags): Promise<number> {
  return withEngine(flags, async ({ client, output, meter, signal }) => {
    if (flags.stored === true) {
      const stored = await client.call('board.get', { run });
      if (stored === null)
        throw badInput('run', `${run} has no scoreboard yet: leave --stored out to make one.`);
      return printResult(output, stored, boardLines(stored));
    }
    const { sizes, selectors, random, typeShare, swaps, start, must, ban, weights, draws, networks } = flags;
    const board = await client.call(
      'board.make',
      {
        run,
        ...(sizes && { sizes }),
        ...(selectors && { selectors }),
        ...(random !== undefined && { random }),
        ...(typeShare !== undefined && { typeShare }),
        ...(swaps !== undefined && { swaps }),
        ...(draws !== undefined && { draws }),
        ...(networks !== undefined && { networks }),
        ...(start !== undefined && { start: { path: resolve(start) } }),
        ...(must !== undefined && { mustHave: { path: resolve(must) } }),
        ...(ban !== undefined && { banned: { path: resolve(ban) } }),
        ...(weights !== undefined && { weights: readWeights(weights) }),
      },
      { signal, onProgress: meter.phase },
    );
    meter.end();
    printResult(output, board, boardLines(board));
  });
}

function boardLines({ boards, ceiling, halves, cells, neighbours, types, notes }: Scoreboard): string[] {
  const points = (value: number): string => (100 * value).toFixed(1);
  return [
    `Scored on ${count(cells.test)} test cells; selectors are named on ${count(cells.stop)} stop cells`,
    `Lead: explained variance above random panels, in points, on the genes in neither. All: over all genes, measured ones counted as known.`,
    ...(neighbours ? [`Neighbours: overlap of random ones ${figure(neighbours.chance)}`] : []),
    ...(types.length > 0 ? [`Types: ${types.join(', ')}`] : []),
    ceiling.ev === null ? ceiling.why : `Ceiling: ${figure(ceiling.ev)} over all genes. ${ceiling.why}`,
    ...halvesLines(halves),
    ...boards.flatMap(({ size, panels: scored, random, verdict, best }) => [
      '',
      `${count(size)} genes`,
      ...table(
        [
          'panel',
          'genes',
          'lead',
          '95 % of random',
          'all',
          'own',
          'median R2',
          'network',
          'neighbours',
          'clusters',
          'types',
          'worst type',
        ],
        [
          ...scored.map(({ id, genes, test, network }) => [
            `${PANEL_NAMES[id]}${id === best.overall ? ' *' : ''}`,
            genes.length,
            points(test.lead),
            `${points(test.leadLow)} to ${points(test.leadHigh)}`,
            figure(test.evAllGenes),
            figure(test.ev),
            figure(test.medianGeneR2),
            figure(network?.ev ?? null),
            figure(test.knn),
            figure(test.clusters?.coarse ?? null),
            figure(test.accuracy),
            test.worstType === null ? '-' : `${test.worstType.type} ${figure(test.worstType.ev)}`,
          ]),
          [
            `${random.ev.count} random`,
            size,
            '0.0',
            '',
            figure(random.evAllGenes.mean),
            figure(random.ev.mean),
            '-',
            '-',
            figure(random.knn?.mean ?? null),
            figure(random.clusters?.mean ?? null),
            figure(random.accuracy?.mean ?? null),
            '-',
          ],
        ],
      ),
      verdict,
    ]),
    ...(notes.length > 0 ? ['', ...notes.map(note => `Note: ${note}`)] : []),
  ];
}

/** What the halves of the counts say, one line for each size. */
function halvesLines(halves: HalvesScore): string[] {
  const { ev, why, panels } = halves;
  if (ev === null) return [why];
  const nameOf = (id: string, many: number): string =>
    id === 'random' ? `${many} random` : PANEL_NAMES[id as PanelId];
  return [
    `Ceiling from halves of the counts: ${figure(ev)} over all genes. ${why}`,
    ...[...new Set(panels.map(({ size }) => size))].map(size => {
      const own = halvesAt(halves, size).map(one => `${nameOf(one.id, one.count)} ${figure(one.ev)}`);
      return `  ${count(size)} genes at this depth: ${own.join(', ')}`;
    }),
  ];
}

function numbers(text: string): number[] {
  const values = text.split(',').map(Number);
  if (values.some(value => !Number.isInteger(value) || value < 2)) {
    throw new InvalidArgumentError('Whole numbers of at least 2 are needed, with commas.');
  }
  return values;
}

function selectors(text: string): SelectorId[] {
  const names = text.split(',').map(name => name.trim());
  const unknown = names.find(name => !(SELECTOR_IDS as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`There is no selector ${unknown}; there are ${SELECTOR_IDS.join(', ')}.`);
  }
  return names as SelectorId[];
}

function readWeights(path: string): Record<string, number> {
  const rows = readFileSync(resolve(path), 'utf8')
    .split(/\r?\n/)
    .filter(line => line.trim() !== '')
    .map(line => line.split(/[\t,;]/).map(field => field.trim()));
  return Object.fromEntries(
    rows.flatMap(([gene, weight], k) => {
      const value = Number(weight);
      if (Number.isFinite(value) && value >= 0 && weight !== '') return [[gene!, value]];
      if (k === 0) return [];
      throw badInput(
        '--weights',
        `Line ${k + 1} of ${path} has no gene and weight of 0 or more, with a tab or comma between.`,
      );
    }),
  );
}
