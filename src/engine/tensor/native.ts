/**
 * The native engine: TensorFlow's C library through the addon of tfjs-node, one raw operation at a time. Only operations
 * that TensorFlow 1.15 and 2.9 both have are used, because either may be installed.
 */
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import util from 'node:util';
import type { TFEOpAttr, TFJSBinding } from '@tensorflow/tfjs-node/dist/tfjs_binding.d.ts';
import type { EngineInfo } from '../../shared/model.ts';
import { BETA1, BETA2 } from './engine.ts';
import type { AdamStep, Parameter, ParameterState, Tensor, TensorEngine } from './engine.ts';
import { Scopes } from './scopes.ts';

class NativeTensor implements Tensor {
  readonly id: number;
  readonly shape: readonly number[];
  constructor(id: number, shape: readonly number[]) {
    this.id = id;
    this.shape = shape;
  }
}

/** Handles of three resource variables. */
class NativeParameter implements Parameter {
  readonly shape: readonly number[];
  readonly weights: number;
  readonly first: number;
  readonly second: number;
  constructor(shape: readonly number[], weights: number, first: number, second: number) {
    this.shape = shape;
    this.weights = weights;
    this.first = first;
    this.second = second;
  }
}

/** @throws where tfjs-node is not installed, or its addon or TensorFlow's library cannot be loaded. */
export async function loadNativeEngine(): Promise<TensorEngine> {
  // tfjs-node 4.22 calls two helpers that newer versions of Node have removed.
  const helpers = util as unknown as Record<string, unknown>;
  helpers['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  helpers['isArray'] ??= Array.isArray;
  quiet();
  const tensorflow = await import('@tensorflow/tfjs-node');
  const backend = tensorflow.backend() as unknown as { readonly binding: TFJSBinding };
  return checkedEngine(new NativeEngine(backend.binding));
}

/** Loads TensorFlow's library into this process. @returns the addon that came with it, for `loadEngineCopy` */
export function loadLibrary(): { readonly addon: string; readonly version: string } {
  quiet();
  const require = createRequire(import.meta.url);
  const lib = join(dirname(require.resolve('@tensorflow/tfjs-node/package.json')), 'lib');
  const numberOf = (folder: string): number => Number(folder.slice('napi-v'.length));
  const folders = readdirSync(lib).filter(name => name.startsWith('napi-v'));
  const newest = folders.toSorted((a, b) => numberOf(b) - numberOf(a))[0];
  if (newest === undefined) throw new Error(`There is no native addon in ${lib}.`);
  const addon = join(lib, newest, 'tfjs_binding.node');
  const { TF_Version: version } = require(addon) as TFJSBinding;
  return { addon, version };
}

/**
 * An engine for this thread alone. The addon keeps its backend in one global, so two threads that share it corrupt each
 * other: every thread loads a copy of its file (80 kB), which finds the library that is loaded already.
 * @param addon from `loadLibrary`, called in another thread
 * @throws where the copy cannot be loaded or computes nonsense
 */
export function loadEngineCopy(addon: string): TensorEngine {
  const folder = mkdtempSync(join(tmpdir(), 'f910-engine-'));
  try {
    const copy = join(folder, 'tfjs_binding.node');
    copyFileSync(addon, copy);
    return checkedEngine(new NativeEngine(createRequire(copy)(copy) as TFJSBinding));
  } finally {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // Windows does not give up a library that is in use; its folder for temporary files is emptied now and then.
    }
  }
}

/** A library that loads but cannot multiply is found here and not in the middle of a run. */
function checkedEngine(engine: TensorEngine): TensorEngine {
  const product = engine.scope(() => {
    const a = engine.tensor(Float32Array.of(1, 2), [1, 2]);
    return engine.read(engine.matMul(a, a, 'b'))[0];
  });
  if (product !== 5) throw new Error(`the product of (1, 2) with itself came out as ${product}`);
  return engine;
}

/** Read once by the library: 2 leaves errors and hides notes on the processor. */
function quiet(): void {
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
}

class NativeEngine implements TensorEngine {
  readonly info: EngineInfo;
  readonly #binding: TFJSBinding;
  readonly #scopes: Scopes<NativeTensor>;
  readonly #attributes: ReturnType<typeof attributesOf>;
  /** Constant operands, made once. */
  readonly #zero: number;
  readonly #beta1: number;
  readonly #beta2: number;
  readonly #columnAxis: number;
  readonly #origin: number;
  #parameters = 0;
  #names = 0;

