/** Taking back and doing again, and sliders that count as one step. */
import { describe, expect, it } from 'vitest';
import { Undo } from '../../src/renderer/state/undo.svelte.ts';

function setUp() {
  let now = 0;
  let value = 0;
  const undo = new Undo(() => now);
  const set = (to: number, mark?: string): void => {
    const before = value;
    undo.do({ label: `set ${to}`, mark, apply: () => (value = to), revert: () => (value = before) });
  };
  return { undo, set, value: () => value, wait: (ms: number) => (now += ms) };
}

describe('undo', () => {
  it('takes steps back and does them again in order', () => {
    const { undo, set, value } = setUp();
    set(1);
    set(2);
    expect([undo.undoLabel, undo.redoLabel, undo.canRedo]).toEqual(['set 2', null, false]);
    undo.undo();
    expect([value(), undo.undoLabel, undo.redoLabel]).toEqual([1, 'set 1', 'set 2']);
    undo.undo();
    undo.undo();
    expect([value(), undo.canUndo]).toEqual([0, false]);
    undo.redo();
    undo.redo();
    undo.redo();
    expect([value(), undo.canRedo]).toEqual([2, false]);
  });

  it('forgets what was taken back when something new is done', () => {
    const { undo, set, value } = setUp();
    set(1);
    undo.undo();
    set(5);
    expect(undo.canRedo).toBe(false);
    undo.undo();
    expect(value()).toBe(0);
  });

  it('takes a slider back as a whole, but not what came a while later', () => {
    const { undo, set, value, wait } = setUp();
    for (const to of [1, 2, 3]) {
      set(to, 'slider');
      wait(100);
    }
    wait(5_000);
    set(4, 'slider');
    undo.undo();
    expect(value()).toBe(3);
    undo.undo();
    expect([value(), undo.canUndo]).toEqual([0, false]);
    undo.redo();
    expect(value()).toBe(3);
    // What was done again is a step of its own.
    set(9, 'slider');
    undo.undo();
    expect(value()).toBe(3);
  });

  it('keeps the last 200 steps', () => {
    const { undo, set, value } = setUp();
    for (let step = 1; step <= 250; step++) set(step);
    while (undo.canUndo) undo.undo();
    expect(value()).toBe(50);
  });
});
