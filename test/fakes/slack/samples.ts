import { LogLevel, type Logger } from '@slack/bolt';
import type { Json } from './types.ts';

/** A logger of the SDK's kind that says nothing. */
export const QUIET: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
};

/** Small blocks, as an app would send them. */
export const plain = (text: string): Json => ({ type: 'plain_text', text });
export const mrkdwn = (text: string, more: Json = {}): Json => ({ type: 'mrkdwn', text, ...more });
export const section = (text: string, more: Json = {}): Json => ({ type: 'section', text: mrkdwn(text, more) });
export const button = (label: string, more: Json = {}): Json => ({
  type: 'button',
  text: plain(label),
  action_id: label,
  value: `v:${label}`,
  ...more,
});
export const actions = (...elements: readonly Json[]): Json => ({ type: 'actions', elements });
export const input = (element: Json, more: Json = {}): Json => ({
  type: 'input',
  block_id: 'one',
  label: plain('One'),
  element,
  ...more,
});
export const modal = (...blocks: readonly Json[]): Json => ({
  type: 'modal',
  callback_id: 'form',
  title: plain('Form'),
  submit: plain('Save'),
  blocks,
});

/** An error by its Slack name, or the SDK's code for what never got that far; 'ok' where there was none. */
export const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'ok',
    (error: { data?: { error?: string }; code?: string }) => error.data?.error ?? error.code,
  );
