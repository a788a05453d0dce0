import { COMMANDS } from '../../commands/index.ts';
import { SCOPES, slackManifest } from '../chat/slack/manifest.ts';
import type { Settings } from '../config.ts';
import { Refused } from './refused.ts';
import type { ExitCode, Terminal } from './terminal.ts';

/** `manifest`: the Slack app's manifest on standard output, for a file or a paste; why it asks for each scope beside it. */
export function manifest(settings: Settings, { write, warn }: Terminal): ExitCode {
  write(JSON.stringify(slackManifest(COMMANDS, requestsTo(settings)), null, 2));
  warn('Paste this at https://api.slack.com/apps: Create New App, From a manifest. Why it asks for each scope:');
  for (const [scope, why] of Object.entries(SCOPES)) warn(`  ${scope.padEnd(18)} ${why}`);
  return 0;
}

/** The address Slack is to send to; null where the settings say nothing of HTTP. */
function requestsTo({ SLACK_SIGNING_SECRET, SLACK_APP_TOKEN, SHOWCALLER_PUBLIC_URL }: Settings): string | null {
  if (SLACK_SIGNING_SECRET === undefined || SLACK_APP_TOKEN !== undefined) return null;
  if (SHOWCALLER_PUBLIC_URL !== undefined) return SHOWCALLER_PUBLIC_URL;
  throw new Refused('SLACK_SIGNING_SECRET is set, so Slack has to be told where to send.', 'Set SHOWCALLER_PUBLIC_URL as well.');
}
