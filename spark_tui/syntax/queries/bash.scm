; What the wheel's query leaves plain.

(number) @number
[ "local" "declare" "typeset" "readonly" "until" ] @keyword
[ "(" ")" "{" "}" "[" "]" "[[" "]]" "((" "))" ] @punctuation.bracket
[ ";" ";;" ] @punctuation.delimiter
[ "||" "&" "=" "+=" "==" "!=" "=~" "<<" ">&" "<<<" "|&" ] @operator
(test_operator) @operator
(heredoc_end) @string
(ansi_c_string) @string
(simple_expansion "$" @punctuation.special)
(expansion [ "${" "}" ] @punctuation.special)
(command_substitution [ "$(" ")" ] @punctuation.special)
((variable_name) @constant (#match? @constant "^[A-Z][A-Z0-9_]*$"))
((command_name) @function.builtin
  (#any-of? @function.builtin "alias" "bg" "bind" "break" "builtin" "caller" "cd" "command" "compgen" "complete"
    "continue" "dirs" "disown" "echo" "enable" "eval" "exec" "exit" "fc" "fg" "getopts" "hash" "help" "history"
    "jobs" "kill" "let" "logout" "mapfile" "popd" "printf" "pushd" "pwd" "read" "readarray" "return" "set" "shift"
    "shopt" "source" "suspend" "test" "time" "times" "trap" "true" "false" "type" "ulimit" "umask" "unalias" "wait"))
