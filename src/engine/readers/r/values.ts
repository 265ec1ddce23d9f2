/** R's objects as far as counts need them. Vectors of numbers stay where they are in the file until they are asked for. */
import { printable } from '../binary/printable.ts';

export type RValue = RNull | RNumbers | RText | RList | RPairs | RSymbol | RObject | REnvironment | ROther;

export type RAttributes = ReadonlyMap<string, RValue>;

interface Attributed {
  readonly attributes: RAttributes;
}

export interface RNull {
  readonly type: 'NULL';
}

export type Slice = Int32Array | Float64Array;

export interface RNumbers extends Attributed {
  readonly type: 'integer' | 'logical' | 'double';
  readonly length: number;
  /** Values from (inclusive) to (exclusive). Missing whole numbers are NA_INTEGER, missing doubles NaN. */
  slice(from: number, to: number): Slice;
}

/** Missing text is null. */
export interface RText extends Attributed {
  readonly type: 'character';
  readonly values: readonly (string | null)[];
}

export interface RList extends Attributed {
  readonly type: 'list';
  readonly values: readonly RValue[];
}

/** R's linked lists: attributes, arguments, calls, the objects of a saved workspace. */
export interface RPairs extends Attributed {
  readonly type: 'pairs';
  readonly values: readonly { readonly tag: string; readonly value: RValue }[];
}

export interface RSymbol {
  readonly type: 'symbol';
  readonly name: string;
}

/** An S4 object; its slots are the attributes. */
export interface RObject extends Attributed {
  readonly type: 'S4';
}

export interface REnvironment extends Attributed {
  readonly type: 'environment';
  readonly frame: ReadonlyMap<string, RValue>;
}

/** Functions, pointers, raw bytes and the like: passed over. */
export interface ROther extends Attributed {
  readonly type: 'other';
  readonly what: string;
}

export const NO_ATTRIBUTES: RAttributes = new Map();
export const NULL: RNull = { type: 'NULL' };
export const NA_INTEGER = -2147483648;

/** An attribute, or a slot of an S4 object. */
export function attributeOf(value: RValue | undefined, name: string): RValue | undefined {
  return value !== undefined && 'attributes' in value ? value.attributes.get(name) : undefined;
}

/** The first class of an object, or the name of its type. */
export function classOf(value: RValue): string {
  const told = attributeOf(value, 'class');
  if (told?.type === 'character' && typeof told.values[0] === 'string') return printable(told.values[0]);
  if (attributeOf(value, 'dim') !== undefined) return 'matrix';
  return value.type === 'other' ? value.what : value.type;
}

export function hasClass(value: RValue, name: string): boolean {
  const told = attributeOf(value, 'class');
  return told?.type === 'character' && told.values.includes(name);
}

export function isNumbers(value: RValue | undefined): value is RNumbers {
  return value?.type === 'integer' || value?.type === 'double' || value?.type === 'logical';
}

/** A vector of text, with '' for missing ones; null where it is none. */
export function textsOf(value: RValue | undefined): readonly string[] | null {
  return value?.type === 'character' ? value.values.map(text => text ?? '') : null;
}

/** Elements of a list by their names; unnamed ones are left out. */
export function namedElements(value: RValue | undefined): ReadonlyMap<string, RValue> {
  const out = new Map<string, RValue>();
  if (value?.type !== 'list') return out;
  const names = textsOf(attributeOf(value, 'names')) ?? [];
  for (const [k, element] of value.values.entries()) {
    const name = printable(names[k] ?? '');
    if (name !== '' && !out.has(name)) out.set(name, element);
  }
  return out;
}
