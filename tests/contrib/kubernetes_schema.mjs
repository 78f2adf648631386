// kubernetes_schema.mjs MODULES FILE...: checks Kubernetes' YAML against the schemas in the npm package
// kubernetes-models, which lies in the folder MODULES beside yaml. The schemas let unknown fields pass,
// so each name must also be some field's of Kubernetes.
import { readFileSync, readdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { createRequire } from 'node:module';

const [modules, ...files] = process.argv.slice(2);
const from = createRequire(`${modules}/here.js`);
const { parseAllDocuments } = from('yaml');

const fields = new Set();
for (const package_ of ['kubernetes-models', '@kubernetes-models/apimachinery', '@kubernetes-models/base'])
    for (const name of readdirSync(`${modules}/${package_}`, { recursive: true }))
        if (name.endsWith('.d.ts'))
            for (const match of readFileSync(`${modules}/${package_}/${name}`, 'utf8').matchAll(
                /^ *"?(\w+)"?\??: /gm,
            ))
                fields.add(match[1]);

function unknown(value, path) {
    if (value === null || typeof value !== 'object' || /\/(labels|annotations|requests|limits)$/.test(path))
        return [];
    return Object.entries(value).flatMap(([key, below]) => [
        ...(Array.isArray(value) || fields.has(key) ? [] : [`${path}/${key}: no such field`]),
        ...unknown(below, `${path}/${key}`),
    ]);
}

let wrong = 0;
for (const file of files)
    for (const document of parseAllDocuments(readFileSync(file, 'utf8'))) {
        const said = [...document.errors, ...document.warnings].map(String);
        const object = document.toJS();
        said.push(...unknown(object, ''));
        const url = pathToFileURL(`${modules}/kubernetes-models/${object.apiVersion}/${object.kind}.js`);
        const kind = (await import(url))[object.kind];
        try {
            new kind(object).validate();
        } catch (error) {
            said.push(error.message);
        }
        for (const each of said) console.log(`${file}: ${each}`);
        wrong += said.length;
    }
process.exit(wrong === 0 ? 0 : 1);
