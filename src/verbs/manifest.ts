import { COMMANDS } from '../../commands/index.ts';
import { SCOPES, slackManifest } from '../chat/slack/manifest.ts';
import type { ExitCode, Terminal } from './terminal.ts';

/** `manifest`: the Slack app's manifest on standard output, for a file or a paste; why it asks for each scope beside it. */
export function manifest({ write, warn }: Terminal): ExitCode {
  write(JSON.stringify(slackManifest(COMMANDS), null, 2));
  warn('Paste this at https://api.slack.com/apps: Create New App, From a manifest. Why it asks for each scope:');
  for (const [scope, why] of Object.entries(SCOPES)) warn(`  ${scope.padEnd(18)} ${why}`);
  return 0;
}
