/** Every procedure of the engine, once: input parser, output, progress. Names are `noun.verb`. */
import { z } from 'zod';
import type { GeneFlag } from './assay-fit.ts';
import { badInput } from './errors.ts';
import type { GeneMatches, GeneSwap, GeneView } from './gene-view.ts';
import type { CountsChoice, LabelsReport, LabelsRequest, LandmarkReport, PoolReport } from './import.ts';
import {
  exploreInputs,
  type ExploreDataset,
  type ExploreMaps,
  type GeneRequest,
  type GeneValues,
  type OwnLabelsRequest,
  type MapsLook,
  type MapsProgress,
  type MapsRequest,
  type SubsetRequest,
} from './explore.ts';
import {
  enrichmentRequest,
  listRequest,
  scoreRequest,
  rankedRequest,
  type EnrichmentReport,
  type RankedReport,
} from './enrichment.ts';
import type { GeneList, ListScore } from './gene-list.ts';
import { procedure } from './rpc/procedure.ts';
import type {
  DatasetSummary,
  EngineInfo,
  ImportRequest,
  InspectReport,
  LabelColumn,
  PanelGene,
  Progress,
  RunMetrics,
  RunProgress,
  RunSummary,
  TrainingCurve,
} from './model.ts';
import type { CellQuality, GeneFilterPreview } from './quality/model.ts';
import type { Params } from './params.ts';
import {
  predictFileRequest,
  predictRequest,
  predictWriteRequest,
  type GeneTrust,
  type PredictionReport,
} from './predict.ts';
import type { RunDiff } from './run-diff.ts';
import { robustnessRequest, scoreboardRequest, type Robustness, type Scoreboard } from './scoreboard.ts';
import type { BinItem, DiskUse, ReferenceInfo, RunEstimate, RunEvent } from './runs.ts';

/** Wraps a zod schema so that a bad request says where and why in one sentence. */
function input<S extends z.ZodType>(schema: S): (raw: unknown) => z.output<S> {
  return raw => {
    const result = schema.safeParse(raw);
    if (result.success) return result.data;
    const issue = result.error.issues[0]!;
    const path = issue.path.join('.') || 'input';
    throw badInput(path, `The request's ${path} cannot be used: ${issue.message}.`);
  };
}

const id = z.string().regex(/^[a-z0-9-]{1,64}$/);
const nothing = z.strictObject({});
const path = z.string().min(1).max(4096);
const readOptions = z.strictObject({
  layer: z.string().max(200).optional(),
  rows: z.enum(['genes', 'cells']).optional(),
  alreadyLog: z.number().gt(1).optional(),
  duplicateCells: z.enum(['refuse', 'rename']).optional(),
  sameLetters: z.boolean().optional(),
});
const labelOptions = z.strictObject({
  idColumn: z.string().optional(),
  typeColumn: z.string().optional(),
  experimentColumn: z.string().optional(),
  donorColumn: z.string().optional(),
  drop: z.array(z.strictObject({ column: z.string(), value: z.string() })).optional(),
  dropUnlabelled: z.boolean().optional(),
});
const countsChoice = z.strictObject({ path, options: readOptions });
const paramChanges = z.record(z.string(), z.unknown());

export interface SystemInfo {
  readonly app: string;
  readonly node: string;
  readonly engine: EngineInfo;
  readonly workspace: string;
  readonly landmarks: number;
}

/** Check of `doctor`: ok, or a problem with what to do about it. */
export interface DoctorCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly remedy?: string;
}

export interface Embedding {
  /** Cells shown, as positions in the data set. */
  readonly cells: Int32Array;
  /** Two coordinates a cell, in turn. */
  readonly pca: Float32Array;
  readonly tsne: Float32Array;
  readonly umap: Float32Array;
  /** Share of variance of each principal component. */
  readonly varianceExplained: Float32Array;
  /** Cluster of each cell. */
  readonly clusters: Int32Array;
  readonly librarySize: Float32Array;
  readonly detected: Int32Array;
  readonly columns: readonly LabelColumn[];
}

