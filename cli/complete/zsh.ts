import { fillScript } from './script.ts';

/** The script for zsh: to be sourced, or kept as `_pintle` in a folder of `fpath`. */
export function zshScript(program: string, request: string): string {
  return fillScript(SCRIPT, program, request);
}

const SCRIPT: string = String.raw`#compdef PROGRAM

_PROGRAM() {
    local command=%{(Q)words[1]} line name
    local -i directive=0 helped=0
    local -a lines described options extensions
    (( $+commands[$command] )) || [[ -x %{~command} ]] || command=PROGRAM
    lines=("%{(@f)$(%{~command} REQUEST "%{(@Q)words[2,CURRENT]}" 2>/dev/null)}")
    if [[ %{lines[-1]} == :<-> ]]; then
        directive=%{lines[-1]#:}
        lines[-1]=()
    fi
    (( directive & 1 )) && return 1

    # What is before the = of --flag=value stays.
    [[ %{words[CURRENT]} == -*=* ]] && compset -P '*='

    for line in "%{(@)lines}"; do
        if [[ $line == '_activeHelp_ '* ]]; then
            compadd -x "%{line#_activeHelp_ }"
            helped=1
        elif [[ -n $line ]]; then
            name=%{line%%$'\t'*}
            extensions+=("$name")
            name=%{name//:/\\:}
            [[ $line == *$'\t'* ]] && name+=":%{line#*$'\t'}"
            described+=("$name")
        fi
    done

    if (( directive & 8 )); then
        _files -g "*.(%{(j:|:)extensions})"
    elif (( directive & 16 )); then
        _files -/
    elif (( %{#described} )); then
        (( directive & 2 )) && options+=(-S '')
        if (( directive & 32 )); then
            _describe -V completions described "%{(@)options}"
        else
            _describe completions described "%{(@)options}"
        fi
    elif (( ! (directive & 4) )); then
        _files
    else
        (( helped ))
    fi
}

if [[ %{funcstack[1]} == _PROGRAM ]]; then
    _PROGRAM "$@"
else
    compdef _PROGRAM PROGRAM
fi
`;
