/**
 * The engine for machines without the native library: TensorFlow's WebAssembly backend, vectorised, one thread. Weights
 * and moments stay in JavaScript arrays, because the backend packs the right operand of a product when it first sees
 * it and would go on using old values if that memory changed.
 */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import type * as Core from '@tensorflow/tfjs-core';
import type { EngineInfo } from '../../shared/model.ts';
import { BETA1, BETA2 } from './engine.ts';
import type { AdamStep, Parameter, ParameterState, Tensor, TensorEngine } from './engine.ts';
import { Scopes } from './scopes.ts';

/** @param why reason for not using the native engine, in a sentence */
export async function loadWasmEngine(why: string): Promise<TensorEngine> {
  const core = await import('@tensorflow/tfjs-core');
  const backend = await import('@tensorflow/tfjs-backend-wasm');
  // The .wasm files lie beside the package's entry, wherever npm has put it.
  const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  backend.setWasmPaths(dirname(entry) + sep);
  if (!(await core.setBackend('wasm')))
    throw new Error('The WebAssembly backend of TensorFlow did not start');
  return new WasmEngine(core, { name: 'wasm', version: backend.version_wasm, native: false, why });
}

class WasmParameter implements Parameter {
  readonly shape: readonly number[];
  readonly weights: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
  constructor(shape: readonly number[], state: ParameterState) {
    this.shape = shape;
    this.weights = state.weights.slice();
    this.first = state.first.slice();
    this.second = state.second.slice();
  }
}

class WasmEngine implements TensorEngine {
  readonly info: EngineInfo;
  readonly #core: typeof Core;
  readonly #scopes = new Scopes<Core.Tensor>(tensor => tensor.dispose());
  #parameters = 0;

  constructor(core: typeof Core, info: EngineInfo) {
    this.#core = core;
    this.info = info;
  }

  get alive(): number {
    return this.#scopes.alive + this.#parameters;
  }

  scope<T>(work: () => T): T {
    return this.#scopes.run(work);
  }

  tensor(data: Float32Array, shape: readonly number[]): Tensor {
    // The backend keeps a reference to the array until its first use, so it gets one that nobody changes.
    return this.lent(data.slice(), shape);
  }

  lent(data: Float32Array, shape: readonly number[]): Tensor {
    return this.#keep(() => this.#core.tensor(data, [...shape], 'float32'));
  }

  read(tensor: Tensor): Float32Array {
    return this.#own(tensor).dataSync<'float32'>();
  }

  free(...tensors: readonly Tensor[]): void {
    for (const tensor of tensors) this.#scopes.free(this.#own(tensor));
  }

  matMul(a: Tensor, b: Tensor, transpose?: 'a' | 'b'): Tensor {
    const { matMul, transpose: turned } = this.#core;
    // Products of transposed operands run without vector instructions there, ten times slower than this detour.
    return this.#keep(() =>
      matMul(
        transpose === 'a' ? turned(this.#own(a)) : this.#own(a),
        transpose === 'b' ? turned(this.#own(b)) : this.#own(b),
      ),
    );
  }

  addAll(terms: readonly Tensor[]): Tensor {
    if (terms.length === 1) return terms[0]!;
    const sum = this.#keep(() => terms.map(term => this.#own(term)).reduce((a, b) => this.#core.add(a, b)));
    this.free(...terms);
    return sum;
  }

  addToColumns(a: Tensor, column: Tensor): Tensor {
    return this.#keep(() => this.#core.add(this.#own(a), this.#own(column)));
  }

  addToRows(a: Tensor, vector: Tensor): Tensor {
    return this.#keep(() => this.#core.add(this.#own(a), this.#own(vector)));
  }

  subtract(a: Tensor, b: Tensor): Tensor {
    return this.#keep(() => this.#core.sub(this.#own(a), this.#own(b)));
  }

  multiply(a: Tensor, b: Tensor): Tensor {
    return this.#keep(() => this.#core.mul(this.#own(a), this.#own(b)));
  }

  scale(a: Tensor, factor: number): Tensor {
    return this.#keep(() => this.#core.mul(this.#own(a), factor));
  }

  relu(a: Tensor): Tensor {
    return this.#keep(() => this.#core.relu(this.#own(a)));
  }

  reluGradient(gradient: Tensor, output: Tensor): Tensor {
    const { cast, greater, mul } = this.#core;
    return this.#keep(() => mul(this.#own(gradient), cast(greater(this.#own(output), 0), 'float32')));
  }

  joinColumns(a: Tensor, b: Tensor): Tensor {
    return this.#keep(() => this.#core.concat([this.#own(a), this.#own(b)], 1));
  }

  firstColumns(a: Tensor, count: number): Tensor {
    return this.#keep(() => this.#core.slice(this.#own(a), [0, 0], [a.shape[0]!, count]));
  }

  rowSums(a: Tensor): Float32Array {
    return this.#take(() => this.#core.sum(this.#own(a), 1));
  }

  rowNorms(a: Tensor): Float32Array {
    const { mul, sqrt, sum } = this.#core;
    return this.#take(() => sqrt(sum(mul(this.#own(a), this.#own(a)), 1)));
  }

  parameter(state: ParameterState, shape: readonly number[]): Parameter {
    this.#parameters++;
    return new WasmParameter(shape, state);
  }

  weights(parameter: Parameter): Tensor {
    return this.tensor((parameter as WasmParameter).weights, parameter.shape);
  }

  secondMoment(parameter: Parameter): Tensor {
    return this.tensor((parameter as WasmParameter).second, parameter.shape);
  }

  state(parameter: Parameter): ParameterState {
    const { weights, first, second } = parameter as WasmParameter;
    return { weights: weights.slice(), first: first.slice(), second: second.slice() };
  }

  adam(parameter: Parameter, gradient: Tensor, step: AdamStep): void {
    const { weights, first, second } = parameter as WasmParameter;
    const { rate, epsilon } = step;
    const gradients = this.read(gradient);
    const [towardsFirst, towardsSecond] = [1 - BETA1, 1 - BETA2];
    for (let i = 0; i < weights.length; i++) {
      const g = gradients[i]!;
      first[i]! += (g - first[i]!) * towardsFirst;
      second[i]! += (g * g - second[i]!) * towardsSecond;
      weights[i]! -= (rate * first[i]!) / (Math.sqrt(second[i]!) + epsilon);
    }
  }

  scaleRows(parameter: Parameter, factors: Float32Array): void {
    const { weights } = parameter as WasmParameter;
    const width = weights.length / factors.length;
    for (let r = 0; r < factors.length; r++) {
      const factor = factors[r]!;
      for (let i = r * width; i < (r + 1) * width; i++) weights[i]! *= factor;
    }
  }

  release(...parameters: readonly Parameter[]): void {
    this.#parameters -= parameters.length;
  }

  #own(tensor: Tensor): Core.Tensor {
    return tensor as unknown as Core.Tensor;
  }

  /** The result of an operation, freed by our scopes; what the operation made on the way is freed here. */
  #keep(work: () => Core.Tensor): Tensor {
    return this.#scopes.add(this.#core.tidy(work));
  }

  #take(work: () => Core.Tensor): Float32Array {
    const tensor = this.#keep(work);
    const values = this.read(tensor);
    this.free(tensor);
    return values;
  }
}
