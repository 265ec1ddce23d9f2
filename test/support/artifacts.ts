/** A finished run made up for tests of what is drawn and written of it: every number is invented but consistent. */
import { createRandom } from '../../src/core/random.ts';
import type { RunArtifacts } from '../../src/engine/recipe/artifacts.ts';
import type { GeneErrors } from '../../src/engine/steps/gene-errors.ts';
import type { Embedding } from '../../src/shared/contract.ts';
import type {
  LabelColumn,
  ModelId,
  ModelMetrics,
  PanelGene,
  RunMetrics,
  Spread,
} from '../../src/shared/model.ts';
import { parseParams } from '../../src/shared/params.ts';

export interface ArtifactsShape {
  readonly cells: number;
  readonly genes: number;
  readonly panel: number;
  /** Cell types; 0: the data have no labels. */
  readonly types: number;
  readonly experiments: number;
  /** Whether landmarks are present in the data. */
  readonly landmarks: boolean;
  readonly embedding: boolean;
  readonly tsne: boolean;
  readonly simulated: boolean;
  /** Names of types by position, in place of invented ones. */
  readonly typeNames: readonly string[];
  /** Symbols of genes by position, in place of invented ones. */
  readonly symbols: readonly string[];
}

const TYPES = [
  ...[
    'Basal cells',
    'Cholangiocytes',
    'Enterocytes',
    'Epithelial cells',
    'Goblet cells',
    'T cells',
    'B cells',
  ],
  ...['Dendritic cells', 'Luminal epithelial cells', 'Serotonergic neurons', 'Ductal cells', 'Unknown'],
];

export function makeArtifacts(changes: Partial<ArtifactsShape> = {}): RunArtifacts {
  const shape: ArtifactsShape = {
    ...{ cells: 400, genes: 300, panel: 30, types: 4, experiments: 2, landmarks: true },
    ...{ embedding: true, tsne: true, simulated: false, typeNames: [], symbols: [] },
    ...changes,
  };
  const types = Array.from(
    { length: shape.types },
    (_, t) => shape.typeNames[t] ?? TYPES[t] ?? `Type ${t + 1}`,
  );
  const genes = makeGenes(shape);
  const perType = types.map((type, t) => ({ type, cells: Math.round(shape.cells / (t + 2)) }));
  const source = {
    ...{ path: '/data/colon counts.mtx', format: '10x MTX v3', sha256: 'ab12'.repeat(16) },
    ...{ cells: shape.cells + 40, genes: shape.genes + 500 },
  };
  const params = parseParams('paper', { seed: 7 });
  const metrics = makeMetrics(shape, genes, types, source);
  return {
    summary: {
      ...{ id: 'run-1', name: 'Colon, paper recipe', datasetId: 'colon', datasetName: 'Colon & prostate' },
      ...{ datasetChecksum: metrics.dataset.checksum, preset: 'paper', seed: 7, status: 'done' as const },
      ...{
        created: '2026-11-02T10:00:00.000Z',
        finished: '2026-11-02T10:07:30.000Z',
        seconds: 450,
        error: null,
      },
      ...{ verdict: metrics.verdict, panelName: metrics.panel.name, panelSize: shape.panel },
      ...{ explainedVariance: 0.21, note: '', repeats: null },
    },
    dataset: {
      ...{ id: 'colon', name: 'Colon & prostate', created: '2026-11-02T09:00:00.000Z' },
      ...{ cells: shape.cells + 40, genes: shape.genes + 500, nonzeros: 90_000, totalCounts: 1_234_567 },
      ...{ landmarks: shape.landmarks ? 40 : 0, geneIds: 'ensembl' as const, alreadyLog: null },
      sources: [source],
      columns: [...(types.length > 0 ? ['cell_type'] : []), ...(shape.experiments > 0 ? ['sample'] : [])],
      roles: {
        type: types.length > 0 ? 'cell_type' : null,
        experiment: shape.experiments > 0 ? 'sample' : null,
        donor: null,
      },
      types: perType,
      experiments: Array.from({ length: shape.experiments }, (_, e) => ({
        experiment: `SRS${e + 1}`,
        cells: 200,
      })),
      simulated: shape.simulated,
      warnings: ['92 spike-ins (ERCC) were left out.'],
      imported: {
        files: [
          {
            path: source.path,
            options: {},
            labels: '/data/labels.csv',
            labelOptions: { typeColumn: 'cell_type' },
          },
        ],
      },
      checksum: metrics.dataset.checksum,
    },
    paramsVersion: 1,
    params,
    metrics,
    genes,
    board: null,
    errors: makeErrors(genes),
    split: [
      { cell: 'AAAC-1', part: 'train' },
      { cell: 'AAAG-1', part: 'test' },
    ],
    curves: (shape.landmarks ? ['dnn-l1000', 'select', 'dnn-panel'] : ['select', 'dnn-panel']).map(
      (model, m) => ({
        model: model as ModelId,
        train: Array.from({ length: 24 }, (_, e) => 0.04 * (m + 1) * (1 + 2 * Math.exp(-e / 4))),
        stop: Array.from({ length: 24 }, (_, e) => 0.045 * (m + 1) * (1 + 2 * Math.exp(-e / 4) + 0.004 * e)),
        bestEpoch: 19,
      }),
    ),
    embedding: shape.embedding ? makeEmbedding(shape, types) : null,
  };
}