export interface RunView {
  readonly summary: RunSummary;
  readonly metrics: RunMetrics | null;
  /** Of a run that is not finished: the epochs so far. */
  readonly curves: readonly TrainingCurve[];
  /** What happened, oldest first, without the single epochs. */
  readonly log: readonly RunEvent[];
  /** All parameters, in the present version. */
  readonly params: Params;
  /** Version of the app that started it. */
  readonly appVersion: string;
}

export const contract = {
  /** Answers at once, before the numerical engine is loaded. */
  'system.open': procedure<Record<string, never>, { app: string }>(input(nothing)),
  'system.info': procedure<Record<string, never>, SystemInfo>(input(nothing)),
  'system.doctor': procedure<Record<string, never>, DoctorCheck[], Progress>(input(nothing)),
  /** Where the gene names and the landmarks come from. */
  'system.reference': procedure<Record<string, never>, ReferenceInfo>(input(nothing)),
  /** What the interface keeps between visits: choices, drafts, where one was. Values are JSON of its own making. */
  'memory.load': procedure<Record<string, never>, Record<string, string>>(input(nothing)),
  /** Null forgets the key. */
  'memory.save': procedure<{ key: string; value: string | null }, { saved: string }>(
    input(
      z.strictObject({
        key: z.string().regex(/^[a-z0-9-]{1,64}(:[a-z0-9-]{1,64})?$/),
        value: z.string().max(200_000).nullable(),
      }),
    ),
  ),
  'system.disk': procedure<Record<string, never>, DiskUse>(input(nothing)),
  'data.inspect': procedure<CountsChoice, InspectReport, Progress>(input(countsChoice)),
  /** What several files have in common, without storing them. */
  'data.pool': procedure<{ files: readonly CountsChoice[] }, PoolReport, Progress>(
    input(z.strictObject({ files: z.array(countsChoice).min(2).max(100) })),
  ),
  /** Labels against the cells of one file, without storing anything. */
  'labels.inspect': procedure<LabelsRequest, LabelsReport, Progress>(
    input(z.strictObject({ counts: countsChoice, labels: path.optional(), options: labelOptions })),
  ),
  'data.rename': procedure<{ id: string; name: string }, DatasetSummary>(
    input(z.strictObject({ id, name: z.string().trim().min(1).max(200) })),
  ),
  /** Symbols of the landmarks that a data set measures and of those it does not. */
  'data.landmarks': procedure<{ id: string }, LandmarkReport>(input(z.strictObject({ id }))),
  'data.import': procedure<ImportRequest, DatasetSummary, Progress>(raw => input(importInput)(raw)),
  'data.example': procedure<Record<string, never>, DatasetSummary, Progress>(input(nothing)),
  'data.list': procedure<Record<string, never>, DatasetSummary[]>(input(nothing)),
  'data.get': procedure<{ id: string }, DatasetSummary>(input(z.strictObject({ id }))),
  'data.delete': procedure<{ id: string }, { deleted: string }>(input(z.strictObject({ id }))),
  'data.simulate': procedure<
    z.output<typeof simulateInput>,
    { out: string; cells: number; genes: number; nonzeros: number },
    Progress
  >(raw => input(simulateInput)(raw)),
  /** Library size, detected genes and mitochondrial share of every cell. Computed once, then kept beside the data set. */
  'quality.cells': procedure<{ id: string }, CellQuality, Progress>(input(z.strictObject({ id }))),
  /** The cells that balancing by type would draw, ascending; null where it leaves all. */
  'quality.balanced': procedure<
    { id: string; seed: number; maxCellsPerType: number },
    { cells: Int32Array | null }
  >(input(z.strictObject({ id, seed: z.number().int().min(0), maxCellsPerType: z.number().int().min(0) }))),
  /** Genes and landmarks that the parameters would keep, and what gentler settings would. */
  'quality.genes': procedure<
    { id: string; preset: string; params: Record<string, unknown> },
    GeneFilterPreview,
    Progress
  >(input(z.strictObject({ id, preset: z.string(), params: paramChanges }))),
  'explore.dataset': procedure<{ datasetId: string }, ExploreDataset>(input(exploreInputs.dataset)),
  /** What is known of the maps without computing any. */
  'explore.look': procedure<MapsRequest, MapsLook>(input(exploreInputs.maps)),
  /** Makes the maps, which come in parts as progress. `explore.stop` ends it with what is there, a cancel with nothing. */
  'explore.compute': procedure<MapsRequest, ExploreMaps, MapsProgress>(
    input(exploreInputs.maps),
    (earlier, later) => ({ ...earlier, ...later }),
  ),
  'explore.stop': procedure<
    { datasetId: string; which: 'tsne' | 'umap' | 'all' },
    { stopped: 'tsne' | 'umap' | 'all' }
  >(input(exploreInputs.stop)),
  'explore.gene': procedure<GeneRequest, GeneValues, Progress>(input(exploreInputs.gene)),
  /** Puts a column of the user's own labels, or removes it; all own columns after it. */
  'explore.putLabels': procedure<OwnLabelsRequest, LabelColumn[]>(input(exploreInputs.labels)),
  'explore.subset': procedure<SubsetRequest, DatasetSummary, Progress>(input(exploreInputs.subset)),
  /** Starts a run and returns at once; it goes on when the caller leaves. Follow it with `run.watch`. */
  'run.start': procedure<
    { datasetId: string; preset: string; params: Record<string, unknown>; name?: string | undefined },
    RunSummary
  >(
    input(
      z.strictObject({
        datasetId: id,
        preset: z.string(),
        params: paramChanges,
        name: z.string().max(200).optional(),
      }),
    ),
  ),
  /** Takes up an interrupted, cancelled or failed run where its last checkpoint stands. */
  'run.resume': procedure<{ id: string }, RunSummary>(input(z.strictObject({ id }))),
  /** Settles when the run has ended; cancelling the call stops watching, not the run. */
  'run.watch': procedure<{ id: string }, RunSummary, RunProgress>(input(z.strictObject({ id }))),
  /** Settles when the run has really stopped. */
  'run.cancel': procedure<{ id: string }, RunSummary>(input(z.strictObject({ id }))),
  /** Stops a run at a checkpoint, to be resumed later; settles when it has really stopped. */
  'run.pause': procedure<{ id: string }, RunSummary>(input(z.strictObject({ id }))),
  /** Memory, disk and time that a run would need; cheap enough for every change of a parameter. */
  'run.estimate': procedure<
    { datasetId: string; preset: string; params: Record<string, unknown> },
    RunEstimate
  >(input(z.strictObject({ datasetId: id, preset: z.string(), params: paramChanges }))),
  /** Starts a new run with the data and parameters of another; its record says afterwards whether both agree. */
  'run.repeat': procedure<{ id: string }, RunSummary>(input(z.strictObject({ id }))),
  'run.rename': procedure<{ id: string; name: string }, RunSummary>(
    input(z.strictObject({ id, name: z.string().trim().min(1).max(200) })),
  ),
  'run.note': procedure<{ id: string; note: string }, RunSummary>(
    input(z.strictObject({ id, note: z.string().max(20_000) })),
  ),
  'run.list': procedure<Record<string, never>, RunSummary[]>(input(nothing)),
  'run.view': procedure<{ id: string }, RunView>(input(z.strictObject({ id }))),
  'run.panel': procedure<{ id: string }, PanelGene[]>(input(z.strictObject({ id }))),
  'run.embedding': procedure<{ id: string }, Embedding | null>(input(z.strictObject({ id }))),
  'run.diff': procedure<{ a: string; b: string }, RunDiff>(input(z.strictObject({ a: id, b: id }))),
  /** Genes of a run's data by any of their names, for a field that is typed into. */
  'gene.find': procedure<{ run: string; query: string }, GeneMatches>(
    input(z.strictObject({ run: id, query: z.string().max(200) })),
  ),
  'gene.view': procedure<{ run: string; gene: string }, GeneView, Progress>(
    input(z.strictObject({ run: id, gene: z.string().min(1).max(500) })),
  ),
  /** What the panel loses without a gene of it, and the best genes in its place. */
  'gene.swap': procedure<{ run: string; gene: string }, GeneSwap, Progress>(
    input(z.strictObject({ run: id, gene: z.string().min(1).max(500) })),
  ),
  /** What speaks against each gene on a platform with probes; in the order of `run.panel`. */
  'run.flags': procedure<{ id: string }, GeneFlag[][]>(input(z.strictObject({ id }))),
  /** What became of each entry of a pasted or loaded list of genes. */
  'list.resolve': procedure<z.input<typeof listRequest>, GeneList>(raw => input(listRequest)(raw)),
  /** A list as a panel: its linear model beside that of the run's panel and of random ones. */
  'list.score': procedure<z.input<typeof scoreRequest>, ListScore, Progress>(raw => input(scoreRequest)(raw)),
  /** Over-representation of the panel, the landmarks and further lists, side by side. */
  'enrich.lists': procedure<z.input<typeof enrichmentRequest>, EnrichmentReport>(raw =>
    input(enrichmentRequest)(raw),
  ),
  /** Enrichment along the ranking of a run's genes by the norm of their weights. */
  'enrich.ranked': procedure<z.input<typeof rankedRequest>, RankedReport, Progress>(raw =>
    input(rankedRequest)(raw),
  ),
  /** The scoreboard of a run as it was made last, or null. */
  'board.get': procedure<{ run: string }, Scoreboard | null>(input(z.strictObject({ run: id }))),
  /** Chooses panels by every selector and scores them beside controls and random panels; kept with the run. */
  'board.make': procedure<z.input<typeof scoreboardRequest>, Scoreboard, Progress>(raw =>
    input(scoreboardRequest)(raw),
  ),
  /** A selector's panel selected anew on halves of the cells, and without one experiment, donor or cell type. */
  'board.robust': procedure<z.input<typeof robustnessRequest>, Robustness, Progress>(raw =>
    input(robustnessRequest)(raw),
  ),
  /** What a run can promise for new cells, before anything is written. */
  'predict.check': procedure<
    z.input<typeof predictRequest>,
    { report: PredictionReport; trust: GeneTrust[] },
    Progress
  >(raw => input(predictRequest)(raw)),
  /** Predicted expression of new cells into a file or folder that is not there yet. */
  'predict.write': procedure<
    z.input<typeof predictWriteRequest>,
    { out: string; report: PredictionReport },
    Progress
  >(raw => input(predictWriteRequest)(raw)),
  /** The same as the bytes of a file. */
  'predict.file': procedure<
    z.input<typeof predictFileRequest>,
    { report: PredictionReport; bytes: Uint8Array },
    Progress
  >(raw => input(predictFileRequest)(raw)),
  'run.delete': procedure<{ id: string }, { deleted: string }>(input(z.strictObject({ id }))),
  /** Writes the export folder. `out` is a folder the user chose; in the browser the server offers it as a download instead. */
  'run.export': procedure<{ id: string; out: string }, { out: string; files: string[] }, Progress>(
    input(z.strictObject({ id, out: path })),
  ),
  'bin.list': procedure<Record<string, never>, BinItem[]>(input(nothing)),
  /** Puts a deleted data set or run back, with its old id. */
  'bin.restore': procedure<{ entry: string }, BinItem>(input(z.strictObject({ entry: z.string().max(200) }))),
  /** Removes everything in the bin for good. */
  'bin.empty': procedure<Record<string, never>, { removed: number }>(input(nothing)),
};
const importInput = z.strictObject({
  files: z
    .array(
      z.strictObject({
        path,
        options: readOptions,
        labels: path.optional(),
        labelOptions: labelOptions.optional(),
        experiment: z.string().trim().min(1).max(100).optional(),
      }),
    )
    .min(1),
  name: z.string().min(1).max(200).optional(),
});
const simulateInput = z.strictObject({
  cells: z.number().int().min(10).max(2_000_000),
  genes: z.number().int().min(50).max(60_000),
  types: z.number().int().min(1).max(200),
  seed: z.number().int().min(0),
  out: path,
});
export type ImportInput = ImportRequest;
export type SimulateInput = z.output<typeof simulateInput>;
export type F910Contract = typeof contract;
