; What stands inside a paragraph, a heading or a table cell.

(code_span) @markup.raw
(emphasis) @markup.italic
(strong_emphasis) @markup.strong
[ (link_destination) (uri_autolink) (email_autolink) ] @markup.link
[ (link_label) (link_text) (image_description) ] @markup.link
(link_title) @string
[ (emphasis_delimiter) (code_span_delimiter) ] @punctuation.delimiter
[ (backslash_escape) (hard_line_break) (entity_reference) (numeric_character_reference) ] @string.escape
(html_tag) @tag
