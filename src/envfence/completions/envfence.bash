# Completion of envfence for bash 3.2 and later; without bash-completion, which loads it when it is needed, source it.

_envfence_table='
@TABLE@
'

_envfence() {
    local word="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD - 1]}"
    local command='' after='' listed='' offers='' this when offer longer i
    # bash takes `--option=value` for three words.
    if [[ $word == '=' ]]; then
        word=''
    elif [[ $previous == '=' ]]; then
        previous="${COMP_WORDS[COMP_CWORD - 2]}"
    fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        longer="${command:+$command }${COMP_WORDS[i]}"
        [[ $_envfence_table == *$'\n'"$longer|"* ]] && command=$longer
    done
    if [[ $previous == --* && $_envfence_table == *$'\n'"$command|$previous|"* ]]; then
        after=$previous
        [[ $word == *,* ]] && listed="${word%,*},"
    elif [[ $word == -* ]]; then
        after='-'
    fi
    while IFS='|' read -r this when offer _; do
        [[ $this == "$command" && $when == "$after" ]] || continue
        case $offer in
            '<files>') ;; # readline completes files where nothing is offered
            '<revisions>') offers+=" $(git for-each-ref --format='%(refname:short)' 2>/dev/null)" ;;
            *) offers+=" $offer" ;;
        esac
    done <<<"$_envfence_table"
    local IFS=$' \t\n'
    COMPREPLY=($(compgen -P "$listed" -W "$offers" -- "${word#"$listed"}"))
}

complete -o default -F _envfence envfence
