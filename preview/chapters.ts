import { clockWords, type Reading } from './clock.ts';
import type { Evening, Extra, Moment, Post, Private } from './exhibit.ts';
import { html, NOTHING, type Html } from './html.ts';
import type { Chapter } from './page.ts';

/** What stands above a message: when it was posted, and whether it was changed since. */
export type Posted = { readonly postedAtMs: number; readonly isEdit: boolean };

/** How one platform draws what there is to show. Each is told what it would refuse by way of the platform's own limits. */
export type Artist = {
  readonly title: string;
  /** A channel's message; `earlier` is set where it is an edit. */
  readonly message: (moment: Moment, how: Posted & { readonly reading: Reading }) => Html;
  /** What a phone shows on its locked screen, or nothing where nobody is called. */
  readonly notification: (moment: Moment, reading: Reading) => Html;
  readonly private: (shown: Private, reading: Reading) => Html;
};

const PURPOSE_NOTES: Readonly<Record<string, string>> = {
  team: 'Reminders, who stopped what, the morning digest.',
  alerts: 'Stock alerts, and what wakes people up.',
  host: 'What the host should know on camera.',
  community: 'Where the fans are.',
};

/** The evening and the samples as chapters of a page: a channel each, then private answers, then what else there is. */
export function chaptersOf(evening: Evening, extras: readonly Extra[], artist: Artist): readonly Chapter[] {
  const { zone, locale } = evening;
  const readingAt = (nowMs: number): Reading => ({ zone, locale, nowMs });
  const drawMoment = (moment: Moment, posted: Posted): Html =>
    artist.message(moment, { ...posted, reading: readingAt(moment.atMs) });

  function drawPost({ first, last, editCount }: Post): readonly Html[] {
    const came = [
      artist.notification(first, readingAt(first.atMs)),
      drawMoment(first, { postedAtMs: first.atMs, isEdit: false }),
    ];
    if (editCount === 0) return came;
    const times = editCount === 1 ? 'edited' : `edited ${editCount} times`;
    const when = clockWords(last.atMs, 'time', readingAt(last.atMs));
    return [
      ...came,
      html`<p class="later">The same message later, ${times}, ${when}:</p>`,
      drawMoment(last, { postedAtMs: first.atMs, isEdit: true }),
    ];
  }

  const channels = Object.entries(evening.channels).map(([purpose, posts]) => ({
    id: purpose,
    title: `#${purpose}`,
    note: PURPOSE_NOTES[purpose] ?? '',
    pieces: posts.flatMap(drawPost),
  }));
  const privates = evening.privates.map((shown) => artist.private(shown, readingAt(shown.atMs)));
  const samples = extras.flatMap(({ name, moment }) => [
    html`<p class="later">${name}</p>`,
    moment.delivery.pings.length === 0 ? NOTHING : artist.notification(moment, readingAt(moment.atMs)),
    drawMoment(moment, { postedAtMs: moment.atMs, isEdit: false }),
  ]);
  return [
    ...channels,
    { id: 'answers', title: 'Private answers', note: 'What one person alone sees, after what they did.', pieces: privates },
    {
      id: 'samples',
      title: 'Every kind of message',
      note: 'Samples, each by its name, those of the evening among them.',
      pieces: samples,
    },
  ];
}
