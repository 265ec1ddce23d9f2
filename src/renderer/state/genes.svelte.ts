/** Looking genes up: what is typed and found, the gene that is open, and those that were open before. */
import type { GeneMatches, GeneView } from '../../shared/gene-view.ts';
import type { Progress } from '../../shared/model.ts';
import { isAppError } from '../../shared/errors.ts';
import { asAppError, Job } from './job.svelte.ts';
import type { Studio } from './studio.svelte.ts';

const MOST_KEPT = 12;
const KEY = 'genes-looked-up';

/** A gene as it is named in the data, and as people call it. */
export interface Looked {
  readonly name: string;
  readonly symbol: string;
}

const isLooked = (value: unknown): value is readonly Looked[] =>
  Array.isArray(value) &&
  value.every(
    (one: unknown) =>
      typeof one === 'object' &&
      one !== null &&
      typeof (one as Looked).name === 'string' &&
      typeof (one as Looked).symbol === 'string',
  );

export class Genes {
  matches = $state.raw<GeneMatches | null>(null);
  problem = $state.raw<string | null>(null);
  history = $state.raw<readonly Looked[]>([]);
  readonly look: Job<{ run: string; gene: string }, Progress, GeneView>;
  readonly #studio: Studio;
  #asked = 0;
  #wanted = '';

  constructor(studio: Studio) {
    this.#studio = studio;
    this.history = studio.memory.get(KEY, isLooked, []);
    this.look = new Job((input, call) => studio.connection.client.call('gene.view', input, call));
  }

  /** What fits the text; an answer to an earlier text that comes late is dropped. */
  async find(run: string, query: string): Promise<void> {
    const asked = ++this.#asked;
    if (query.trim() === '') {
      this.matches = null;
      return;
    }
    try {
      const found = await this.#studio.connection.client.call('gene.find', { run, query });
      if (asked === this.#asked) [this.matches, this.problem] = [found, null];
    } catch (error) {
      if (!isAppError(error, 'ENGINE_LOST')) this.problem = asAppError(error).message;
    }
  }

  forgetMatches(): void {
    this.#asked++;
    this.matches = null;
  }

  /** Opens a gene; one that is still being looked at is let go of first. */
  async open(run: string, gene: string): Promise<void> {
    const wanted = (this.#wanted = `${run} ${gene}`);
    this.look.stop();
    while (this.look.busy) await new Promise(resolve => setTimeout(resolve, 20));
    if (wanted !== this.#wanted) return;
    const view = await this.look.start({ run, gene });
    if (view !== null) this.#keep({ name: view.name, symbol: view.symbol || view.name });
  }

  #keep(gene: Looked): void {
    this.history = [gene, ...this.history.filter(({ name }) => name !== gene.name)].slice(0, MOST_KEPT);
    this.#studio.memory.set(KEY, this.history);
  }
}
