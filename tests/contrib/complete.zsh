# complete.zsh FOLDER LINE: what an interactive zsh with the completions in FOLDER offers when Tab is
# pressed behind LINE, one a line with a + in front, among what the terminal shows.
zmodload zsh/zpty
zpty z env ZDOTDIR=/nowhere TERM=dumb zsh -f -i
zpty -w z "fpath=($1 \$fpath); autoload -U compinit; compinit -u -D"
zpty -w z 'PROMPT=; PS1=; unsetopt zle_bracketed_paste prompt_cr prompt_sp; bindkey "^I" complete-word; bindkey "^M" accept-line'
zpty -w z 'compadd() { if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi; local -a hits; builtin compadd -O hits "$@"; print -rl -- "+"$^hits; builtin compadd "$@" }'
zpty -w z 'null-line () { print FINIS; }; zle -N null-line; bindkey "^Y" null-line; print REA""DY'
zpty -r -m z line "*READY*"
zpty -n -w z "$2"$'\t\C-y'
zpty -r -m z line "*FINIS*"
print -r -- $line
zpty -d z
