/** Between the page and the application menu, the task bar and the system: commands come in, the state goes out. */
import { tick } from 'svelte';
import type { DesktopCommand, DesktopState, OpenedFile } from '../../shared/desktop.ts';
import { editsText } from '../ui/shortcuts.ts';
import { withoutCompanions } from '../views/data/drop.ts';
import { asAppError } from './job.svelte.ts';
import type { PlaceName } from './router.svelte.ts';
import type { Studio } from './studio.svelte.ts';

/** Progress in the task bar moves by steps that can be seen there. */
const STEPS = 200;

/** Once, when the page starts; in a browser nothing comes of it. */
export function linkDesktop(studio: Studio): void {
  studio.host.onCommand(command => void carryOut(studio, command));
  let listening = false;
  let shown = '';
  $effect.root(() => {
    $effect(() => {
      const state = stateOf(studio);
      const text = JSON.stringify(state);
      if (text === shown) return;
      shown = text;
      studio.host.showState(state);
    });
    $effect(() => {
      // What was opened before there is an engine to look at it waits in the window's process.
      if (listening || studio.system === null) return;
      listening = true;
      studio.host.onOpenFiles(files => openFiles(studio, files));
    });
  });
}

/** What the menu and the task bar show of the page. */
export function stateOf(studio: Studio): DesktopState {
  const { undo, dataset, runs } = studio;
  const ready = studio.system !== null && studio.connection.state === 'open';
  const going = runs.list.filter(run => run.status === 'running');
  const shares = going.map(({ id }) => runs.progress.get(id)?.share ?? 0);
  return {
    undo: undo.undoLabel,
    redo: undo.redoLabel,
    dataset: dataset && { id: dataset.id, name: dataset.name },
    datasets: studio.system === null ? null : studio.datasets.map(({ id }) => id),
    running: going.length === 0 ? null : Math.round(Math.max(...shares) * STEPS) / STEPS,
    can: {
      start: ready && dataset !== null,
      pause: ready && going.length > 0,
      stop: ready && going.length > 0,
      exportPanel: ready && studio.run?.status === 'done',
    },
  };
}

export async function carryOut(studio: Studio, command: DesktopCommand): Promise<void> {
  const [what, which = ''] = command.split(':', 2) as [string, string?];
  switch (what) {
    case 'undo':
    case 'redo':
      // The menu hears the keys before the page where the system says so; text fields keep their own undo.
      if (editsText(document.activeElement)) studio.host.editText(what);
      else studio.undo[what]();
      return;
    case 'go':
      return studio.router.go({ at: which as PlaceName });
    case 'theme':
      studio.settings.theme = which as typeof studio.settings.theme;
      return;
    case 'dataset': {
      const { at } = studio.router.place;
      return studio.openDataset(which, PLACES_OF_DATA.includes(at) ? at : 'quality');
    }
    case 'export-panel':
      return exportPanel(studio);
    case 'run-start': {
      const { dataset } = studio;
      if (dataset === null) return studio.router.go({ at: 'data' });
      const draft = studio.drafts.of(dataset.id);
      // What cannot be used is said where it was set.
      if ('problem' in draft.parsed) return studio.router.go({ at: 'train', dataset: dataset.id });
      return studio.runs.start(dataset.id, draft.preset, draft.changes);
    }
    case 'run-pause':
      return theRunThatGoes(studio, id => studio.runs.pause(id));
    case 'run-stop':
      return theRunThatGoes(studio, id => studio.runs.stop(id));
    case 'help-start':
      return studio.resumeGuide();
    case 'help-shortcuts':
      studio.router.go({ at: 'settings' });
      await tick();
      return document.getElementById('keys-title')?.scrollIntoView();
  }
}

const PLACES_OF_DATA: readonly PlaceName[] = ['quality', 'explore', 'train'];

/** The one at work; those behind it wait for their turn. */
async function theRunThatGoes(studio: Studio, act: (id: string) => Promise<void>): Promise<void> {
  const { runs } = studio;
  const going = runs.list.filter(run => run.status === 'running');
  const run = going.find(({ id }) => runs.progress.has(id)) ?? going.at(-1);
  if (!run) return;
  studio.router.go({ at: 'train', run: run.id });
  await act(run.id);
}

async function exportPanel(studio: Studio): Promise<void> {
  const { run } = studio;
  if (run === null) return;
  studio.openRun(run.id, 'panel');
  try {
    const where = await studio.host.exportRun(run.id);
    if (where !== null) studio.toasts.say(where);
  } catch (error) {
    studio.toasts.say(`The panel could not be exported: ${asAppError(error).message}`);
  }
}

function openFiles(studio: Studio, files: readonly OpenedFile[]): void {
  studio.router.go({ at: 'data' });
  void studio.import.takeOpened(withoutCompanions(files));
}
