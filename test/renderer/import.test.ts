/** The way of files into the workspace as the page keeps it: what is chosen, suggested, kept and taken up again. */
import { describe, expect, it } from 'vitest';
import type { Host } from '../../src/renderer/host.ts';
import { Connection } from '../../src/renderer/state/connection.svelte.ts';
import { Guide, GUIDE } from '../../src/renderer/state/guide.svelte.ts';
import { Import } from '../../src/renderer/state/import.svelte.ts';
import { isForm } from '../../src/renderer/state/import-form.ts';
import { Memory } from '../../src/renderer/state/memory.svelte.ts';
import { sendingOf } from '../../src/renderer/state/sending.ts';
import { Undo } from '../../src/renderer/state/undo.svelte.ts';
import { AppError, badFile } from '../../src/shared/errors.ts';
import type { LabelsReport, LabelsRequest } from '../../src/shared/import.ts';
import type { ImportRequest } from '../../src/shared/model.ts';

interface Asked {
  readonly name: string;
  readonly input: unknown;
}

/** An engine that knows two files of counts and two of labels, each of which belongs to one of them. */
function setUp() {
  const asked: Asked[] = [];
  const forgotten: string[] = [];
  const answers: Record<string, (input: never) => unknown> = {
    'memory.save': () => ({}),
    'data.inspect': ({ path }: { path: string }) => {
      if (path === 'bad.csv') throw badFile('bad.csv', 'is empty');
      return { path, cells: 10, genes: 5, labelColumns: [] };
    },
    'data.pool': () => ({ cells: 20, genes: 4, landmarks: 0, files: [], warnings: [] }),
    'labels.inspect': (request: LabelsRequest) => labelsReport(request),
    'data.import': () => ({ id: 'stored', name: 'Stored' }),
  };
  const connection = new Connection(() => Promise.reject(new Error('no engine here')));
  connection.state = 'open';
  connection.client = {
    call: async (name: string, input: never) => {
      asked.push({ name, input });
      return answers[name]!(input);
    },
  } as unknown as Connection['client'];
  const host = {
    hand: (_: readonly File[], name: string) =>
      name === 'stopped.csv'
        ? Promise.reject(new AppError('CANCELLED', 'It was cancelled.', { what: name }))
        : Promise.resolve(name),
    forget: (path: string) => Promise.resolve(void forgotten.push(path)),
  } as unknown as Host;
  const memory = new Memory(connection);
  const undo = new Undo();
  const make = (): Import =>
    new Import({ connection, host, memory, undo, stored: () => [], onStored: () => Promise.resolve() });
  return { asked, forgotten, memory, undo, make, importing: make() };
}

function labelsReport({ counts, labels, options }: LabelsRequest): LabelsReport {
  const fits = labels !== undefined && labels[0] === counts.path[0];
  const column = (name: string) => ({ name, from: 'labels' as const, levels: 2, values: [], unfit: null });
  return {
    ...{ cells: 10, matched: fits ? 10 : 2, rowsWithoutCell: 0, cellsWithoutRow: [], namesWithoutCell: [] },
    ...{ idColumn: 'cell', header: ['cell', 'line'], kept: 10, warnings: [], problem: null },
    columns: labels === undefined ? [] : [column('line'), ...(labels[0] === 'a' ? [column('plate')] : [])],
    roles: {
      type: { column: options.typeColumn ?? 'line', why: 'by its name' },
      experiment: null,
      donor: null,
    },
  };
}

const choose = (...names: string[]) => names.map(name => ({ name, files: [new File(['x'], name)] }));

