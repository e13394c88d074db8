// npm's wasm-opt is a program for node, and most of a run goes into getting that program itself
// compiled. Here it runs once for each file of many, in one process, which compiles it once.
//
// usage: node -e SCRIPT WASM_OPT OPTIONS FILE...   (options in one argument, between blanks)

const { readFileSync } = require('node:fs');
const { dirname } = require('node:path');

const [, program, options, ...files] = process.argv;
const source = readFileSync(program, 'utf8').replace(/^#!.*/, '');
const run = new Function('Module', 'require', '__filename', '__dirname', source);

async function shrink(file) {
  process.argv = [process.argv[0], program, file, ...options.split(' '), '-o', file];
  await new Promise((resolve, reject) => {
    // It leaves its exit code here, and it runs to its end whatever that is.
    const postRun = () => (process.exitCode ? reject(new Error(`wasm-opt failed on ${file}`)) : setTimeout(resolve));
    run({ postRun }, require, program, dirname(program));
  });
}

files.reduce((before, file) => before.then(() => shrink(file)), Promise.resolve());
