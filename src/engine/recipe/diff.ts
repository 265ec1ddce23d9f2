/** Two runs side by side: data, parameters, figures and panels, and which figures may be compared. */
import { twoSidedOverlap } from '../../core/hypergeometric.ts';
import type { RunView } from '../../shared/contract.ts';
import type { ModelMetrics, PanelGene } from '../../shared/model.ts';
import type { Params } from '../../shared/params.ts';
import type { DiffFigures, DiffGene, DiffModel, RunDiff } from '../../shared/run-diff.ts';
import type { RunFolder } from '../workspace/run-folder.ts';
import type { Runs } from '../workspace/runs.ts';
import { paramsOf, viewRun } from './view.ts';

interface Side {
  readonly view: RunView;
  readonly params: Params;
  /** Held-out cells as positions in the data set; null where the run has not come so far. */
  readonly test: readonly number[] | null;
  /** The run's genes by key; empty where it is not finished. */
  readonly genes: ReadonlyMap<string, RankedGene>;
  readonly panel: ReadonlySet<string>;
}

interface RankedGene extends PanelGene {
  readonly rank: number;
}

export function diffRuns(runs: Runs, idA: string, idB: string): RunDiff {
  const a = sideOf(runs, idA);
  const b = sideOf(runs, idB);
  const both = (of: (side: Side) => number | null | undefined): [number | null, number | null] => [
    of(a) ?? null,
    of(b) ?? null,
  ];
  const keys = Object.keys(a.params) as (keyof Params)[];
  const finished = a.view.metrics !== null && b.view.metrics !== null;
  const sameGenes = finished ? equalKeys(a.genes, b.genes) : null;
  return {
    a: a.view.summary,
    b: b.view.summary,
    sameData: a.view.summary.datasetChecksum === b.view.summary.datasetChecksum,
    sameSplit: a.test && b.test && equalLists(a.test, b.test),
    sameGenes,
    sameLogBase: a.params.logBase === b.params.logBase,
    testCells: both(side => side.view.metrics?.split.test),
    keptGenes: both(side => side.view.metrics?.preprocess.genesKept),
    params: keys
      .filter(key => JSON.stringify(a.params[key]) !== JSON.stringify(b.params[key]))
      .map(key => ({ key, a: a.params[key], b: b.params[key] })),
    models: modelsOf(a, b, sameGenes === true),
    randomPanels: [a.view.metrics?.randomPanels ?? null, b.view.metrics?.randomPanels ?? null],
    panel: panelOf(a, b),
  };
}

function sideOf(runs: Runs, id: string): Side {
  const folder = runs.folder(id);
  const genes = rankedGenes(folder);
  const test = folder.readJson<{ test: readonly number[] }>('split.json')?.test ?? null;
  const panel = new Set([...genes].filter(([, gene]) => gene.inPanel).map(([key]) => key));
  return { view: viewRun(runs, id), params: paramsOf(folder), test, genes, panel };
}

/** Keyed by Ensembl id where there is one and it is the gene's alone, since symbols repeat. */
function rankedGenes(folder: RunFolder): ReadonlyMap<string, RankedGene> {
  const genes = folder.readJson<PanelGene[]>('panel.json') ?? [];
  const order = genes.toSorted((g, h) => h.norm - g.norm);
  const ranks = new Map(order.map((gene, k) => [gene, k + 1]));
  const found = new Map<string, RankedGene>();
  for (const gene of genes) {
    const key = gene.ensembl === '' || found.has(gene.ensembl) ? gene.name : gene.ensembl;
    found.set(key, { ...gene, rank: ranks.get(gene)! });
  }
  return found;
}

const roleOf = ({ id }: ModelMetrics): string => id.replace(/-f910$/, '-panel');

function modelsOf(a: Side, b: Side, sameGenes: boolean): DiffModel[] {
  const samePanel = equalKeys(a.panel, b.panel);
  const find = (side: Side, role: string): DiffFigures | null => {
    const model = side.view.metrics?.models.find(one => roleOf(one) === role);
    if (!model) return null;
    const { ev, evAllGenes, medianGeneR2, mse, targets } = model;
    return { ev, evAllGenes, medianGeneR2, mse, targets };
  };
  const roles = new Set([a, b].flatMap(side => side.view.metrics?.models.map(roleOf) ?? []));
  return [...roles].map(id => {
    const [figuresA, figuresB] = [find(a, id), find(b, id)];
    return {
      ...{ id, a: figuresA, b: figuresB },
      evA: figuresA?.ev ?? null,
      evB: figuresB?.ev ?? null,
      sameTargets:
        figuresA !== null && figuresB !== null && sameGenes && (!id.endsWith('-panel') || samePanel),
    };
  });
}

function panelOf(a: Side, b: Side): RunDiff['panel'] {
  const only = (own: Side, other: Side): string[] => [...own.panel].filter(key => !other.panel.has(key));
  const shared = [...a.panel].filter(key => b.panel.has(key)).length;
  const union = a.panel.size + b.panel.size - shared;
  const common = new Set([...a.genes.keys()].filter(key => b.genes.has(key)));
  const within = (side: Side): number => [...side.panel].filter(key => common.has(key)).length;
  const [sizeA, sizeB, background] = [within(a), within(b), common.size];
  return {
    sizeA: a.panel.size,
    sizeB: b.panel.size,
    shared,
    onlyA: only(a, b),
    onlyB: only(b, a),
    jaccard: union === 0 ? 0 : shared / union,
    background,
    expected: background > 0 ? (sizeA * sizeB) / background : null,
    p: background > 0 && union > 0 ? twoSidedOverlap({ shared, sizeA, sizeB, background }) : null,
    genes: [...new Set([...a.panel, ...b.panel])].map(key => geneOf(a.genes.get(key), b.genes.get(key))),
  };
}

function geneOf(a: RankedGene | undefined, b: RankedGene | undefined): DiffGene {
  const { name, symbol, ensembl, entrez, landmark } = (a ?? b)!;
  return {
    ...{ name, symbol, ensembl, entrez, landmark },
    inA: a?.inPanel ?? false,
    inB: b?.inPanel ?? false,
    rankA: a?.rank ?? null,
    rankB: b?.rank ?? null,
    normA: a?.norm ?? null,
    normB: b?.norm ?? null,
  };
}

function equalKeys(a: ReadonlyMap<string, unknown> | ReadonlySet<string>, b: typeof a): boolean {
  return a.size === b.size && [...a.keys()].every(key => b.has(key));
}

function equalLists(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, k) => value === b[k]);
}
