/** Keys that work everywhere: undo, redo, and a place by its number. */
import { BRIDGE } from '../../shared/desktop.ts';
import { PLACES } from '../state/router.svelte.ts';
import type { Studio } from '../state/studio.svelte.ts';

export const ON_MAC = /Mac/.test(navigator.userAgent);

export interface Shortcut {
  readonly keys: string;
  readonly does: string;
}

const MOD = ON_MAC ? '⌘' : 'Ctrl';
const SHIFT_MOD = ON_MAC ? '⇧ ⌘' : 'Ctrl Shift';
/** Those of the application menu; a browser keeps such keys for itself. */
const OF_THE_MENU: readonly Shortcut[] = [
  { keys: `${MOD} 1 … ${MOD} 9`, does: 'Go to a place' },
  { keys: `${MOD} O`, does: 'Open files' },
  { keys: `${SHIFT_MOD} O`, does: 'Open a folder' },
  { keys: `${MOD} Enter`, does: 'Start a run on the open data set' },
  { keys: `${MOD} E`, does: 'Export the panel' },
];
/** For the list in Settings. */
export const SHORTCUTS: readonly Shortcut[] = [
  { keys: `${MOD} Z`, does: 'Undo' },
  { keys: `${SHIFT_MOD} Z`, does: 'Redo' },
  { keys: 'Alt 1 … Alt 9', does: 'Go to a place' },
  ...(BRIDGE in window ? OF_THE_MENU : []),
];

export function shortcut(event: KeyboardEvent, studio: Studio): void {
  if (event.defaultPrevented) return;
  const command = ON_MAC ? event.metaKey : event.ctrlKey;
  if (command && !event.altKey && event.key.toLowerCase() === 'z' && !editsText(event.target)) {
    event.preventDefault();
    if (event.shiftKey) studio.undo.redo();
    else studio.undo.undo();
  } else if (event.altKey && !event.ctrlKey && !event.metaKey && /^Digit[1-9]$/.test(event.code)) {
    event.preventDefault();
    studio.router.go({ at: PLACES[Number(event.code.slice(-1)) - 1]! });
  }
}

/** A field where the keys belong to the text. */
export function editsText(target: EventTarget | null): boolean {
  if (target instanceof HTMLTextAreaElement) return true;
  return (
    target instanceof HTMLInputElement && !['checkbox', 'radio', 'range', 'button'].includes(target.type)
  );
}
