// One thing that age-encryption (typage, an implementation in TypeScript) does with a file.
//   node age.mjs FOLDER < request > answer
// FOLDER has its node_modules. The request is one line of JSON, then the file's bytes:
//   {"do": "encrypt" | "decrypt" | "recipient", "keys": [recipients or identities], "passphrase": "...", "armour": true}
import { createRequire } from "node:module";
import { readFileSync, writeSync } from "node:fs";
import { pathToFileURL } from "node:url";

const library = createRequire(`${process.argv[2]}/`).resolve("age-encryption");
const age = await import(pathToFileURL(library));
const input = readFileSync(0);
const end = input.indexOf("\n");
const asked = JSON.parse(input.subarray(0, end).toString());
const file = new Uint8Array(input.subarray(end + 1));

async function encrypt() {
  const encrypter = new age.Encrypter();
  if (asked.passphrase) {
    encrypter.setPassphrase(asked.passphrase);
    encrypter.setScryptWorkFactor(10); // tests guess no passphrases
  }
  asked.keys.forEach((key) => encrypter.addRecipient(key));
  const sealed = await encrypter.encrypt(file);
  return asked.armour ? Buffer.from(age.armor.encode(sealed)) : sealed;
}

async function decrypt() {
  const decrypter = new age.Decrypter();
  if (asked.passphrase) decrypter.addPassphrase(asked.passphrase);
  asked.keys.forEach((key) => decrypter.addIdentity(key));
  return decrypter.decrypt(file);
}

const doings = { encrypt, decrypt, recipient: async () => Buffer.from(await age.identityToRecipient(asked.keys[0])) };
const answer = await doings[asked.do]();
for (let sent = 0; sent < answer.length; ) sent += writeSync(1, answer, sent);
