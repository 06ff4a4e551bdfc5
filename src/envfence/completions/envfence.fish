# Completion of envfence for fish.

set -g _envfence_table '
@TABLE@
'

function _envfence
    set -l rows (string split \n -- $_envfence_table)
    set -l command ''
    set -l previous
    for each in (commandline --tokenize --current-process --cut-at-cursor)[2..-1]
        set previous $each
        set -l longer (string trim -- "$command $each")
        string match --quiet -- (string escape --style=regex -- $longer)'|*' $rows
        and set command $longer
    end
    set -l word (commandline --current-token --cut-at-cursor)
    set -l listed ''
    if string match --quiet -- '--*=*' $word
        set previous (string split --max 1 = -- $word)[1]
        set listed "$previous="
        set word (string split --max 1 = -- $word)[2]
    end
    set -l after ''
    if string match --quiet -- '--*' $previous; and string match --quiet -- "$command|$previous|*" $rows
        set after $previous
        set listed $listed(string replace --regex "[^,]*\$" "" -- $word)
    else if string match --quiet -- '-*' $word
        set after -
    end
    for row in (string match -- "$command|$after|*" $rows)
        set -l fields (string split --max 3 '|' -- $row)
        switch $fields[3]
            case ''
            case '<files>'
                __fish_complete_path (commandline --current-token)
            case '<revisions>'
                git for-each-ref --format="$listed%(refname:short)" 2>/dev/null
            case '*'
                printf '%s\t%s\n' $listed$fields[3] $fields[4]
        end
    end
end

complete --command envfence --no-files --arguments '(_envfence)'
