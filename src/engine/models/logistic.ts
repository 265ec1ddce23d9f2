/**
 * Logistic regression with an L2 penalty, by L-BFGS (Liu and Nocedal 1989): minimises
 * C * sum of the cross entropy + |W|^2 / 2 over standardised inputs, the intercepts not penalised. Two classes have one
 * column of weights, more have one each (softmax): the same problem that scikit-learn's LogisticRegression solves.
 */
import type { Tensor, TensorEngine } from '../tensor/engine.ts';
import { pause } from './pause.ts';

const MEMORY = 10;
const MOST_STEPS = 150;
/** Largest entry of the mean gradient at which the search ends. */
const FLAT = 3e-5;
const WHAT = 'Telling cell types apart';

export interface LogisticModel {
  /** inputs x columns, of standardised inputs. */
  readonly weights: Float64Array;
  readonly intercepts: Float64Array;
}

/**
 * @param x cells x width, standardised; it stays the caller's
 * @param classes of each cell, 0 to count - 1
 * @param strength C
 * @throws AppError CANCELLED
 */
export async function fitLogistic(
  engine: TensorEngine,
  x: Tensor,
  classes: Int32Array,
  count: number,
  strength: number,
  signal: AbortSignal,
): Promise<LogisticModel> {
  const [cells, width] = x.shape as [number, number];
  const columns = count === 2 ? 1 : count;
  const size = width * columns;
  /** Mean loss and its gradient; weights first, then intercepts. */
  const evaluate = (at: Float64Array): { loss: number; gradient: Float64Array } =>
    engine.scope(() => {
      const w = engine.tensor(Float32Array.from(at.subarray(0, size)), [width, columns]);
      const scores = engine.read(engine.matMul(x, w));
      let loss = 0;
      const gradient = new Float64Array(at.length);
      for (let cell = 0; cell < cells; cell++) {
        const row = cell * columns;
        const own = classes[cell]!;
        let largest = columns === 1 ? 0 : -Infinity;
        for (let k = 0; k < columns; k++) {
          const score = (scores[row + k]! += at[size + k]!);
          if (score > largest) largest = score;
        }
        // With two classes the second has the scores, the first has zero.
        let sum = columns === 1 ? Math.exp(-largest) : 0;
        for (let k = 0; k < columns; k++) sum += Math.exp(scores[row + k]! - largest);
        const at0 = columns === 1 ? (own === 1 ? scores[row]! : 0) : scores[row + own]!;
        loss += largest + Math.log(sum) - at0;
        for (let k = 0; k < columns; k++) {
          const is = columns === 1 ? own === 1 : own === k;
          const rest = Math.exp(scores[row + k]! - largest) / sum - (is ? 1 : 0);
          scores[row + k] = rest;
          gradient[size + k]! += rest / cells;
        }
      }
      const products = engine.read(engine.matMul(x, engine.tensor(scores, [cells, columns]), 'a'));
      let penalty = 0;
      const shrink = 1 / (strength * cells);
      for (let k = 0; k < size; k++) {
        penalty += at[k]! * at[k]!;
        gradient[k] = products[k]! / cells + shrink * at[k]!;
      }
      return { loss: loss / cells + (shrink * penalty) / 2, gradient };
    });

  let at = new Float64Array(size + columns);
  let { loss, gradient } = evaluate(at);
  const steps: { s: Float64Array; y: Float64Array; rho: number }[] = [];
  for (let step = 0; step < MOST_STEPS; step++) {
    await pause(signal, WHAT);
    if (gradient.every(value => Math.abs(value) <= FLAT)) break;
    let direction = downhill(gradient, steps);
    let slope = dot(direction, gradient);
    if (!(slope < 0)) {
      steps.length = 0;
      direction = gradient.map(value => -value);
      slope = dot(direction, gradient);
    }
    let length = steps.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
    let next = at;
    let found = { loss, gradient };
    let moved = false;
    for (let tries = 0; tries < 30; tries++, length /= 2) {
      next = at.map((value, k) => value + length * direction[k]!);
      found = evaluate(next);
      moved = found.loss <= loss + 1e-4 * length * slope;
      if (moved) break;
    }
    // Single precision has no better point to offer.
    if (!moved) break;
    const s = next.map((value, k) => value - at[k]!);
    const y = found.gradient.map((value, k) => value - gradient[k]!);
    const curvature = dot(s, y);
    if (curvature > 1e-12) {
      steps.push({ s, y, rho: 1 / curvature });
      if (steps.length > MEMORY) steps.shift();
    }
    at = next;
    ({ loss, gradient } = found);
  }
  return { weights: at.slice(0, size), intercepts: at.slice(size) };
}

/** The class with the highest score for each row of cells x width. */
export function classify(
  engine: TensorEngine,
  { weights, intercepts }: LogisticModel,
  x: Tensor,
): Int32Array {
  const [cells, width] = x.shape as [number, number];
  const columns = intercepts.length;
  const scores = engine.scope(() =>
    engine.read(engine.matMul(x, engine.tensor(Float32Array.from(weights), [width, columns]))),
  );
  return Int32Array.from({ length: cells }, (_, cell) => {
    if (columns === 1) return scores[cell]! + intercepts[0]! > 0 ? 1 : 0;
    let best = 0;
    for (let k = 1; k < columns; k++) {
      if (scores[cell * columns + k]! + intercepts[k]! > scores[cell * columns + best]! + intercepts[best]!)
        best = k;
    }
    return best;
  });
}

/** The two-loop recursion. */
function downhill(
  gradient: Float64Array,
  steps: readonly { s: Float64Array; y: Float64Array; rho: number }[],
): Float64Array {
  const direction = gradient.map(value => -value);
  const alphas: number[] = [];
  for (const { s, y, rho } of [...steps].reverse()) {
    const alpha = rho * dot(s, direction);
    alphas.push(alpha);
    for (let k = 0; k < direction.length; k++) direction[k]! -= alpha * y[k]!;
  }
  const last = steps.at(-1);
  if (last) {
    const scale = 1 / (last.rho * dot(last.y, last.y));
    for (let k = 0; k < direction.length; k++) direction[k]! *= scale;
  }
  for (const { s, y, rho } of steps) {
    const beta = rho * dot(y, direction);
    const alpha = alphas.pop()!;
    for (let k = 0; k < direction.length; k++) direction[k]! += (alpha - beta) * s[k]!;
  }
  return direction;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}
