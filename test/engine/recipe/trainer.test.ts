/** The process that trains: a run on it, without it, and over its death. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { startTrainer } from '../../../src/main/host/trainer-process.ts';
import { loadTensorEngine } from '../../../src/engine/tensor/backend.ts';
import { follow, numbers, openEngine, PARAMS, smallData } from './small-engine.ts';

const fixture = (name: string) => ({
  trainer: () => startTrainer(fileURLToPath(new URL(`../../fixtures/trainers/${name}.ts`, import.meta.url))),
});

const { native } = (await loadTensorEngine()).info;

describe.skipIf(!native)('a run', { timeout: 120_000 }, () => {
  it('says so where it has to train without the trainer, and finds the same', async () => {
    const one = await openEngine();
    const { id: datasetId } = await smallData(one.client);
    const start = { datasetId, preset: 'paper', params: { ...PARAMS, epochs: 5 } };
    const fast = await one.client.call('run.start', start);
    expect(await follow(one.client, fast.id)).toMatchObject({ status: 'done' });
    const expected = (await one.client.call('run.view', { id: fast.id })).metrics!;
    expect(expected.notes.join()).not.toContain('slower');
    await one.close();

    const other = await openEngine(one.workspace, fixture('without-threads'));
    const slow = await other.client.call('run.start', start);
    expect(await follow(other.client, slow.id)).toMatchObject({ status: 'done' });
    const { metrics } = await other.client.call('run.view', { id: slow.id });
    const note =
      'The networks were trained in the slower way, because the fast one does not work on this computer:';
    expect(metrics!.notes.filter(text => text.startsWith(note))).toHaveLength(1);
    metrics!.models.forEach(({ id, ev }, k) => {
      expect(expected.models[k]!.id).toBe(id);
      if (ev !== null) expect(ev).toBeCloseTo(expected.models[k]!.ev!, 4);
    });
  });

  it('whose trainer dies fails with a next step, and resumed ends as if nothing had been', async () => {
    const one = await openEngine();
    const { id: datasetId } = await smallData(one.client);
    const start = { datasetId, preset: 'paper', params: PARAMS };
    const calm = await one.client.call('run.start', start);
    await follow(one.client, calm.id);
    const expected = (await one.client.call('run.view', { id: calm.id })).metrics!;
    await one.close();

    const other = await openEngine(one.workspace, fixture('dies'));
    const { id } = await other.client.call('run.start', start);
    const failed = await follow(other.client, id);
    expect(failed.status).toBe('failed');
    expect(failed.error).toContain('The process that trains select stopped: ');
    expect(failed.error).toContain('Resume the run to go on from its last checkpoint.');
    await other.close();

    const again = await openEngine(one.workspace);
    await again.client.call('run.resume', { id });
    expect(await follow(again.client, id)).toMatchObject({ status: 'done' });
    expect(numbers((await again.client.call('run.view', { id })).metrics!)).toEqual(numbers(expected));
  });
});
