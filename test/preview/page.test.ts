import { describe, expect, test } from 'vitest';
import { DRAWN, type Drawn } from '../../preview/cast.ts';
import { discordPage } from '../../preview/discord/page.ts';
import type { Evening, Extra, Page } from '../../preview/exhibit.ts';
import { wholePage } from '../../preview/page.ts';
import { extrasOn } from '../../preview/samples.ts';
import { slackPage } from '../../preview/slack/page.ts';
import { say, type Message, type Part } from '../../src/ports/message.ts';
import { POST_WORDS } from '../../src/words/notice.ts';
import { SAMPLE_POSTS } from '../support/messages.ts';

const PAGES: Readonly<Record<Drawn, (evening: Evening, extras: readonly Extra[]) => Page>> = {
  slack: slackPage,
  discord: discordPage,
};
const NO_EVENING: Evening = { zone: 'America/New_York', locale: 'en', channels: {}, privates: [] };
const extra = (platform: Drawn, name: string): Extra => {
  const found = extrasOn(platform).find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no sample ${name}`);
  return found;
};
/** A page of one message that rings nobody. */
const pageOf = (platform: Drawn, message: Message): string => {
  const sample = extra(platform, 'alert-open');
  const delivery = { ...sample.moment.delivery, message };
  return PAGES[platform](NO_EVENING, [{ ...sample, moment: { ...sample.moment, delivery } }]).html;
};

describe.each(DRAWN)('the page of %s', (platform) => {
  test('holds every kind of post, within the platform’s limits', () => {
    const { html, faults } = PAGES[platform](NO_EVENING, extrasOn(platform));
    expect(faults).toEqual([]);
    const shown = Object.entries(SAMPLE_POSTS).filter(([name]) => html.includes(`<p class="later">${name}</p>`));
    expect(new Set(shown.map(([, { kind }]) => kind))).toEqual(new Set(Object.keys(POST_WORDS)));
    expect(html).toContain('PROMOTION PAUSED — everything');
    expect(html).toContain('Doors at 19:00 tonight.');
  });

  test('needs no network and no script', () => {
    const { html } = PAGES[platform](NO_EVENING, extrasOn(platform));
    expect(html).not.toMatch(/<script|<link|<img|<iframe|\ssrc=|\shref=|\son\w+=|url\(|@import/iu);
  });

  test('judges everything it shows', () => {
    const extras = extrasOn(platform);
    expect(PAGES[platform](NO_EVENING, extras).html).toContain(`All ${extras.length} things shown here are within`);
  });

  test.each([
    '<script>alert(1)</script>',
    '</div></section><h1>x',
    '"><b onmouseover=x>',
    '@everyone',
    '@here',
    '<!channel>',
    '<!here> <!subteam^S1>',
    '<@U0MAYA> <@800000000000000001>',
    '<#C0TEAM> <#900000000000000001>',
    '<t:1801267451:R> <!date^1801267451^{time}|x>',
    '*b* _i_ ~s~ `c` **bb** __u__ ~~ss~~ ||spoiler||',
    '> quote # head -# small',
    '&lt;b&gt; &amp;lt;',
  ])('shows the name %s as it is written: no markup, no ping', (name) => {
    const skeleton = (html: string) => html.replaceAll(/>[^<]+(?=<)/gu, '>').replaceAll(/ title="[^"]*"/gu, '');
    const hostile = pageOf(platform, messageNaming(name));
    expect(skeleton(hostile)).toBe(skeleton(pageOf(platform, messageNaming('harmless'))));
    expect(hostile).not.toContain('class="ping');
  });
});

/** A message with a name wherever a message has words. */
function messageNaming(name: string): Message {
  const parts: readonly Part[] = [
    { kind: 'text', text: [{ kind: 'strong', text: `Sold out: ${name}` }] },
    { kind: 'text', text: `The item ${name} is gone` },
    { kind: 'fields', rows: [[`Item ${name}`, `a longer value that gets a line of its own: ${name}`]] },
    { kind: 'table', columns: ['Item', 'Left'], rows: [[`x ${name} which is long enough not to be aligned`, '3']] },
    { kind: 'context', text: `Shown by ${name}` },
    {
      kind: 'buttons',
      buttons: [{ label: `Pause ${name}`, style: 'danger', call: { name: 'pause', input: {} }, confirm: null }],
    },
  ];
  return { ...say(`Sold out: ${name}`, ...parts), tone: 'warning' };
}

test.each(DRAWN)('a card on %s is drawn as it was', async (platform) => {
  const { html } = PAGES[platform](NO_EVENING, [extra(platform, 'alert-sold-out')]);
  const card = /<p class="later">alert-sold-out<\/p>[^]*?(?=<\/section>)/u.exec(html)?.[0] ?? '';
  // A tag a line, so that a change can be read. Not named .html: it would be formatted as a page.
  const lines = card.trim().replaceAll(/>\s*<(?!\/)/gu, '>\n<');
  await expect(`${lines}\n`).toMatchFileSnapshot(`./golden/${platform}-alert-sold-out.txt`);
});

test('a page says what its platform would refuse, and that is no markup either', () => {
  const html = wholePage({ title: 'Slack', css: '', chapters: [], faults: ['<b> is too long'], shownCount: 2 });
  expect(html).toContain('Slack would refuse 1 of what is shown here:');
  expect(html).toMatch(/<li class="fault">&lt;b&gt; is too long<\/li>/u);
  expect(html).not.toContain('are within');
});

test('a ring shows what a locked phone shows, where somebody is called', () => {
  for (const platform of DRAWN) {
    const page = (name: string) => PAGES[platform](NO_EVENING, [extra(platform, name)]).html;
    expect(page('alert-ring')).toMatch(/class="notification"[^]*Critical: Hoodie, medium \(HOODIE-M\), sold out\./u);
    expect(page('alert-ring')).toContain('class="ping"');
    expect(page('reminder-ring')).not.toContain('class="notification"'); // Olga has no account on either
  }
});
