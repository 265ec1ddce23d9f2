/**
 * The items of R's serialization (R Internals, section 1.8), versions 2 and 3. What counts never need (functions, byte code,
 * pointers) is stepped over.
 */
import { badFile, type AppError } from '../../../shared/errors.ts';
import { alternative, Expansion } from './altrep.ts';
import { skipByteCode } from './bytecode.ts';
import { ITEM } from './item-types.ts';
import type { RStream, Slicer } from './stream.ts';
import {
  NO_ATTRIBUTES,
  NULL,
  type RAttributes,
  type REnvironment,
  type RNumbers,
  type RPairs,
  type RValue,
} from './values.ts';

const HAS_ATTRIBUTES = 512;
const HAS_TAG = 1024;
/** Of a text: its bytes are Latin-1. */
const LATIN1 = 4;
/** No object that holds counts is nested deeper; a hostile one may be. */
const DEEPEST = 1500;

const utf8 = new TextDecoder('utf-8');
const latin1 = new TextDecoder('latin1');

export class ItemReader {
  readonly stream: RStream;
  readonly #file: string;
  readonly #references: RValue[] = [];
  readonly #expansion: Expansion;
  #depth = 0;

  constructor(file: string, stream: RStream) {
    this.#file = file;
    this.stream = stream;
    this.#expansion = new Expansion(file);
  }

