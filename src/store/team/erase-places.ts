import type { Tables } from '../engine/engine.ts';

/**
 * What erasing a person does with a column:
 * - `id`: names a thing, a kind or a state; nobody's name can stand there
 * - `person`: a person's id, which stays, so that the books and the audit still add up
 * - `gone`: its row goes with the person
 * - `text`, `facts`: searched, and what names them is replaced, in a text or all through a JSON value
 * - `reason`: free text; theirs goes, and so does what others wrote that names them
 * - `plan`: the kept plan, out of which their entry is taken
 * - `business`: the team's own words (goods, drops, milestones, announcements, policy); not changed, but told if it names them
 * - `shop`: what a shop sent; buyers are keyed hashes, and team members are not in it
 * - `chain`: hashed into the audit's chain, which cannot be changed; so nothing goes in but ids, kinds and business words
 */
export type Care = 'id' | 'person' | 'gone' | 'text' | 'facts' | 'reason' | 'plan' | 'business' | 'shop' | 'chain';

/** Every column that can hold a text or JSON, and what is done with it. A test holds it against the declared tables. */
export const CARES: Readonly<Record<keyof Tables, Readonly<Record<string, Care>>>> = {
  teams: { name: 'business', zone: 'id', locale: 'id', auditHash: 'id' },
  people: { personId: 'person', name: 'gone', lastPlatform: 'id', pingWhere: 'id' },
  erasures: { personId: 'person' },
  accounts: { platform: 'gone', accountId: 'gone', personId: 'person' },
  assignments: { personId: 'person', role: 'id', scope: 'id' },
  permissionEdits: { role: 'id', action: 'id' },
  destinations: {
    id: 'id',
    platform: 'id',
    address: 'id',
    purposes: 'id',
    locale: 'id',
    zone: 'id',
    heldReason: 'text',
    chosenDropId: 'id',
  },
  workspaces: { platform: 'id', workspaceId: 'id' },
  leases: { what: 'id', worker: 'id' },
  links: { codeHash: 'gone', personId: 'person', madeOn: 'id' },
  linkTries: { platform: 'gone', accountId: 'gone' },
  troubles: { platform: 'id', reason: 'text' },
  drops: { id: 'id', name: 'business', format: 'id', streamWall: 'id', zone: 'id', state: 'id' },
  plans: { dropId: 'id', plan: 'plan' },
  milestones: {
    id: 'id',
    dropId: 'id',
    name: 'business',
    ownerPersonId: 'person',
    ownerRole: 'id',
    dueDay: 'id',
    zone: 'id',
    doneBy: 'person',
    remindedSlot: 'id',
  },
  reminders: { milestoneId: 'id', slot: 'id' },
  policies: { policy: 'business' },
  announcements: {
    id: 'id',
    dropId: 'id',
    kind: 'id',
    text: 'business',
    wall: 'id',
    zone: 'id',
    purposes: 'id',
    skus: 'id',
  },
  skus: { sku: 'id', name: 'business', dropId: 'id', components: 'id', currency: 'id' },
  levels: { sku: 'id' },
  movements: { sku: 'id', kind: 'id', cause: 'id', personId: 'person', reasonId: 'id', key: 'id' },
  orders: { source: 'id', externalId: 'id', buyerKey: 'shop', currency: 'id', lines: 'shop', refunds: 'shop' },
  events: { source: 'id', eventId: 'id' },
  unknownLines: { sku: 'id', source: 'id', externalId: 'id' },
  setAsideFacts: { source: 'id', eventId: 'id', externalId: 'id', facts: 'shop', why: 'shop' },
  shopItems: { source: 'id', itemId: 'id', sku: 'id' },
  shopPlaces: { source: 'id', sku: 'id', place: 'id' },
  shopCounts: { source: 'id', sku: 'id' },
  thresholds: { sku: 'id', id: 'id', unit: 'id', severity: 'id' },
  crossings: { subject: 'id', thresholdId: 'id', severity: 'id', cause: 'id', bindingSku: 'id', alertId: 'id' },
  alerts: { id: 'id', subject: 'id', state: 'id', facts: 'facts', dropId: 'id' },
  pauses: {
    id: 'id',
    scope: 'id',
    reasonId: 'id',
    byPersonId: 'person',
    place: 'id',
    inFlight: 'id',
    resumedBy: 'person',
  },
  receipts: { pauseId: 'id', verb: 'id', surface: 'id', state: 'id', note: 'text' },
  posts: {
    id: 'id',
    key: 'id',
    destinationId: 'id',
    kind: 'id',
    facts: 'facts',
    remoteId: 'id',
    replyToId: 'id',
    state: 'id',
    leaseWorker: 'id',
    failure: 'text',
    pinged: 'person',
  },
  buttons: { id: 'id', command: 'id', input: 'facts', confirm: 'facts' },
  requests: { key: 'id', answer: 'facts' },
  audit: {
    personId: 'person',
    place: 'chain',
    action: 'chain',
    target: 'chain',
    before: 'chain',
    after: 'chain',
    reasonId: 'id',
    reasonHash: 'id',
    previousHash: 'id',
    hash: 'id',
  },
  reasons: { id: 'id', text: 'reason', salt: 'reason', personId: 'person' },
};
