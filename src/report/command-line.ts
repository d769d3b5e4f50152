/** A command that somebody can paste into a shell: `npx provsim repro 'a file.scenario'`. */
export function commandLine(words: readonly string[]): string {
  return ['npx', 'provsim', ...words.map(quotedWord)].join(' ');
}

/** A word as a POSIX shell reads it back; one that needs no quotes gets none. */
export function quotedWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
