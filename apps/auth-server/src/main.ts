/** The auth-server as a process of its own. */
import { runApp } from '#installation/run-app.js';
import { startAuthServer } from './start.js';

await runApp({ name: 'auth-server', start: [startAuthServer] });
