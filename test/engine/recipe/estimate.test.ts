/** What is said of a run before it starts. */
import { describe, expect, it } from 'vitest';
import { follow, openEngine, PARAMS, smallData } from './small-engine.ts';

describe('an estimate', { timeout: 120_000 }, () => {
  it('says cells, memory, disk and time; roughly at first, then from a finished run', async () => {
    const { client } = await openEngine();
    const { id: datasetId } = await smallData(client);
    const ask = { datasetId, preset: 'quick', params: { ...PARAMS, epochs: 6 } };
    const rough = await client.call('run.estimate', ask);
    expect(rough.refusals).toEqual([]);
    expect(rough.kept!.cells).toBe(300);
    const { train, stop, test } = rough.kept!;
    expect([train, stop, test]).toEqual([216, 24, 60]);
    expect(rough.time).toMatchObject({ rough: true });
    expect(rough.time!.basis).toContain('Rough');
    expect(rough.memory!.bytes).toBeGreaterThan(200e6);
    expect(rough.memory!.available).toBeGreaterThan(rough.memory!.bytes);
    expect(rough.disk!.bytes).toBeGreaterThan(1e6);
    expect(rough.steps.map(({ phase }) => phase)).toEqual([
      'prepare',
      'linear-l1000',
      'dnn-l1000',
      'select',
      'linear-panel',
      'dnn-panel',
      'random-panels',
      'finish',
    ]);

    const run = await client.call('run.start', ask);
    const end = await follow(client, run.id);
    const { metrics } = await client.call('run.view', { id: run.id });
    expect([train, stop, test]).toEqual([metrics!.split.train, metrics!.split.stop, metrics!.split.test]);
    const measured = await client.call('run.estimate', ask);
    expect(measured.time).toMatchObject({ rough: false, basis: 'From the times of Run 1 on this computer.' });
    // The same run again takes about the same time; a busy computer may need several times as long.
    expect(measured.time!.seconds / end.seconds!).toBeGreaterThan(0.1);
    expect(measured.time!.seconds / end.seconds!).toBeLessThan(10);
    // Some hundred times the training, so that it outweighs all else, however slow a busy computer was at that.
    const params = { ...ask.params, hidden: [512], epochs: 10_000 };
    const longer = await client.call('run.estimate', { ...ask, params });
    expect(longer.time!.atMost).toBeGreaterThan(2 * measured.time!.atMost);
  });

  it('refuses in the sentence that the run gives', async () => {
    const { client } = await openEngine();
    const { id: datasetId } = await smallData(client);
    const ask = { datasetId, preset: 'quick', params: { ...PARAMS, minLibrarySize: 1e9 } };
    const { kept, refusals } = await client.call('run.estimate', ask);
    expect(kept).toBeNull();
    const { id } = await client.call('run.start', ask);
    const end = await follow(client, id);
    expect(end.status).toBe('failed');
    expect(refusals).toEqual([end.error]);
    await expect(client.call('run.estimate', { ...ask, params: { hidden: [0] } })).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
  });

  it('refuses a network that no computer has the memory for, as the run would', async () => {
    const { client } = await openEngine();
    const { id: datasetId } = await smallData(client, { cells: 60, genes: 2000 });
    const params = { ...PARAMS, minReads: 1, minCells: 1, hidden: [8192, 8192, 8192, 8192], batch: 65536 };
    const { memory, refusals } = await client.call('run.estimate', { datasetId, preset: 'quick', params });
    if (memory!.bytes < memory!.available) return;
    expect(refusals[0]).toMatch(/^This run needs about [\d.]+ GB of memory and [\d.]+ GB are free\. Close/);
  });
});
