#!/usr/bin/env node
// Committed shim: stack traces and raw call sites are mapped to TypeScript sources only when something renders them.
process.setSourceMapsEnabled(true);
const { main } = await import('../dist/cli/main.js');
process.exitCode = await main(process.argv.slice(2));
