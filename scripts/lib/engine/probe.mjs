/**
 * Loads the native engine in a process of its own and multiplies two matrices; prints TensorFlow's version. A library
 * that is cut short, or made for another machine, ends this process and nothing else.
 */
import { createRequire } from 'node:module';
import util from 'node:util';

const require = createRequire(import.meta.url);
// tfjs-node 4.22 calls two helpers that newer versions of Node no longer have.
util.isNullOrUndefined ??= value => value === null || value === undefined;
util.isArray ??= Array.isArray;

const tf = require('@tensorflow/tfjs-node');
const size = 64;
const rows = Float32Array.from({ length: size * size }, (_, i) => Math.floor(i / size));
const columns = Float32Array.from({ length: size * size }, (_, i) => i % size);
const product = tf.matMul(tf.tensor2d(rows, [size, size]), tf.tensor2d(columns, [size, size])).dataSync();
// Row i holds i everywhere and column j holds j, so each entry is 64 i j.
const right = product.every((value, k) => value === size * Math.floor(k / size) * (k % size));
if (!right || tf.getBackend() !== 'tensorflow') throw new Error('The engine computes wrong numbers.');
process.stdout.write(`tensorflow ${tf.backend().binding.TF_Version}\n`);
