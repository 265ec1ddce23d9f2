import type { Frame } from './frames.ts';

/** WebSocket wire form: [u32 json length][json][pad to 8][blob][pad to 8][blob]… Typed arrays become {$bin,type,length}. */
const TYPES = {
  Uint8Array,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
} as const;
type TypeName = keyof typeof TYPES;
interface Ref {
  $bin: number;
  type: TypeName;
  length: number;
}
const pad8 = (n: number): number => (n + 7) & ~7;

export function encode(frame: Frame): Uint8Array {
  const blobs: Uint8Array[] = [];
  let at = 0;
  const json = JSON.stringify(frame, (_k, v: unknown) => {
    if (!ArrayBuffer.isView(v)) return v;
    const type = v.constructor.name as TypeName;
    if (!(type in TYPES)) throw new TypeError(`${type} cannot be sent.`);
    const ref: Ref = { $bin: at, type, length: (v as Float32Array).length };
    blobs.push(new Uint8Array(v.buffer as ArrayBuffer, v.byteOffset, v.byteLength));
    at = pad8(at + v.byteLength);
    return ref;
  });
  const head = new TextEncoder().encode(json);
  const base = pad8(4 + head.length);
  const out = new Uint8Array(base + at);
  new DataView(out.buffer).setUint32(0, head.length, true);
  out.set(head, 4);
  let pos = base;
  for (const b of blobs) {
    out.set(b, pos);
    pos = pad8(pos + b.length);
  }
  return out;
}

export function decode(bytes: Uint8Array): Frame {
  // Views need aligned memory that nobody else writes to.
  const own =
    bytes.byteOffset % 8 === 0 && bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
  const n = new DataView(own.buffer, own.byteOffset).getUint32(0, true);
  const base = pad8(4 + n);
  return JSON.parse(new TextDecoder().decode(own.subarray(4, 4 + n)), (_k, v: unknown) => {
    const ref = v as Ref | null;
    if (ref === null || typeof ref !== 'object' || typeof ref.$bin !== 'number') return v;
    const Type = TYPES[ref.type];
    if (!Type) throw new TypeError(`Unknown array type ${String(ref.type)}.`);
    return new Type(own.buffer as ArrayBuffer, own.byteOffset + base + ref.$bin, ref.length);
  }) as Frame;
}
