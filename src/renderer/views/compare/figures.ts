/** Which figures of two runs may stand on one ruler, and why the others may not. */
import { formatScore } from '../../../shared/charts/text.ts';
import type { DiffFigures, DiffModel, RunDiff } from '../../../shared/run-diff.ts';
import { count, signed } from '../../ui/format.ts';
import { Scale, type RulerRow } from '../../ui/ruler.ts';

export interface FigureRow extends RulerRow {
  readonly a: number;
  readonly b: number;
}

/** What stands against comparing any figure of the two; empty where nothing does. */
export function objections(diff: RunDiff): string[] {
  const unfinished = [diff.a, diff.b].filter(run => run.status !== 'done');
  if (unfinished.length > 0) {
    return unfinished.map(run => `${run.name} is not finished, so it has no figures yet.`);
  }
  if (!diff.sameData) {
    return [
      `The runs are of different data (${diff.a.datasetName} and ${diff.b.datasetName}), so their figures measure different things and are not compared.`,
    ];
  }
  const [keptA, keptB] = diff.keptGenes;
  return [
    ...(diff.sameSplit === false
      ? [
          'The held-out cells differ, so the figures of the two runs are of different cells and are not compared.',
        ]
      : diff.sameSplit === null
        ? [
            'Which cells were held out is not recorded for one of the runs, so their figures are not compared.',
          ]
        : []),
    ...(diff.sameGenes === false
      ? [
          `The gene filters kept different genes (${count(keptA ?? 0)} and ${count(keptB ?? 0)}), so the figures are over different genes and are not compared.`,
        ]
      : []),
    ...(diff.sameLogBase ? [] : ['The logarithms have different bases, so the figures are not compared.']),
  ];
}

const NAMES: Readonly<Record<string, string>> = {
  'linear-l1000': 'L1000, linear',
  'dnn-l1000': 'L1000, network',
  select: 'All genes, selecting network',
  'linear-panel': 'Panel, linear',
  'dnn-panel': 'Panel, network',
};

/**
 * Explained variance where both predict the same genes; else the figure over all genes, which needs no common targets.
 * @returns rows, and the models whose own targets differ
 */
export function figureRows(models: readonly DiffModel[]): { rows: FigureRow[]; otherTargets: string[] } {
  const rows: FigureRow[] = [];
  const otherTargets: string[] = [];
  for (const model of models) {
    const name = NAMES[model.id];
    if (name === undefined || !model.a || !model.b) continue;
    if (model.sameTargets) rows.push(...rowOf(name, model, figures => figures.ev));
    else {
      otherTargets.push(name);
      rows.push(...rowOf(`${name}, over all genes`, model, figures => figures.evAllGenes));
    }
  }
  return { rows, otherTargets };
}

function rowOf(label: string, model: DiffModel, of: (figures: DiffFigures) => number | null): FigureRow[] {
  const [a, b] = [of(model.a!), of(model.b!)];
  if (a === null || b === null) return [];
  const scale = new Scale([a, b]);
  return [
    {
      ...{ label, a, b, band: null },
      marks: [...scale.mark('other', b), ...scale.mark('panel', a)],
      value: signed(b - a),
      words: `A ${formatScore(a)}, B ${formatScore(b)}, difference ${signed(b - a)}`,
    },
  ];
}