/** R2 within .2 in every type, errors at two levels. */
function makeErrors(genes: readonly PanelGene[]): GeneErrors {
  const of = (rows: number, value: (gene: PanelGene, row: number) => number): Float32Array =>
    Float32Array.from({ length: rows * genes.length }, (_, at) => {
      const gene = genes[at % genes.length]!;
      return gene.r2 === null ? NaN : value(gene, Math.floor(at / genes.length));
    });
  return {
    genes: genes.length,
    low: of(1, ({ r2 }) => r2! - 0.05),
    high: of(1, ({ r2 }) => r2! + 0.05),
    levelCells: of(3, (_, level) => [150, 50, 0][level]!),
    levelError: of(3, (_, level) => [0.1, 0.4, NaN][level]!),
    types: ['T cell'],
    typeR2: of(1, ({ r2 }) => r2! / 2),
    carriers: of(3, (_, place) => place).map(column => (Number.isNaN(column) ? -1 : column)),
  };
}

function makeGenes(shape: ArtifactsShape): PanelGene[] {
  const random = createRandom(3, 'genes');
  const norms = Array.from({ length: shape.genes }, () => 0.9 * random.next());
  const order = norms.map((_, g) => g).sort((a, b) => norms[b]! - norms[a]!);
  const rank = new Map(order.map((g, r) => [g, r]));
  return norms.map((norm, g) => {
    const symbol = shape.symbols[g] ?? `GENE${g + 1}`;
    const ensembl = g % 50 === 49 ? '' : `ENSG${String(10_000_000_000 + g).slice(1)}`;
    const inPanel = rank.get(g)! < shape.panel;
    const switchedOff = rank.get(g)! >= shape.genes - 20;
    return {
      ...{ name: `${symbol}_${ensembl}`, symbol, ensembl, entrez: g % 20 === 19 ? 0 : 1000 + g },
      ...{ list: inPanel ? (g % 3 === 0 ? 'maximum' : g % 3 === 1 ? 'minimum' : 'both') : '' },
      ...{ rankMaximum: rank.get(g)! + 1, rankMinimum: shape.genes - rank.get(g)! },
      ...{ maximum: 0.6 * norm, minimum: -0.5 * norm, norm: switchedOff ? 0 : norm, inPanel, switchedOff },
      ...{ landmark: shape.landmarks && g % 9 === 0, mean: 0.3 * random.next(), detected: random.next() },
      r2: inPanel || g % 40 === 7 ? null : 0.5 * random.next() ** 2 - 0.02,
    };
  });
}

