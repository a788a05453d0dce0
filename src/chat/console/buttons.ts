import type { Button } from '../../ports/message.ts';
import { BUTTONS_MAX } from './limits.ts';

export type Pressable = { readonly buttonId: string; readonly label: string; readonly confirm: Button['confirm'] };

/** Buttons of this console by the numbers they were shown with. */
export type ButtonNumbers = {
  /** Numbers for the buttons of one message, lined up. A button shown before keeps its number. */
  readonly number: (buttons: readonly Button[], buttonIds: readonly string[]) => readonly number[];
  readonly find: (number: number) => Pressable | null;
};

/** A button and the number it was given. */
export type Numbered = Pressable & { readonly number: number };

/** Where numbers outlive the process, so that one further up the screen never comes to mean another button. */
export type NumberRecord = { readonly known: readonly Numbered[]; readonly keep: (numbered: Numbered) => void };

/** Numbers buttons from 1, or on from what the record knows, and remembers the newest `BUTTONS_MAX`. */
export function createButtonNumbers({ known, keep }: NumberRecord = { known: [], keep: () => undefined }): ButtonNumbers {
  const byNumber = new Map<number, Pressable>(); // oldest first
  const numbers = new Map<string, number>();
  let last = 0;
  for (const numbered of known) {
    remember(numbered);
    last = Math.max(last, numbered.number);
  }

  function remember({ number, ...pressable }: Numbered): void {
    byNumber.delete(number);
    byNumber.set(number, pressable);
    numbers.set(pressable.buttonId, number);
    const [oldest] = byNumber;
    if (byNumber.size > BUTTONS_MAX && oldest !== undefined) {
      byNumber.delete(oldest[0]);
      numbers.delete(oldest[1].buttonId);
    }
  }

  function numberOf({ label, confirm }: Button, buttonId: string): number {
    const before = numbers.get(buttonId);
    const numbered = { number: before ?? (last += 1), buttonId, label, confirm };
    if (before === undefined) keep(numbered);
    remember(numbered);
    return numbered.number;
  }

  return {
    number: (buttons, buttonIds) =>
      buttons.flatMap((button, at) => {
        const buttonId = buttonIds[at];
        return buttonId === undefined ? [] : [numberOf(button, buttonId)];
      }),
    find: (number) => byNumber.get(number) ?? null,
  };
}
