import type { Settings } from '../config.ts';

/** How people's requests come from a platform. A socket is one process's; over HTTP any number of processes may serve. */
export type SlackWay =
  | { readonly kind: 'none' }
  | { readonly kind: 'socket'; readonly botToken: string; readonly appToken: string }
  | { readonly kind: 'http'; readonly botToken: string; readonly signingSecret: string }
  | { readonly kind: 'unclear'; readonly told: string };

/** Which way the settings choose for Slack. */
export function slackWay(settings: Settings): SlackWay {
  const { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret } = settings;
  if (appToken !== undefined && signingSecret !== undefined) {
    // Slack itself sends one way only, and which one it was told is not to be guessed here.
    const told =
      'SLACK_APP_TOKEN and SLACK_SIGNING_SECRET are both set, and Slack comes one way only: keep the first for Socket Mode, ' +
      'the second for requests to your public address.';
    return { kind: 'unclear', told };
  }
  if (botToken === undefined) {
    if (appToken === undefined && signingSecret === undefined) return { kind: 'none' };
    return { kind: 'unclear', told: 'SLACK_BOT_TOKEN is not set, and Slack needs it to be answered.' };
  }
  if (appToken !== undefined) return { kind: 'socket', botToken, appToken };
  if (signingSecret !== undefined) return { kind: 'http', botToken, signingSecret };
  const told = 'Slack needs a second secret beside SLACK_BOT_TOKEN: SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET.';
  return { kind: 'unclear', told };
}

export type DiscordWay =
  | { readonly kind: 'none' }
  | { readonly kind: 'gateway'; readonly token: string }
  | { readonly kind: 'http'; readonly token: string; readonly publicKey: string }
  | { readonly kind: 'unclear'; readonly told: string };

/** Which way the settings choose for Discord: with the application's key it comes over HTTP, and the gateway is left alone. */
export function discordWay({ DISCORD_TOKEN: token, DISCORD_PUBLIC_KEY: publicKey }: Settings): DiscordWay {
  if (token === undefined) {
    if (publicKey === undefined) return { kind: 'none' };
    return { kind: 'unclear', told: 'DISCORD_TOKEN is not set, and Discord needs it beside DISCORD_PUBLIC_KEY.' };
  }
  return publicKey === undefined ? { kind: 'gateway', token } : { kind: 'http', token, publicKey };
}
