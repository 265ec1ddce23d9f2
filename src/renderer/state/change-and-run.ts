/** Takes the recipe of a run over into the form of its data set, and opens the form. */
import { PARAM_KEYS, PRESETS, type ParamKey, type PresetName } from '../../shared/params.ts';
import type { Changes } from './draft.svelte.ts';
import { asAppError } from './job.svelte.ts';
import type { Studio } from './studio.svelte.ts';

export async function changeAndRun(studio: Studio, id: string): Promise<void> {
  try {
    const { summary, params } = await studio.connection.client.call('run.view', { id });
    if (!studio.datasets.some(dataset => dataset.id === summary.datasetId)) {
      studio.toasts.say(
        `The data set ${summary.datasetName} is not here any more. Restore it from the bin in History, or import it again.`,
      );
      return;
    }
    const preset = Object.hasOwn(PRESETS, summary.preset) ? (summary.preset as PresetName) : 'paper';
    studio.drafts.of(summary.datasetId).take(preset, changesFrom(preset, params));
    studio.openDataset(summary.datasetId, 'train');
  } catch (error) {
    studio.toasts.say(asAppError(error).message);
  }
}

/** Parameters that differ from those of the preset. */
export function changesFrom(preset: PresetName, params: Readonly<Record<string, unknown>>): Changes {
  const defaults: Readonly<Record<ParamKey, unknown>> = PRESETS[preset];
  return Object.fromEntries(
    PARAM_KEYS.filter(
      key => params[key] !== undefined && JSON.stringify(params[key]) !== JSON.stringify(defaults[key]),
    ).map(key => [key, params[key]]),
  );
}
