// Where `node` begins: what makes loading the program cheap has to be said before any of it is loaded.
import { enableCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';

// Compiled sources are kept beside the packages: stripping types and compiling anew takes a third of a start. Never in a shared
// temporary folder, where somebody else could put code. Where it cannot be written, the start is slower and nothing else.
enableCompileCache(new URL('../node_modules/.cache/showcaller', import.meta.url).pathname);

// Loading leaves a lot of garbage at once, for which Node would make the room for new objects 128 MiB large, and it keeps that room
// at rest. It stays small until the program is loaded; from then on it may grow with the work there is, as it always does.
setFlagsFromString('--semi-space-growth-factor=1');
const { main } = await import('./program.ts');
setFlagsFromString('--semi-space-growth-factor=2');
await main();