  constructor(binding: TFJSBinding) {
    this.#binding = binding;
    this.#scopes = new Scopes(tensor => binding.deleteTensor(tensor.id));
    this.#attributes = attributesOf(binding);
    this.#zero = this.#number(0);
    this.#beta1 = this.#number(BETA1);
    this.#beta2 = this.#number(BETA2);
    this.#columnAxis = binding.createTensor([], binding.TF_INT32, Int32Array.of(1));
    this.#origin = this.#integers(0, 0);
    this.info = { name: 'tensorflow', version: binding.TF_Version, native: true, why: '' };
  }

  get alive(): number {
    return this.#scopes.alive + this.#parameters;
  }

  scope<T>(work: () => T): T {
    return this.#scopes.run(work);
  }

  tensor(data: Float32Array, shape: readonly number[]): Tensor {
    // TensorFlow takes memory that happens to be aligned as it is, so it gets an array that nobody changes.
    return this.lent(data.slice(), shape);
  }

  lent(data: Float32Array, shape: readonly number[]): Tensor {
    const id = this.#binding.createTensor([...shape], this.#binding.TF_FLOAT, data);
    return this.#scopes.add(new NativeTensor(id, shape));
  }

  read(tensor: Tensor): Float32Array {
    return this.#read(idOf(tensor));
  }

  free(...tensors: readonly Tensor[]): void {
    for (const tensor of tensors) this.#scopes.free(tensor as NativeTensor);
  }

  matMul(a: Tensor, b: Tensor, transpose?: 'a' | 'b'): Tensor {
    return this.#run('MatMul', this.#attributes.matMul[transpose ?? 'none'], idOf(a), idOf(b));
  }

