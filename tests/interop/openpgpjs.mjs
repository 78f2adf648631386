// OpenPGP.js as a command, for the tests: node openpgpjs.mjs FOLDER COMMAND ARGUMENT...
// FOLDER holds the library, version 5 or 6; the commands are those of peers.bash.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';

const [folder, command, ...rest] = process.argv.slice(2);
const openpgp = createRequire(import.meta.url)(folder);

// What the library warns of by refusing it, old archives hold.
openpgp.config.rejectCurves = new Set();
openpgp.config.rejectPublicKeyAlgorithms = new Set();
openpgp.config.showVersion = false;

const isVersion5 = !openpgp.enums.curve.curve25519Legacy ||
    readFileSync(`${folder}/package.json`, 'utf8').includes('"version": "5.');

const options = {};
while (rest.length > 0 && rest[0].startsWith('-')) {
    const [name, value = true] = rest.shift().replace(/^-+/, '').split('=');
    options[name] = value;
}

// What generateKey calls a kind of key.
function settings(kind) {
    const name = kind.replace(/-.*$/, '');
    const config = {
        aeadProtect: /-(v6|aead)$/.test(kind),
        ...(kind.endsWith('-v6') ? { v6Keys: true } : {}), // version 5 doesn't know the word
    };
    if (name.startsWith('rsa')) return { type: 'rsa', rsaBits: Number(name.slice(3)), config };
    if (name === 'x25519') return { type: 'curve25519', config };
    if (name === 'x448') return { type: 'curve448', config };
    if (name === 'cv25519') {
        return { type: 'ecc', curve: isVersion5 ? 'curve25519' : 'curve25519Legacy', config };
    }
    const curve = name.replace('nistp', isVersion5 ? 'p' : 'nistP');
    return { type: 'ecc', curve, config };
}

async function makeKey(kind, file, passphrase) {
    const { privateKey, publicKey } = await openpgp.generateKey({
        ...settings(kind), userIDs: [{ name: basename(file) }], passphrase, format: 'armored',
    });
    writeFileSync(file, privateKey);
    writeFileSync(`${file}.pub`, publicKey);
}

const input = () => new Uint8Array(readFileSync(0));

async function encryptTo(recipients) {
    const compression = options.compress ?? 'uncompressed';
    const config = {
        preferredCompressionAlgorithm: openpgp.enums.compression[compression],
        ...(options.aead ? { aeadProtect: true,
            preferredAEADAlgorithm: openpgp.enums.aead[options.aead] } : {}),
        ...(options.argon2 ? { s2kType: openpgp.enums.s2k.argon2 } : {}),
    };
    const message = await openpgp.createMessage({ binary: input() });
    return openpgp.encrypt({
        message, ...recipients, wildcard: options.hidden === true, config,
        format: options.armor ? 'armored' : 'binary',
    });
}

async function decryptWith(secrets) {
    const bytes = input();
    const isArmored = bytes[0] === 0x2d;
    const message = await openpgp.readMessage(isArmored
        ? { armoredMessage: Buffer.from(bytes).toString() } : { binaryMessage: bytes });
    return (await openpgp.decrypt({ message, ...secrets, format: 'binary' })).data;
}

async function readKey(file, passphrase) {
    const privateKey = await openpgp.readPrivateKey({ armoredKey: readFileSync(file, 'utf8') });
    return passphrase ? openpgp.decryptKey({ privateKey, passphrase }) : privateKey;
}

const readPublic = file => openpgp.readKey({ armoredKey: readFileSync(file, 'utf8') });

const commands = {
    'make-key': () => makeKey(...rest),
    encrypt: async () => encryptTo({ encryptionKeys: await Promise.all(rest.map(readPublic)) }),
    decrypt: async () => decryptWith({ decryptionKeys: await readKey(...rest) }),
    lock: () => encryptTo({ passwords: [rest[0]] }),
    unlock: () => decryptWith({ passwords: [rest[0]] }),
};

try {
    const output = await commands[command]();
    if (output !== undefined) writeFileSync(1, output);
} catch (error) { // without the minified source, which node would print
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
}
