/** What the open run predicts: the trust of every gene, and new cells. */
import type { Progress } from '../../shared/model.ts';
import type { GeneTrust, PredictionFormat, PredictionReport } from '../../shared/predict.ts';
import type { Host } from '../host.ts';
import type { Connection } from './connection.svelte.ts';
import { Job } from './job.svelte.ts';

export interface Checked {
  readonly report: PredictionReport;
  readonly trust: readonly GeneTrust[];
}

interface Asked {
  readonly run: string;
  readonly dataset: string;
}

export class Prediction {
  readonly check: Job<Asked, Progress, Checked>;
  /** Makes a file and brings it to where the user wants it; a sentence where it is, null when the user went back. */
  readonly save: Job<
    Asked & { readonly format: PredictionFormat; readonly name: string },
    Progress,
    string | null
  >;
  #run: string | null = null;

  constructor(connection: Connection, host: Host) {
    this.check = new Job((asked, options) => connection.client.call('predict.check', asked, options));
    this.save = new Job(async ({ name, ...asked }, options) => {
      const { bytes } = await connection.client.call('predict.file', asked, options);
      return host.saveFile(new Blob([bytes as Uint8Array<ArrayBuffer>]), name);
    });
  }

  /** Another run: what was found before does not hold for it. */
  open(run: string): void {
    if (this.#run === run) return;
    this.#run = run;
    for (const job of [this.check, this.save]) {
      job.stop();
      job.reset();
    }
  }
}
