export const REFUND_METHODS = ['original-payment', 'store-credit', 'exchange'] as const;
export type RefundMethod = (typeof REFUND_METHODS)[number];

export const RETURN_PAYERS = ['buyer', 'seller', 'seller-if-faulty'] as const;
export type ReturnPayer = (typeof RETURN_PAYERS)[number];

/** Returns policy as rules; the words are made from it, so every surface says the same thing. */
export type Policy = {
  readonly windowDays: number; // 0: no returns unless faulty
  readonly windowFrom: 'delivery' | 'order';
  readonly condition: string; // e.g. "unworn, with tags"
  readonly refundMethod: RefundMethod;
  readonly refundWithinDays: number;
  readonly whoPays: ReturnPayer;
  readonly restrictions: readonly string[]; // e.g. "final-sale items", one clause each
  readonly faulty: string; // what happens to a faulty item
  readonly shipping: string | null; // the shipping promise
  readonly sizing: string | null; // fit notes with tolerances
  readonly contact: string | null; // where to write
};

export const POLICY_TOPICS = ['returns', 'refunds', 'shipping', 'faulty', 'sizing', 'restrictions', 'contact'] as const;
export type PolicyTopic = (typeof POLICY_TOPICS)[number];

export type PolicyVersion = { readonly version: number; readonly policy: Policy; readonly publishedAtMs: number };
