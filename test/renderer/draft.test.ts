/** A recipe that is being set up: only what differs is kept, everything can be taken back, nonsense is told. */
import { describe, expect, it } from 'vitest';
import { Connection } from '../../src/renderer/state/connection.svelte.ts';
import { Drafts } from '../../src/renderer/state/draft.svelte.ts';
import { Memory } from '../../src/renderer/state/memory.svelte.ts';
import { Undo } from '../../src/renderer/state/undo.svelte.ts';
import { PRESETS } from '../../src/shared/params.ts';

function setUp() {
  const memory = new Memory(new Connection(() => Promise.reject(new Error('no engine here'))));
  const undo = new Undo();
  const draft = new Drafts(memory, undo).of('data-1');
  return { memory, undo, draft };
}

describe('a draft', () => {
  it('starts as the paper recipe and keeps only what differs', () => {
    const { draft } = setUp();
    expect(draft.params).toEqual(PRESETS.paper);
    draft.set('epochs', 40);
    expect([draft.changes, draft.isChanged('epochs'), draft.params.epochs]).toEqual([
      { epochs: 40 },
      true,
      40,
    ]);
    draft.set('epochs', PRESETS.paper.epochs);
    expect(draft.changes).toEqual({});
  });

  it('keeps a change over another preset where it still differs', () => {
    const { draft } = setUp();
    draft.set('epochs', PRESETS.quick.epochs);
    draft.set('seed', 7);
    draft.usePreset('quick');
    expect([draft.preset, draft.changes]).toEqual(['quick', { seed: 7 }]);
  });

  it('can be taken back', () => {
    const { draft, undo } = setUp();
    draft.set('seed', 7);
    draft.reset();
    expect(draft.changes).toEqual({});
    undo.undo();
    expect(draft.changes).toEqual({ seed: 7 });
    expect(undo.undoLabel).toBe('change of “Seed”');
    undo.undo();
    expect(draft.changes).toEqual({});
  });

  it('tells of a value that cannot be used, and keeps it to be mended', () => {
    const { draft } = setUp();
    draft.set('dropout', 3);
    const { parsed } = draft;
    expect('problem' in parsed && parsed.problem.message).toContain('The parameter dropout cannot be 3');
    expect([draft.value('dropout'), draft.params.dropout]).toEqual([3, PRESETS.paper.dropout]);
  });

  it('is remembered, and nonsense that was remembered is not', () => {
    const { memory, undo, draft } = setUp();
    draft.set('seed', 7);
    expect(new Drafts(memory, undo).of('data-1').changes).toEqual({ seed: 7 });
    expect(new Drafts(memory, undo).of('data-2').changes).toEqual({});
    memory.set('draft:data-1', { preset: 'paper', changes: { nonsense: 1 } });
    expect(new Drafts(memory, undo).of('data-1').changes).toEqual({});
  });
});
