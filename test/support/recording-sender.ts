import type { Delivery, Sender, Sent } from '../../src/ports/post.ts';

/** One message as a channel of the recording platform shows it. */
export type Shown = {
  readonly remoteId: string;
  readonly postId: string;
  readonly replyToRemoteId: string | null;
  readonly texts: readonly string[]; // what it said, oldest first: each edit adds one
};

/** What the next delivery to an address meets. `crash` arrives and the answer is lost; `lost` never arrives and nobody hears. */
export type Weather = Sent | { readonly kind: 'crash' } | { readonly kind: 'lost' };

/** A small platform in memory: channels with messages, edits, deletions, lookups, and bad weather on request. */
export function recordingPlatform() {
  const channels = new Map<string, Shown[]>();
  const weather = new Map<string, Weather[]>();
  const calls: string[] = [];
  let messageCount = 0;

  function shown(address: string): Shown[] {
    const messages = channels.get(address) ?? [];
    channels.set(address, messages);
    return messages;
  }

  function put({ address, remoteId, postId, replyToRemoteId, message }: Delivery): Sent {
    const messages = shown(address);
    if (remoteId === null) {
      messageCount += 1;
      const posted = { remoteId: `m${messageCount}`, postId, replyToRemoteId, texts: [message.summary] };
      messages.push(posted);
      return { kind: 'sent', remoteId: posted.remoteId };
    }
    const index = messages.findIndex((one) => one.remoteId === remoteId);
    const old = messages[index];
    if (old === undefined) return { kind: 'gone' };
    messages[index] = { ...old, texts: [...old.texts, message.summary] };
    return { kind: 'sent', remoteId };
  }

  const sender: Sender = {
    async deliver(delivery) {
      calls.push(`${delivery.address} ${delivery.remoteId === null ? 'post' : 'edit'} ${delivery.message.summary}`);
      const met = weather.get(delivery.address)?.shift();
      if (met === undefined) return put(delivery);
      if (met.kind === 'lost') throw new Error('the connection broke');
      if (met.kind !== 'crash') return met;
      put(delivery);
      throw new Error('the connection broke');
    },
    async find({ address, postId }) {
      calls.push(`${address} look`);
      const known = shown(address).find((one) => one.postId === postId);
      return known === undefined ? null : { remoteId: known.remoteId };
    },
  };

  return {
    sender,
    calls,
    /** What this channel shows. */
    channel: (address: string): readonly Shown[] => shown(address),
    /** What the next deliveries to this address meet, in order. */
    meets: (address: string, ...next: readonly Weather[]) => weather.set(address, [...(weather.get(address) ?? []), ...next]),
    /** Somebody deletes a message. */
    remove: (address: string, remoteId: string) =>
      channels.set(
        address,
        shown(address).filter((one) => one.remoteId !== remoteId),
      ),
  };
}
