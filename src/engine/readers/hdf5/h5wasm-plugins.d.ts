/** The package has no types of its own; of its helpers only the place of the plugins is used. */
declare module 'h5wasm-plugins' {
  /** URL of the package's folder, without a slash at its end. */
  export const base_url: string;
}
