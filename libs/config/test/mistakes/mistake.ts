import { changed, type Files } from '../config-folder.js';

/** What is wrong, the change that makes it wrong, and where and how it is said: `file:line:column keyPath`, and the message. */
export type Mistake = readonly [what: string, changes: Files, place: string, message: string];

export const installation = (line: string): Files => changed('gatehouse.yaml', 'title: Test\n', `title: Test\n${line}\n`);
export const orders = (from: string, to: string): Files => changed('apis/orders/api.yaml', from, to);
export const shop = (from: string, to: string): Files => changed('applications/shop.yaml', from, to);
export const redirectTo = (uri: string): Files => shop('[https://shop.example.com/callback]', `['${uri}']`);
