import { AllowedMentionsTypes, ComponentType, TextInputStyle } from 'discord-api-types/v10';
import type {
  APIEmbed,
  APILabelComponent,
  APIModalInteractionResponseCallbackData,
  APITextInputComponent,
} from 'discord-api-types/v10';
import type { Body } from '../../src/chat/discord/render.ts';
import type { Reading } from '../clock.ts';
import { html, NOTHING, type Html } from '../html.ts';
import { drawMarkdown, type Place } from './markdown.ts';

/** A message's content, embeds and buttons as Discord's client draws them. */
export function drawBody({ content, embeds, components, allowed_mentions }: Body, reading: Reading): Html {
  const rung = allowed_mentions.users ?? [];
  const inContent: Place = {
    isTitle: false,
    rung,
    ringsEveryone: (allowed_mentions.parse ?? []).includes(AllowedMentionsTypes.Everyone),
  };
  const rows = components.map(
    (row) =>
      html`<div class="row">
        ${row.components.map((one) => html`<span class="button style-${one.style}">${one.label ?? ''}</span>`)}
      </div>`,
  );
  const said = content === '' ? NOTHING : html`<div class="content">${drawMarkdown(content, inContent, reading)}</div>`;
  return html`${said}${embeds.map((embed) => drawEmbed(embed, reading))}${rows}`;
}

/** An embed rings nobody, whatever stands in it. */
const IN_EMBED: Place = { isTitle: false, rung: [], ringsEveryone: false };

function drawEmbed({ title, description, color = 0, fields = [], footer }: APIEmbed, reading: Reading): Html {
  const colour = `#${color.toString(16).padStart(6, '0')}`;
  const head =
    title === undefined
      ? NOTHING
      : html`<div class="title">${drawMarkdown(title, { ...IN_EMBED, isTitle: true }, reading)}</div>`;
  const text = description === undefined ? NOTHING : drawMarkdown(description, IN_EMBED, reading);
  const rows = fields.map(({ name, value }) => html`<div><b>${name}</b>${drawMarkdown(value, IN_EMBED, reading)}</div>`);
  return html`<div class="embed" style="border-color:${colour}">
    ${head}${text}${
      rows.length === 0 ? NOTHING : html`<div class="embed-fields">${rows}</div>`
    }${footer === undefined ? NOTHING : html`<div class="embed-footer">${footer.text}</div>`}
  </div>`;
}

/** A form as it opens over the channel. */
export function drawForm({ title, components }: APIModalInteractionResponseCallbackData): Html {
  const inputs = components.flatMap((one) => (one.type === ComponentType.Label ? [drawLabel(one)] : []));
  if (inputs.length !== components.length) throw new Error('a form is made of labels');
  return html`<div class="modal">
    <div class="modal-title">${title}</div>
    ${inputs}
    <div class="row"><span class="button">Cancel</span><span class="button style-1">Submit</span></div>
  </div>`;
}

function drawLabel({ label, description, component }: APILabelComponent): Html {
  const isNeeded = 'required' in component ? (component.required ?? true) : true; // as Discord takes it where nothing is said
  const needed = isNeeded ? html` <span class="needed">*</span>` : NOTHING;
  const told = description === undefined ? NOTHING : html`<div class="small">${description}</div>`;
  return html`<div class="input"><b>${label}</b>${needed}${told}${drawField(component)}</div>`;
}

function drawField(component: APILabelComponent['component']): Html {
  if (component.type === ComponentType.StringSelect) {
    const chosen = component.options.find((option) => option.default === true);
    return html`<div class="field select">${chosen?.label ?? 'Make a selection'}</div>`;
  }
  if (component.type !== ComponentType.TextInput) throw new Error(`no drawing of a Discord field ${component.type} yet`);
  return drawTextInput(component);
}

function drawTextInput({ style, value = '' }: APITextInputComponent): Html {
  return html`<div class="field${style === TextInputStyle.Paragraph ? ' long' : ''}">${value}</div>`;
}
