/** Steps over compiled functions, which come along with the environments of some objects. */
import { ITEM } from './item-types.ts';
import type { ItemReader } from './items.ts';

/** One byte code item, after the number of its repeated calls was read. */
export function skipByteCode(reader: ItemReader): void {
  reader.item();
  const constants = reader.stream.int();
  reader.stream.expect(constants);
  for (let k = 0; k < constants; k++) {
    const type = reader.stream.int();
    if (type === ITEM.BYTE_CODE) reader.nested(() => skipByteCode(reader));
    else if (CALLS.includes(type)) skipCall(reader, type);
    else reader.item();
  }
}

/** Calls within byte code are defined once and referred to later. */
const CALLS: readonly number[] = [
  ITEM.CALL,
  ITEM.PAIRS,
  ITEM.CALL_WITH_ATTRIBUTES,
  ITEM.PAIRS_WITH_ATTRIBUTES,
  ITEM.BYTE_CODE_REFERENCE,
  ITEM.BYTE_CODE_DEFINITION,
];

/** A call is a list as well: its rest is followed in a loop, its elements by nesting. */
function skipCall(reader: ItemReader, first: number): void {
  for (let type = first; ;) {
    if (type === ITEM.BYTE_CODE_REFERENCE) {
      reader.stream.int();
      return;
    }
    if (!CALLS.includes(type)) {
      reader.item();
      return;
    }
    if (type === ITEM.BYTE_CODE_DEFINITION) {
      reader.stream.int();
      type = reader.stream.int();
    }
    if (type === ITEM.CALL_WITH_ATTRIBUTES || type === ITEM.PAIRS_WITH_ATTRIBUTES) reader.item();
    reader.item(); // tag
    const element = reader.stream.int();
    reader.nested(() => skipCall(reader, element));
    type = reader.stream.int();
  }
}
