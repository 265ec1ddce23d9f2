/** Names under which tools and people store raw counts beside processed values. */
export function isCountName(name: string): boolean {
  return /^(raw[_ .-]?)?(umi[_ .-]?)?counts?([_ .-]?raw)?$|^(raw|umi|umis|raw_data)$/i.test(name);
}
