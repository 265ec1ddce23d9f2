/** The package has no types of its own. */
declare module 'seek-bzip' {
  interface Input {
    /** Next byte. */
    readByte(): number;
    /** Fills a part of the buffer; number of bytes read. */
    read(to: Uint8Array, offset: number, length: number): number;
    eof(): boolean;
  }
  interface Output {
    writeByte(byte: number): void;
  }
  const bzip: { decode(input: Input, output: Output): void };
  export default bzip;
}
