/** The procedures of prediction: what can be promised, and files of predicted expression. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import yazl from 'yazl';
import type { F910Contract } from '../../shared/contract.ts';
import { AppError, badInput } from '../../shared/errors.ts';
import type { ListSource } from '../../shared/enrichment.ts';
import type { RunMetrics } from '../../shared/model.ts';
import { logBaseOf } from '../../shared/params.ts';
import type { PredictionFormat } from '../../shared/predict.ts';
import type { Handlers } from '../../shared/rpc/server.ts';
import { namesOf, readList } from '../genes/list-source.ts';
import type { GeneReference } from '../genes/reference.ts';
import { prepare } from '../recipe/prepare.ts';
import { matrixLimit } from '../recipe/room.ts';
import { panelOf, paramsOf } from '../recipe/view.ts';
import type { StepContext } from '../steps/context.ts';
import { loadTensorEngine } from '../tensor/backend.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { predictionModel } from './model.ts';
import {
  besideCsv,
  measuredGenes,
  prepareCells,
  reportOf,
  writePrediction,
  type PredictionInput,
} from './predict.ts';

/** Bytes of a file that is handed over whole. */
const MOST_BYTES = 400e6;

interface Request {
  readonly run: string;
  readonly dataset: string;
  readonly panel?: ListSource | undefined;
}

export function predictionHandlers(
  workspace: Workspace,
  reference: () => GeneReference,
): Pick<Handlers<F910Contract>, 'predict.check' | 'predict.write' | 'predict.file'> {
  const write = (request: Request, format: PredictionFormat, out: string, context: StepContext) =>
    withInput(workspace, reference, request, context, async input => {
      const path = resolve(out);
      const beside = format === 'csv' ? Object.values(besideCsv(path)) : [];
      for (const file of [path, ...beside]) {
        if (existsSync(file)) {
          throw badInput('out', `${basename(file)} is there already. Name a file or folder that is not.`);
        }
      }
      if (!existsSync(dirname(path))) {
        throw badInput('out', `The folder ${dirname(path)} is not there. Make it, or name another one.`);
      }
      const cells = await prepareCells(input, context);
      const found = reportOf(input, cells);
      // Nothing half-written is ever visible under the name that was asked for.
      const staging = await mkdtemp(join(dirname(path), '.f910-'));
      try {
        const unfinished = join(staging, basename(path));
        await writePrediction(input, cells, found, format, unfinished, context);
        // The tables first: whoever sees the prediction has the trust of its genes beside it.
        for (const file of [...beside, path]) await rename(join(staging, basename(file)), file);
      } finally {
        await rm(staging, { recursive: true, force: true });
      }
      return { out: path, report: found.report };
    });
  return {
    'predict.check': (request, context) =>
      withInput(workspace, reference, request as Request, context, async input => {
        const found = reportOf(input, await prepareCells(input, context));
        return { report: found.report, trust: found.trust };
      }),
    'predict.write': (request, context) => write(request, request.format ?? 'h5ad', request.out, context),
    'predict.file': async (request, context) => {
      const format = request.format ?? 'h5ad';
      const { cells } = workspace.datasets.get(request.dataset);
      const genes = panelOf(workspace.runs.folder(request.run)).length;
      if (cells * genes * (format === 'h5ad' ? 4 : 10) > MOST_BYTES) {
        const why = 'the file would be too large to hand over';
        throw new AppError(
          'NOT_POSSIBLE',
          `The prediction cannot be saved from here: ${why}. In the terminal, f910 predict writes it.`,
          { what: 'predict', why },
        );
      }
      const folder = await mkdtemp(join(workspace.folder, '.predict-'));
      try {
        const path = join(folder, `prediction.${format}`);
        const { report } = await write(request, format, path, context);
        if (format === 'h5ad') return { report, bytes: new Uint8Array(await readFile(path)) };
        return { report, bytes: await zipOf(format === 'mtx' ? path : folder) };
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

async function zipOf(folder: string): Promise<Uint8Array> {
  const zip = new yazl.ZipFile();
  for (const name of (await readdir(folder)).sort())
    zip.addFile(join(folder, name), name, { compress: !name.endsWith('.gz') });
  zip.end();
  return new Uint8Array(await buffer(zip.outputStream));
}

async function withInput<T>(
  workspace: Workspace,
  reference: () => GeneReference,
  { run, dataset, panel: list }: Request,
  context: StepContext,
  work: (input: PredictionInput) => Promise<T>,
): Promise<T> {
  const folder = workspace.runs.folder(run);
  const ofRun = panelOf(folder);
  const params = paramsOf(folder);
  const metrics = folder.readJson<RunMetrics>('metrics.json');
  const { name: runName, datasetId } = workspace.runs.get(run);
  let panel = ofRun.flatMap(({ inPanel }, gene) => (inPanel ? [gene] : []));
  if (list !== undefined) {
    const { entries } = await readList(list, reference(), { data: namesOf(ofRun), sameLetters: false });
    panel = [...new Set(entries.map(({ row }) => row ?? -1).filter(row => row >= 0))];
  }
  const data = workspace.datasets.open(dataset);
  try {
    const trained = workspace.datasets.open(datasetId);
    try {
      const prepared = await prepare(trained, params, matrixLimit(process.availableMemory()), context);
      if (prepared.genes.name.some((name, gene) => name !== ofRun[gene]?.name)) {
        throw new AppError(
          'NOT_POSSIBLE',
          'The genes of this run are no longer what they were, so it cannot predict. Run the recipe again with the same parameters.',
          { what: 'predict', why: 'the filters keep other genes now' },
        );
      }
      const measured = measuredGenes(prepared.genes, data, panel, runName);
      const engine = await loadTensorEngine();
      const base = trained.summary.alreadyLog ?? logBaseOf(params);
      const model = await predictionModel(folder, engine, prepared, measured.panel, base, context);
      const linear = metrics?.models.find(({ id }) => id === 'linear-f910' || id === 'linear-panel');
      return await work({
        ...{ engine, run, genes: prepared.genes, model, measured, data },
        panelSize: panel.length,
        ofRun: list === undefined ? (linear?.ev ?? null) : null,
      });
    } finally {
      trained.close();
    }
  } finally {
    data.close();
  }
}
