import type { Mistake } from './mistake.js';

export const YAML_MISTAKES: readonly Mistake[] = [
  [
    'broken YAML',
    { 'plans/basic.yaml': 'name: Basic\nplugins: [\n' },
    'plans/basic.yaml:3:1',
    'is no valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
  ],
  [
    'a tab',
    { 'plans/basic.yaml': 'name: Basic\nplugins:\n\t- x\n' },
    'plans/basic.yaml:3:1',
    'indentation must be made of spaces: replace the tab',
  ],
  [
    'a key twice',
    { 'plans/basic.yaml': 'name: Basic\nname: Other\n' },
    'plans/basic.yaml:2:1',
    'this key stands here twice: remove one of them',
  ],
  [
    'two documents',
    { 'plans/basic.yaml': 'name: Basic\n---\nname: Other\n' },
    'plans/basic.yaml:2:1',
    'a file holds one document: remove the "---" between them',
  ],
  ['a list where a map belongs', { 'plans/basic.yaml': '- name: Basic\n' }, 'plans/basic.yaml:1:1', 'must be a map of keys and values'],
  [
    'an alias of nothing',
    { 'plans/basic.yaml': 'name: *title\n' },
    'plans/basic.yaml:1:7 name',
    'this alias names no anchor above it: define one with &',
  ],
  [
    'a key that is a list',
    { 'plans/basic.yaml': 'name: Basic\n? [a]\n: b\n' },
    'plans/basic.yaml:1:1',
    'has a key that is no plain word: write `name: value`',
  ],
];
