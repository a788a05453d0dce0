import type { Span } from '../ports/message.ts';
import type { ChannelName } from '../ports/store/posts.ts';
import { platformWords } from './refusal.ts';

/** A channel in plain words: "the alerts channel on Slack"; one without a purpose is called by its address. */
export function channelWords({ purposes, platform, address }: ChannelName): string {
  const what = purposes.length === 0 ? `the channel ${address}` : `the ${purposes.join(' and ')} channel`;
  return `${what} ${platformWords(platform)}`;
}

/** The same, beginning a sentence, with a link to it for readers of its own platform. */
export function channelText(channel: ChannelName): readonly Span[] {
  const said = channelWords(channel);
  const link = { kind: 'channel', platform: channel.platform, address: channel.address } as const;
  return [`${said.charAt(0).toUpperCase()}${said.slice(1)} (`, link, ')'];
}
