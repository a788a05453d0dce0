import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { envExample } from '../../config.ts';

/**
 * Sets variables in a `.env` file, made from the example where there is none. Other lines stay as they are. The file is put in place
 * whole, and only its owner can read it: it holds tokens.
 */
export function writeEnvFile(file: string, values: Readonly<Record<string, string>>): void {
  const before = existsSync(file) ? readFileSync(file, 'utf8') : envExample();
  const text = Object.entries(values).reduce((lines, [name, value]) => withLine(lines, name, value), before);
  const beside = `${file}.new`;
  writeFileSync(beside, text, { mode: 0o600 });
  chmodSync(beside, 0o600);
  renameSync(beside, file);
}

/** The text with this variable set: in its own line, in the line that holds its place, or at the end. */
function withLine(text: string, name: string, value: string): string {
  const line = `${name}=${/[\s#"']/u.test(value) ? `"${value}"` : value}`;
  for (const known of [new RegExp(`^${name}=.*$`, 'mu'), new RegExp(`^#\\s*${name}=.*$`, 'mu')]) {
    if (known.test(text)) return text.replace(known, () => line);
  }
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`;
}
