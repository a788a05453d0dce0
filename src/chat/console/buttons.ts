import type { Button } from '../../ports/message.ts';
import { BUTTONS_MAX } from './limits.ts';

export type Pressable = { readonly buttonId: string; readonly label: string; readonly confirm: Button['confirm'] };

/** Buttons of this console by the numbers they were shown with. */
export type ButtonNumbers = {
  /** Numbers for the buttons of one message, lined up. A button shown before keeps its number. */
  readonly number: (buttons: readonly Button[], buttonIds: readonly string[]) => readonly number[];
  readonly find: (number: number) => Pressable | null;
};

/** Numbers buttons from 1, and remembers the newest `BUTTONS_MAX`. */
export function createButtonNumbers(): ButtonNumbers {
  const byNumber = new Map<number, Pressable>(); // oldest first
  const numbers = new Map<string, number>();
  let last = 0;

  function numberOf(button: Button, buttonId: string): number {
    const number = numbers.get(buttonId) ?? (last += 1);
    byNumber.delete(number);
    byNumber.set(number, { buttonId, label: button.label, confirm: button.confirm });
    numbers.set(buttonId, number);
    const [oldest] = byNumber;
    if (byNumber.size > BUTTONS_MAX && oldest !== undefined) {
      byNumber.delete(oldest[0]);
      numbers.delete(oldest[1].buttonId);
    }
    return number;
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
