import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsArray, ValidateNested } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';
import { Check } from './check.decorator.js';

type SectionClass = new () => object;

/** What editors show beside a key. */
export function Doc(description: string): PropertyDecorator & ClassDecorator {
  return JSONSchema({ description }) as PropertyDecorator & ClassDecorator;
}

/** A map whose keys a class declares. */
export function Section(sectionClass: () => SectionClass): PropertyDecorator {
  return (target, property) => {
    Type(sectionClass)(target, property);
    ValidateNested()(target, property);
    Check('isSection', (value) => (isMap(value) ? null : 'must be a map of keys and values'))(target, property);
  };
}

/** A list of maps whose keys a class declares. */
export function SectionList(sectionClass: () => SectionClass): PropertyDecorator {
  return (target, property) => {
    Type(sectionClass)(target, property);
    ValidateNested({ each: true })(target, property);
    IsArray()(target, property);
    Check('isSection', (value) => (isMap(value) ? null : 'must be a map of keys and values'), { each: true })(target, property);
  };
}

export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
