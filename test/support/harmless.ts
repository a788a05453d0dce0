import { expect } from 'vitest';
import { drawMarkdown } from '../../preview/discord/markdown.ts';
import { drawMrkdwn } from '../../preview/slack/mrkdwn.ts';
import { MARKED } from './hostile.ts';
import type { OnAir } from './on-air.ts';

const READING = { zone: 'America/New_York', locale: 'en', nowMs: Date.UTC(2027, 0, 15) };
const PLACE = { isTitle: false, rung: [], ringsEveryone: true };

// What turns a line around or hides what follows. Zero-width spaces are ours on Discord: they break what would be a tag.
const UNSEEN = /[\u202A-\u202E\u2060-\u2069\u00AD\uFEFF\u3164]/u;
// The word as the first of something bold, a link's label, a heading, a quote …: no text from outside may make those.
const MADE = new RegExp(`(?:<(?:b|i|u|s|code|pre)>|class="(?:link|heading|quote|item|small|spoiler)[^"]*">)\\s*${MARKED}`, 'u');
const CALLS = /class="ping everyone"/u;

type Json = unknown;

/** A text as it was sent, and as its platform draws it. */
export type Drawn = { readonly text: string; readonly markup: string };

function textsOf(part: Json, isMarkup: (object: Record<string, Json>, key: string) => boolean): readonly string[] {
  if (Array.isArray(part)) return part.flatMap((each) => textsOf(each, isMarkup));
  if (typeof part !== 'object' || part === null) return [];
  const object = part as Record<string, Json>;
  return Object.entries(object).flatMap(([key, value]) =>
    typeof value === 'string' ? (isMarkup(object, key) ? [value] : []) : textsOf(value, isMarkup),
  );
}

/** Every text that Slack reads as mrkdwn, in messages, blocks and views. */
export function slackTexts(sent: Json): readonly Drawn[] {
  const texts = textsOf(
    sent,
    ({ type, kind }, key) => key === 'text' && (type === 'mrkdwn' || type === 'message' || kind !== undefined),
  );
  return texts.map((text) => ({ text, markup: drawMrkdwn(text, READING).markup }));
}

/** Every text that Discord reads as markdown, in messages. */
export function discordTexts(sent: readonly { readonly content: string; readonly embeds: Json }[]): readonly Drawn[] {
  const texts = sent.flatMap(({ content, embeds }) => [
    content,
    ...textsOf(embeds, (_, key) => ['description', 'value', 'name', 'title'].includes(key)),
  ]);
  return texts.map((text) => ({ text, markup: drawMarkdown(text, PLACE, READING).markup }));
}

/** Nothing that either platform was sent is drawn as anything but letters where a stranger's text stands, and calls nobody. */
export function expectHarmless(air: OnAir): { readonly messageCount: number } {
  expect(air.slack.complaints).toEqual([]);
  expect(air.discord.complaints).toEqual([]);
  expect(air.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  const { slack, discord, cast } = air;
  const onSlack = [
    ...Object.values(cast.slack.channels).flatMap((channel) => slack.messages(channel)),
    ...slack.ephemerals,
    ...Object.values(cast.slack.people).flatMap((person) => slack.openViews(person)),
  ];
  const onDiscord = [
    ...Object.values(cast.discord.channels).flatMap((channel) => discord.messages(channel)),
    ...Object.values(cast.discord.people).flatMap((person) => discord.ephemerals(person)),
  ];
  for (const drawn of [...slackTexts(onSlack), ...discordTexts(onDiscord)]) expectLetters(drawn);
  expectNobodyElseCalled(air);
  return { messageCount: onSlack.length + onDiscord.length };
}

/** No stranger's text is more than its letters in this one. */
export function expectLetters({ text, markup }: Drawn): void {
  expect([text, UNSEEN.exec(text)]).toEqual([text, null]);
  expect([text, MADE.exec(markup)?.[0]]).toEqual([text, undefined]);
  expect([text, CALLS.exec(markup)?.[0]]).toEqual([text, undefined]);
}

/** Rung was who is listed, by name. Strangers' texts name the fan and everybody. */
function expectNobodyElseCalled({ slack, discord, cast }: OnAir): void {
  for (const { userId, by } of slack.notifications) {
    expect(by).toBe('mention');
    expect(userId).not.toBe(cast.slack.people.fan);
  }
  for (const { userId, why } of discord.notifications) {
    expect(why).toBe('user');
    expect(userId).not.toBe(cast.discord.people.fan);
  }
}
