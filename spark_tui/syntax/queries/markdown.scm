; Blocks; what stands inside a paragraph has a query of its own.

(atx_heading) @markup.heading
(setext_heading) @markup.heading
[
  (atx_h1_marker) (atx_h2_marker) (atx_h3_marker) (atx_h4_marker) (atx_h5_marker) (atx_h6_marker)
  (setext_h1_underline) (setext_h2_underline) (thematic_break) (fenced_code_block_delimiter)
] @punctuation.special
[ (fenced_code_block) (indented_code_block) ] @markup.raw
(info_string) @label
[
  (list_marker_plus) (list_marker_minus) (list_marker_star) (list_marker_dot) (list_marker_parenthesis)
  (task_list_marker_checked) (task_list_marker_unchecked)
] @markup.list
(block_quote) @markup.quote
[ (block_continuation) (block_quote_marker) ] @punctuation.special
[ (link_destination) (link_label) ] @markup.link
(link_title) @string
(html_block) @embedded
(backslash_escape) @string.escape
(pipe_table_header (pipe_table_cell) @markup.strong)
(pipe_table_delimiter_row) @punctuation.special
[ (minus_metadata) (plus_metadata) ] @comment
