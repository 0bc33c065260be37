/** `npm start`: installs and builds what is missing, then serves everything in this process. */
import { prepare } from './prepare.mjs';

prepare();
await import('../dist/apps/standalone/src/main.js');
