/** One session of a run: from where it stands to its end or to where it is stopped; the record says which. */
import { AppError, cancelled, isAppError } from '../../shared/errors.ts';
import type { RunMetrics, RunProgress } from '../../shared/model.ts';
import type { EngineEnvironment } from '../environment.ts';
import { loadTensorEngine } from '../tensor/backend.ts';
import type { RunFolder } from '../workspace/run-folder.ts';
import type { RunChanges } from '../workspace/runs.ts';
import { freeBytes } from '../workspace/storage-error.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { RunWork, StopReason } from './jobs.ts';
import { runRecipe } from './recipe.ts';
import { repetitionOutcome } from './repeat.ts';
import { measuredSpeeds, roughSpeeds } from './speeds.ts';
import { paramsOf } from './view.ts';

const CLOSED = 'F910 Studio was closed while this run was at work. Resume it to go on from where it stopped.';

export function sessionOf(workspace: Workspace, environment: EngineEnvironment, folder: RunFolder): RunWork {
  return {
    run: (signal, progress, reason) => work(workspace, environment, folder, { signal, progress, reason }),
    neverBegan: reason => {
      workspace.runs.update(folder.id, { ...stopped(reason), finished: new Date().toISOString() });
    },
  };
}

interface Session {
  readonly signal: AbortSignal;
  progress(value: RunProgress): void;
  readonly reason: () => StopReason;
}

async function work(
  workspace: Workspace,
  environment: EngineEnvironment,
  folder: RunFolder,
  { signal, progress, reason }: Session,
): Promise<void> {
  const started = performance.now();
  // The time of earlier sessions counts too; the time between them does not.
  const before = folder.record.summary.seconds ?? 0;
  const end = (changes: RunChanges): void => {
    const seconds = before + (performance.now() - started) / 1000;
    workspace.runs.update(folder.id, { ...changes, finished: new Date().toISOString(), seconds });
  };
  try {
    if (signal.aborted) throw cancelled(`The run ${folder.id}`);
    folder.log({ event: 'begun', appVersion: environment.appVersion });
    const dataset = workspace.datasets.open(folder.record.summary.datasetId);
    try {
      const engine = await loadTensorEngine();
      const metrics = await runRecipe(dataset, paramsOf(folder), folder, {
        engine,
        environment,
        signal,
        progress,
        clock: () => performance.now() / 1000,
        secondsBefore: before,
        availableMemory: () => process.availableMemory(),
        availableDisk: () => freeBytes(workspace.folder),
        known: measuredSpeeds(workspace.runs, engine) ?? roughSpeeds(engine),
      });
      end({ status: 'done', error: null, ...resultOf(metrics), ...repetition(workspace, folder) });
    } finally {
      dataset.close();
    }
  } catch (error) {
    if (signal.aborted) {
      folder.log({ event: reason() });
      end(stopped(reason()));
      throw cancelled(`The run ${folder.id}`);
    }
    const message = error instanceof Error ? error.message : String(error);
    folder.log({ event: 'failed', message, stack: error instanceof Error ? error.stack : undefined });
    end({
      status: 'failed',
      error:
        isAppError(error, 'INTERNAL') || !(error instanceof AppError)
          ? `Something went wrong inside: ${message}`
          : message,
    });
    throw error;
  }
}

function stopped(reason: StopReason): RunChanges {
  return { status: reason, error: reason === 'interrupted' ? CLOSED : null };
}

function resultOf(metrics: RunMetrics): RunChanges {
  const { verdict, panel } = metrics;
  return {
    verdict,
    panelName: panel.name,
    panelSize: panel.size,
    explainedVariance: explainedVarianceOf(metrics),
  };
}

/** Of the better of the panel's two models. */
function explainedVarianceOf({ models }: RunMetrics): number | null {
  const ofPanel = models.filter(({ id }) => /-(panel|f910)$/.test(id)).flatMap(({ ev }) => ev ?? []);
  return ofPanel.length === 0 ? null : Math.max(...ofPanel);
}

function repetition(workspace: Workspace, folder: RunFolder): RunChanges {
  const { repeats } = folder.record.summary;
  return repeats === null ? {} : { repeats: repetitionOutcome(workspace.runs, folder, repeats) };
}
