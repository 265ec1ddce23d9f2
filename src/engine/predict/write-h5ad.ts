/** Predicted expression as an AnnData file (h5ad), written block by block (https://anndata.readthedocs.io, on-disk format). */
import h5wasm, { type Dataset, type File, type Group } from 'h5wasm/node';

export interface TableOf {
  /** Names of the rows. */
  readonly index: readonly string[];
  readonly columns: readonly {
    readonly name: string;
    readonly values: readonly string[] | Float32Array | Int32Array;
  }[];
}

export class H5adWriter {
  readonly #file: File;
  readonly #shape: readonly [number, number];
  #x: Dataset | null = null;
  #row = 0;

  private constructor(file: File, shape: readonly [number, number]) {
    this.#file = file;
    this.#shape = shape;
  }

  /** @param path a file that is not there yet; @param about stands in uns, as text */
  static async create(
    path: string,
    cells: TableOf,
    genes: TableOf,
    about: Readonly<Record<string, string>>,
  ): Promise<H5adWriter> {
    await h5wasm.ready;
    const file = new h5wasm.File(path, 'w');
    encode(file, 'anndata', '0.1.0');
    frame(file, 'obs', cells);
    frame(file, 'var', genes);
    for (const name of ['layers', 'obsm', 'varm', 'obsp', 'varp', 'uns']) {
      encode(file.create_group(name), 'dict', '0.1.0');
    }
    const uns = file.get('uns') as Group;
    for (const [key, text] of Object.entries(about)) {
      uns.create_dataset({ name: key, data: text });
      encode(uns.get(key) as Dataset, 'string', '0.2.0');
    }
    return new H5adWriter(file, [cells.index.length, genes.index.length]);
  }

  /** Cells that follow. @param values cells x genes */
  rows(values: Float32Array): void {
    const [cells, genes] = this.#shape;
    const count = values.length / genes;
    if (this.#x === null) {
      // The library makes no data set without its first values.
      this.#x = this.#file.create_dataset({
        name: 'X',
        data: values,
        shape: [count, genes],
        maxshape: [cells, genes],
        dtype: '<f',
        chunks: [Math.max(1, Math.min(cells, 64)), Math.max(1, Math.min(genes, 4096))],
        compression: 'gzip',
        compression_opts: [1],
      });
      encode(this.#x, 'array', '0.2.0');
    } else {
      this.#x.resize([this.#row + count, genes]);
      this.#x.write_slice(
        [
          [this.#row, this.#row + count],
          [0, genes],
        ],
        values,
      );
    }
    this.#row += count;
  }

  close(): void {
    this.#file.close();
  }
}

type Attributed = Pick<Group, 'create_attribute'>;

function encode(object: Attributed, type: string, version: string): void {
  object.create_attribute('encoding-type', type);
  object.create_attribute('encoding-version', version);
}

function frame(file: File, name: string, { index, columns }: TableOf): void {
  const group = file.create_group(name);
  encode(group, 'dataframe', '0.2.0');
  group.create_attribute('_index', '_index');
  group.create_attribute(
    'column-order',
    columns.map(column => column.name),
  );
  const all = [{ name: '_index', values: index }, ...columns];
  for (const { name: column, values } of all) {
    const text = !(values instanceof Float32Array || values instanceof Int32Array);
    const data = group.create_dataset({ name: column, data: text ? [...values] : values });
    encode(data, text ? 'string-array' : 'array', '0.2.0');
  }
}
