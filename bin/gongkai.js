#!/usr/bin/env node

// Plain old JavaScript on purpose: this file must run under every Node, to say which one is needed.
var required = [22, 19];
var actual = process.versions.node.split('.').map(Number);
if (actual[0] < required[0] || (actual[0] === required[0] && actual[1] < required[1])) {
  process.stderr.write(
    'gongkai needs Node ' +
      required.join('.') +
      ' or newer; this is Node ' +
      process.versions.node +
      ' (' +
      process.execPath +
      '). In a checkout, "npm run gongkai -- <command>" uses the right one.\n',
  );
  process.exit(2);
}
process.removeAllListeners('warning');
import('../dist/cli/main.js').then(
  (cli) => cli.main(process.argv),
  (error) => {
    process.stderr.write('gongkai is not built (' + error.message + '). Run "npm run build" first.\n');
    process.exit(2);
  },
);
