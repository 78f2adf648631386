// A store that lies: node proxy.mjs PORT STORE_PORT FILE
//
// Passes HTTP on to 127.0.0.1:STORE_PORT. FILE says what becomes of an object on its way back, and is
// read again for each request; of listings and uploads nothing:
//     pass        nothing
//     short N     a body of N bytes, and every header agrees
//     get N       the same, but HEAD tells the true length
//     drop N      the connection ends after N bytes of what was promised
//     page        status 200, and a page that says "error"
//     fail N      status N
// A store that is down is a connection that breaks.
import http from 'node:http';
import fs from 'node:fs';

const [port, storePort, file] = process.argv.slice(2);

function isObject(request) {
    const url = new URL(request.url, 'http://store');
    const parts = url.pathname.split('/').filter(Boolean);
    const query = [...url.searchParams.keys()];
    return ['GET', 'HEAD'].includes(request.method) && parts.length > 2 &&
        !query.some((key) => ['prefix', 'list-type', 'comp', 'restype', 'uploads'].includes(key));
}

function short(reply, client, length) {
    const headers = { ...reply.headers };
    for (const name of ['content-md5', 'x-ms-blob-content-md5', 'etag', 'content-range'])
        delete headers[name];
    headers['content-length'] = String(Math.min(length, Number(headers['content-length'])));
    client.writeHead(200, headers);
    let left = length;
    reply.on('data', (bytes) => {
        client.write(bytes.subarray(0, left));
        left -= Math.min(left, bytes.length);
    });
    reply.on('end', () => client.end());
}

function drop(reply, client, length) {
    client.writeHead(reply.statusCode, reply.headers);
    let left = length;
    reply.on('data', (bytes) => {
        const part = bytes.subarray(0, left);
        left -= part.length;
        client.write(part, () => left === 0 && client.destroy());
    });
}

function page(client) {
    const text = '<html>error: try again later</html>';
    client.writeHead(200, { 'content-length': text.length });
    client.end(text);
}

function answer(request, reply, client) {
    const [how, number] = fs.readFileSync(file, 'utf8').trim().split(' ');
    const head = request.method === 'HEAD';
    if (how === 'pass' || !isObject(request) || reply.statusCode >= 300 ||
        (head && ['get', 'drop', 'page'].includes(how))) {
        client.writeHead(reply.statusCode, reply.headers);
        return reply.pipe(client);
    }
    switch (how) {
    case 'short':
    case 'get':
        return short(reply, client, Number(number));
    case 'drop':
        return drop(reply, client, Number(number));
    case 'page':
        return page(client);
    case 'fail':
        client.writeHead(Number(number), { 'content-length': 0 });
        return client.end();
    default:
        throw new Error(`${file}: ${how}`);
    }
}

http.createServer((request, client) => {
    const { method, url, headers } = request;
    const store = http.request({ host: '127.0.0.1', port: storePort, method, path: url, headers });
    store.on('response', (reply) => {
        reply.on('error', () => client.destroy());
        answer(request, reply, client);
    });
    store.on('error', () => client.destroy());
    client.on('close', () => store.destroy());
    request.on('error', () => store.destroy());
    request.pipe(store);
}).listen(Number(port), '127.0.0.1');
