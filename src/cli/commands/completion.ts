import type { Command } from 'commander';
import { EXIT, type ExitStatus } from '../exit.ts';
import { oneOf } from '../values.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

export function completionCommand(program: Command, end: (status: ExitStatus) => void): void {
  program
    .command('completion')
    .summary('print a completion script for the shell')
    .argument('<shell>', SHELLS.join(', '))
    .addHelpText(
      'after',
      '\nExamples:\n  gongkai completion bash >> ~/.bashrc\n  gongkai completion fish > ~/.config/fish/completions/gongkai.fish',
    )
    .action((shell: string) => {
      process.stdout.write(script(program, oneOf('completion', shell, SHELLS)));
      end(EXIT.done);
    });
}

/** Commands and their flags, read off the command line itself, so that the script cannot fall behind. */
function script(program: Command, shell: string): string {
  const commands = program.commands.map((command) => ({
    name: command.name(),
    summary: command.summary(),
    flags: [...command.options, ...program.options]
      .filter((o) => !o.hidden)
      .map((o) => o.long ?? o.short ?? ''),
  }));
  switch (shell) {
    case 'bash':
      return [
        '_gongkai() {',
        '  local current="${COMP_WORDS[COMP_CWORD]}" flags=""',
        '  if [ "$COMP_CWORD" -eq 1 ]; then',
        `    COMPREPLY=($(compgen -W "${commands.map((c) => c.name).join(' ')}" -- "$current")); return`,
        '  fi',
        '  case "${COMP_WORDS[1]}" in',
        ...commands.map((c) => `    ${c.name}) flags="${c.flags.join(' ')}" ;;`),
        '  esac',
        '  case "$current" in',
        '    -*) COMPREPLY=($(compgen -W "$flags" -- "$current")) ;;',
        '    *) COMPREPLY=($(compgen -f -- "$current")) ;;',
        '  esac',
        '}',
        'complete -o filenames -F _gongkai gongkai',
        '',
      ].join('\n');
    case 'zsh':
      return [
        '#compdef gongkai',
        '_gongkai() {',
        '  if (( CURRENT == 2 )); then',
        `    _values command ${commands.map((c) => `'${c.name}[${c.summary.replace(/[[\]']/gu, '')}]'`).join(' ')}; return`,
        '  fi',
        '  case "${words[2]}" in',
        ...commands.map(
          (c) =>
            `    ${c.name}) [[ "\${words[CURRENT]}" == -* ]] && compadd -- ${c.flags.join(' ')} || _files ;;`,
        ),
        '  esac',
        '}',
        'compdef _gongkai gongkai',
        '',
      ].join('\n');
    case 'fish':
      return commands
        .flatMap((c) => [
          `complete -c gongkai -n __fish_use_subcommand -a ${c.name} -d '${c.summary.replace(/'/gu, "\\'")}'`,
          ...c.flags
            .filter((f) => f.startsWith('--'))
            .map((f) => `complete -c gongkai -n '__fish_seen_subcommand_from ${c.name}' -l ${f.slice(2)}`),
        ])
        .join('\n')
        .concat('\n');
    default:
      throw new Error(`no script for ${shell}`);
  }
}
