/** A network cut into parts by genes: each part has a range of the input genes and one of the targets. */
import type { NetworkSource } from '../models/step-network.ts';
import type { ParameterState } from '../tensor/engine.ts';

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Matrices whose rows belong to genes; all others are the same in every part, and so are their updates. */
const CUT = { first: 'inputs', last: 'targets' } as const;
const genesOf = (matrix: string): 'inputs' | 'targets' | null => CUT[matrix as keyof typeof CUT] ?? null;

export interface Part {
  readonly inputs: Range;
  readonly targets: Range;
}

/** As many parts as threads, but none without an input and a target. */
export function cutParts(layout: NetworkSource['layout'], threads: number): Part[] {
  const parts = Math.max(1, Math.min(threads, layout.inputs, layout.targets));
  const range = (genes: number, part: number): Range => ({
    from: Math.round((genes * part) / parts),
    to: Math.round((genes * (part + 1)) / parts),
  });
  return Array.from({ length: parts }, (_, part) => ({
    inputs: range(layout.inputs, part),
    targets: range(layout.targets, part),
  }));
}

/** What a part is made from. */
export function sourceOf(source: NetworkSource, { inputs, targets }: Part): NetworkSource {
  const columns = (of: NetworkSource['inputs'], { from, to }: Range) => ({
    columns: of.columns.slice(from, to),
    means: of.means.slice(from, to),
  });
  return {
    ...source,
    layout: { ...source.layout, inputs: inputs.to - inputs.from, targets: targets.to - targets.from },
    inputs: columns(source.inputs, inputs),
    targets: columns(source.targets, targets),
    emphasis: source.emphasis?.slice(targets.from, targets.to) ?? null,
  };
}

/** States of a part, copied. */
export function statesOf(
  states: ReadonlyMap<string, ParameterState>,
  layout: NetworkSource['layout'],
  part: Part,
): Map<string, ParameterState> {
  const cut = (name: string, values: Float32Array): Float32Array => {
    const genes = genesOf(name);
    if (genes === null) return values.slice();
    const width = values.length / layout[genes];
    return values.slice(part[genes].from * width, part[genes].to * width);
  };
  return new Map(
    [...states].map(([name, { weights, first, second }]) => [
      name,
      { weights: cut(name, weights), first: cut(name, first), second: cut(name, second) },
    ]),
  );
}

/** One matrix from those of the parts, in their order. */
export function joinMatrix(name: string, parts: readonly Float32Array[]): Float32Array {
  if (genesOf(name) === null || parts.length === 1) return parts[0]!;
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  parts.reduce((at, part) => {
    whole.set(part, at);
    return at + part.length;
  }, 0);
  return whole;
}
