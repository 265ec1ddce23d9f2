/**
 * The group lasso as proximal steps: lambda * sum over genes of ||row of the gene||_2 is not differentiable where rows
 * matter most, at zero, and Adam on its gradient only makes rows hover near zero. So Adam sees the smooth loss alone, and
 * after each update every row is shrunk by the exact solution of the penalty's own problem, which makes rows exactly zero
 * (block soft-thresholding; Yuan and Lin 2006, Parikh and Boyd 2014).
 *
 * How far to shrink: a proximal step is as long as the gradient step before it. Adam's length differs from weight to weight,
 * learningRate / (sqrt(vHat) + epsilon), and with different lengths inside a row the problem has no closed solution. We
 * take one length per row, from the root mean square of the row's second moment. At rest a row then satisfies
 * mean gradient = -lambda * row / ||row|| up to the spread of second moments inside the row, which is the optimum of
 * loss + lambda * penalty; shrinking by learningRate * lambda instead would solve another problem, in which the loss
 * gradient is measured in units of its own noise and lambda loses its meaning (Yun, Lozano and Yang 2021).
 */
import type { AdamStep, Parameter, TensorEngine } from '../tensor/engine.ts';

/** Adam's epsilon: keeps rows that never saw a gradient from dividing by zero. */
const EPSILON = 1e-8;

/** Shrinks the rows of a parameter in place, after its update by Adam with the same `step`. */
export function shrinkRows(engine: TensorEngine, parameter: Parameter, lambda: number, step: AdamStep): void {
  const width = parameter.shape[1]!;
  const [norms, secondSums] = engine.scope(() => [
    engine.rowNorms(engine.weights(parameter)),
    engine.rowSums(engine.secondMoment(parameter)),
  ]);
  const factors = norms.map((norm, row) => {
    const rootMeanSquare = Math.sqrt(secondSums[row]! / width / step.secondCorrection);
    const threshold = (lambda * step.learningRate) / (rootMeanSquare + EPSILON);
    return norm > threshold ? 1 - threshold / norm : 0;
  });
  engine.scaleRows(parameter, factors);
}
