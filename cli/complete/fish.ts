import { fillScript } from './script.ts';

/** The script for fish 3 and later. */
export function fishScript(program: string, request: string): string {
  return fillScript(SCRIPT, program, request);
}

const SCRIPT: string = String.raw`# fish completion for PROGRAM

function __PROGRAM_complete
    set -l tokens (commandline -opc)
    set -l current (commandline -ct)
    set -l command $tokens[1]
    type -q -f -- $command; or set command PROGRAM
    set -l lines (command $command REQUEST $tokens[2..-1] "$current" 2>/dev/null)
    set -l directive 0
    if string match -qr '^:\d+$' -- $lines[-1]
        set directive (string sub -s 2 -- $lines[-1])
        set -e lines[-1]
    end
    test (math "bitand($directive, 1)") -ne 0; and return
    set lines (string match -v '_activeHelp_ *' -- $lines)

    # A candidate takes the place of the whole word, the flag's name included.
    set -l prefix ''
    set -l typed $current
    if string match -q -- '-*=*' $current
        set prefix (string replace -r '=.*' '=' -- $current)
        set typed (string replace -r '^[^=]*=' '' -- $current)
    end

    if test (math "bitand($directive, 8)") -ne 0
        for extension in $lines
            __fish_complete_suffix $typed .$extension | string replace -r '^' -- $prefix
        end
    else if test (math "bitand($directive, 16)") -ne 0
        __fish_complete_directories $typed '' | string replace -r '^' -- $prefix
    else if test (count $lines) -gt 0
        string replace -r '^' -- $prefix $lines
    else if test (math "bitand($directive, 4)") -eq 0
        __fish_complete_path $typed | string replace -r '^' -- $prefix
    end
end

complete -c PROGRAM -e
complete -c PROGRAM -f -a '(__PROGRAM_complete)'
`;
