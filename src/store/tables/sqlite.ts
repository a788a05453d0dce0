// Both engines declare the same tables and columns; a test compares them. Instants are epoch milliseconds.
// json columns hold only what this store wrote, checked where it was parsed.
export * from './sqlite/team.ts';
export * from './sqlite/drop.ts';
export * from './sqlite/stock.ts';
export * from './sqlite/shop.ts';
export * from './sqlite/alert.ts';
export * from './sqlite/record.ts';
