// SPDX-License-Identifier: Apache-2.0

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** What each shell runs to complete a command line: the program itself knows the words (`complete.ts`). */
export const COMPLETION_SCRIPTS: Readonly<Record<Shell, string>> = {
  // COMP_WORDS has "=" and ":" as words of their own (`--admin 127.0.0.1:9900`), and quotes as typed. bash 3.2 (macOS) has no mapfile.
  bash: `# bash completion for daemun: source <(daemun completion bash)
_daemun() {
  local word gap kept i last=-1 words=() rest=\${COMP_LINE:0:COMP_POINT}
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    gap=\${rest%%"\${word:-$rest}"*}
    rest=\${rest#*"$word"}
    if [[ i -gt 0 && -z $gap && -n $word && ($word == [:=]* || \${words[last]} == *[:=]) ]]; then
      words[last]+=\${word//[\\\\\\'\\"]/}
    else
      words[++last]=\${word//[\\\\\\'\\"]/}
    fi
  done
  kept=\${words[last]%"\${words[last]##*[:=]}"}
  COMPREPLY=()
  while IFS= read -r word; do
    if [[ $word == ':files' ]]; then
      compopt -o default 2>/dev/null
      return 0
    fi
    COMPREPLY+=("\${word#"$kept"}")
  done < <("\${COMP_WORDS[0]}" __complete -- "\${words[@]:1}" 2>/dev/null)
}
complete -F _daemun daemun
`,
  zsh: `#compdef daemun
# zsh completion for daemun: source <(daemun completion zsh)
_daemun() {
  local -a found
  found=("\${(@f)$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ "\${found[1]}" == ':files' ]]; then
    _files
    return
  fi
  compadd -a found
}
compdef _daemun daemun
`,
  fish: `# fish completion for daemun: daemun completion fish | source
function __daemun_complete
  set -l line (commandline -opc)
  set -l found (command $line[1] __complete -- $line[2..-1] (commandline -ct) 2>/dev/null)
  if test "$found[1]" = ':files'
    __fish_complete_path (commandline -ct)
    return
  end
  printf '%s\\n' $found
end
complete -c daemun -f -a '(__daemun_complete)'
`,
};
