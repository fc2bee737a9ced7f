// Compares `onewindow forms eval` with @jsonforms/core and ajv themselves: over the published examples of JSON Forms and over random forms and data.
//
//   node tests/forms/compare.mjs target/debug/onewindow [cases] [seed]        (SHOW_REFUSED=1 prints the first form of each refusal)
//
// The packages are installed into a temporary folder, or taken from the folder that PACKAGES names. Prints figures and the first differences;
// exit code 1 when there is one. What is compared: the controls (visible, enabled) as the package judges them; the data after relevance,
// worked out here from the package's own verdicts; validity before and after, and the errors' places and keywords, by ajv.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isDeepStrictEqual } from 'node:util';

const [program, cases = '20000', seed = '1'] = process.argv.slice(2);
if (!program) throw new Error('usage: compare.mjs PROGRAM [cases] [seed]');

let folder = process.env.PACKAGES;
if (!folder) {
  folder = mkdtempSync(join(tmpdir(), 'jsonforms-'));
  const wanted = ['@jsonforms/core@3.7.0', '@jsonforms/examples@3.7.0', 'ajv@8', 'ajv-formats@2'];
  execFileSync('npm', ['install', '--silent', '--prefix', folder, ...wanted], { stdio: 'inherit' });
}
const require = createRequire(join(folder, 'package.json'));
const core = require('@jsonforms/core');
const Ajv2020 = require('ajv/dist/2020').default;
const addFormats = require('ajv-formats').default ?? require('ajv-formats');

// ---------------------------------------------------------------------------------------------------------------- what the packages make of it

/** What is made of a document once, however often it is asked for. */
const once = (make) => {
  const known = new WeakMap();
  return (document) => known.get(document) ?? known.set(document, make(document)).get(document);
};
/** The validator of a layout's conditions, as the package makes it. */
const conditions = once(() => core.createAjv());

/** Every Control of a UI schema in order, as the package has it stand. */
function judge(schema, uischema, data) {
  const ajv = conditions(uischema);
  const state = { jsonforms: { core: { ajv, data, schema, uischema, errors: [] }, config: {} } };
  const found = [];
  const walk = (element, visible, enabled) => {
    const own = { uischema: element, schema, path: '', enabled };
    const props = element.type === 'Control' ? core.mapStateToControlProps(state, own) : core.mapStateToLayoutProps(state, own);
    const shown = visible && props.visible;
    if (element.type === 'Control') found.push({ scope: element.scope, visible: shown, enabled: props.enabled });
    for (const child of element.elements ?? []) walk(child, shown, props.enabled);
  };
  walk(uischema, true, true);
  return found;
}

const segments = (path) => (path === '' ? [] : path.split('.'));
const pointer = (path) => segments(path).map((step) => '/' + step.replaceAll('~', '~0').replaceAll('/', '~1')).join('');

/** What is asked for, visible or not, on some data: by the rules of relevance, with the package's verdicts. */
function asked(schema, uischema, data, ajv) {
  const found = [];
  const walk = (element, node, path, round) => {
    const visible = round && core.isVisible(element, data, path, ajv, {});
    if (element.type === 'Control' || element.type === 'ListWithDetail') {
      const here = core.composeWithUi(element, path);
      const target = core.Resolve.schema(node, element.scope, schema) ?? {};
      const items = target.items && core.Resolve.schema(target.items, '#', schema);
      const detail = (of) => (typeof element.options?.detail === 'object' ? element.options.detail : core.Generate.uiSchema(of, 'VerticalLayout', undefined, schema));
      const value = core.Resolve.data(data, here);
      if (target.properties && (target.type ?? 'object') === 'object') {
        found.push({ path: here, visible, holder: true });
        walk(detail(target), target, here, visible);
      } else if (items && !(target.uniqueItems && (items.enum || items.oneOf))) {
        found.push({ path: here, visible, holder: true });
        for (const index of Array.isArray(value) ? value.keys() : []) {
          const entry = core.composePaths(here, String(index));
          if (items.properties) walk(detail(items), items, entry, visible);
          else found.push({ path: entry, visible });
        }
      } else found.push({ path: here, visible });
    }
    for (const child of element.elements ?? []) walk(child, node, path, visible);
  };
  walk(uischema, schema, '', true);
  return found;
}

