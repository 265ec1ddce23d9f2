import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import type { RandomPart } from '../../src/core/random.ts';

const reference = JSON.parse(
  readFileSync(new URL('../reference/random/random.json', import.meta.url), 'utf8'),
) as { parts: RandomPart[]; draws: number[] }[];

const take = (n: number, draw: () => number): number[] => Array.from({ length: n }, draw);
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const variance = (values: readonly number[]): number => {
  const m = mean(values);
  return mean(values.map(v => (v - m) ** 2));
};

describe('seeded random numbers', () => {
  it.each(reference)('gives the published generator for the parts $parts', ({ parts, draws }) => {
    const random = createRandom(...parts);
    expect(take(draws.length, () => random.nextUint32())).toEqual(draws);
  });

  it('treats -0 as 0 and tells 1 from "1" and (1, 2) from 12', () => {
    expect(createRandom(-0).nextUint32()).toBe(createRandom(0).nextUint32());
    const first = [[1], ['1'], [1, 2], [12], ['12'], ['1', '2']].map(p => createRandom(...p).nextUint32());
    expect(new Set(first).size).toBe(first.length);
  });

  it('forks by name, whatever was drawn before', () => {
    const random = createRandom(7, 'a');
    random.next();
    random.normal();
    expect(random.fork('b', 3).nextUint32()).toBe(createRandom(7, 'a', 'b', 3).nextUint32());
  });

  it('is uniform in mean, variance and sixteen bins', () => {
    const random = createRandom(1, 'uniform');
    const n = 160_000;
    const values = take(n, () => random.next());
    // Four standard errors of each figure.
    expect(Math.abs(mean(values) - 0.5)).toBeLessThan(4 / Math.sqrt(12 * n));
    expect(Math.abs(variance(values) - 1 / 12)).toBeLessThan(4 / Math.sqrt(180 * n));
    const bins = new Array<number>(16).fill(0);
    for (const v of values) bins[Math.floor(v * 16)]!++;
    const chiSquare = bins.reduce((sum, b) => sum + (b - n / 16) ** 2 / (n / 16), 0);
    expect(chiSquare).toBeLessThan(39.3); // 99.9 % point of chi-square with 15 degrees of freedom is 37.7
  });

  it('gives uncorrelated streams for neighbouring seeds, epochs and steps', () => {
    const n = 20_000;
    const streams = [
      createRandom(1, 'dropout', 1, 1),
      createRandom(1, 'dropout', 1, 2),
      createRandom(1, 'dropout', 2, 1),
      createRandom(2, 'dropout', 1, 1),
    ].map(random => take(n, () => random.next() - 0.5));
    for (let a = 0; a < streams.length; a++) {
      for (let b = 0; b < a; b++) {
        const correlation = mean(streams[a]!.map((x, i) => x * streams[b]![i]!)) * 12;
        expect(Math.abs(correlation)).toBeLessThan(4 / Math.sqrt(n));
      }
    }
  });

  it('draws whole numbers evenly and refuses an empty range', () => {
    const random = createRandom(3);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) counts[random.nextInt(7)]!++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(4 * Math.sqrt(10_000));
    expect(random.nextInt(1)).toBe(0);
    expect(random.nextInt(2 ** 32)).toBeLessThan(2 ** 32);
    for (const bad of [0, -1, 1.5, NaN, 2 ** 32 + 1]) expect(() => random.nextInt(bad)).toThrow(RangeError);
  });

  it('draws standard normals', () => {
    const random = createRandom(4);
    const n = 100_000;
    const values = take(n, () => random.normal());
    expect(Math.abs(mean(values))).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(variance(values) - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    const beyond = values.filter(v => Math.abs(v) > 1.959964).length / n;
    expect(Math.abs(beyond - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / n));
  });

  it('shuffles arrays and typed arrays in place, every order equally often', () => {
    const random = createRandom(5);
    const array = Int32Array.from([1, 2, 3]);
    expect(random.shuffle(array)).toBe(array);
    const orders = new Map<string, number>();
    for (let i = 0; i < 60_000; i++) {
      const key = random.shuffle([0, 1, 2]).join('');
      orders.set(key, (orders.get(key) ?? 0) + 1);
    }
    expect(orders.size).toBe(6);
    for (const count of orders.values()) expect(Math.abs(count - 10_000)).toBeLessThan(4 * Math.sqrt(10_000));
  });

  it('fills single-precision arrays within the bounds', () => {
    const array = createRandom(6).fillUniform(new Float32Array(100_000), -0.25, 0.25);
    const values = [...array];
    expect(values.every(v => v >= -0.25 && v < 0.25)).toBe(true);
    expect(Math.abs(mean(values))).toBeLessThan(4 * Math.sqrt(0.25 / 12 / values.length));
  });
});
