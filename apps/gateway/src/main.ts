import { runApp } from '#installation/run-app.js';
import { startGateway } from './start.js';

await runApp({ name: 'gateway', start: [startGateway] });
