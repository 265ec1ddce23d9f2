/** Types of page.js, which runs in Node and in the page. */
export interface Codec {
  encode(value: unknown): string;
  decode(text: string): unknown;
}
export function codec(): Codec;
export function contextBridgeHalf(event: string, side: '<' | '>'): object;
export function preloadWorld(config: object, codec: Codec, half: unknown, preload: unknown): void;
