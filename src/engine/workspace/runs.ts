/** History: the runs of a workspace, who works on them, and how they end. */
import { AppError, badInput } from '../../shared/errors.ts';
import type { DatasetSummary, RunSummary } from '../../shared/model.ts';
import { binnedIds, moveToBin } from './bin.ts';
import { folderOf, moveWithRow, temporaryFolder } from './context.ts';
import type { WorkspaceContext } from './context.ts';
import { read, write } from './database.ts';
import { checkId, newId, notFound } from './ids.ts';
import { markDeadRuns } from './reconcile.ts';
import { writeRecord } from './record.ts';
import type { RunRecord } from './record.ts';
import { allRuns, findDataset, findRun, putRun, removeRunRow, runIds } from './rows.ts';
import type { RunRow } from './rows.ts';
import { RunFolder } from './run-folder.ts';
import { workspaceError } from './storage-error.ts';

export interface NewRun {
  readonly datasetId: string;
  /** "Run 1", "Run 2" and so on where it is left out. */
  readonly name?: string | undefined;
  readonly preset: string;
  readonly seed: number;
  readonly params: Readonly<Record<string, unknown>>;
  readonly paramsVersion: number;
  /** The run that this one does again. */
  readonly repeats?: Pick<RunSummary, 'id' | 'name'> | undefined;
}

/** What may change; a field that is left out stays. */
export type RunChanges = Partial<
  Pick<
    RunSummary,
    | 'name'
    | 'note'
    | 'status'
    | 'error'
    | 'verdict'
    | 'panelName'
    | 'panelSize'
    | 'explainedVariance'
    | 'repeats'
    | 'finished'
    | 'seconds'
  >
>;

export class Runs {
  readonly #context: WorkspaceContext;

  constructor(context: WorkspaceContext) {
    this.#context = context;
  }

  /**
   * A new run with status 'running', owned by this workspace.
   * @throws AppError NOT_FOUND where there is no such data set
   */
  create(run: NewRun): RunFolder {
    checkId('dataset', run.datasetId);
    const { database, folders, owner, appVersion } = this.#context;
    const staging = temporaryFolder(owner);
    let id = '';
    try {
      moveWithRow(this.#context, staging.folder, () => {
        const dataset = findDataset(database, run.datasetId);
        if (dataset === null) throw notFound('dataset', run.datasetId);
        const summary = this.#firstSummary(run, dataset);
        const { sources, imported } = dataset;
        const { params, paramsVersion } = run;
        writeRecord(staging.folder, {
          schema: 1,
          appVersion,
          summary,
          sources,
          imported,
          paramsVersion,
          params,
          files: {},
        });
        putRun(database, { summary, owner: owner.name });
        id = summary.id;
        return folderOf(folders, 'run', id);
      });
    } finally {
      staging.remove();
    }
    return this.folder(id);
  }

  /** Newest first. */
  list(): RunSummary[] {
    const { database } = this.#context;
    markDeadRuns(this.#context);
    return read(database, () => allRuns(database));
  }

  get(id: string): RunSummary {
    markDeadRuns(this.#context);
    return this.#row(id).summary;
  }

  folder(id: string): RunFolder {
    this.#row(id);
    return new RunFolder(id, folderOf(this.#context.folders, 'run', id), this.#context.owner.folder);
  }

  /**
   * Changes row and record. A status other than 'running' gives up ownership and seals the files with their sums.
   * @throws AppError NOT_FOUND; BAD_INPUT for status 'running', which `claim` gives; WORKSPACE where another process works on the run
   */
  update(id: string, changes: RunChanges): RunSummary {
    if (changes.status === 'running') throw badInput('status', 'A run is set to running by claiming it.');
    const folder = this.folder(id);
    const files = changes.status === undefined ? null : folder.sums();
    return write(this.#context.database, () => {
      const row = this.#row(id);
      if (changes.status !== undefined) this.#refuseOthers(row);
      const summary: RunSummary = { ...row.summary, ...changes };
      const record = folder.record;
      const owner = changes.status === undefined ? row.owner : null;
      this.#put(folder, { ...record, summary, files: files ?? record.files }, owner);
      return summary;
    });
  }

  /**
   * Takes a run that was paused, interrupted, cancelled or failed up again: status 'running', owned by this workspace. A run
   * that is this workspace's already stays so.
   * @throws AppError NOT_FOUND; WORKSPACE where another process works on it; NOT_POSSIBLE for a run that is done
   */
  claim(id: string): RunFolder {
    const folder = this.folder(id);
    const { database, owner } = this.#context;
    return write(database, () => {
      const row = this.#row(id);
      this.#refuseOthers(row);
      const { record } = folder;
      if (row.summary.status === 'done') {
        const why = `${row.summary.name} is finished`;
        throw new AppError(
          'NOT_POSSIBLE',
          `${why}, so there is nothing to resume. Start a new run instead.`,
          {
            what: 'resume',
            why,
          },
        );
      }
      const summary: RunSummary = { ...row.summary, status: 'running', error: null, finished: null };
      this.#put(folder, { ...record, summary, files: {} }, owner.name);
      return folder;
    });
  }

  /** Moves a run to the bin. @throws AppError NOT_FOUND; WORKSPACE while it is running */
  delete(id: string): void {
    moveToBin(this.#context, 'run', this.get(id), () => {
      const { summary } = this.#row(id);
      if (summary.status === 'running') {
        throw workspaceError(id, `${summary.name} is running. Stop it first, then delete it.`);
      }
      removeRunRow(this.#context.database, id);
    });
  }

  #firstSummary(run: NewRun, dataset: DatasetSummary): RunSummary {
    const number = this.#nextNumber();
    return {
      id: newId(`run-${number}`),
      name: run.name?.trim() || `Run ${number}`,
      datasetId: dataset.id,
      datasetName: dataset.name,
      datasetChecksum: dataset.checksum,
      preset: run.preset,
      seed: run.seed,
      status: 'running',
      created: new Date().toISOString(),
      finished: null,
      seconds: null,
      error: null,
      verdict: null,
      panelName: null,
      panelSize: null,
      explainedVariance: null,
      note: '',
      repeats: run.repeats
        ? { id: run.repeats.id, name: run.repeats.name, samePanel: null, sameNumbers: null }
        : null,
    };
  }

  /** One more than the highest number of any run here or in the bin. */
  #nextNumber(): number {
    const { database, folders } = this.#context;
    const ids = [...runIds(database), ...binnedIds(folders, 'run')];
    return 1 + Math.max(0, ...ids.map(id => Number(/^run-(\d{1,9})-/.exec(id)?.[1] ?? 0)));
  }

  #row(id: string): RunRow {
    const { database } = this.#context;
    const row = read(database, () => findRun(database, checkId('run', id)));
    if (row === null) throw notFound('run', id);
    return row;
  }

  #put(folder: RunFolder, record: RunRecord, owner: string | null): void {
    putRun(this.#context.database, { summary: record.summary, owner });
    writeRecord(folder.path, record, this.#context.owner.folder);
  }

  #refuseOthers({ summary, owner }: RunRow): void {
    if (owner === null || owner === this.#context.owner.name || !this.#context.owner.isAlive(owner)) return;
    throw workspaceError(
      summary.id,
      `${summary.name} is being worked on by another F910 Studio (process ${owner.split('-')[0]}). Wait for it, or stop it there.`,
    );
  }
}
