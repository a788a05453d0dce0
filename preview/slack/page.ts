import type { ConfirmationDialog, KnownBlock } from '@slack/types';
import { formView } from '../../src/chat/slack/form.ts';
import { homeView } from '../../src/chat/slack/home.ts';
import { renderMessage, type Rendered } from '../../src/chat/slack/render.ts';
import { limitFaults, viewFaults } from '../../test/fakes/slack/limits.ts';
import { chaptersOf, type Artist, type Posted } from '../chapters.ts';
import { clockWords, type Reading } from '../clock.ts';
import type { Evening, Extra, Moment, Page, Private } from '../exhibit.ts';
import { html, NOTHING, type Html } from '../html.ts';
import { wholePage } from '../page.ts';
import { drawBlocks, drawModal } from './blocks.ts';
import { drawMrkdwn } from './mrkdwn.ts';
import { SLACK_STYLE } from './style.ts';

/** What the sample's channels and people see on Slack, and what Slack would refuse of it. */
export function slackPage(evening: Evening, extras: readonly Extra[]): Page {
  const faults: string[] = [];
  let shownCount = 0;
  const check = (what: string, found: readonly string[]): void => {
    shownCount += 1;
    faults.push(...found.map((fault) => `${what}: ${fault}`));
  };
  const chapters = chaptersOf(evening, extras, slackArtist(check));
  return { html: wholePage({ title: 'Slack', css: SLACK_STYLE, chapters, faults, shownCount }), faults };
}

type Check = (what: string, faults: readonly string[]) => void;

/** Draws for Slack, through the renderers that the real messages go through. */
function slackArtist(check: Check): Artist {
  return {
    title: 'Slack',
    message(moment, { reading, ...posted }) {
      const { delivery } = moment;
      const { blocks } = checked(check, moment, reading);
      const isReply = delivery.replyToRemoteId !== null;
      const thread = delivery.broadcast ? 'replied to a thread, shown in the channel too' : 'replied in the thread';
      const note = isReply ? html`<div class="thread">${thread}</div>` : NOTHING;
      return drawMessage(html`${note}${drawBlocks(blocks, reading)}`, { ...posted, reading, look: isReply ? 'reply' : '' });
    },
    notification({ delivery }, reading) {
      if (!delivery.pings.some(({ people }) => people.length > 0)) return NOTHING;
      const { text } = renderMessage(delivery.message, { ...delivery, ...reading });
      return html`<div class="notification"><b>Showcaller</b><span class="words">${drawMrkdwn(text, reading)}</span></div>`;
    },
    private: (shown, reading) =>
      html`<p class="asked"><b>${shown.who}</b> ${shown.typed}</p>
        ${drawPrivate(shown, reading, check)}`,
  };
}

function checked(check: Check, { delivery }: Moment, reading: Reading): Rendered {
  const rendered = renderMessage(delivery.message, { ...delivery, ...reading });
  check(delivery.message.summary, limitFaults(rendered.blocks));
  return rendered;
}

function drawMessage(content: Html, how: Posted & { readonly reading: Reading; readonly look: string }): Html {
  const { reading, postedAtMs, isEdit, look } = how;
  return html`<div class="message ${look}">
    <div class="avatar">S</div>
    <div class="body">
      <span class="name">Showcaller</span><span class="app">APP</span
      ><span class="when">${clockWords(postedAtMs, 'time', reading)}${isEdit ? ' (edited)' : ''}</span> ${content}
    </div>
  </div>`;
}

function drawPrivate(shown: Private, reading: Reading, check: Check): Html {
  switch (shown.kind) {
    case 'answer': {
      const { blocks } = renderMessage(shown.reply.message, { ...reading, buttonIds: shown.reply.buttonIds, pings: [] });
      check(shown.typed, limitFaults(blocks));
      const eyes = html`<div class="thread">Only visible to ${shown.who}</div>`;
      return drawMessage(html`${eyes}${drawBlocks(blocks, reading)}`, {
        reading,
        postedAtMs: shown.atMs,
        isEdit: false,
        look: 'private',
      });
    }
    case 'home': {
      const view = homeView({ ...shown.reply, form: null }, null, reading);
      check(shown.typed, viewFaults(view));
      return html`<div class="home">${drawBlocks(view.blocks, reading)}</div>`;
    }
    case 'form': {
      const context = { channel: '', threadTs: null, responseUrl: null, inHome: false, command: shown.form.command.name };
      const view = formView(shown.form, context, { hidesKnown: !shown.typed.startsWith('/') }); // a press knows already
      if (view === null) throw new Error(`the form of /${shown.form.command.name} cannot be shown`);
      check(shown.typed, viewFaults(view));
      return drawModal(view, reading);
    }
    case 'question':
      return drawQuestion(shown, reading);
    default:
      return shown satisfies never;
  }
}

/** The question Slack itself asks before a button is pressed, as the button carries it. */
function drawQuestion({ confirm, buttonId, who }: Extract<Private, { kind: 'question' }>, reading: Reading): Html {
  const button = { label: confirm.yes, style: 'primary', call: { name: 'resume', input: {} }, confirm } as const;
  const message = { summary: who, tone: 'plain', mentions: [], parts: [{ kind: 'buttons', buttons: [button] }] } as const;
  const { blocks } = renderMessage(message, { ...reading, buttonIds: [buttonId], pings: [] });
  const asked = blocks.flatMap(confirmOf)[0];
  if (asked === undefined) throw new Error('a button with a question carries it');
  const [title, text] = [asked.title?.text ?? '', asked.text.text];
  const yes = html`<span class="button ${asked.style ?? 'primary'}">${asked.confirm?.text ?? ''}</span>`;
  return html`<div class="modal">
    <div class="modal-title">${title}</div>
    <div class="section">${text}</div>
    <div class="actions end"><span class="button">${asked.deny?.text ?? ''}</span>${yes}</div>
  </div>`;
}

function confirmOf(block: KnownBlock): readonly ConfirmationDialog[] {
  if (block.type !== 'actions') return [];
  return block.elements.flatMap((one) => ('confirm' in one && one.confirm !== undefined ? [one.confirm] : []));
}