describe('chosen files', () => {
  it('are looked at one after the other, those that are wrong set apart, those that were stopped not shown', async () => {
    const { importing } = setUp();
    await importing.take(choose('a.csv', 'bad.csv', 'stopped.csv', 'b.csv'));
    expect(importing.candidates.map(({ name }) => name)).toEqual(['a.csv', 'b.csv']);
    expect(importing.refused.map(({ why }) => why)).toEqual(['bad.csv is empty.']);
    expect([importing.busy, importing.waiting, importing.sending]).toEqual([false, 0, null]);
    expect(importing.pool.found).toMatchObject({ report: { genes: 4 } });
  });

  it('get the labels that name most of their cells, and only columns that these have', async () => {
    const { importing, asked, undo } = setUp();
    await importing.take(choose('a.csv', 'b.csv'));
    await importing.labels.add({ name: 'b.labels', path: 'b.labels' });
    await importing.labels.add({ name: 'a.labels', path: 'a.labels' });
    const files = () => ['a.csv', 'b.csv'].map(path => importing.labels.fileOf(path)?.name);
    expect(files()).toEqual(['a.labels', 'b.labels']);
    importing.labels.choose('choice', { experiment: 'plate', fileOf: { 'b.csv': '' } });
    expect(files()).toEqual(['a.labels', undefined]);
    undo.undo();
    importing.labels.choose('choice', { experiment: 'plate', drop: [{ column: 'line', value: 'x' }] });
    importing.nameExperiment('b.csv', ' second ');
    await importing.store.start(null);
    const request = asked.findLast(({ name }) => name === 'data.import')?.input as ImportRequest;
    expect(request.files.map(({ labels }) => labels)).toEqual(['a.labels', 'b.labels']);
    expect(request.files.map(({ labelOptions }) => labelOptions?.experimentColumn)).toEqual([
      'plate',
      undefined,
    ]);
    expect(request.files.map(({ experiment }) => experiment)).toEqual([undefined, 'second']);
    expect(request.files[1]!.labelOptions?.drop).toEqual([{ column: 'line', value: 'x' }]);
  });

  it('are not kept longer than they are needed', async () => {
    const { importing, forgotten } = setUp();
    await importing.take(choose('a.csv', 'b.csv'));
    await importing.remove('b.csv');
    expect(forgotten).toEqual(['b.csv']);
    await importing.store.start(null);
    expect(forgotten).toEqual(['b.csv', 'a.csv']);
    expect([importing.empty, importing.outcome]).toEqual([true, 'Stored as “Stored”.']);
  });

  it('come back with all that was chosen for them', async () => {
    const { importing, make } = setUp();
    await importing.take(choose('a.csv'));
    await importing.labels.add({ name: 'a.labels', path: 'a.labels' });
    importing.labels.choose('choice', { type: 'plate' });
    importing.name = 'Mine';
    const later = make();
    await later.restore();
    expect(later.candidates.map(({ path }) => path)).toEqual(['a.csv']);
    expect([later.restored, later.name]).toEqual([true, 'Mine']);
    expect(later.labels.optionsFor('a.csv').typeColumn).toBe('plate');
    await later.discard();
    const last = make();
    await last.restore();
    expect([last.restored, last.empty]).toEqual([false, true]);
  });
});

describe('a form that was kept', () => {
  const choice = {
    ...{ type: null, experiment: '', donor: null, ids: null, drop: [], dropUnlabelled: false, fileOf: {} },
  };
  const form = { files: [{ name: 'a', path: 'a', options: {} }], labelFiles: [], choice, name: '' };

  it.each([
    [form, true],
    [{ ...form, files: [{ name: 'a' }] }, false],
    [{ ...form, choice: { ...choice, drop: [{ column: 'x' }] } }, false],
    [{ ...form, choice: { ...choice, type: 3 } }, false],
    [{ ...form, name: null }, false],
    [[], false],
    [null, false],
  ])('%j', (value, isOne) => {
    expect(isForm(value)).toBe(isOne);
  });
});

describe('a file on its way', () => {
  it('says how long it will take, of what is sent now', () => {
    let now = 0;
    const show = sendingOf('a.csv', () => now);
    expect(show({ bytes: 100, of: 400, before: 100, waiting: false })).toMatchObject({
      secondsLeft: null,
      resumed: true,
    });
    now = 2;
    expect(show({ bytes: 200, of: 400, before: 100, waiting: false }).secondsLeft).toBe(4);
    expect(show({ bytes: 200, of: 400, before: 100, waiting: true }).secondsLeft).toBe(null);
  });
});

describe('the guide', () => {
  it('follows where one goes, and is taken up where it was closed', () => {
    const { memory } = setUp();
    const guide = new Guide(memory);
    guide.load();
    expect(guide.open).toBe(false);
    guide.begin();
    guide.visit('explore');
    guide.visit('history');
    expect([guide.step.at, guide.at('history')]).toEqual(['explore', null]);
    guide.close();
    const again = new Guide(memory);
    again.load();
    expect(again.open).toBe(false);
    again.resume();
    expect([again.open, again.step.at]).toEqual([true, 'explore']);
  });

  it('takes four clicks after the first', () => {
    expect(GUIDE.filter(({ next }) => next !== null)).toHaveLength(4);
  });
});
