/** The `completions` command: what can be completed is fixed, so the scripts hold plain words. */
import { Command } from "./mod.ts";

type Program = Command["program"];

function words(program: Program): string[] {
  const options = program.options.flatMap(({ long }) => long ? [long] : []);
  return [...program.commands.map((command) => command.name()), ...options, "--help"];
}

const SCRIPTS: Record<string, (root: Program) => string> = {
  bash: (root) => {
    const name = root.name();
    const cases = root.commands.map((one) =>
      `    ${one.name()}) words="${words(one).join(" ")}";;`
    );
    return `_${name}() {
  local words="${words(root).join(" ")}"
  case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -f -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _${name} ${name}`;
  },
  zsh: (root) => `autoload -Uz bashcompinit && bashcompinit\n${SCRIPTS.bash(root)}`,
  fish: (root) =>
    root.commands.flatMap((one) => [
      `complete -c ${root.name()} -n __fish_use_subcommand -a ${one.name()} -d "${one.description()}"`,
      ...words(one).map((word) =>
        `complete -c ${root.name()} -n "__fish_seen_subcommand_from ${one.name()}" -l ${
          word.slice(2)
        }`
      ),
    ]).join("\n"),
};

export class CompletionsCommand extends Command {
  constructor() {
    super();
    this.description("Generate shell completions.").action(() => this.showHelp());
    for (const [shell, script] of Object.entries(SCRIPTS)) {
      const command = new Command().description(`Generate shell completions for ${shell}.`)
        .action(() => console.log(script(this.program.parent!)));
      this.command(shell, command);
    }
  }
}
