; What the wheel's query leaves plain.

[ "{" "}" "[" "]" ] @punctuation.bracket
[ "," ":" ] @punctuation.delimiter
(pair key: (string) @property)
