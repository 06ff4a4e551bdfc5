#compdef envfence
# Completion of envfence for zsh: a file _envfence in a folder of $fpath, or sourced behind compinit.

_envfence_table='
@TABLE@
'

_envfence() {
    local command='' after='' each this when offer help previous=${words[CURRENT-1]}
    local -a offers
    for each in "${(@)words[2,CURRENT-1]}"; do
        each="${command:+$command }$each"
        [[ $_envfence_table == *$'\n'"$each|"* ]] && command=$each
    done
    if [[ $PREFIX == --*=* ]]; then
        previous=${PREFIX%%=*}
        compset -P 1 '*='
    fi
    if [[ $previous == --* && $_envfence_table == *$'\n'"$command|$previous|"* ]]; then
        after=$previous
        compset -P '*,'
    elif [[ $PREFIX == -* ]]; then
        after='-'
    fi
    while IFS='|' read -r this when offer help; do
        [[ $this == "$command" && $when == "$after" && -n $offer ]] || continue
        case $offer in
            '<files>') _files ;;
            '<revisions>') offers+=(${(f)"$(git for-each-ref --format='%(refname:short)' 2>/dev/null)"}) ;;
            *) offers+=("$offer${help:+:$help}") ;;
        esac
    done <<<"$_envfence_table"
    (( $#offers )) && _describe envfence offers
}

if [[ $funcstack[1] == _envfence ]]; then
    _envfence "$@"
else
    compdef _envfence envfence
fi