function hiddenPaths(schema, uischema, data, ajv) {
  const found = asked(schema, uischema, data, ajv);
  const shown = found.filter((one) => one.visible);
  const within = (path, base) => path === base || path.startsWith(base === '' ? '' : base + '.');
  const stays = (path) => shown.some((one) => within(one.path, path) || (!one.holder && one.path !== '' && within(path, one.path)));
  return [...new Set(found.filter((one) => !one.visible && !stays(one.path)).map((one) => one.path))].sort();
}

function drop(data, path) {
  const steps = segments(path);
  const parent = core.Resolve.data(data, steps.slice(0, -1).join('.'));
  if (steps.length && parent && typeof parent === 'object' && !Array.isArray(parent)) delete parent[steps.at(-1)];
}

/** The data after relevance, and the paths of what is not asked for. */
function relevance(schema, uischema, data) {
  const ajv = conditions(uischema);
  let kept = structuredClone(data);
  let hidden = [];
  for (let round = 0; round < 50; round++) {
    const next = hiddenPaths(schema, uischema, kept, ajv);
    if (isDeepStrictEqual(next, hidden)) return { relevant: kept, hidden };
    hidden = next;
    kept = structuredClone(data);
    hidden.forEach((path) => drop(kept, path));
  }
  return undefined;
}

const validator = () => addFormats(new Ajv2020({ allErrors: true, strict: false, logger: false }));
const plain = once((schema) => validator().compile(schema));
/** Our `time` may be without an offset: that of a counter is never in doubt. */
const ours = once((schema) => validator().addFormat('time', /^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(z|[+-]\d\d:\d\d)?$/i).compile(schema));
const generated = once((schema) => core.Generate.uiSchema(schema));

/** Place and keyword of each error, as we report it: a missing value at its own place, none of the reasons inside alternatives. Excused is
 * what is not asked for, an object too of which nothing is asked for. */
