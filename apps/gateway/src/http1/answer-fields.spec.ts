import { expect, test } from '@jest/globals';
import { AnswerFields } from './answer-fields.js';
import { fieldName } from './field-name.js';

const upstream = AnswerFields.ofFields(['Content-Length', '5', 'A', '1']);

test('an edit of other fields leaves what frames the message as it was', () => {
  const edited = upstream.edited([{ kind: 'set', field: fieldName('a'), value: '2' }]);
  expect(edited).toMatchObject({ contentLength: 5, dated: false, list: ['Content-Length', '5', 'a', '2'] });
});

test('a Date and a Content-Length that edits put in or take out are known of', () => {
  expect(upstream.edited([{ kind: 'set', field: fieldName('DATE'), value: 'now' }])).toMatchObject({ contentLength: 5, dated: true });
  expect(upstream.edited([{ kind: 'remove', field: fieldName('content-length'), value: '' }])).toMatchObject({
    contentLength: -1,
    list: ['A', '1'],
  });
});

test('RFC 9112 §6.3: two lengths are none', () => {
  expect(() => upstream.edited([{ kind: 'append', field: fieldName('Content-Length'), value: '6' }])).toThrow(TypeError);
});