  inverse(a: Tensor): Tensor | null {
    try {
      // The factorisation fails where the matrix is not positive definite; the inverse itself would not tell.
      this.free(this.#run('Cholesky', this.#attributes.float, idOf(a)));
      return this.#run('MatrixInverse', this.#attributes.inverse, idOf(a));
    } catch {
      return null;
    }
  }

  addAll(terms: readonly Tensor[]): Tensor {
    if (terms.length === 1) return terms[0]!;
    const count = { name: 'N', type: this.#binding.TF_ATTR_INT, value: terms.length };
    const sum = this.#run('AddN', [count, ...this.#attributes.float], ...terms.map(idOf));
    this.free(...terms);
    return sum;
  }

  addToColumns(a: Tensor, column: Tensor): Tensor {
    return this.#run('Add', this.#attributes.float, idOf(a), idOf(column));
  }

  addToRows(a: Tensor, vector: Tensor): Tensor {
    return this.#run('BiasAdd', this.#attributes.float, idOf(a), idOf(vector));
  }

  subtract(a: Tensor, b: Tensor): Tensor {
    return this.#run('Sub', this.#attributes.float, idOf(a), idOf(b));
  }

  multiply(a: Tensor, b: Tensor): Tensor {
    return this.#run('Mul', this.#attributes.float, idOf(a), idOf(b));
  }

  scale(a: Tensor, factor: number): Tensor {
    return this.#withNumber(factor, id => this.#run('Mul', this.#attributes.float, idOf(a), id));
  }

  relu(a: Tensor): Tensor {
    return this.#run('Relu', this.#attributes.float, idOf(a));
  }

  reluGradient(gradient: Tensor, output: Tensor): Tensor {
    return this.#run('ReluGrad', this.#attributes.float, idOf(gradient), idOf(output));
  }

  joinColumns(a: Tensor, b: Tensor): Tensor {
    return this.#run('ConcatV2', this.#attributes.join, idOf(a), idOf(b), this.#columnAxis);
  }

  firstColumns(a: Tensor, count: number): Tensor {
    const size = this.#integers(a.shape[0]!, count);
    try {
      return this.#run('Slice', this.#attributes.slice, idOf(a), this.#origin, size);
    } finally {
      this.#binding.deleteTensor(size);
    }
  }

  rowSums(a: Tensor): Float32Array {
    return this.#take(this.#run('Sum', this.#attributes.reduce, idOf(a), this.#columnAxis));
  }

  rowNorms(a: Tensor): Float32Array {
    return this.#take(this.#run('EuclideanNorm', this.#attributes.reduce, idOf(a), this.#columnAxis));
  }

  parameter(state: ParameterState, shape: readonly number[]): Parameter {
    const parameter = new NativeParameter(
      shape,
      this.#variable(state.weights, shape),
      this.#variable(state.first, shape),
      this.#variable(state.second, shape),
    );
    this.#parameters++;
    return parameter;
  }

  weights(parameter: Parameter): Tensor {
    return this.#run('ReadVariableOp', this.#attributes.variable, native(parameter).weights);
  }

  secondMoment(parameter: Parameter): Tensor {
    return this.#run('ReadVariableOp', this.#attributes.variable, native(parameter).second);
  }

  state(parameter: Parameter): ParameterState {
    const { weights, first, second } = native(parameter);
    const values = (handle: number) =>
      this.#take(this.#run('ReadVariableOp', this.#attributes.variable, handle));
    return { weights: values(weights), first: values(first), second: values(second) };
  }

  adam(parameter: Parameter, gradient: Tensor, step: AdamStep): void {
    const { weights, first, second } = native(parameter);
    // The operation would correct the bias in float32; with both powers at 0 the step size is taken as it is given.
    this.#withNumber(step.rate, rate =>
      this.#withNumber(step.epsilon, epsilon =>
        this.#binding.executeOp(
          'ResourceApplyAdam',
          this.#attributes.adam,
          [
            weights,
            first,
            second,
            this.#zero,
            this.#zero,
            rate,
            this.#beta1,
            this.#beta2,
            epsilon,
            idOf(gradient),
          ],
          0,
        ),
      ),
    );
  }

  scaleRows(parameter: Parameter, factors: Float32Array): void {
    this.scope(() => {
      const weights = this.weights(parameter);
      const column = this.tensor(factors, [factors.length, 1]);
      this.#assign(native(parameter).weights, idOf(this.multiply(weights, column)));
    });
  }

  release(...parameters: readonly Parameter[]): void {
    for (const parameter of parameters) {
      const { weights, first, second } = native(parameter);
      for (const handle of [weights, first, second]) {
        this.#binding.executeOp('DestroyResourceOp', this.#attributes.destroy, [handle], 0);
        this.#binding.deleteTensor(handle);
      }
      this.#parameters--;
    }
  }

  #run(operation: string, attributes: TFEOpAttr[], ...inputs: number[]): NativeTensor {
    const [output] = this.#binding.executeOp(operation, attributes, inputs, 1);
    return this.#scopes.add(new NativeTensor(output!.id, output!.shape));
  }

  #read(id: number): Float32Array {
    return this.#binding.tensorDataSync(id) as Float32Array;
  }

  #take(tensor: NativeTensor): Float32Array {
    const values = this.read(tensor);
    this.free(tensor);
    return values;
  }

  #number(value: number): number {
    return this.#binding.createTensor([], this.#binding.TF_FLOAT, Float32Array.of(value));
  }

  #withNumber<T>(value: number, work: (id: number) => T): T {
    const id = this.#number(value);
    try {
      return work(id);
    } finally {
      this.#binding.deleteTensor(id);
    }
  }

  #integers(...values: number[]): number {
    return this.#binding.createTensor([values.length], this.#binding.TF_INT32, Int32Array.from(values));
  }

  #variable(data: Float32Array, shape: readonly number[]): number {
    const { TF_ATTR_SHAPE, TF_ATTR_STRING } = this.#binding;
    const [handle] = this.#binding.executeOp(
      'VarHandleOp',
      [
        ...this.#attributes.variable,
        { name: 'shape', type: TF_ATTR_SHAPE, value: [...shape] },
        { name: 'container', type: TF_ATTR_STRING, value: '' },
        { name: 'shared_name', type: TF_ATTR_STRING, value: `parameter-${this.#names++}` },
      ],
      [],
      1,
    );
    this.scope(() => this.#assign(handle!.id, idOf(this.tensor(data, shape))));
    return handle!.id;
  }

  #assign(handle: number, value: number): void {
    this.#binding.executeOp('AssignVariableOp', this.#attributes.variable, [handle, value], 0);
  }
}

function idOf(tensor: Tensor): number {
  return (tensor as NativeTensor).id;
}

function native(parameter: Parameter): NativeParameter {
  return parameter as NativeParameter;
}

/** Attributes of the operations, as the addon wants them. */
function attributesOf(binding: TFJSBinding) {
  const type = (name: string, value = binding.TF_FLOAT): TFEOpAttr => ({
    name,
    type: binding.TF_ATTR_TYPE,
    value,
  });
  const flag = (name: string, value: boolean): TFEOpAttr => ({ name, type: binding.TF_ATTR_BOOL, value });
  const matMul = (a: boolean, b: boolean) => [flag('transpose_a', a), flag('transpose_b', b), type('T')];
  return {
    float: [type('T')],
    matMul: { none: matMul(false, false), a: matMul(true, false), b: matMul(false, true) },
    inverse: [flag('adjoint', false), type('T')],
    reduce: [flag('keep_dims', false), type('T'), type('Tidx', binding.TF_INT32)],
    join: [{ name: 'N', type: binding.TF_ATTR_INT, value: 2 }, type('T'), type('Tidx', binding.TF_INT32)],
    slice: [type('T'), type('Index', binding.TF_INT32)],
    variable: [type('dtype')],
    adam: [type('T'), flag('use_locking', false), flag('use_nesterov', false)],
    destroy: [flag('ignore_lookup_error', true)],
  };
}