function places(errors, hidden, schema) {
  const dropped = hidden.map(pointer);
  const isEmpty = (path) => {
    const scope = '#' + path.split('/').slice(1).map((step) => (/^\d+$/.test(step) ? '/items' : `/properties/${step}`)).join('');
    const names = Object.keys(core.Resolve.schema(schema, scope, schema)?.properties ?? {});
    return names.length > 0 && names.every((name) => dropped.includes(`${path}/${name}`));
  };
  const found = new Set();
  for (const { keyword, instancePath, schemaPath, params, propertyName } of errors ?? []) {
    if (keyword === 'if' || propertyName !== undefined) continue;
    if (/\/(anyOf|oneOf|not|contains|if)\/./.test(schemaPath)) continue;
    const missing = params.missingProperty ?? params.additionalProperty ?? params.unevaluatedProperty;
    const path = missing === undefined ? instancePath : `${instancePath}/${missing.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const excused = params.missingProperty !== undefined && (dropped.some((base) => path === base || path.startsWith(base + '/')) || isEmpty(path));
    if (!excused) found.add(`${path} ${keyword}`);
  }
  return [...found].sort();
}

function expected({ schema, uischema, data }) {
  const layout = uischema ?? generated(schema);
  const valid = plain(schema)(data);
  const result = { controls: judge(schema, layout, data), valid };
  const settled = relevance(schema, layout, data);
  if (settled) {
    const validate = ours(schema);
    validate(settled.relevant);
    result.relevant = settled.relevant;
    result.errors = places(validate.errors, settled.hidden, schema);
    result.relevantValid = result.errors.length === 0;
  }
  return result;
}

// ------------------------------------------------------------------------------------------------------------------------------ random forms

let random = Number(seed) >>> 0 || 1;
/** mulberry32 */
function next() {
  random = (random + 0x6d2b79f5) >>> 0;
  let t = random;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const chance = (p) => next() < p;
const below = (n) => Math.floor(next() * n);
const pick = (list) => list[below(list.length)];
const some = (list, p) => list.filter(() => chance(p));
const times = (n, make) => Array.from({ length: n }, (_, index) => make(index));

const WORDS = ['x', 'y', '', 'abc', '张三', '𠮷', '2024-02-29', '2024-02-30', 'a@b.cn', '5'];
/** Texts for the other formats, good and bad. */
const CODED = ['127.0.0.1', '1.2.3', '::1', 'http://a.b/c?d#e', '/a/b', '123e4567-e89b-12d3-a456-426614174000', 'a.example', '-a', 'P1D', 'P', '[', '2024-02-29T09:30:00Z', '09:30:00', '09:30:00Z'];
/** Not `uri-reference`: ajv takes `::1` for one, which RFC 3986, 4.2, does not. */
const FORMATS = ['date', 'email', 'date-time', 'ipv4', 'ipv6', 'uri', 'uuid', 'hostname', 'regex', 'json-pointer', 'duration'];
const SCALARS = [...WORDS, 0, 1, 2, 3.5, -1, 1e3, true, false, null];

function scalar() {
  return pick([
    () => ({ type: 'string' }),
    () => ({ type: 'string', minLength: below(3), maxLength: 1 + below(4) }),
    () => ({ type: 'string', pattern: pick(['^a', '^[a-z]+$', '\\d', '^.{1,2}$', '张']) }),
    () => ({ type: 'string', format: pick(FORMATS) }),
    () => ({ type: 'string', enum: ['x', 'y', 'abc'] }),
    () => ({ enum: pick([['x', 1, null], [1, 2], ['x']]) }),
    () => ({ type: 'string', oneOf: [{ const: 'x', title: '甲' }, { const: 'y', title: '乙' }] }),
    () => ({ type: 'integer', minimum: 0, maximum: 2 }),
    () => ({ type: 'number', exclusiveMinimum: 0, multipleOf: pick([0.5, 1, 2]) }),
    () => ({ type: 'number', exclusiveMaximum: 3 }),
    () => ({ type: 'boolean' }),
    () => ({ type: ['null', pick(['string', 'integer'])] }),
    () => ({ const: pick(['x', 1, true]) }),
    () => ({ type: 'boolean', const: true }),
    () => ({ $ref: '#/$defs/word' }),
    () => ({ type: 'string', readOnly: chance(0.5) }),
    () => ({ $ref: '#/$defs/word', readOnly: true }),
    () => ({}),
  ])();
}

function property(depth) {
  const kind = next();
  if (depth > 0 && kind < 0.12) return object(depth - 1);
  if (depth > 0 && kind < 0.2) return { $ref: '#/$defs/person' };
  if (depth > 0 && kind < 0.32) return { type: 'array', items: chance(0.6) ? object(depth - 1) : chance(0.5) ? { $ref: '#/$defs/person' } : scalar(), ...(chance(0.4) && { minItems: below(3) }), ...(chance(0.3) && { maxItems: 1 + below(3) }) };
  if (kind < 0.37) return { type: 'array', uniqueItems: true, items: { enum: ['x', 'y', 'abc'] } };
  return scalar();
}

function object(depth, names = ['a', 'b', 'c', 'd', 'e']) {
  const properties = Object.fromEntries(some(names, 0.7).map((name) => [name, property(depth)]));
  const keys = Object.keys(properties);
  const schema = { type: 'object', properties };
  if (chance(0.6)) schema.required = some(keys, 0.5);
  if (chance(0.08)) schema.additionalProperties = false;
  if (chance(0.06)) schema.minProperties = 1 + below(3);
  if (chance(0.06)) schema.maxProperties = 1 + below(4);
  if (chance(0.08) && keys.length > 1) schema.dependentRequired = { [pick(keys)]: some(keys, 0.4) };
  if (chance(0.1) && keys.length) {
    schema.if = { properties: { [pick(keys)]: { const: pick(SCALARS) } }, ...(chance(0.5) && { required: [pick(keys)] }) };
    schema.then = { required: some(keys, 0.4) };
    if (chance(0.5)) schema.else = { properties: { [pick(keys)]: { type: pick(['string', 'number']) } } };
  }
  return schema;
}

function form() {
  const schema = object(2, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
  schema.$defs = { word: { type: 'string', minLength: 1, ...(chance(0.3) && { readOnly: true }) }, person: object(0, ['name', 'age', 'kind']) };
  return schema;
}

const resolved = (schema, root) => (schema?.$ref ? resolved(core.Resolve.schema(root, schema.$ref, root), root) : schema);

function value(schema, root, depth = 4) {
  const node = resolved(schema, root) ?? {};
  if (chance(0.1) || depth === 0) return pick([...SCALARS, [], {}, ['x'], { a: 'x' }]);
  const type = Array.isArray(node.type) ? pick(node.type) : node.type;
  if (node.properties) {
    const known = Object.entries(node.properties).filter(() => chance(0.65)).map(([name, member]) => [name, value(member, root, depth - 1)]);
    return Object.fromEntries([...known, ...(chance(0.1) ? [['extra', pick(SCALARS)]] : [])]);
  }
  if (type === 'array') return times(below(4), () => value(node.items, root, depth - 1));
  if (node.const !== undefined && chance(0.6)) return node.const;
  if (node.enum && chance(0.7)) return pick(node.enum);
  if (type === 'integer') return pick([0, 1, 2, 3, -1, 1.5]);
  if (type === 'number') return pick([0, 0.5, 1, 2, 3, 3.5, -2]);
  if (type === 'boolean') return chance(0.5);
  if (type === 'null') return null;
  if (node.format && chance(0.6)) return pick(CODED);
  return pick(chance(0.8) ? WORDS : SCALARS);
}

/** The scopes of an object's properties, nested ones too, with what they lead to. */
function scopes(schema, root, prefix = '#', depth = 2) {
  const node = resolved(schema, root);
  return Object.entries(node?.properties ?? {}).flatMap(([name, member]) => {
    const scope = `${prefix}/properties/${name}`;
    const target = resolved(member, root);
    return [{ scope, node: target }, ...(depth > 0 && target?.properties ? scopes(target, root, scope, depth - 1) : [])];
  });
}

function matching(depth = 2) {
  const leaf = () =>
    pick([
      () => ({ const: pick(SCALARS) }),
      () => ({ enum: times(2, () => pick(SCALARS)) }),
      () => ({ type: pick(['string', 'number', 'boolean', 'object', 'array', 'null', ['string', 'null']]) }),
      () => ({ minLength: below(3) }),
      () => ({ pattern: pick(['^x', 'b', '^$']) }),
      () => ({ minimum: below(3) }),
      () => ({ exclusiveMaximum: below(3) }),
      () => ({ format: pick([...FORMATS, 'time']) }),
      () => ({ required: [pick(['a', 'b', 'name'])] }),
      () => ({ properties: { [pick(['a', 'b', 'c', 'name'])]: depth > 0 ? matching(depth - 1) : {} } }),
      () => ({ minItems: below(3) }),
      () => ({ contains: { const: pick(SCALARS) } }),
      () => ({ items: { type: 'string' } }),
      () => ({}),
      () => pick([true, false]),
    ])();
  if (depth === 0 || chance(0.6)) return leaf();
  return pick([
    () => ({ not: matching(depth - 1) }),
    () => ({ anyOf: times(2, () => matching(depth - 1)) }),
    () => ({ oneOf: times(2, () => matching(depth - 1)) }),
    () => ({ allOf: times(2, () => matching(depth - 1)) }),
    () => ({ if: matching(depth - 1), then: matching(depth - 1), ...(chance(0.5) && { else: matching(depth - 1) }) }),
    () => (depth === 2 ? { $ref: '#/definitions/one', definitions: { one: matching(depth - 1) } } : {}),
  ])();
}

function condition(open, depth = 2) {
  const scope = chance(0.08) || !open.length ? pick(['#', '#/properties/nothing', undefined, '#/properties/a/properties/nothing']) : pick(open).scope;
  const scoped = scope === undefined ? {} : { scope };
  if (depth > 0 && chance(0.25)) return { type: pick(['AND', 'OR']), conditions: times(below(4), () => condition(open, depth - 1)) };
  if (chance(0.3)) return { type: 'LEAF', ...scoped, ...(chance(0.95) && { expectedValue: pick(SCALARS) }) };
  return { ...(chance(0.3) && { type: 'SCHEMA' }), ...scoped, schema: matching(), ...(chance(0.3) && { failWhenUndefined: chance(0.7) }) };
}

function layout(schema) {
  const all = scopes(schema, schema);
  const order = all.slice().sort(() => next() - 0.5);
  let place = 0;
  // A rule mostly looks at what stands before it, so that few forms go in circles.
  const ruled = (element, p, open) => {
    if (chance(p)) element.rule = { effect: pick(['SHOW', 'HIDE', 'ENABLE', 'DISABLE']), condition: condition(chance(0.9) ? open : all) };
    if (chance(0.05)) element.options = { ...element.options, [pick(['readonly', 'readOnly'])]: chance(0.6) };
    return element;
  };
  const control = () => {
    const { scope, node } = order[place];
    // Nothing below what it asks for, nor what that is below of.
    const open = order.slice(0, place).filter((one) => !(one.scope + '/').startsWith(scope + '/') && !(scope + '/').startsWith(one.scope + '/'));
    place += 1;
    const element = { type: 'Control', scope };
    const items = resolved(node?.items, schema);
    const inner = node?.properties ? node : items?.properties ? items : undefined;
    if (inner && chance(0.5)) {
      const inside = scopes(inner, schema, '#', 0);
      const elements = inside.map((one, index) => ruled({ type: 'Control', scope: one.scope }, 0.4, inside.slice(0, index)));
      element.options = { detail: { type: pick(['VerticalLayout', 'HorizontalLayout']), elements } };
      if (!node.properties && chance(0.3)) element.type = 'ListWithDetail';
    }
    return ruled(element, 0.4, open);
  };
  const stack = (depth) => {
    const open = order.slice(0, place);
    const elements = [];
    const count = 1 + below(3);
    while (elements.length < count && place < order.length) {
      if (chance(0.05)) elements.push({ type: 'Label', text: '说明' });
      elements.push(depth > 0 && chance(0.4) ? stack(depth - 1) : control());
    }
    const type = pick(['VerticalLayout', 'HorizontalLayout', 'Group']);
    return ruled({ type, ...(type === 'Group' && { label: '组' }), elements }, 0.3, open);
  };
  const all_of = () => {
    const parts = [];
    while (place < order.length) parts.push(stack(2));
    return parts;
  };
  if (chance(0.7)) return ruled({ type: 'VerticalLayout', elements: all_of() }, 0.05, []);
  const category = (part) => ruled({ type: 'Category', label: '页', elements: [part] }, 0, []);
  const categories = [];
  while (place < order.length) {
    const open = order.slice(0, place);
    categories.push(ruled(category(stack(2)), 0.3, open));
  }
  if (categories.length > 2 && chance(0.3)) {
    const nested = { type: 'Categorization', label: '内', elements: categories.splice(1, 1) };
    categories.push(nested);
  }
  return { type: 'Categorization', elements: categories };
}

function* randomCases(count) {
  for (let n = 0; n < count; ) {
    const schema = form();
    const uischema = chance(0.1) || !Object.keys(schema.properties).length ? null : layout(schema);
    if (uischema?.elements?.length === 0) continue;
    // Several states of one form: it is compiled once.
    for (let state = 0; state < 12 && n < count; state++, n++) yield { name: `random ${n}`, schema, uischema, data: value(schema, schema) };
  }
}

function* exampleCases() {
  const { getExamples } = require('@jsonforms/examples');
  for (const { name, schema, uischema, data } of getExamples()) {
    const plain = (part) => (part === undefined ? part : JSON.parse(JSON.stringify(part)));
    const example = { name: `example ${name}`, schema: plain(schema ?? core.Generate.jsonSchema(data ?? {})), uischema: plain(uischema) ?? null, data: plain(data ?? {}) };
    yield example;
    for (let n = 0; n < 20; n++) {
      let made = {};
      try {
        made = value(example.schema, example.schema);
      } catch {
        break; // a schema of which no data can be made up
      }
      yield { ...example, data: made };
    }
  }
}

// ------------------------------------------------------------------------------------------------------------------------------ the comparison

const engine = spawn(program, ['forms', 'eval', '--lang', 'en'], { stdio: ['pipe', 'pipe', 'inherit'] });
const answers = createInterface({ input: engine.stdout })[Symbol.asyncIterator]();
async function ask({ schema, uischema, data }) {
  if (!engine.stdin.write(JSON.stringify({ schema, uischema, data }) + '\n')) await new Promise((free) => engine.stdin.once('drain', free));
  const { value: line, done } = await answers.next();
  if (done) throw new Error('the program ended');
  return JSON.parse(line);
}

const figures = { compared: 0, controls: 0, hidden: 0, disabled: 0, invalid: 0, changed: 0, refused: {}, beyond: 0, differences: {} };
const shown = {};
async function compare(one) {
  const found = await ask(one);
  if (found.refused) {
    const reason = found.refused.replace(/`[^`]*`/g, '…').replace(/#\S*: /, '');
    figures.refused[reason] = (figures.refused[reason] ?? 0) + 1;
    if (process.env.SHOW_REFUSED && figures.refused[reason] === 1) console.log(JSON.stringify({ name: one.name, refused: found.refused, case: one }));
    return;
  }
  let wanted;
  try {
    wanted = expected(one);
  } catch (error) {
    figures.beyond += 1; // the package or ajv itself gives up
    return;
  }
  figures.compared += 1;
  figures.controls += found.controls.length;
  figures.hidden += found.controls.filter((control) => !control.visible).length;
  figures.disabled += found.controls.filter((control) => !control.enabled).length;
  figures.invalid += found.valid ? 0 : 1;
  figures.changed += isDeepStrictEqual(found.relevant, one.data) ? 0 : 1;
  found.errors = [...new Set(found.errors.map((error) => `${error.path} ${error.keyword}`))].sort();
  for (const part of Object.keys(wanted)) {
    if (isDeepStrictEqual(found[part], wanted[part])) continue;
    // Behind a $ref ajv does not tell which of its errors are reasons inside an alternative.
    if (part === 'errors' && one.name.startsWith('example') && wanted.errors.length > 0 && found.errors.every((error) => wanted.errors.includes(error))) continue;
    figures.differences[part] = (figures.differences[part] ?? 0) + 1;
    shown[part] = (shown[part] ?? 0) + 1;
    if (shown[part] <= 3) console.log(JSON.stringify({ name: one.name, part, ours: found[part], theirs: wanted[part], case: one }));
  }
}

const report = (title) => {
  console.log(title, JSON.stringify(figures, null, 1));
  return Object.keys(figures.differences).length;
};
for (const one of exampleCases()) await compare(one);
let wrong = report('after the published examples');
for (const one of randomCases(Number(cases))) await compare(one);
wrong += report('after the random forms');
engine.stdin.end();
process.exitCode = wrong ? 1 : 0;
