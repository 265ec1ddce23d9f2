/** The window opens where it was, as long as somebody could take hold of it there. */
import { describe, expect, it } from 'vitest';
import { placeWindow } from '../../../src/main/desktop/window-place.ts';

const main = { x: 0, y: 25, width: 1920, height: 1055 };
const left = { x: -1600, y: 0, width: 1600, height: 900 };
const kept = (x: number, y: number, width = 1300, height = 800) => ({ x, y, width, height });

describe('the place of the window', () => {
  it('is the system’s at the first start, in a size that fits', () => {
    expect(placeWindow(null, [main])).toEqual({ width: 1280, height: 860 });
    expect(placeWindow(null, [{ ...main, width: 1100, height: 768 }])).toEqual({ width: 1100, height: 768 });
    expect(placeWindow(null, [])).toEqual({ width: 1280, height: 860 });
  });

  it('is where it was, on any screen', () => {
    expect(placeWindow(kept(100, 80), [main])).toEqual(kept(100, 80));
    expect(placeWindow(kept(-1500, 20), [main, left])).toEqual(kept(-1500, 20));
    // Half outside, with enough of the title bar on the screen.
    expect(placeWindow(kept(-1000, 300), [main])).toEqual(kept(-1000, 300));
  });

  it('is forgotten, with the size kept, where its screen is gone', () => {
    expect(placeWindow(kept(-1500, 20), [main])).toEqual({ width: 1300, height: 800 });
    expect(placeWindow(kept(1800, 20), [main])).toEqual({ width: 1300, height: 800 });
    // The title bar above or below what can be seen.
    expect(placeWindow(kept(100, -200), [main])).toEqual({ width: 1300, height: 800 });
    expect(placeWindow(kept(100, 1070), [main])).toEqual({ width: 1300, height: 800 });
  });

  it('is no larger than the screen and no smaller than the interface', () => {
    expect(placeWindow(kept(0, 25, 3840, 2100), [main])).toEqual(kept(0, 25, 1920, 1055));
    expect(placeWindow(kept(0, 25, 300, 200), [main])).toEqual(kept(0, 25, 1024, 700));
  });
});
