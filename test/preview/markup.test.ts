import { expect, test } from 'vitest';
import { drawMarkdown } from '../../preview/discord/markdown.ts';
import { drawMrkdwn } from '../../preview/slack/mrkdwn.ts';

const READING = { zone: 'America/New_York', locale: 'en', nowMs: 1_801_267_451_000 };
const AT = 1_801_267_391; // a minute earlier, 19:03:11 in New York

test.each([
  ['*b* _i_ ~s~ `c*d*`', '<b>b</b> <i>i</i> <s>s</s> <code>c*d*</code>'],
  ['a*b*c 2 * 3 * 4 SKU_ONE_TWO', 'a*b*c 2 * 3 * 4 SKU_ONE_TWO'],
  ['*a\nb*', '*a<br />b*'],
  ['a\n> b', 'a<br /><span class="quote">b</span>'],
  ['```x *y*```', '<pre>x *y*</pre>'],
  ['<@U0MAYA> <#C0TEAM>', '<span class="ping">@maya</span> <span class="link">#team</span>'],
  ['<!channel>', '<span class="ping everyone">@channel</span>'],
  ['&lt;@U0MAYA&gt; &amp;lt;', '&lt;@U0MAYA&gt; &amp;lt;'],
  [`<!date^${AT}^{date_short} {time}|Friday>`, '<span title="Friday">Jan 29, 2027 7:03 PM</span>'],
  [`<!date^${AT}^{ago}|x>`, '<span title="x">1 minute ago</span>'],
  ['<https://a.example|here & there>', '<span class="link">here &amp; there</span>'],
])('Slack draws %j', (text, markup) => {
  expect(drawMrkdwn(text, READING).markup).toBe(markup);
});

const PLACE = { isTitle: false, rung: ['800000000000000001'], ringsEveryone: false };
const line = (inner: string, look = 'line') => `<div class="${look}">${inner}</div>`;

test.each([
  ['**b** *i* __u__ ~~s~~ `c`', line('<b>b</b> <i>i</i> <u>u</u> <s>s</s> <code>c</code>')],
  ['\\*\\*b\\*\\* \\<@1> \\`', line('**b** &lt;@1&gt; `')],
  [
    '-# small\n# head\n> said\n- one',
    `${line('small', 'small')}${line('head', 'heading')}${line('said', 'quote')}${line('one', 'item')}`,
  ],
  ['a\n\nb', `${line('a')}<div class="gap"></div>${line('b')}`],
  ['```\nx  **y**\n```', '<pre>x  **y**</pre>'],
  [
    '<@800000000000000001> <@800000000000000002>',
    line('<span class="ping">@maya</span> <span class="ping silent">@priya</span>'),
  ],
  ['<#900000000000000001>', line('<span class="ping channel">#team</span>')],
  ['@everyone', line('@everyone')],
  [`<t:${AT}:t>`, line('<span class="time">7:03 PM</span>')],
  [`<t:${AT}:f>`, line('<span class="time">January 29, 2027 at 7:03 PM</span>')],
  [`<t:${AT}:R>`, line('<span class="time">1 minute ago</span>')],
  ['see <https://a.example/x>', line('see <span class="link">https://a.example/x</span>')],
  ['[here](https://a.example)', line('<span class="link">here</span>')],
])('Discord draws %j', (text, markup) => {
  expect(drawMarkdown(text, PLACE, READING).markup).toBe(markup);
});

test('Discord rings everybody only where it is allowed, and names nobody in a title', () => {
  const all = drawMarkdown('@everyone', { ...PLACE, ringsEveryone: true }, READING).markup;
  expect(all).toBe(line('<span class="ping everyone">@everyone</span>'));
  const title = drawMarkdown(`<@800000000000000001> <t:${AT}:t>`, { ...PLACE, isTitle: true }, READING).markup;
  expect(title).toBe(line(`&lt;@800000000000000001&gt; &lt;t:${AT}:t&gt;`));
});
