// Both engines declare the same tables and columns; a test compares them. Instants are epoch milliseconds.
// json columns hold only what this store wrote, checked where it was parsed.
export * from './postgres/team.ts';
export * from './postgres/drop.ts';
export * from './postgres/stock.ts';
export * from './postgres/shop.ts';
export * from './postgres/alert.ts';
export * from './postgres/record.ts';
