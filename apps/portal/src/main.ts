import { runApp } from '#installation/run-app.js';
import { startPortal } from './start.js';

await runApp({ name: 'portal', start: [startPortal] });
