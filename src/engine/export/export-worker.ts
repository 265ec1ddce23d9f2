/**
 * The worker that draws PNG figures and writes spreadsheets, from both sides. Each takes a second or more of pure
 * computing, in which the engine could neither answer nor be cancelled.
 */
import { Worker, type MessagePort } from 'node:worker_threads';
import { AppError, cancelled, fromWire, toWire, type WireError } from '../../shared/errors.ts';
import type { PanelGene } from '../../shared/model.ts';
import type { EngineEnvironment } from '../environment.ts';
import { rasteriser } from './rasterise.ts';
import { panelWorkbook } from './workbook.ts';

type Task =
  | { readonly task: 'png'; readonly svg: string; readonly zoom: number }
  | { readonly task: 'workbook'; readonly panel: string; readonly genes: readonly PanelGene[] };
type Answer = { readonly file: Uint8Array } | { readonly error: WireError };

/** The worker's side: answers every task with the bytes of a file. */
export function serveExport(port: MessagePort, resources: string): void {
  let drawing: ReturnType<typeof rasteriser> | undefined;
  const perform = async (task: Task): Promise<Uint8Array> => {
    if (task.task === 'workbook') return panelWorkbook(task.panel, task.genes);
    drawing ??= rasteriser(resources);
    return (await drawing)(task.svg, task.zoom);
  };
  port.on('message', (task: Task) => {
    perform(task).then(
      file => port.postMessage({ file } satisfies Answer),
      (error: unknown) => port.postMessage({ error: toWire(error) } satisfies Answer),
    );
  });
}

/** The engine's side: one task at a time; `close` ends the thread at once. */
export class ExportWorker {
  readonly #worker: Worker;
  readonly #signal: AbortSignal;

  /** @param signal rejects the task at hand at once; the thread ends with `close` */
  constructor(environment: EngineEnvironment, signal: AbortSignal) {
    const url = environment.worker('export-worker');
    // The parent's own flags (a test runner's loader, a debugger's port) do not belong in the worker.
    this.#worker = new Worker(url, { execArgv: [], workerData: { resources: environment.resources } });
    this.#signal = signal;
  }

  /** PNG of an SVG at `zoom` times its size. */
  png(svg: string, zoom: number): Promise<Uint8Array> {
    return this.#perform({ task: 'png', svg, zoom });
  }

  workbook(panel: string, genes: readonly PanelGene[]): Promise<Uint8Array> {
    return this.#perform({ task: 'workbook', panel, genes });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #perform(task: Task): Promise<Uint8Array> {
    const worker = this.#worker;
    const signal = this.#signal;
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        signal.removeEventListener('abort', onAbort);
        settle();
      };
      const fail = (error: Error): void => finish(() => reject(error));
      const onMessage = (answer: Answer): void =>
        'file' in answer ? finish(() => resolve(answer.file)) : fail(fromWire(answer.error));
      const onError = (error: Error): void => fail(error);
      const onExit = (code: number): void =>
        fail(
          new AppError('INTERNAL', `The export's worker ended with code ${code}.`, { name: 'WorkerExit' }),
        );
      const onAbort = (): void => fail(cancelled('The export'));
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      signal.addEventListener('abort', onAbort);
      if (signal.aborted) onAbort();
      else worker.postMessage(task);
    });
  }
}
