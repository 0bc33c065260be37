import 'reflect-metadata';
import { startStandalone } from './start.js';

await startStandalone(process.env);
