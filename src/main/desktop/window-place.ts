/** Where the window opens: where it was when it closed, if that place is still on a screen. */
import { z } from 'zod';
import { THEMES } from '../../shared/desktop.ts';

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const whole = z.number().int().min(-100_000).max(100_000);
const rectangle = z.object({ x: whole, y: whole, width: whole.min(1), height: whole.min(1) });

/** What is kept of the window between two starts. */
export const windowState = z.object({
  /** Place and size when it is neither maximised nor in full screen. */
  bounds: rectangle.nullable(),
  maximised: z.boolean(),
  /** Known here as well, so that the window opens in the right colour. */
  theme: z.enum(THEMES),
});
export type WindowState = z.output<typeof windowState>;
export const FIRST_STATE: WindowState = { bounds: null, maximised: false, theme: 'system' };

export const SMALLEST = { width: 1024, height: 700 } as const;
const FIRST = { width: 1280, height: 860 } as const;
/** Of the title bar, so much has to be on a screen for the window to be taken hold of. */
const TITLE_BAR = { width: 160, height: 32 } as const;

/**
 * Size, and place where one is kept, for the window.
 * @param screens the work area of each screen that there is now, the main one first
 */
export function placeWindow(
  kept: Rectangle | null,
  screens: readonly Rectangle[],
): { width: number; height: number; x?: number; y?: number } {
  const screen = kept === null ? undefined : screens.find(area => holdsTitleBar(area, kept));
  if (kept === null || screen === undefined) {
    const [main] = screens;
    return fitting(kept ?? FIRST, main ?? FIRST);
  }
  return { ...fitting(kept, screen), x: kept.x, y: kept.y };
}

/** Not larger than the screen, not smaller than what the interface needs. */
function fitting(
  wanted: Pick<Rectangle, 'width' | 'height'>,
  screen: Pick<Rectangle, 'width' | 'height'>,
): { width: number; height: number } {
  return {
    width: Math.max(SMALLEST.width, Math.min(wanted.width, screen.width)),
    height: Math.max(SMALLEST.height, Math.min(wanted.height, screen.height)),
  };
}

function holdsTitleBar(screen: Rectangle, window: Rectangle): boolean {
  const across = Math.min(screen.x + screen.width, window.x + window.width) - Math.max(screen.x, window.x);
  const fromTop = window.y - screen.y;
  return (
    across >= TITLE_BAR.width &&
    fromTop >= -TITLE_BAR.height / 2 &&
    fromTop <= screen.height - TITLE_BAR.height
  );
}
