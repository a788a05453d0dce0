import { ButtonStyle } from 'discord-api-types/v10';
import { renderForm } from '../../src/chat/discord/form.ts';
import { buttonRow, renderMessage, type Body } from '../../src/chat/discord/render.ts';
import { bodyOf, withRow } from '../../src/chat/discord/room.ts';
import { say } from '../../src/ports/message.ts';
import { messageFaults, modalFaults, type MessageKind } from '../../test/fakes/discord/limits.ts';
import { chaptersOf, type Artist, type Posted } from '../chapters.ts';
import { clockWords, type Reading } from '../clock.ts';
import type { Evening, Extra, Moment, Page, Private } from '../exhibit.ts';
import { html, NOTHING, type Html } from '../html.ts';
import { wholePage } from '../page.ts';
import { drawMarkdown } from './markdown.ts';
import { drawBody, drawForm } from './message.ts';
import { DISCORD_STYLE } from './style.ts';

/** What the sample's channels and people see on Discord, and what Discord would refuse of it. */
export function discordPage(evening: Evening, extras: readonly Extra[]): Page {
  const faults: string[] = [];
  let shownCount = 0;
  const check: Check = (what, found) => {
    shownCount += 1;
    faults.push(...found.map(({ path, message }) => `${what}: ${path} ${message}`));
  };
  const chapters = chaptersOf(evening, extras, discordArtist(check));
  return { html: wholePage({ title: 'Discord', css: DISCORD_STYLE, chapters, faults, shownCount }), faults };
}

type Check = (what: string, faults: readonly { readonly path: string; readonly message: string }[]) => void;

/** Draws for Discord, through the renderers that the real messages go through. */
function discordArtist(check: Check): Artist {
  return {
    title: 'Discord',
    message(moment, { reading, ...posted }) {
      const body = postBody(moment);
      check(moment.delivery.message.summary, messageFaults(body));
      const isReply = moment.delivery.replyToRemoteId !== null;
      const above = isReply ? html`<div class="reply-to">╭ in reply to its card</div>` : NOTHING;
      const look = (body.allowed_mentions.users ?? []).length > 0 ? 'rings' : '';
      return drawMessage(drawBody(body, reading), { ...posted, reading, look, above });
    },
    notification(moment, reading) {
      const { content, allowed_mentions } = postBody(moment);
      const rung = allowed_mentions.users ?? [];
      if (rung.length === 0) return NOTHING;
      const place = { isTitle: false, rung, ringsEveryone: false };
      return html`<div class="notification">
        <b>Showcaller</b><span class="words">${drawMarkdown(content, place, reading)}</span>
      </div>`;
    },
    private: (shown, reading) =>
      html`<p class="asked"><b>${shown.who}</b> ${shown.typed}</p>
        ${drawPrivate(shown, reading, check)}`,
  };
}

function postBody({ delivery }: Moment): Body {
  const { message, kind, buttonIds, pings, postId } = delivery;
  return renderMessage(message, { kind, buttonIds, pings, postId });
}

type How = Posted & { readonly reading: Reading; readonly look: string; readonly above: Html };

function drawMessage(content: Html, { reading, postedAtMs, isEdit, look, above }: How): Html {
  return html`<div class="message ${look}">
    <div class="avatar">S</div>
    <div class="body">
      ${above}<span class="name">Showcaller</span><span class="app">APP</span
      ><span class="when">${clockWords(postedAtMs, 'time', reading)}</span>
      ${content}${isEdit ? html`<span class="when">(edited)</span>` : NOTHING}
    </div>
  </div>`;
}

function drawPrivate(shown: Private, reading: Reading, check: Check): Html {
  switch (shown.kind) {
    case 'answer':
    case 'home':
      return drawAnswer(shown, bodyOf(shown.reply.message, shown.reply.buttonIds), { reading, check });
    case 'form': {
      const form = renderForm(shown.form, { buttonId: shown.buttonId });
      check(shown.typed, modalFaults(form));
      return drawForm(form);
    }
    case 'question': {
      // As a press on such a button is answered; the custom ids do not show.
      const { title, text, yes } = shown.confirm;
      const row = buttonRow([
        { custom_id: 'yes', style: ButtonStyle.Danger, label: yes },
        { custom_id: 'no', style: ButtonStyle.Secondary, label: 'Leave it' },
      ]);
      const question = bodyOf(say(title, { kind: 'text', text: title }, { kind: 'text', text }));
      return drawAnswer(shown, withRow(question, row), { reading, check });
    }
    default:
      return shown satisfies never;
  }
}

const ANSWER: MessageKind = 'answer';

function drawAnswer(shown: Private, body: Body, { reading, check }: { readonly reading: Reading; readonly check: Check }): Html {
  check(shown.typed, messageFaults(body, ANSWER));
  const eyes = html`<div class="small">Only ${shown.who} can see this</div>`;
  return drawMessage(html`${drawBody(body, reading)}${eyes}`, {
    reading,
    postedAtMs: shown.atMs,
    isEdit: false,
    look: 'private',
    above: NOTHING,
  });
}
