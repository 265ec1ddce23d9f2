/** What was deleted and can be put back: the list of the bin, and the way out of it. */
import type { RunSummary } from '../../shared/model.ts';
import type { BinItem } from '../../shared/runs.ts';
import { isAppError } from '../../shared/errors.ts';
import { asAppError } from './job.svelte.ts';
import type { Studio } from './studio.svelte.ts';

export class BinContents {
  items = $state.raw<readonly BinItem[]>([]);
  readonly #studio: Studio;

  constructor(studio: Studio) {
    this.#studio = studio;
  }

  load(): Promise<void> {
    return told(this.#studio, async () => {
      this.items = await this.#studio.connection.client.call('bin.list', {});
    });
  }

  restore(item: BinItem): Promise<void> {
    return told(this.#studio, async () => {
      await this.#studio.connection.client.call('bin.restore', { entry: item.entry });
      await this.#studio.refresh();
      this.#studio.toasts.say(`${item.name} is back.`);
      await this.load();
    });
  }

  empty(): Promise<void> {
    return told(this.#studio, async () => {
      await this.#studio.connection.client.call('bin.empty', {});
      this.#studio.toasts.say('The bin is empty.');
      await this.load();
    });
  }
}

/** Moves a run to the bin and offers the way back. */
export async function moveToBin(
  studio: Studio,
  run: RunSummary,
  moved: () => void = () => {},
): Promise<void> {
  await studio.runs.delete(run.id);
  if (studio.runs.find(run.id) !== undefined) return;
  moved();
  studio.toasts.say(`${run.name} is in the bin.`, {
    action: { label: 'Undo', do: () => void restoreRun(studio, run.id).then(moved) },
  });
}

function restoreRun(studio: Studio, id: string): Promise<void> {
  return told(studio, async () => {
    const { client } = studio.connection;
    const item = (await client.call('bin.list', {})).find(entry => entry.kind === 'run' && entry.id === id);
    if (item === undefined) return;
    await client.call('bin.restore', { entry: item.entry });
    await studio.refresh();
  });
}

async function told(studio: Studio, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isAppError(error, 'ENGINE_LOST')) studio.toasts.say(asAppError(error).message);
  }
}
