import type { Block, KnownBlock, ModalView } from '@slack/types';
import type { Reading } from '../clock.ts';
import { html, NOTHING, type Html } from '../html.ts';
import { drawMrkdwn } from './mrkdwn.ts';

/** Blocks as Slack's client draws them; fields stand in pairs on a wide screen only. */
export function drawBlocks(blocks: readonly (KnownBlock | Block)[], reading: Reading): Html {
  return html`${blocks.map((block) => drawBlock(block as KnownBlock, reading))}`;
}

type TextObject = { readonly type: string; readonly text: string };

function drawText(text: TextObject, reading: Reading): Html {
  return text.type === 'mrkdwn' ? drawMrkdwn(text.text, reading) : html`${text.text}`;
}

function drawBlock(block: KnownBlock, reading: Reading): Html {
  if (block.type === 'section') {
    const text = block.text === undefined ? NOTHING : html`<div class="section">${drawText(block.text, reading)}</div>`;
    const fields = (block.fields ?? []).map((field) => html`<div>${drawText(field, reading)}</div>`);
    return html`${text}${fields.length === 0 ? NOTHING : html`<div class="fields">${fields}</div>`}`;
  }
  if (block.type === 'context') {
    const elements = block.elements.map((one) => ('text' in one ? html`<span>${drawText(one, reading)}</span>` : NOTHING));
    return html`<div class="context">${elements}</div>`;
  }
  if (block.type === 'actions') {
    const buttons = block.elements.flatMap((one) =>
      one.type === 'button' ? [html`<span class="button ${one.style ?? ''}">${one.text.text}</span>`] : [],
    );
    return html`<div class="actions">${buttons}</div>`;
  }
  if (block.type === 'header') return html`<div class="header">${block.text.text}</div>`;
  if (block.type === 'divider') return html`<hr />`;
  if (block.type === 'input') return drawInput(block);
  // Whatever a renderer starts to use has to be drawn here before it can be judged.
  throw new Error(`no drawing of a Slack block ${block.type} yet`);
}

type Input = Extract<KnownBlock, { type: 'input' }>;

function drawInput({ label, optional, hint, element }: Input): Html {
  const after = optional === true ? html` <span class="optional">(optional)</span>` : NOTHING;
  const told = hint === undefined ? NOTHING : html`<div class="context">${hint.text}</div>`;
  return html`<div class="input"><b>${label.text}</b>${after}${drawField(element)}${told}</div>`;
}

function drawField(element: Input['element']): Html {
  const choice = (value: string | undefined, empty: string): Html => html`<div class="field select">${value ?? empty}</div>`;
  if (element.type === 'external_select' || element.type === 'static_select')
    return choice(element.initial_option?.text.text, element.placeholder?.text ?? 'Select an option');
  if (element.type === 'datepicker') return choice(element.initial_date, 'Select a date');
  if (element.type === 'plain_text_input' || element.type === 'number_input')
    return html`<div class="field">${element.initial_value ?? ''}</div>`;
  throw new Error(`no drawing of a Slack field ${element.type} yet`);
}

/** A form as it opens over the channel. */
export function drawModal({ title, submit, close, blocks }: ModalView, reading: Reading): Html {
  return html`<div class="modal">
    <div class="modal-title">${title.text}</div>
    ${drawBlocks(blocks, reading)}
    <div class="actions end">
      <span class="button">${close?.text ?? 'Cancel'}</span><span class="button primary">${submit?.text ?? ''}</span>
    </div>
  </div>`;
}
