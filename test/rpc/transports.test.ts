/** The same contract behaves the same over every transport. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isAppError } from '../../src/shared/errors.ts';
import { createClient, type Client } from '../../src/shared/rpc/client.ts';
import { PROTOCOL, type Frame } from '../../src/shared/rpc/frames.ts';
import { withCancelGrace } from '../../src/shared/rpc/grace.ts';
import { serve } from '../../src/shared/rpc/server.ts';
import { sample, sampleHandlers, type Sample } from './contract.ts';
import { kinds, type Pair } from './transports.ts';
import { PATIENT } from '../support/patience.ts';

describe.each(Object.keys(kinds))('rpc over %s', kind => {
  let pair: Pair;
  let client: Client<Sample>;
  beforeEach(async () => {
    pair = await kinds[kind]!();
    serve(sample, sampleHandlers, pair.engine, 10);
    client = createClient<Sample>(pair.client);
  });
  afterEach(() => pair.cut());
  const failure = (call: Promise<unknown>): Promise<unknown> =>
    call.then(
      () => expect.unreachable('the call should have failed'),
      (error: unknown) => error,
    );

  it('carries typed arrays, views and numbers that JSON cannot spell', async () => {
    const { scores, ids, gap } = await client.call('embed.pca', { n: 4 });
    expect(scores).toEqual(Float32Array.of(NaN, 0.5, 1, 1.5));
    expect(ids).toEqual(Uint16Array.of(2, 3));
    expect(gap).toBe(-Infinity);
    expect((await client.call('embed.pca', { n: 0 })).scores).toEqual(new Float32Array(0));
    expect((await client.call('embed.pca', { n: 300_001 })).scores.at(-1)).toBe(150_000);
  });

  it('throttles progress, keeps its order and never loses the last', async () => {
    const epochs: number[] = [];
    const { genes } = await client.call(
      'panel.select',
      { n: 60 },
      { onProgress: progress => epochs.push(progress.epoch) },
    );
    expect(genes).toBe(60);
    expect(epochs.at(-1)).toBe(60);
    expect(epochs.length).toBeLessThan(60);
    expect(epochs).toEqual([...epochs].sort((a, b) => a - b));
  });

  it('joins progress that comes in parts, so that none is lost', async () => {
    const seen: Record<string, number>[] = [];
    await client.call('maps.settle', { n: 5 }, { onProgress: part => seen.push(part) });
    expect(seen.length).toBeLessThan(5);
    expect(Object.keys(Object.assign({}, ...seen) as object)).toHaveLength(5);
  });

  it('carries errors with their facts, and refuses bad input and unknown procedures', async () => {
    const known = await failure(client.call('dataset.open', { n: 1 }));
    expect(isAppError(known, 'FORMAT_UNRECOGNISED') && known.facts.reads).toEqual(['h5ad']);
    const bad = await failure(client.call('embed.pca', { n: 'x' as never }));
    expect(isAppError(bad, 'BAD_INPUT') && bad.facts.path).toBe('n');
    for (const name of ['toString', '__proto__', 'constructor']) {
      const unknown = await failure(client.call(name as 'embed.pca', { n: 1 }));
      expect(isAppError(unknown, 'BAD_INPUT') && unknown.facts.path).toBe('name');
    }
  });

  it('settles a cancelled call when the work has stopped, and one cancelled before it began at once', async () => {
    const stopper = new AbortController();
    const call = client.call(
      'panel.select',
      { n: 1_000_000 },
      { signal: stopper.signal, onProgress: () => stopper.abort() },
    );
    const error = await failure(call);
    expect(isAppError(error, 'CANCELLED') && error.facts.what).toBe('panel.select');
    expect(isAppError(await failure(client.call('embed.pca', { n: 1 }, stopper)), 'CANCELLED')).toBe(true);
    expect((await client.call('embed.pca', { n: 1 })).scores).toHaveLength(1);
  });

  it('leaves nobody waiting when the connection goes, and aborts what ran', async () => {
    const aborted = vi.fn();
    const other = await kinds[kind]!();
    serve(
      sample,
      {
        ...sampleHandlers,
        'panel.select': (_, { signal, progress }) => {
          signal.addEventListener('abort', aborted);
          progress({ epoch: 0, of: 0 });
          return new Promise<never>(() => {});
        },
      },
      other.engine,
    );
    const orphaned = createClient<Sample>(other.client);
    const error = await failure(orphaned.call('panel.select', { n: 1 }, { onProgress: () => other.cut() }));
    expect(isAppError(error, 'ENGINE_LOST')).toBe(true);
    expect(isAppError(await failure(orphaned.call('embed.pca', { n: 1 })), 'ENGINE_LOST')).toBe(true);
    await vi.waitFor(() => expect(aborted).toHaveBeenCalledOnce(), PATIENT);
  });

  it('does not serve before a hello, nor one of another protocol', async () => {
    const hellos: Frame[][] = [[], [{ t: 'hello', protocol: PROTOCOL + 1 }]];
    for (const hello of hellos) {
      const other = await kinds[kind]!();
      serve(sample, sampleHandlers, other.engine);
      const closed = new Promise(resolve => other.client.onClose(resolve));
      const answers: Frame[] = [];
      other.client.onFrame(frame => answers.push(frame));
      for (const frame of hello) other.client.send(frame);
      other.client.send({ t: 'call', id: 1, name: 'embed.pca', input: { n: 1 } });
      await closed;
      expect(answers.filter(frame => frame.t !== 'hello')).toEqual([]);
      other.cut();
    }
  });

  it('tells a client that the engine is of another protocol', async () => {
    const other = await kinds[kind]!();
    other.engine.onFrame(() => other.engine.send({ t: 'hello', protocol: PROTOCOL + 1 }));
    const error = await failure(createClient<Sample>(other.client).call('embed.pca', { n: 1 }));
    expect(isAppError(error, 'ENGINE_LOST') && error.message).toContain('another version');
    other.cut();
  });

  it('closes the connection on anything that is no frame', async () => {
    if (!pair.sendRaw) return expect(kind).toBe('local');
    for (const value of ['text', new Uint8Array([1]), new Uint8Array(64)]) {
      const other = await kinds[kind]!();
      serve(sample, sampleHandlers, other.engine);
      const closed = new Promise(resolve => other.client.onClose(resolve));
      other.client.onFrame(() => {});
      other.sendRaw?.(value);
      await closed;
      other.cut();
    }
  });

  it('notices a cancelled call that does not stop, and no other', async () => {
    const other = await kinds[kind]!();
    serve(sample, sampleHandlers, other.engine);
    const stuck = vi.fn();
    const watched = createClient<Sample>(withCancelGrace(other.client, stuck, 50));
    const stopped = new AbortController();
    const call = failure(
      watched.call(
        'panel.select',
        { n: 1_000_000 },
        { signal: stopped.signal, onProgress: () => stopped.abort() },
      ),
    );
    expect(isAppError(await call, 'CANCELLED')).toBe(true);
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(stuck).not.toHaveBeenCalled();
    const stall = new AbortController();
    const stalled = failure(watched.call('engine.stall', { n: 1 }, { signal: stall.signal }));
    stall.abort();
    await vi.waitFor(() => expect(stuck).toHaveBeenCalledOnce(), PATIENT);
    other.cut();
    expect(isAppError(await stalled, 'ENGINE_LOST')).toBe(true);
  });
});

it('refuses wrong names, inputs and handlers at compile time', () => {
  const typed = (client: Client<Sample>): void => {
    // @ts-expect-error unknown name
    void client.call('nope', { n: 1 });
    // @ts-expect-error wrong input
    void client.call('embed.pca', { m: 1 });
    // @ts-expect-error wrong progress
    void client.call('panel.select', { n: 1 }, { onProgress: (p: { batch: number }) => p.batch });
    const [transport] = [undefined as never];
    // @ts-expect-error a handler is missing
    serve(sample, { 'embed.pca': sampleHandlers['embed.pca'] }, transport);
  };
  expect(typed).toBeTypeOf('function');
});
