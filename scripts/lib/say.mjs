/** What the set-up tells: plain words on stderr, so that a command's result on stdout stays pure. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}
