/** The first line of a labels file, to offer its column names; what it means is the engine's to say. */

/** Bytes that are looked at: a header is never longer. */
const HEAD = 64 * 1024;

/** Column names of a CSV or TSV, gzipped or plain; none where the file is something else. */
export async function labelHeader(file: File): Promise<string[]> {
  try {
    const line = (await headOf(file)).split(/\r?\n/, 1)[0]!.replace(/^\uFEFF/, '');
    const delimiter = ['\t', ',', ';'].find(sign => line.includes(sign));
    if (delimiter === undefined) return [];
    const names = line.split(delimiter).map(name => name.trim().replace(/^"(.*)"$/, '$1'));
    return [...new Set(names)].filter(name => name !== '');
  } catch {
    // Only an offer: without it the names are typed.
    return [];
  }
}

async function headOf(file: File): Promise<string> {
  if (!file.name.endsWith('.gz')) return file.slice(0, HEAD).text();
  const reader = file.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return new TextDecoder().decode(value?.subarray(0, HEAD));
}
