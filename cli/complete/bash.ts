import { fillScript } from './script.ts';

/** The script for bash 3.2 and later; it needs no other package. */
export function bashScript(program: string, request: string): string {
  return fillScript(SCRIPT, program, request);
}

const SCRIPT: string = String.raw`# bash completion for PROGRAM

# Takes simple quoting off a word. Words with anything that a shell could run are left alone.
__PROGRAM_unquote() {
    REPLY=$1
    case $1 in
        *[\$\(\)\;\&\|\<\>]* | *$'\x60'*) ;;
        *[\"\'\\]*) eval "REPLY=$1" 2>/dev/null || REPLY=%{1#[\"\']} ;;
    esac
}

# Bash cuts words at = and : as well; this puts them together again, up to the cursor.
__PROGRAM_words() {
    local i word glued rest=%{COMP_LINE:0:COMP_POINT}
    words=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        glued=0
        [[ $i -gt 0 && $rest != [[:space:]]* ]] && glued=1
        rest=%{rest#"%{rest%%[![:space:]]*}"}
        word=%{COMP_WORDS[i]}
        ((i == COMP_CWORD)) && word=$rest
        rest=%{rest#"$word"}
        if ((glued)); then
            words[%{#words[@]}-1]+=$word
        else
            words+=("$word")
        fi
    done
}

__PROGRAM_complete() {
    local words=() args=() lines=() line out directive=0 command i
    COMPREPLY=()
    __PROGRAM_words
    local cur=%{words[%{#words[@]}-1]}
    for ((i = 1; i < %{#words[@]}; i++)); do
        __PROGRAM_unquote "%{words[i]}"
        args+=("$REPLY")
    done
    command=%{words[0]/#\~/$HOME}
    [[ $(type -t -- "$command") == file ]] || command=PROGRAM
    out=$("$command" REQUEST "%{args[@]}" 2>/dev/null) || return
    while IFS='' read -r line; do
        case $line in
            :[0-9]*) directive=%{line#:} ;;
            _activeHelp_\ *) ;;
            '') ;;
            *) lines+=("$line") ;;
        esac
    done <<<"$out"
    ((directive & 1)) && return

    # Readline replaces only what follows the last word break.
    local typed=$cur keep=''
    if [[ $typed == -*=* ]]; then
        typed=%{typed#*=}
        [[ $COMP_WORDBREAKS == *=* ]] || keep=%{cur%%=*}=
    fi
    if ((directive & 8)); then
        __PROGRAM_files "$typed" "%{lines[@]}"
    elif ((directive & 16)); then
        __PROGRAM_folders "$typed"
    else
        __PROGRAM_candidates "$typed" "$keep" "%{lines[@]}"
    fi
    if [[ $(type -t compopt) == builtin ]]; then
        ((directive & 2)) && compopt -o nospace
        ((directive & 4)) && compopt +o default
        ((directive & 32)) && compopt -o nosort 2>/dev/null
    fi
    return 0
}

# Files with one of the extensions, and folders on the way to them.
__PROGRAM_files() {
    local typed=$1 extension file
    shift
    while IFS='' read -r file; do COMPREPLY+=("$file"); done < <(
        compgen -d -- "$typed"
        for extension in "$@"; do compgen -f -X "!*.$extension" -- "$typed"; done
    )
    [[ $(type -t compopt) == builtin ]] && compopt -o filenames
}

__PROGRAM_folders() {
    local folder
    while IFS='' read -r folder; do COMPREPLY+=("$folder"); done < <(compgen -d -- "$1")
    [[ $(type -t compopt) == builtin ]] && compopt -o filenames
}

__PROGRAM_candidates() {
    local typed=$1 keep=$2 line name text tab=$'\t' longest=0 room cut=''
    local names=() texts=() i
    shift 2
    for line in "$@"; do
        name=%{line%%$tab*}
        [[ $name == "$typed"* ]] || continue
        text=''
        [[ $line == *$tab* ]] && text=%{line#*$tab}
        names+=("$keep$name")
        texts+=("$text")
        ((%{#name} > longest)) && longest=%{#name}
    done
    ((%{#names[@]} == 0)) && return
    [[ $COMP_WORDBREAKS == *:* && $typed == *:* ]] && cut=%{typed%"%{typed##*:}"}
    # One candidate, or one after the other: no descriptions, or they would be typed in.
    if ((%{#names[@]} == 1)) || [[ $COMP_TYPE == 37 || $COMP_TYPE == 42 ]]; then
        for name in "%{names[@]}"; do COMPREPLY+=("$(printf '%q' "%{name#"$cut"}")"); done
        return
    fi
    room=$((%{COLUMNS:-80} - longest - 4))
    for ((i = 0; i < %{#names[@]}; i++)); do
        name=%{names[i]#"$cut"}
        text=%{texts[i]}
        if [[ -n $text ]] && ((room > 8)); then
            ((%{#text} > room)) && text=%{text:0:room-1}…
            printf -v name '%-*s  (%s)' "$longest" "$name" "$text"
        fi
        COMPREPLY+=("$name")
    done
}

if [[ $(type -t compopt) == builtin ]]; then
    complete -o default -F __PROGRAM_complete PROGRAM
    [[ $(alias helm 2>/dev/null) == *PROGRAM* ]] && complete -o default -F __PROGRAM_complete helm
else
    complete -o default -o nospace -F __PROGRAM_complete PROGRAM
    [[ $(alias helm 2>/dev/null) == *PROGRAM* ]] && complete -o default -o nospace -F __PROGRAM_complete helm
fi
true
`;
