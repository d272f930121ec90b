; The wheel's query takes every plain name for a call; it counts on a table of locals that is not to be had.

(identifier) @variable
(call method: [ (identifier) (constant) ] @function.method)
(method name: [ (identifier) (constant) ] @function.method)
(singleton_method name: [ (identifier) (constant) ] @function.method)
((identifier) @keyword
  (#any-of? @keyword "private" "protected" "public" "module_function" "private_constant"))
(call method: (identifier) @function.builtin
  (#any-of? @function.builtin "require" "require_relative" "include" "extend" "prepend" "raise" "puts" "print"
    "p" "attr_reader" "attr_writer" "attr_accessor" "loop" "lambda" "proc" "format" "sprintf" "catch" "throw"))
((identifier) @constant.builtin (#match? @constant.builtin "^__(FILE|LINE|ENCODING)__$"))
(block_parameters (identifier) @variable.parameter)
(lambda_parameters (identifier) @variable.parameter)
(method_parameters (identifier) @variable.parameter)
(splat_parameter (identifier) @variable.parameter)
(hash_splat_parameter (identifier) @variable.parameter)
(block_parameter (identifier) @variable.parameter)
(keyword_parameter name: (identifier) @variable.parameter)
(optional_parameter name: (identifier) @variable.parameter)
(class name: (constant) @type)
(module name: (constant) @module)
[ "+" "-" "*" "/" "%" "**" "==" "!=" "<" ">" "<=" ">=" "<=>" "===" "=~" "!~" "&&" "||" "!" "&" "|" "^" "<<" ">>"
  "&." "::" "+=" "-=" "*=" "/=" "||=" "&&=" "<<=" "?" ":" ".." "..." ] @operator