function makeMetrics(
  shape: ArtifactsShape,
  genes: readonly PanelGene[],
  types: readonly string[],
  source: RunMetrics['dataset']['sources'][number],
): RunMetrics {
  const spread = (median: number): Spread => ({
    median,
    lower: median - 0.1,
    upper: median + 0.1,
    counted: 260,
    leftOut: 4,
  });
  const named = types.filter(t => t !== 'Unknown');
  const model = (id: ModelId, inputs: number, ev: number): ModelMetrics => ({
    ...{ id, inputs, targets: id === 'mean' || id === 'select' ? shape.genes : shape.genes - inputs },
    ...{ mse: 0.05 * (1 - ev), wmse: 0.08 * (1 - ev), ev, evAllGenes: Math.min(1, ev + 0.1) },
    ...{ medianGeneR2: ev / 2, geneR2: spread(ev / 2), medianGenePearson: ev, genePearson: spread(ev) },
    cellDelta: spread(ev),
    zeros: { mseZero: 0.01, mseNonzero: 0.2, shareOfErrorInZeros: 0.21 },
    perType: named.map((type, t) => ({ type, cells: 40 + t, mse: 0.05, ev: t === 2 ? null : ev - 0.02 * t })),
    ...{ worstType: named.at(-1) ?? null, epochs: id.startsWith('dnn') ? 24 : 0, seconds: 12.3 },
    ...(id.startsWith('linear') ? { ridge: 31.6 } : {}),
    ...(id === 'select'
      ? { lasso: { lambda: 0.001, converged: true, switchedOff: 20, genes: shape.genes } }
      : {}),
  });
  const landmarks = genes.filter(g => g.landmark).length;
  const overlap = genes.filter(g => g.landmark && g.inPanel).length;
  const l1000 = [model('linear-l1000', landmarks, 0.19), model('dnn-l1000', landmarks, 0.2)];
  const pair = {
    a: 'linear-l1000' as const,
    b: 'linear-panel' as const,
    targets: 240,
    evA: 0.188,
    evB: 0.203,
  };
  return {
    schema: 1,
    dataset: {
      ...{ id: 'colon', name: 'Colon & prostate', cells: shape.cells + 40, genes: shape.genes + 500 },
      ...{ checksum: 'cd34'.repeat(16), simulated: shape.simulated, sources: [source] },
    },
    preprocess: {
      ...{ cellsIn: shape.cells + 40, cellsBalanced: shape.cells + 40, cellsKept: shape.cells },
      ...{
        genesIn: shape.genes + 500,
        genesKept: shape.genes,
        landmarksIn: landmarks + 5,
        landmarksKept: landmarks,
      },
      ...{ minLibrarySize: 1000, minReads: 3, minCells: 5, targetSum: 10_000, alreadyLog: null },
      perType: types.map((type, t) => ({ type, before: 60 + t, after: 50 + t })),
      perExperiment: Array.from({ length: shape.experiments }, (_, e) => ({
        experiment: `SRS${e + 1}`,
        before: 210,
        after: 200,
      })),
      notes: [],
    },
    split: { train: 288, stop: 32, test: 80, seed: 7, strata: Math.max(1, types.length), duplicatedCells: 0 },
    logBase: 10,
    models: [
      model('mean', 0, 0),
      ...(shape.landmarks ? l1000 : []),
      ...[
        model('select', shape.genes, 0.24),
        model('linear-panel', shape.panel, 0.21),
        model('dnn-panel', shape.panel, 0.22),
      ],
    ],
    pairs: shape.landmarks
      ? [{ ...pair, difference: 0.015, low: 0.004, high: 0.027, resampled: 'genes and cells' }]
      : [],
    panel: {
      ...{ rule: 'paper' as const, name: `F${shape.panel}`, size: shape.panel, l1000Overlap: overlap },
      ...{ l1000Present: landmarks, expectedOverlap: (landmarks * shape.panel) / shape.genes },
      ...{ p: landmarks > 0 ? 0.62 : null, ties: 0 },
    },
    notes: ['Perplexity 30 was lowered to 9, because there are few cells.'],
    skipped: [
      ...(shape.landmarks ? [] : [{ what: 'L1000 models', why: 'no landmark gene is in the data' }]),
      ...(shape.embedding ? [] : [{ what: 'maps of the cells', why: 'they were switched off' }]),
    ],
    verdict: `These ${shape.panel} genes predict the other ${shape.genes - shape.panel} with 22 % explained variance.`,
    engine: { name: 'tensorflow', version: '2.9.1' },
    app: { version: '0.1.0' },
    params: parseParams('paper', { seed: 7 }),
    seconds: 450,
  };
}

function makeEmbedding(shape: ArtifactsShape, types: readonly string[]): Embedding {
  const random = createRandom(4, 'embedding');
  const groups = Math.max(1, types.length);
  const group = Int32Array.from({ length: shape.cells }, () => Math.floor(groups * random.next() ** 1.5));
  const map = (turn: number): Float32Array =>
    Float32Array.from({ length: 2 * shape.cells }, (_, k) => {
      const angle = (2 * Math.PI * group[k >> 1]!) / groups + turn;
      return 20 * (k % 2 === 0 ? Math.cos(angle) : Math.sin(angle)) + 3.5 * random.normal();
    });
  const librarySize = Float32Array.from(group, () =>
    Math.round(10 ** (3.1 + 0.5 * Math.abs(random.normal()))),
  );
  const columns: LabelColumn[] = [];
  if (types.length > 0) columns.push({ name: 'cell_type', levels: types, codes: group });
  if (shape.experiments > 0) {
    const levels = Array.from({ length: shape.experiments }, (_, e) => `SRS${e + 1}`);
    columns.push({ name: 'sample', levels, codes: group.map((_, c) => c % shape.experiments) });
  }
  return {
    cells: Int32Array.from(group, (_, c) => c),
    ...{ pca: map(0), tsne: shape.tsne ? map(1) : new Float32Array(0), umap: map(2) },
    varianceExplained: Float32Array.from({ length: 25 }, (_, k) => 0.12 / (k + 1)),
    ...{
      clusters: group,
      librarySize,
      detected: Int32Array.from(librarySize, size => Math.round(size / 3)),
      columns,
    },
  };
}
