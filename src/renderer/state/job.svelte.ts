/** One long job as the screen sees it. Impossible combinations have no spelling. */
import { AppError, isAppError } from '../../shared/errors.ts';

export type Phase<Progress, Result> =
  | { readonly is: 'idle' }
  | { readonly is: 'running' | 'stopping'; readonly progress: Progress | undefined }
  | { readonly is: 'done'; readonly result: Result }
  | { readonly is: 'stopped' }
  | { readonly is: 'failed'; readonly error: AppError };

type Work<Input, Progress, Result> = (
  input: Input,
  options: { signal: AbortSignal; onProgress(progress: Progress): void },
) => Promise<Result>;

export class Job<Input, Progress, Result> {
  // What comes over the wire is only ever replaced, never changed in place.
  #phase = $state.raw<Phase<Progress, Result>>({ is: 'idle' });
  #stop: AbortController | undefined;
  readonly #work: Work<Input, Progress, Result>;

  constructor(work: Work<Input, Progress, Result>) {
    this.#work = work;
  }

  get phase(): Phase<Progress, Result> {
    return this.#phase;
  }

  get busy(): boolean {
    return this.#phase.is === 'running' || this.#phase.is === 'stopping';
  }

  /** @returns the result, or null where the job was stopped or failed; the phase says which */
  async start(input: Input): Promise<Result | null> {
    if (this.busy) return null;
    const stop = (this.#stop = new AbortController());
    this.#phase = { is: 'running', progress: undefined };
    try {
      const result = await this.#work(input, {
        signal: stop.signal,
        onProgress: progress => {
          if (this.#phase.is === 'running') this.#phase = { is: 'running', progress };
        },
      });
      this.#phase = { is: 'done', result };
      return result;
    } catch (error) {
      this.#phase = isAppError(error, 'CANCELLED')
        ? { is: 'stopped' }
        : { is: 'failed', error: asAppError(error) };
      return null;
    }
  }

  stop(): void {
    if (this.#phase.is !== 'running') return;
    this.#phase = { is: 'stopping', progress: this.#phase.progress };
    this.#stop?.abort();
  }

  reset(): void {
    if (!this.busy) this.#phase = { is: 'idle' };
  }
}

export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error as AppError;
  return new AppError('INTERNAL', error instanceof Error ? error.message : String(error), {
    name: 'unknown',
  });
}
