import type { TrainerChannel } from './trainer/protocol.ts';

/** What the engine is told by the entry that starts it; the engine itself knows no paths. */
export interface EngineEnvironment {
  readonly appVersion: string;
  /** Folder of the workspace. */
  readonly workspace: string;
  /** Folder with landmarks, gene reference, fonts and the example's recipe. */
  readonly resources: string;
  /** Entry file of a worker thread ("scran-worker"): TypeScript from a checkout, JavaScript from a build. */
  readonly worker: (name: string) => URL;
  /** Starts the process that trains networks. */
  readonly trainer: () => TrainerChannel;
}
