/**
 * From files to a stored data set: read, identify genes, label cells, pool on shared genes, store. Counts are on disk
 * all the time; what is in memory are names, labels and one block of cells.
 */
import { join } from 'node:path';
import { AppError, badInput, cancelled } from '../../shared/errors.ts';
import type { DatasetSummary, GeneIdKind, ImportRequest, Progress } from '../../shared/model.ts';
import type { EngineEnvironment } from '../environment.ts';
import { examples } from '../genes/examples.ts';
import type { GeneReference } from '../genes/reference.ts';
import { counted } from '../steps/words.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { copyCells } from './copy-cells.ts';
import { poolGenes } from './pool.ts';
import type { PooledGenes } from './pool.ts';
import { poolCellNames, poolLabels } from './pooled-labels.ts';
import { checkDistinct, labelsOfPaths } from './sources.ts';
import { stageFile } from './staged-file.ts';
import type { StagedFile } from './staged-file.ts';

export interface ImportContext {
  readonly signal: AbortSignal;
  progress(value: Progress): void;
}

const NAME_LENGTH = 200;

/**
 * Stores the files of a request as one data set. The same content is stored once: a second import hands back the first
 * data set, and says so.
 * @throws AppError BAD_INPUT, BAD_FILE, FORMAT_UNRECOGNISED with one sentence, NOT_POSSIBLE where files share no gene,
 *   NO_ROOM, WORKSPACE, CANCELLED. In every case nothing is stored.
 */
export async function importFiles(
  workspace: Workspace,
  reference: GeneReference,
  request: ImportRequest,
  environment: Pick<EngineEnvironment, 'worker'>,
  context: ImportContext,
): Promise<DatasetSummary> {
  const paths = request.files.map(file => file.path);
  const names = request.files.map(file => file.experiment);
  checkDistinct(paths);
  const staging = workspace.temporary();
  try {
    const files: StagedFile[] = [];
    for (const [k, file] of request.files.entries()) {
      const prefix = request.files.length === 1 ? '' : `File ${k + 1} of ${request.files.length}: `;
      const progress = (value: Progress): void => context.progress({ ...value, label: prefix + value.label });
      const reading = { signal: context.signal, progress, worker: environment.worker };
      files.push(await stageFile(join(staging.folder, String(k)), reference, file, reading));
    }
    return await store(workspace, files, labelsOfPaths(paths, names), request, context);
  } catch (error) {
    if (context.signal.aborted) throw cancelled('The import');
    throw error;
  } finally {
    staging.remove();
  }
}

async function store(
  workspace: Workspace,
  files: readonly StagedFile[],
  fileLabels: readonly string[],
  request: ImportRequest,
  context: ImportContext,
): Promise<DatasetSummary> {
  const alreadyLog = commonLog(files);
  const genes = sharedGenes(files);
  const { columns, roles } = poolLabels(files, fileLabels, request.files);
  const cellNames = poolCellNames(files, fileLabels);
  const known = new Set(workspace.datasets.list().map(dataset => dataset.id));
  const writer = workspace.datasets.create();
  try {
    const [only] = files;
    context.progress({ phase: 'store', label: 'Storing cells', done: 0, of: 0 });
    context.signal.throwIfAborted();
    if (files.length === 1 && isWhole(only!, genes)) writer.adopt(only!.counts);
    else await copyCells(files, genes, writer, context);
    const summary = writer.finish(
      {
        name: request.name ?? nameOf(fileLabels),
        genes: genes.table,
        cellNames: cellNames.names,
        columns,
        roles,
        sources: files.map(file => file.source),
        geneIds: commonKind(files),
        alreadyLog,
        simulated: false,
        warnings: [
          ...files.flatMap(file => fileWarnings(file, files.length)),
          ...genes.warnings,
          ...cellNames.warnings,
          ...sharedLabelsWarning(request, cellNames.warnings.length > 0),
        ],
        imported: request,
      },
      { reuse: true },
    );
    if (!known.has(summary.id)) return summary;
    const again = `These data were imported before, as "${summary.name}"; they are not stored a second time.`;
    return { ...summary, warnings: [again, ...summary.warnings] };
  } catch (error) {
    writer.discard();
    throw error;
  }
}

/** All cells and genes of the file stay, in its order: what was read is what is stored. */
function isWhole({ source, labels, rowOf }: StagedFile, genes: PooledGenes): boolean {
  const [rows] = genes.rows;
  return (
    labels.kept.length === source.cells &&
    rows!.length === source.genes &&
    rows!.every((row, gene) => rowOf[row] === gene)
  );
}

/** @throws AppError BAD_INPUT where counts and logarithms, or logarithms of different bases, would be mixed. */
function commonLog(files: readonly StagedFile[]): number | null {
  const base = files[0]!.alreadyLog;
  const other = files.find(file => file.alreadyLog !== base);
  if (other === undefined) return base;
  const kind = (file: StagedFile): string =>
    file.alreadyLog === null ? 'counts' : `logarithms of base ${file.alreadyLog}`;
  throw badInput(
    'files',
    `${files[0]!.name} holds ${kind(files[0]!)} and ${other.name} ${kind(other)}: files that are pooled have to be alike.`,
  );
}

/** The kind of ids of all files, or of the first where they differ: its names are kept. */
function commonKind(files: readonly StagedFile[]): GeneIdKind {
  return files[0]!.genes.kind;
}

function sharedGenes(files: readonly StagedFile[]): PooledGenes {
  const pooled = poolGenes(files.map(({ name, genes, totals }) => ({ name, table: genes.table, totals })));
  if (pooled.table.name.length > 0) return pooled;
  const why =
    files.length === 1
      ? `${files[0]!.name} holds no genes`
      : `${examples(files.map(file => file.name))} share no gene; their genes are named like ${examples(files.map(file => file.genes.table.name[0] ?? 'nothing'))}`;
  throw new AppError('NOT_POSSIBLE', `${why}. Choose files of one kind of cells and genes.`, {
    what: 'import',
    why,
  });
}

function nameOf(fileLabels: readonly string[]): string {
  const shown = fileLabels.slice(0, 3).join(' + ');
  const more = fileLabels.length - 3;
  const name = more > 0 ? `${shown} and ${counted(more, 'more file')}` : shown;
  return name.slice(0, NAME_LENGTH);
}

/** Warnings with the file in front where there are several and the sentence does not name it. */
function fileWarnings(file: StagedFile, files: number): string[] {
  return file.warnings.map(warning =>
    files === 1 || warning.includes(file.name) ? warning : `${file.name}: ${warning}`,
  );
}

/** One labels file cannot tell cells of several files apart that have the same name. */
function sharedLabelsWarning(request: ImportRequest, namesClash: boolean): string[] {
  const labels = request.files.map(file => file.labels).filter(path => path !== undefined);
  if (!namesClash || new Set(labels).size === labels.length) return [];
  return [
    'One labels file is used for several files that share cell names: cells of one name got the same labels. Give every file its own labels if that is wrong.',
  ];
}
