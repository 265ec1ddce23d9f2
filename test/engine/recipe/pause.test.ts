/** Pausing, stopping and quitting: a run that was disturbed ends with the numbers of one that was not. */
import { describe, expect, it } from 'vitest';
import { follow, numbers, openEngine, PARAMS, smallData, until } from './small-engine.ts';

describe('a run', { timeout: 120_000 }, () => {
  it('paused twice, and once over a restart, equals the undisturbed one in every number', async () => {
    const first = await openEngine();
    const { id: datasetId } = await smallData(first.client);
    const start = { datasetId, preset: 'paper', params: PARAMS };
    const calm = await first.client.call('run.start', start);
    expect(await follow(first.client, calm.id)).toMatchObject({ status: 'done' });
    const expected = await first.client.call('run.view', { id: calm.id });

    const run = await first.client.call('run.start', start);
    await until(first.client, run.id, p => p.phase === 'dnn-l1000' && p.done > 3);
    const paused = await first.client.call('run.pause', { id: run.id });
    expect(paused).toMatchObject({ status: 'paused', error: null });
    expect((await first.client.call('run.view', { id: run.id })).curves).toHaveLength(1);
    await first.close();

    const { client } = await openEngine(first.workspace);
    expect(await client.call('run.list', {})).toMatchObject([{ id: run.id, status: 'paused' }, {}]);
    await client.call('run.resume', { id: run.id });
    await until(client, run.id, p => p.phase === 'select' && p.curve !== undefined);
    expect(await client.call('run.pause', { id: run.id })).toMatchObject({ status: 'paused' });
    await client.call('run.resume', { id: run.id });
    const end = await follow(client, run.id);
    expect(end).toMatchObject({
      status: 'done',
      panelName: expected.summary.panelName,
    });
    const view = await client.call('run.view', { id: run.id });
    expect(numbers(view.metrics!)).toEqual(numbers(expected.metrics!));
    expect(view.curves).toEqual(expected.curves);
    expect(await client.call('run.panel', { id: run.id })).toEqual(
      await client.call('run.panel', { id: calm.id }),
    );
    // The time of all sessions counts.
    expect(end.seconds!).toBeGreaterThan(paused.seconds!);
  });

  it('is interrupted, not stopped, by quitting; and its curves are known to who opens it in the middle', async () => {
    const first = await openEngine();
    const { id: datasetId } = await smallData(first.client);
    const { id } = await first.client.call('run.start', { datasetId, preset: 'paper', params: PARAMS });
    await until(first.client, id, p => p.phase === 'select' && (p.curve?.epoch ?? 0) >= 3);
    const { curves, params } = await first.client.call('run.view', { id });
    expect(curves.map(({ model }) => model)).toEqual(['dnn-l1000', 'select']);
    expect(curves[0]!.stop).toHaveLength(60);
    expect(curves[1]!.stop.length).toBeGreaterThanOrEqual(3);
    expect(curves.flatMap(({ train, stop }) => [...train, ...stop]).every(Number.isFinite)).toBe(true);
    expect(params).toMatchObject(PARAMS);
    await first.close();
    const { client } = await openEngine(first.workspace);
    const [run] = await client.call('run.list', {});
    expect(run).toMatchObject({ status: 'interrupted' });
    expect(run!.error).toContain('was closed while this run was at work. Resume it');
    expect(await client.call('run.cancel', { id })).toMatchObject({ status: 'cancelled' });
    await client.call('run.resume', { id });
    expect(await follow(client, id)).toMatchObject({ status: 'done' });
  });

  it('that waits says so, and can be paused and stopped without the one before it ending', async () => {
    const { client } = await openEngine();
    const { id: datasetId } = await smallData(client);
    const start = { datasetId, preset: 'quick', params: PARAMS };
    const [one, two, three] = [
      await client.call('run.start', start),
      await client.call('run.start', start),
      await client.call('run.start', start),
    ];
    const waiting = await until(client, three.id, p => p.phase === 'waiting');
    expect(waiting).toMatchObject({ label: 'Waiting for 2 runs before it', done: 2, share: 0 });
    expect(await client.call('run.pause', { id: two.id })).toMatchObject({ status: 'paused' });
    expect(await client.call('run.cancel', { id: three.id })).toMatchObject({ status: 'cancelled' });
    expect((await client.call('run.view', { id: one.id })).summary.status).toBe('running');
    await client.call('run.resume', { id: two.id });
    await client.call('run.cancel', { id: one.id });
    expect(await follow(client, two.id)).toMatchObject({ status: 'done' });
    expect((await client.call('run.view', { id: one.id })).summary.status).toBe('cancelled');
  });
});

describe('a record', { timeout: 120_000 }, () => {
  it('has a name and a note, and a repetition says whether it came out the same', async () => {
    const { client } = await openEngine();
    const { id: datasetId } = await smallData(client);
    const { id } = await client.call('run.start', {
      datasetId,
      preset: 'quick',
      params: { ...PARAMS, epochs: 3 },
      name: 'First try',
    });
    await follow(client, id);
    await client.call('run.rename', { id, name: ' Blood, deep ' });
    expect(await client.call('run.note', { id, note: 'Two donors.\nKeep.' })).toMatchObject({
      name: 'Blood, deep',
      note: 'Two donors.\nKeep.',
    });
    await expect(client.call('run.rename', { id, name: ' ' })).rejects.toMatchObject({ code: 'BAD_INPUT' });

    const again = await client.call('run.repeat', { id });
    expect(again).toMatchObject({ name: 'Blood, deep, again', repeats: { id, samePanel: null } });
    expect(await follow(client, again.id)).toMatchObject({
      repeats: { id, name: 'Blood, deep', samePanel: true, sameNumbers: true },
    });
  });

  it('goes to the bin and comes back; an emptied bin is empty', async () => {
    const { client } = await openEngine();
    const { id: datasetId } = await smallData(client);
    const { id } = await client.call('run.start', {
      datasetId,
      preset: 'quick',
      params: { ...PARAMS, epochs: 2 },
    });
    await expect(client.call('run.delete', { id })).rejects.toThrow('Stop it first');
    const end = await follow(client, id);
    await client.call('run.delete', { id });
    const [item] = await client.call('bin.list', {});
    expect(item).toMatchObject({ kind: 'run', id, name: 'Run 1' });
    expect(item!.bytes).toBeGreaterThan(1000);
    const disk = await client.call('system.disk', {});
    expect(disk.bin).toBeGreaterThanOrEqual(item!.bytes);
    expect(disk.datasets).toBeGreaterThan(1000);
    await client.call('bin.restore', { entry: item!.entry });
    expect(await client.call('run.list', {})).toEqual([end]);
    await client.call('run.delete', { id });
    expect(await client.call('bin.empty', {})).toEqual({ removed: 1 });
    expect(await client.call('bin.list', {})).toEqual([]);
  });
});