  /**
   * The next item.
   * @param flags of the item, where they were read already
   * @throws AppError BAD_FILE
   */
  item(flags = this.stream.int()): RValue {
    return this.nested(() => this.#value(flags));
  }

  /** @throws AppError BAD_FILE where calls are nested deeper than the stack should hold */
  nested<T>(work: () => T): T {
    if (++this.#depth > DEEPEST)
      throw badFile(this.#file, 'holds R objects that are nested too deeply to be read');
    const value = work();
    this.#depth--;
    return value;
  }

  /** Something that later items may refer to. */
  remember<V extends RValue>(value: V): V {
    this.#references.push(value);
    return value;
  }

  #value(flags: number): RValue {
    const { stream } = this;
    const type = flags & 0xff;
    switch (type) {
      case ITEM.NULL:
        return NULL;
      case ITEM.REFERENCE:
        return this.#reference(flags >>> 8);
      case ITEM.SYMBOL:
        return this.remember({ type: 'symbol', name: this.#char(stream.int()) ?? 'NA' });
      case ITEM.CHAR:
        return { type: 'character', values: [this.#char(flags)], attributes: NO_ATTRIBUTES };
      case ITEM.LOGICAL:
      case ITEM.INTEGER: {
        const length = this.#length();
        const name = type === ITEM.LOGICAL ? 'logical' : 'integer';
        return this.#numbers(name, length, stream.integers(length), flags);
      }
      case ITEM.DOUBLE: {
        const length = this.#length();
        return this.#numbers('double', length, stream.doubles(length), flags);
      }
      case ITEM.COMPLEX:
        stream.doubles(2 * this.#length());
        return { type: 'other', what: 'complex', attributes: this.#attributes(flags) };
      case ITEM.RAW:
        stream.skipRaw(this.#length());
        return { type: 'other', what: 'raw', attributes: this.#attributes(flags) };
      case ITEM.CHARACTER: {
        const length = this.#length();
        stream.expect(length);
        const values: (string | null)[] = [];
        for (let k = 0; k < length; k++) values.push(this.#char(stream.int()));
        return { type: 'character', values, attributes: this.#attributes(flags) };
      }
      case ITEM.LIST:
      case ITEM.EXPRESSION: {
        const length = this.#length();
        stream.expect(length);
        const values: RValue[] = [];
        for (let k = 0; k < length; k++) values.push(this.item());
        return { type: 'list', values, attributes: this.#attributes(flags) };
      }
      case ITEM.PAIRS:
      case ITEM.PAIRS_WITH_ATTRIBUTES:
        return this.#pairs(flags);
      case ITEM.CALL:
      case ITEM.CALL_WITH_ATTRIBUTES:
      case ITEM.CLOSURE:
      case ITEM.PROMISE:
      case ITEM.DOTS: {
        const what = type === ITEM.CLOSURE ? 'function' : 'language';
        return { type: 'other', what, attributes: this.#pairs(flags).attributes };
      }
      case ITEM.ENVIRONMENT:
        return this.#environment();
      case ITEM.S4:
        return { type: 'S4', attributes: this.#attributes(flags) };
      case ITEM.ALTREP: {
        const [info, state, attributes] = [this.item(), this.item(), this.item()];
        return alternative(info, state, attributesOf(attributes), this.#expansion);
      }
      default:
        return this.#rare(type, flags);
    }
  }

  /** Types that only functions, connections and environments bring along. */
  #rare(type: number, flags: number): RValue {
    const { stream } = this;
    const other = (what: string): RValue => ({ type: 'other', what, attributes: NO_ATTRIBUTES });
    switch (type) {
      case ITEM.GLOBAL_ENVIRONMENT:
      case ITEM.BASE_ENVIRONMENT:
      case ITEM.EMPTY_ENVIRONMENT:
      case ITEM.BASE_NAMESPACE:
      case ITEM.MISSING_ARGUMENT:
      case ITEM.UNBOUND:
        return other('environment');
      case ITEM.PERSISTENT:
      case ITEM.PACKAGE:
      case ITEM.NAMESPACE: {
        stream.int();
        const length = stream.int();
        stream.expect(length);
        for (let k = 0; k < length; k++) this.#char(stream.int());
        return this.remember(other('namespace'));
      }
      case ITEM.SPECIAL:
      case ITEM.BUILTIN:
        stream.bytes(stream.int());
        return other('function');
      case ITEM.POINTER: {
        const pointer = this.remember(other('pointer'));
        this.item();
        this.item();
        this.#attributes(flags);
        return pointer;
      }
      case ITEM.WEAK_REFERENCE: {
        const reference = this.remember(other('reference'));
        this.#attributes(flags);
        return reference;
      }
      case ITEM.BYTE_CODE:
        stream.int();
        skipByteCode(this);
        this.#attributes(flags);
        return other('function');
      default:
        throw this.damaged(`type ${type}`);
    }
  }

  damaged(what: string): AppError {
    return badFile(this.#file, `is damaged or of an unknown kind: it has ${what} where an R object belongs`);
  }

  #numbers(type: RNumbers['type'], length: number, slice: Slicer, flags: number): RNumbers {
    return { type, length, slice, attributes: this.#attributes(flags) };
  }

  #attributes(flags: number): RAttributes {
    return flags & HAS_ATTRIBUTES ? attributesOf(this.item()) : NO_ATTRIBUTES;
  }

  /** A linked list, one element after the other: it may be far longer than calls can be nested. */
  #pairs(first: number): RPairs {
    const values: { tag: string; value: RValue }[] = [];
    let attributes = NO_ATTRIBUTES;
    let flags = first;
    do {
      const type = flags & 0xff;
      const marked = type === ITEM.PAIRS_WITH_ATTRIBUTES || type === ITEM.CALL_WITH_ATTRIBUTES;
      if (marked || flags & HAS_ATTRIBUTES) {
        const own = attributesOf(this.item());
        if (values.length === 0) attributes = own;
      }
      const tag = flags & HAS_TAG ? this.item() : NULL;
      values.push({ tag: tag.type === 'symbol' ? tag.name : '', value: this.item() });
      flags = this.stream.int();
    } while ((flags & 0xff) === ITEM.PAIRS || (flags & 0xff) === ITEM.PAIRS_WITH_ATTRIBUTES);
    const rest = this.item(flags);
    if (rest.type !== 'NULL') values.push({ tag: '', value: rest });
    return { type: 'pairs', values, attributes };
  }

  #environment(): REnvironment {
    this.stream.int(); // whether it is locked
    const frame = new Map<string, RValue>();
    const attributes = new Map<string, RValue>();
    const environment = this.remember<REnvironment>({ type: 'environment', frame, attributes });
    const put = (value: RValue): void => {
      if (value.type === 'pairs') for (const { tag, value: held } of value.values) frame.set(tag, held);
    };
    this.item(); // what encloses it
    put(this.item());
    const table = this.item();
    if (table.type === 'list') table.values.forEach(put);
    for (const [name, value] of attributesOf(this.item())) attributes.set(name, value);
    return environment;
  }

  #reference(packed: number): RValue {
    const index = packed === 0 ? this.stream.int() : packed;
    const value = this.#references[index - 1];
    if (value === undefined) throw this.damaged('a reference to nothing');
    return value;
  }

  /** Of a vector: one number, or -1 and the two halves of a long one. */
  #length(): number {
    const length = this.stream.int();
    if (length >= 0) return length;
    if (length !== -1) throw this.damaged('a negative length');
    const high = this.stream.int();
    return high * 2 ** 32 + (this.stream.int() >>> 0);
  }

  #char(flags: number): string | null {
    const length = this.stream.int();
    if (length === -1) return null;
    const bytes = this.stream.bytes(length);
    return (flags >>> 12) & LATIN1 ? latin1.decode(bytes) : utf8.decode(bytes);
  }
}

function attributesOf(value: RValue): RAttributes {
  if (value.type !== 'pairs') return NO_ATTRIBUTES;
  return new Map(value.values.map(({ tag, value: held }) => [tag, held]));
}
